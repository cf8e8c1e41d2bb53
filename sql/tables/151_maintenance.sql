-- Which indexes are worth their place, and what was done to keep tables and indexes in shape.

CREATE TABLE ntsb.maintenance (
    object   text NOT NULL,
    action   text NOT NULL CHECK (action IN ('vacuum', 'reindex', 'measure')),
    done_at  timestamptz NOT NULL,
    reason   text NOT NULL,
    took     interval NOT NULL,
    bytes    bigint NOT NULL,
    entries  double precision NOT NULL,
    PRIMARY KEY (object, action)
);
COMMENT ON TABLE ntsb.maintenance IS
    'What CALL ntsb_maintain() last did to each table and index, and why';
COMMENT ON COLUMN ntsb.maintenance.object IS 'Table, materialized view or index, with its schema';
COMMENT ON COLUMN ntsb.maintenance.action IS
    'vacuum: VACUUM (ANALYZE); reindex: REINDEX CONCURRENTLY; measure: the size from which the growth of an index counts';
COMMENT ON COLUMN ntsb.maintenance.bytes IS 'Its size afterwards, in bytes';
COMMENT ON COLUMN ntsb.maintenance.entries IS 'Rows or index entries afterwards, as the planner estimates them';
