-- What is derived from the warehouse (star, search, views) follows the change log: each remembers
-- the entry up to which it has followed.

CREATE TABLE ntsb.refresh_state (
    what         text PRIMARY KEY,
    last_seq     bigint NOT NULL,
    refreshed_at timestamptz NOT NULL,
    took         interval NOT NULL,
    events       bigint NOT NULL
);
COMMENT ON TABLE ntsb.refresh_state IS
    'How far each derived part (star, search, views) has followed ntsb.change_log';
COMMENT ON COLUMN ntsb.refresh_state.what IS 'star, search or the name of a materialized view';
COMMENT ON COLUMN ntsb.refresh_state.last_seq IS 'Last entry of ntsb.change_log that it has followed';
COMMENT ON COLUMN ntsb.refresh_state.refreshed_at IS 'When it was last brought up to date';
COMMENT ON COLUMN ntsb.refresh_state.took IS 'How long that took';
COMMENT ON COLUMN ntsb.refresh_state.events IS 'How many events were taken up then';
