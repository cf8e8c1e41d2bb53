//! The extension: a thin edge between PostgreSQL and `ntsb_core`. Each function decodes its
//! arguments, calls the core or runs one piece of SQL, and encodes the answer.

// Errors leave as pgrx's report, which is large, once per failed call; the columns of a table that a
// function returns are one type to pgrx.
#![allow(clippy::result_large_err, clippy::type_complexity)]

mod archive;
mod cancel;
mod change_log;
mod clean;
mod clean_row;
mod epoch;
mod error;
mod gates;
mod hash;
mod ingest;
mod json_argument;
mod maintain;
mod memory;
mod places;
mod search;
mod severity;
mod source;
mod spi;
mod star;
mod time;
mod tuple;
mod warehouse;

::pgrx::pg_module_magic!(name, version);

/// Called by PostgreSQL when it loads the library: its settings.
#[::pgrx::pg_guard]
pub extern "C-unwind" fn _PG_init() {
    places::define_setting();
    archive::init();
}

/// The schema of steps that public functions consist of, for functions written in Rust.
#[::pgrx::pg_schema]
mod ntsb_internal {}

// SQL files use it, too, and pgrx gives them no order after the schema above.
::pgrx::extension_sql!(
    r#"
CREATE SCHEMA ntsb_internal;
COMMENT ON SCHEMA ntsb_internal IS 'Steps of the public functions of pg_ntsb: not to be called directly';
"#,
    name = "internal",
    bootstrap
);

// Functions written in SQL and PL/pgSQL, in load order.
::pgrx::extension_sql_file!("../../sql/functions/turns.sql", name = "turns");
::pgrx::extension_sql_file!(
    "../../sql/functions/begin_batch.sql",
    name = "begin_batch",
    requires = ["turns"]
);
::pgrx::extension_sql_file!(
    "../../sql/functions/warehouse.sql",
    name = "warehouse",
    requires = [source::ntsb_source_columns]
);
::pgrx::extension_sql_file!("../../sql/functions/repeat_batch.sql", name = "repeat_batch");
::pgrx::extension_sql_file!("../../sql/functions/airports.sql", name = "airports");
::pgrx::extension_sql_file!("../../sql/functions/maintenance.sql", name = "maintenance");
::pgrx::extension_sql_file!("../../sql/functions/adopt_cases.sql", name = "adopt_cases");
::pgrx::extension_sql_file!("../../sql/functions/quarantine.sql", name = "quarantine");
::pgrx::extension_sql_file!("../../sql/functions/withdrawal.sql", name = "withdrawal");
::pgrx::extension_sql_file!("../../sql/functions/changed_events.sql", name = "changed_events");
::pgrx::extension_sql_file!("../../sql/functions/star_codes.sql", name = "star_codes");
::pgrx::extension_sql_file!("../../sql/functions/star_aircraft.sql", name = "star_aircraft");
::pgrx::extension_sql_file!("../../sql/functions/star_crew.sql", name = "star_crew");
::pgrx::extension_sql_file!("../../sql/functions/star_causes.sql", name = "star_causes");
::pgrx::extension_sql_file!("../../sql/functions/accident_facts.sql", name = "accident_facts");
::pgrx::extension_sql_file!("../../sql/functions/star_refresh.sql", name = "star_refresh");
::pgrx::extension_sql_file!("../../sql/functions/star.sql", name = "star");
::pgrx::extension_sql_file!("../../sql/functions/views.sql", name = "views");
::pgrx::extension_sql_file!("../../sql/functions/refresh.sql", name = "refresh");
::pgrx::extension_sql_file!(
    "../../sql/functions/places.sql",
    name = "places",
    requires = [places::cluster::ntsb_cluster_accidents]
);
::pgrx::extension_sql_file!("../../sql/functions/event_history.sql", name = "event_history");
::pgrx::extension_sql_file!(
    "../../sql/functions/verify_change_log.sql",
    name = "verify_change_log",
    requires = ["chain"]
);
::pgrx::extension_sql_file!(
    "../../sql/functions/search.sql",
    name = "search",
    requires = [search::words::ntsb_search_rewrite, search::words::ntsb_search_names]
);
::pgrx::extension_sql_file!("../../sql/functions/search_histories.sql", name = "search_histories");
::pgrx::extension_sql_file!(
    "../../sql/functions/places_comments.sql",
    name = "places_comments",
    requires = [
        places::near::ntsb_accidents_near,
        places::near::ntsb_accidents_in,
        places::near::ntsb_accidents_in_area,
        places::association::ntsb_morans_i,
        places::association::ntsb_local_morans_i,
        places::association::ntsb_hotspots,
        places::density::ntsb_density,
        places::geojson::ntsb_geojson,
        places::tile::ntsb_tile,
        places::cluster::ntsb_cluster_accidents
    ]
);
::pgrx::extension_sql_file!("../../sql/functions/archive.sql", name = "archive");
::pgrx::extension_sql_file!(
    "../../sql/functions/features.sql",
    name = "features",
    requires = [severity::features::ntsb_leak]
);
::pgrx::extension_sql_file!("../../sql/functions/models.sql", name = "models");
::pgrx::extension_sql_file!("../../sql/functions/predict.sql", name = "predict");
::pgrx::extension_sql_file!(
    "../../sql/functions/predict_causes.sql",
    name = "predict_causes",
    requires = ["predict"]
);
::pgrx::extension_sql_file!(
    "../../sql/functions/drift.sql",
    name = "drift",
    requires = ["predict"]
);
::pgrx::extension_sql_file!("../../sql/functions/access.sql", name = "access");
::pgrx::extension_sql_file!("../../sql/functions/api_keys.sql", name = "api_keys");
::pgrx::extension_sql_file!("../../sql/functions/live.sql", name = "live");
::pgrx::extension_sql_file!(
    "../../sql/functions/predict_batch.sql",
    name = "predict_batch",
    requires = [severity::predict::ntsb_predict_severity_of_json, "predict_causes"]
);
::pgrx::extension_sql_file!("../../sql/functions/finish.sql", name = "finish", finalize);
