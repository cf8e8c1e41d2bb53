-- Occurrences, findings and narratives, in the tables of both coding eras.

CREATE TABLE ntsb.occurrences (
    ev_id           text NOT NULL,
    aircraft_key    integer NOT NULL,
    occurrence_no   integer NOT NULL,
    occurrence_code integer,
    phase_of_flight integer,
    altitude        integer,
    lchg_date       timestamp(0),
    lchg_userid     text,
    content_hash    bytea NOT NULL,
    hash_version    smallint NOT NULL,
    first_batch     bigint NOT NULL,
    last_batch      bigint NOT NULL,
    withdrawn_batch bigint,
    PRIMARY KEY (ev_id, aircraft_key, occurrence_no),
    FOREIGN KEY (ev_id, aircraft_key) REFERENCES ntsb.aircraft (ev_id, aircraft_key)
);

CREATE TABLE ntsb.seq_of_events (
    ev_id           text NOT NULL,
    aircraft_key    integer NOT NULL,
    occurrence_no   integer NOT NULL,
    seq_event_no    integer NOT NULL,
    group_code      smallint NOT NULL,
    subj_code       integer,
    cause_factor    text,
    modifier_code   integer,
    person_code     integer,
    lchg_date       timestamp(0),
    lchg_userid     text,
    content_hash    bytea NOT NULL,
    hash_version    smallint NOT NULL,
    first_batch     bigint NOT NULL,
    last_batch      bigint NOT NULL,
    withdrawn_batch bigint,
    PRIMARY KEY (ev_id, aircraft_key, occurrence_no, seq_event_no, group_code),
    FOREIGN KEY (ev_id, aircraft_key) REFERENCES ntsb.aircraft (ev_id, aircraft_key)
);

CREATE TABLE ntsb.events_sequence (
    ev_id                  text NOT NULL,
    aircraft_key           integer NOT NULL,
    occurrence_no          integer NOT NULL,
    occurrence_code        text,
    occurrence_description text,
    phase_no               text,
    eventsoe_no            text,
    defining_ev            boolean,
    lchg_date              timestamp(0),
    lchg_userid            text,
    content_hash           bytea NOT NULL,
    hash_version           smallint NOT NULL,
    first_batch            bigint NOT NULL,
    last_batch             bigint NOT NULL,
    withdrawn_batch        bigint,
    PRIMARY KEY (ev_id, aircraft_key, occurrence_no),
    FOREIGN KEY (ev_id, aircraft_key) REFERENCES ntsb.aircraft (ev_id, aircraft_key)
);

CREATE TABLE ntsb.findings (
    ev_id               text NOT NULL,
    aircraft_key        integer NOT NULL,
    finding_no          integer NOT NULL,
    finding_code        text,
    finding_description text,
    category_no         text,
    subcategory_no      text,
    section_no          text,
    subsection_no       text,
    modifier_no         text,
    cause_factor        text,
    lchg_date           timestamp(0),
    lchg_userid         text,
    cm_inpc             text,
    content_hash        bytea NOT NULL,
    hash_version        smallint NOT NULL,
    first_batch         bigint NOT NULL,
    last_batch          bigint NOT NULL,
    withdrawn_batch     bigint,
    PRIMARY KEY (ev_id, aircraft_key, finding_no),
    FOREIGN KEY (ev_id, aircraft_key) REFERENCES ntsb.aircraft (ev_id, aircraft_key)
);

-- Typed text and typeset text must match: typographic quotation marks, dashes and spaces become ASCII, invisible
-- characters are removed. Hyphens before digits are removed because PostgreSQL's parser takes PA-28 as PA and the
-- number -28. This function belongs to the warehouse, because a generated column that uses a function of the
-- extension would prevent dropping the extension.
CREATE FUNCTION ntsb.normalize_text(raw text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN pg_catalog.regexp_replace(
    CASE WHEN pg_catalog.octet_length(raw) OPERATOR(pg_catalog.=) pg_catalog.char_length(raw) THEN raw
         ELSE pg_catalog.translate(raw, @search_from@, @search_to@) END,
    '-(?=[0-9])', ' ', 'g');
COMMENT ON FUNCTION ntsb.normalize_text(text) IS
    'Normalises a text for search: typographic quotation marks, dashes and spaces become ASCII, soft hyphens and hyphens before digits are removed';

CREATE TABLE ntsb.narratives (
    ev_id           text NOT NULL,
    aircraft_key    integer NOT NULL,
    narr_accp       text,
    narr_accf       text,
    narr_cause      text,
    narr_inc        text,
    lchg_date       timestamp(0),
    lchg_userid     text,
    -- Weighted for search, probable cause first. A tsvector holds at most 1 MB and takes up to 1.6 times the bytes of
    -- its text, so only the first 100,000 bytes of each report are used, twice the length of the longest real one.
    words           tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('pg_catalog.english', ntsb.normalize_text(left(coalesce(narr_cause, ''),
            CASE WHEN octet_length(left(narr_cause, 100000)) > 100000 THEN 25000 ELSE 100000 END))), 'A')
        || setweight(to_tsvector('pg_catalog.english', ntsb.normalize_text(left(coalesce(narr_accf, ''),
            CASE WHEN octet_length(left(narr_accf, 100000)) > 100000 THEN 25000 ELSE 100000 END))), 'B')
        || setweight(to_tsvector('pg_catalog.english', ntsb.normalize_text(left(coalesce(narr_inc, ''),
            CASE WHEN octet_length(left(narr_inc, 100000)) > 100000 THEN 25000 ELSE 100000 END))), 'B')
        || setweight(to_tsvector('pg_catalog.english', ntsb.normalize_text(left(coalesce(narr_accp, ''),
            CASE WHEN octet_length(left(narr_accp, 100000)) > 100000 THEN 25000 ELSE 100000 END))), 'C')
    ) STORED,
    content_hash    bytea NOT NULL,
    hash_version    smallint NOT NULL,
    first_batch     bigint NOT NULL,
    last_batch      bigint NOT NULL,
    withdrawn_batch bigint,
    PRIMARY KEY (ev_id, aircraft_key),
    FOREIGN KEY (ev_id, aircraft_key) REFERENCES ntsb.aircraft (ev_id, aircraft_key)
);
