-- Record of maintenance on tables and indexes.

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
    'Last maintenance of each table and index by CALL ntsb_maintain(), and the reason';
COMMENT ON COLUMN ntsb.maintenance.object IS 'Schema-qualified name of the table, materialized view or index';
COMMENT ON COLUMN ntsb.maintenance.action IS
    'vacuum: VACUUM (ANALYZE); reindex: REINDEX CONCURRENTLY; measure: recorded the size of an index as the baseline for its growth';
COMMENT ON COLUMN ntsb.maintenance.bytes IS 'Size after the action, in bytes';
COMMENT ON COLUMN ntsb.maintenance.entries IS 'Rows or index entries after the action, as estimated by the planner';
