-- Clusters that are kept: one run for each question, made anew by CALL ntsb_refresh_clusters().

CREATE TABLE ntsb.cluster_run (
    run_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    eps_km       double precision NOT NULL,
    min_points   integer NOT NULL,
    filter       text NOT NULL DEFAULT '',
    last_seq     bigint NOT NULL,
    refreshed_at timestamptz NOT NULL,
    took         interval NOT NULL,
    points       integer NOT NULL,
    clusters     integer NOT NULL,
    noise        integer NOT NULL,
    UNIQUE (eps_km, min_points, filter)
);
COMMENT ON TABLE ntsb.cluster_run IS
    'Clusterings of accidents by place that are kept (DBSCAN on the sphere); CALL ntsb_refresh_clusters() brings them up to date';
COMMENT ON COLUMN ntsb.cluster_run.run_id IS 'Number of the run; it stays when the run is refreshed';
COMMENT ON COLUMN ntsb.cluster_run.eps_km IS 'Radius of neighbourhood in kilometres on the sphere';
COMMENT ON COLUMN ntsb.cluster_run.min_points IS 'Events within it, the event itself included, that make it a core';
COMMENT ON COLUMN ntsb.cluster_run.filter IS 'Condition that the events meet, as for ntsb_search_advanced; empty for all';
COMMENT ON COLUMN ntsb.cluster_run.last_seq IS 'Last entry of ntsb.change_log that it has followed';
COMMENT ON COLUMN ntsb.cluster_run.refreshed_at IS 'When it was last made';
COMMENT ON COLUMN ntsb.cluster_run.took IS 'How long that took';
COMMENT ON COLUMN ntsb.cluster_run.points IS 'Events with coordinates that were clustered';
COMMENT ON COLUMN ntsb.cluster_run.clusters IS 'Number of clusters';
COMMENT ON COLUMN ntsb.cluster_run.noise IS 'Events of no cluster';

CREATE TABLE ntsb.cluster_member (
    run_id     bigint NOT NULL REFERENCES ntsb.cluster_run ON DELETE CASCADE,
    ev_id      text NOT NULL,
    cluster_id integer,
    is_core    boolean NOT NULL,
    PRIMARY KEY (run_id, ev_id)
);
CREATE INDEX cluster_member_cluster_idx ON ntsb.cluster_member (run_id, cluster_id);
COMMENT ON TABLE ntsb.cluster_member IS 'To which cluster of a run each event belongs';
COMMENT ON COLUMN ntsb.cluster_member.run_id IS 'The run, see ntsb.cluster_run';
COMMENT ON COLUMN ntsb.cluster_member.cluster_id IS 'Number of the cluster within the run, from 0 in the order of first cores by ev_id; null: noise. A refresh may number otherwise';
COMMENT ON COLUMN ntsb.cluster_member.is_core IS 'Whether it has enough events about it';
