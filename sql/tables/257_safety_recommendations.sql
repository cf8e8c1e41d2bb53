-- NTSB's safety recommendations, which follow from investigations and are answered by their addressees for years.

CREATE TABLE ntsb.safety_recommendation (
    rec_no       text PRIMARY KEY CHECK (rec_no ~ '^[A-Z]-[0-9]{2}-[0-9]{3,4}$'),
    mode         text,
    status       text,
    is_open      boolean,
    issued_on    date,
    closed_on    date,
    subject      text,
    text         text,
    unknown      text[],
    source       text NOT NULL,
    words        tsvector NOT NULL,
    content_hash bytea NOT NULL,
    version      integer NOT NULL,
    first_loaded timestamptz NOT NULL,
    changed_at   timestamptz NOT NULL
);
CREATE INDEX safety_recommendation_words_idx ON ntsb.safety_recommendation USING gin (words);
COMMENT ON TABLE ntsb.safety_recommendation IS 'NTSB''s safety recommendations of aviation and of several modes, as last loaded';
COMMENT ON COLUMN ntsb.safety_recommendation.rec_no IS 'Number of the recommendation: letter of the mode, year and number, such as A-23-001';
COMMENT ON COLUMN ntsb.safety_recommendation.mode IS 'Mode, as stated, or from the letter of the number';
COMMENT ON COLUMN ntsb.safety_recommendation.status IS 'Overall status, such as Closed - Acceptable Action; null if the addressees'' statuses differ and none is stated for the whole';
COMMENT ON COLUMN ntsb.safety_recommendation.is_open IS 'Whether the recommendation is open; without an overall status: whether it is open for any addressee';
COMMENT ON COLUMN ntsb.safety_recommendation.issued_on IS 'Day of issue';
COMMENT ON COLUMN ntsb.safety_recommendation.closed_on IS 'Day on which it was closed';
COMMENT ON COLUMN ntsb.safety_recommendation.subject IS 'Subject';
COMMENT ON COLUMN ntsb.safety_recommendation.text IS 'Text of the recommendation';
COMMENT ON COLUMN ntsb.safety_recommendation.unknown IS 'Names of members of the record that were not read';
COMMENT ON COLUMN ntsb.safety_recommendation.source IS 'File that last changed it';
COMMENT ON COLUMN ntsb.safety_recommendation.words IS 'Full-text search vector with weights: A subject, B text, C addressees and status';
COMMENT ON COLUMN ntsb.safety_recommendation.content_hash IS 'SHA-256 of the newest content in ntsb.safety_recommendation_history, as ntsb_content_hash computes it';
COMMENT ON COLUMN ntsb.safety_recommendation.version IS 'Newest version in ntsb.safety_recommendation_history';
COMMENT ON COLUMN ntsb.safety_recommendation.first_loaded IS 'Start of the transaction that inserted it';
COMMENT ON COLUMN ntsb.safety_recommendation.changed_at IS 'Start of the transaction that last changed it';

CREATE TABLE ntsb.safety_recommendation_addressee (
    rec_no    text NOT NULL REFERENCES ntsb.safety_recommendation ON DELETE CASCADE,
    addressee text NOT NULL,
    status    text,
    is_open   boolean,
    closed_on date,
    PRIMARY KEY (rec_no, addressee)
);
COMMENT ON TABLE ntsb.safety_recommendation_addressee IS 'To whom a safety recommendation is addressed, and what came of it';
COMMENT ON COLUMN ntsb.safety_recommendation_addressee.rec_no IS 'Number of the recommendation';
COMMENT ON COLUMN ntsb.safety_recommendation_addressee.addressee IS 'Addressee, as written';
COMMENT ON COLUMN ntsb.safety_recommendation_addressee.status IS 'Status for this addressee';
COMMENT ON COLUMN ntsb.safety_recommendation_addressee.is_open IS 'Whether it is open for this addressee; null if the status says neither open nor closed';
COMMENT ON COLUMN ntsb.safety_recommendation_addressee.closed_on IS 'Day on which it was closed for this addressee';

CREATE TABLE ntsb.safety_recommendation_event (
    rec_no    text NOT NULL REFERENCES ntsb.safety_recommendation ON DELETE CASCADE,
    reference text NOT NULL,
    ntsb_no   text,
    mkey      integer,
    ev_id     text,
    PRIMARY KEY (rec_no, reference)
);
CREATE INDEX safety_recommendation_event_ev_id_idx ON ntsb.safety_recommendation_event (ev_id);
COMMENT ON TABLE ntsb.safety_recommendation_event IS 'Investigations from which a safety recommendation follows';
COMMENT ON COLUMN ntsb.safety_recommendation_event.rec_no IS 'Number of the recommendation';
COMMENT ON COLUMN ntsb.safety_recommendation_event.reference IS 'NTSB number of the event, or mkey and the key of the case where no number is stated';
COMMENT ON COLUMN ntsb.safety_recommendation_event.ntsb_no IS 'NTSB number of the event';
COMMENT ON COLUMN ntsb.safety_recommendation_event.mkey IS 'NTSB''s key of the case';
COMMENT ON COLUMN ntsb.safety_recommendation_event.ev_id IS 'The event in this warehouse; null while it lacks the event. CALL ntsb_refresh() looks again';

CREATE TABLE ntsb.safety_recommendation_history (
    rec_no       text NOT NULL,
    version      integer NOT NULL CHECK (version > 0),
    recorded_at  timestamptz NOT NULL,
    source       text NOT NULL,
    status       text,
    content      jsonb NOT NULL,
    content_hash bytea NOT NULL,
    PRIMARY KEY (rec_no, version)
);
COMMENT ON TABLE ntsb.safety_recommendation_history IS
    'Every version of a safety recommendation that was loaded, the newest included; append-only';
COMMENT ON COLUMN ntsb.safety_recommendation_history.rec_no IS 'Number of the recommendation';
COMMENT ON COLUMN ntsb.safety_recommendation_history.version IS 'Number of the version, from 1';
COMMENT ON COLUMN ntsb.safety_recommendation_history.recorded_at IS 'Start of the transaction that recorded the version';
COMMENT ON COLUMN ntsb.safety_recommendation_history.source IS 'File that contained the version';
COMMENT ON COLUMN ntsb.safety_recommendation_history.status IS 'Overall status of the version';
COMMENT ON COLUMN ntsb.safety_recommendation_history.content IS 'The version as JSON: the columns of ntsb.safety_recommendation, addressees and events';
COMMENT ON COLUMN ntsb.safety_recommendation_history.content_hash IS 'SHA-256 of content, as ntsb_content_hash computes it';

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ntsb.safety_recommendation_history
    FOR EACH STATEMENT EXECUTE FUNCTION ntsb.refuse_change();
