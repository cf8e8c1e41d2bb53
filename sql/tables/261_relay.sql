-- What `ntsb relay` has sent. The database does no network I/O: the command reads events with ntsb_relay_batch, sends
-- them and advances the cursor.
--
-- The change log is written under the load lock, so its numbers are in commit order. Alerts and predictions get their
-- keys before they commit, and a row may appear after one with a greater key was sent. So a relay numbers the rows that
-- it sees, one session at a time: a row that commits later gets a later number, and no cursor passes it.

CREATE TABLE ntsb.relay_cursor (
    target     text NOT NULL CHECK (length(target) BETWEEN 1 AND 200 AND target !~ '[[:cntrl:]]'),
    topic      text NOT NULL CHECK (topic IN ('changes', 'alerts', 'predictions')),
    position   bigint NOT NULL CHECK (position >= 0),
    event_id   text,
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (target, topic)
);
COMMENT ON TABLE ntsb.relay_cursor IS
    'How far `ntsb relay` has sent each topic to each target; a row here holds nothing back and may be deleted';
COMMENT ON COLUMN ntsb.relay_cursor.target IS 'Name of the relay, without secrets (ntsb relay --name)';
COMMENT ON COLUMN ntsb.relay_cursor.topic IS 'changes, alerts or predictions';
COMMENT ON COLUMN ntsb.relay_cursor.position IS
    'Number of the last event that the target accepted: seq of ntsb.change_log, or position of ntsb.relay_alert or ntsb.relay_prediction; 0: none';
COMMENT ON COLUMN ntsb.relay_cursor.event_id IS
    'Id of that event. If the log holds another event at this position, the database was restored; null if no event was sent';
COMMENT ON COLUMN ntsb.relay_cursor.updated_at IS 'When the target accepted it';

CREATE TABLE ntsb.relay_alert (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    alert_id bigint NOT NULL UNIQUE REFERENCES ntsb.alert ON DELETE CASCADE
);
COMMENT ON TABLE ntsb.relay_alert IS 'Alerts in the order in which `ntsb relay` sends them; filled by ntsb_relay_batch';
COMMENT ON COLUMN ntsb.relay_alert.position IS 'Number of the alert in this order; numbers may be missing';
COMMENT ON COLUMN ntsb.relay_alert.alert_id IS 'Alert in ntsb.alert';

CREATE TABLE ntsb.relay_prediction (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ev_id    text NOT NULL,
    model_id bigint NOT NULL,
    UNIQUE (ev_id, model_id),
    FOREIGN KEY (model_id, ev_id) REFERENCES ntsb.predictions ON DELETE CASCADE
);
COMMENT ON TABLE ntsb.relay_prediction IS
    'Predictions in the order in which `ntsb relay` sends them; filled by ntsb_relay_batch';
COMMENT ON COLUMN ntsb.relay_prediction.position IS 'Number of the prediction in this order; numbers may be missing';
COMMENT ON COLUMN ntsb.relay_prediction.ev_id IS 'Predicted event';
COMMENT ON COLUMN ntsb.relay_prediction.model_id IS 'Model that made the prediction';
