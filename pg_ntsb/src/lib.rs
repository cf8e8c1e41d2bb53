//! The PostgreSQL extension: a thin layer over the crates in `core/`. Each function decodes its
//! arguments, calls a core crate or runs SQL, and encodes the result.

// result_large_err: pgrx's ErrorReport is large, but is built only once per failed call.
// type_complexity: pgrx needs the columns of a returned table as one type.
#![allow(clippy::result_large_err, clippy::type_complexity)]

mod admin;
mod archive;
mod dags;
mod geo;
mod ingest;
mod models;
mod rules;
mod schema;
mod search;
mod sources;
mod star;
mod timeseries;
mod weather;

mod cancel;
mod epoch;
mod error;
mod json_argument;
mod memory;
mod spi;
mod tuple;

::pgrx::pg_module_magic!(name, version);

/// Defines the settings. PostgreSQL calls it when it loads the library.
#[::pgrx::pg_guard]
pub extern "C-unwind" fn _PG_init() {
    memory::reserve_stack();
    geo::define_settings();
    archive::define_settings();
}

/// Schema of the internal functions, declared for those written in Rust.
#[::pgrx::pg_schema]
mod ntsb_internal {}

// The SQL files need the schema too, and pgrx does not order them after the declaration above.
::pgrx::extension_sql!(
    r#"
CREATE SCHEMA ntsb_internal;
COMMENT ON SCHEMA ntsb_internal IS 'Internal functions of pg_ntsb; do not call them directly';
"#,
    name = "internal",
    bootstrap
);

// Functions written in SQL and PL/pgSQL, in load order.
::pgrx::extension_sql_file!("../../sql/functions/admin/locks.sql", name = "locks");
::pgrx::extension_sql_file!(
    "../../sql/functions/ingest/begin_batch.sql",
    name = "begin_batch",
    requires = ["locks"]
);
::pgrx::extension_sql_file!(
    "../../sql/functions/schema/warehouse.sql",
    name = "warehouse",
    requires = [schema::tables::ntsb_source_columns]
);
::pgrx::extension_sql_file!("../../sql/functions/ingest/repeat_batch.sql", name = "repeat_batch");
::pgrx::extension_sql_file!("../../sql/functions/ingest/notify_batch.sql", name = "notify_batch");
::pgrx::extension_sql_file!("../../sql/functions/geo/airports.sql", name = "airports");
::pgrx::extension_sql_file!("../../sql/functions/sources/state.sql", name = "source_state");
::pgrx::extension_sql_file!("../../sql/functions/sources/case_links.sql", name = "case_links");
::pgrx::extension_sql_file!(
    "../../sql/functions/sources/asrs.sql",
    name = "asrs",
    requires = [sources::convert_asrs_report]
);
::pgrx::extension_sql_file!(
    "../../sql/functions/sources/recommendations.sql",
    name = "recommendations",
    requires = [sources::convert_recommendation]
);
::pgrx::extension_sql_file!("../../sql/functions/sources/exposure.sql", name = "exposure");
::pgrx::extension_sql_file!(
    "../../sql/functions/sources/registration_match.sql",
    name = "registration_match"
);
::pgrx::extension_sql_file!(
    "../../sql/functions/sources/registry.sql",
    name = "registry",
    requires = ["registration_match"]
);
::pgrx::extension_sql_file!(
    "../../sql/functions/weather/metar.sql",
    name = "metar",
    requires = [weather::ntsb_parse_metar, weather::ntsb_flight_category]
);
::pgrx::extension_sql_file!("../../sql/functions/admin/maintenance.sql", name = "maintenance");
::pgrx::extension_sql_file!("../../sql/functions/ingest/adopt_cases.sql", name = "adopt_cases");
::pgrx::extension_sql_file!("../../sql/functions/rules/quarantine.sql", name = "quarantine");
::pgrx::extension_sql_file!("../../sql/functions/ingest/withdrawal.sql", name = "withdrawal");
::pgrx::extension_sql_file!(
    "../../sql/functions/ingest/changed_events.sql",
    name = "changed_events"
);
::pgrx::extension_sql_file!("../../sql/functions/star/codes.sql", name = "star_codes");
::pgrx::extension_sql_file!("../../sql/functions/star/aircraft.sql", name = "star_aircraft");
::pgrx::extension_sql_file!("../../sql/functions/star/crew.sql", name = "star_crew");
::pgrx::extension_sql_file!("../../sql/functions/star/causes.sql", name = "star_causes");
::pgrx::extension_sql_file!("../../sql/functions/star/accident_facts.sql", name = "accident_facts");
::pgrx::extension_sql_file!("../../sql/functions/star/refresh.sql", name = "star_refresh");
::pgrx::extension_sql_file!("../../sql/functions/star/procedures.sql", name = "star");
::pgrx::extension_sql_file!("../../sql/functions/star/views.sql", name = "views");
::pgrx::extension_sql_file!("../../sql/functions/admin/refresh.sql", name = "refresh");
::pgrx::extension_sql_file!(
    "../../sql/functions/geo/clusters.sql",
    name = "clusters",
    requires = [geo::cluster::ntsb_cluster_accidents]
);
::pgrx::extension_sql_file!("../../sql/functions/ingest/event_history.sql", name = "event_history");
::pgrx::extension_sql_file!(
    "../../sql/functions/ingest/verify_change_log.sql",
    name = "verify_change_log",
    requires = ["chain_hash"]
);
::pgrx::extension_sql_file!(
    "../../sql/functions/search/search.sql",
    name = "search",
    requires = [search::text::ntsb_rewrite_search_query, search::text::ntsb_extract_type_names]
);
::pgrx::extension_sql_file!("../../sql/functions/search/histories.sql", name = "search_histories");
::pgrx::extension_sql_file!("../../sql/functions/search/asrs.sql", name = "search_asrs");
::pgrx::extension_sql_file!(
    "../../sql/functions/search/recommendations.sql",
    name = "search_recommendations"
);
::pgrx::extension_sql_file!(
    "../../sql/functions/geo/comments.sql",
    name = "geo_comments",
    requires = [
        geo::runway::ntsb_standard_runway,
        geo::runway::ntsb_opposite_runway,
        geo::near::ntsb_accidents_near,
        geo::near::ntsb_accidents_in,
        geo::near::ntsb_accidents_in_area,
        geo::association::ntsb_morans_i,
        geo::association::ntsb_local_morans_i,
        geo::association::ntsb_hotspots,
        geo::density::ntsb_density,
        geo::geojson::ntsb_geojson,
        geo::tile::ntsb_tile,
        geo::cluster::ntsb_cluster_accidents
    ]
);
::pgrx::extension_sql_file!("../../sql/functions/archive/archive.sql", name = "archive");
::pgrx::extension_sql_file!(
    "../../sql/functions/models/features.sql",
    name = "features",
    requires = [models::features::ntsb_check_leakage]
);
::pgrx::extension_sql_file!("../../sql/functions/models/models.sql", name = "models");
::pgrx::extension_sql_file!("../../sql/functions/models/predict.sql", name = "predict");
::pgrx::extension_sql_file!(
    "../../sql/functions/models/predict_causes.sql",
    name = "predict_causes",
    requires = ["predict"]
);
::pgrx::extension_sql_file!(
    "../../sql/functions/models/drift.sql",
    name = "drift",
    requires = ["predict"]
);
::pgrx::extension_sql_file!("../../sql/functions/relay/events.sql", name = "relay_events");
::pgrx::extension_sql_file!(
    "../../sql/functions/relay/relay.sql",
    name = "relay",
    requires = ["relay_events"]
);
::pgrx::extension_sql_file!(
    "../../sql/functions/dags/define.sql",
    name = "dag_definitions",
    requires = [dags::find_next_run, dags::check_tasks]
);
::pgrx::extension_sql_file!(
    "../../sql/functions/dags/run.sql",
    name = "dag_runs",
    requires = ["dag_definitions", "locks"]
);
::pgrx::extension_sql_file!("../../sql/functions/dags/jobs.sql", name = "dag_jobs");
::pgrx::extension_sql_file!(
    "../../sql/functions/shards/member.sql",
    name = "shard_member",
    requires = ["star", "search"]
);
::pgrx::extension_sql_file!(
    "../../sql/functions/shards/coordinator.sql",
    name = "coordinator",
    requires = ["refresh"]
);
::pgrx::extension_sql_file!(
    "../../sql/functions/shards/loads.sql",
    name = "distributed_loads",
    requires = ["predict"]
);
::pgrx::extension_sql_file!("../../sql/functions/admin/access.sql", name = "access");
::pgrx::extension_sql_file!("../../sql/functions/admin/api_keys.sql", name = "api_keys");
::pgrx::extension_sql_file!("../../sql/functions/admin/live.sql", name = "live_updates");
::pgrx::extension_sql_file!("../../sql/functions/admin/metrics.sql", name = "metrics");
::pgrx::extension_sql_file!("../../sql/functions/admin/backups.sql", name = "backups");
::pgrx::extension_sql_file!(
    "../../sql/functions/admin/restore_drills.sql",
    name = "restore_drills"
);
::pgrx::extension_sql_file!(
    "../../sql/functions/models/predict_batch.sql",
    name = "predict_batch",
    requires = [models::predict::ntsb_predict_severity_of_json, "predict_causes"]
);
::pgrx::extension_sql_file!("../../sql/functions/finish.sql", name = "finish", finalize);
