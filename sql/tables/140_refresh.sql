-- Derived parts (star schema, search, views) are refreshed from the change log. Each records the entry up to which it
-- is current.

CREATE TABLE ntsb.refresh_state (
    what         text PRIMARY KEY,
    last_seq     bigint NOT NULL,
    refreshed_at timestamptz NOT NULL,
    took         interval NOT NULL,
    events       bigint NOT NULL
);
COMMENT ON TABLE ntsb.refresh_state IS
    'Up to which entry of ntsb.change_log each derived part is current';
COMMENT ON COLUMN ntsb.refresh_state.what IS 'Derived part: star, search, features, or the name of a materialized view';
COMMENT ON COLUMN ntsb.refresh_state.last_seq IS 'Last processed entry of ntsb.change_log';
COMMENT ON COLUMN ntsb.refresh_state.refreshed_at IS 'End of the last refresh';
COMMENT ON COLUMN ntsb.refresh_state.took IS 'Duration of the last refresh';
COMMENT ON COLUMN ntsb.refresh_state.events IS 'Number of events processed by the last refresh';
