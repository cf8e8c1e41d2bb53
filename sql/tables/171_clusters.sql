-- Stored cluster runs, one per combination of arguments, refreshed by CALL ntsb_refresh_clusters().

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
    'Stored cluster runs (DBSCAN on the sphere); CALL ntsb_refresh_clusters() refreshes them';
COMMENT ON COLUMN ntsb.cluster_run.run_id IS 'Number of the run; a refresh keeps it';
COMMENT ON COLUMN ntsb.cluster_run.eps_km IS 'Neighbourhood radius in kilometres on the sphere';
COMMENT ON COLUMN ntsb.cluster_run.min_points IS 'Number of events within eps_km, including the event itself, that make it a core event';
COMMENT ON COLUMN ntsb.cluster_run.filter IS 'Filter expression, as for ntsb_search_advanced; empty for all events';
COMMENT ON COLUMN ntsb.cluster_run.last_seq IS 'Last entry of ntsb.change_log that the run includes';
COMMENT ON COLUMN ntsb.cluster_run.refreshed_at IS 'Start of the last refresh';
COMMENT ON COLUMN ntsb.cluster_run.took IS 'Duration of the last refresh';
COMMENT ON COLUMN ntsb.cluster_run.points IS 'Number of events with coordinates';
COMMENT ON COLUMN ntsb.cluster_run.clusters IS 'Number of clusters';
COMMENT ON COLUMN ntsb.cluster_run.noise IS 'Number of events that belong to no cluster';

CREATE TABLE ntsb.cluster_member (
    run_id     bigint NOT NULL REFERENCES ntsb.cluster_run ON DELETE CASCADE,
    ev_id      text NOT NULL,
    cluster_id integer,
    is_core    boolean NOT NULL,
    PRIMARY KEY (run_id, ev_id)
);
CREATE INDEX cluster_member_cluster_idx ON ntsb.cluster_member (run_id, cluster_id);
COMMENT ON TABLE ntsb.cluster_member IS 'Cluster of each event in a run';
COMMENT ON COLUMN ntsb.cluster_member.run_id IS 'Run in ntsb.cluster_run';
COMMENT ON COLUMN ntsb.cluster_member.cluster_id IS 'Number of the cluster within the run, from 0 in the order of the first core events by ev_id; null for noise. A refresh may renumber clusters';
COMMENT ON COLUMN ntsb.cluster_member.is_core IS 'Whether the event is a core event';
