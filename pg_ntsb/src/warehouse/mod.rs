//! `ntsb_create_warehouse`: the schemas `ntsb` and `ntsb_staging`, made or brought up to date.
//!
//! The tables are built by numbered SQL files, each applied once and recorded, so that a new
//! warehouse and an upgraded one go through the same steps. They belong to whoever calls, not to
//! the extension. Staging tables and comments follow from the description of the file in
//! `ntsb_core::source` and are made anew where they differ.

mod comments;
mod staging;

use crate::error::Error;
use crate::spi::{extension_schema, one};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::SpiClient;

/// Steps in order; a released one is never edited, a change is a new step.
const STEPS: &[(i32, &str, &str)] = &[
    (10, "batches", include_str!("../../../sql/010_batches.sql")),
    (20, "reference_tables", include_str!("../../../sql/020_reference_tables.sql")),
    (30, "event_tables", include_str!("../../../sql/030_event_tables.sql")),
    (35, "event_partitions", include_str!("../../../sql/035_event_partitions.sql")),
    (40, "aircraft_tables", include_str!("../../../sql/040_aircraft_tables.sql")),
    (50, "finding_tables", include_str!("../../../sql/050_finding_tables.sql")),
    (60, "crew_tables", include_str!("../../../sql/060_crew_tables.sql")),
    (70, "indexes", include_str!("../../../sql/070_indexes.sql")),
    (80, "change_log", include_str!("../../../sql/080_change_log.sql")),
    (90, "quality", include_str!("../../../sql/090_quality.sql")),
    (100, "views", include_str!("../../../sql/100_views.sql")),
    (110, "code_indexes", include_str!("../../../sql/110_code_indexes.sql")),
    (120, "legacy_tables", include_str!("../../../sql/120_legacy_tables.sql")),
    (130, "validation", include_str!("../../../sql/130_validation.sql")),
    (140, "refresh", include_str!("../../../sql/140_refresh.sql")),
    (141, "star_time", include_str!("../../../sql/141_star_time.sql")),
    (142, "star_dimensions", include_str!("../../../sql/142_star_dimensions.sql")),
    (143, "star_facts", include_str!("../../../sql/143_star_facts.sql")),
    (144, "code_meanings", include_str!("../../../sql/144_code_meanings.sql")),
    (145, "accidents_view", include_str!("../../../sql/145_accidents_view.sql")),
    (150, "airports", include_str!("../../../sql/150_airports.sql")),
    (151, "maintenance", include_str!("../../../sql/151_maintenance.sql")),
    (152, "stats_views", include_str!("../../../sql/152_stats_views.sql")),
    (153, "enrichment", include_str!("../../../sql/153_enrichment.sql")),
    (155, "batch_gates", include_str!("../../../sql/155_batch_gates.sql")),
    (160, "search", include_str!("../../../sql/160_search.sql")),
    (165, "histories", include_str!("../../../sql/165_histories.sql")),
    (170, "map_cells", include_str!("../../../sql/170_map_cells.sql")),
    (171, "clusters", include_str!("../../../sql/171_clusters.sql")),
    (180, "exposure", include_str!("../../../sql/180_exposure.sql")),
    (190, "archive", include_str!("../../../sql/190_archive.sql")),
    (200, "features", include_str!("../../../sql/200_features.sql")),
    (201, "models", include_str!("../../../sql/201_models.sql")),
    (210, "predictions", include_str!("../../../sql/210_predictions.sql")),
    (230, "api_keys", include_str!("../../../sql/230_api_keys.sql")),
    (231, "refresh_news", include_str!("../../../sql/231_refresh_news.sql")),
    (232, "latest_events", include_str!("../../../sql/232_latest_events.sql")),
    (240, "alert_deliveries", include_str!("../../../sql/240_alert_deliveries.sql")),
];

/// Creates the schemas `ntsb` and `ntsb_staging` in this database, or upgrades them; does nothing
/// where they are current. Needs CREATE on the database. Errors: 55000 if the warehouse is newer
/// than this extension.
#[pg_extern(sql = r#"
CREATE PROCEDURE ntsb_create_warehouse()
LANGUAGE c AS 'MODULE_PATHNAME', '@FUNCTION_NAME@';
COMMENT ON PROCEDURE ntsb_create_warehouse() IS
'Creates the schemas ntsb and ntsb_staging in this database, or upgrades them; does nothing where they are current. The tables belong to the caller, not to the extension. Errors: 55000 if the warehouse is newer than this extension.';
"#)]
fn ntsb_create_warehouse() -> Result<(), ErrorReport> {
    let created: Result<(), Error> = Spi::connect_mut(|client| {
        client.update(include_str!("ledger.sql"), None, &[])?;
        apply_steps(client)?;
        staging::synchronise(client)?;
        crate::gates::synchronise(client)?;
        crate::severity::synchronise(client)?;
        comments::apply(client)?;
        let functions = pgrx::spi::quote_identifier(extension_schema(client, "pg_ntsb")?);
        client.update(&format!("SELECT {functions}.ntsb_apply_privileges()"), None, &[])?;
        Ok(())
    });
    Ok(created?)
}

fn apply_steps(client: &mut SpiClient) -> Result<(), Error> {
    let applied = one::<i32>(client, "SELECT max(version) FROM ntsb.schema_version")?.unwrap_or(0);
    let known = STEPS.iter().map(|(step, ..)| *step).max().unwrap_or(0);
    if applied > known {
        return Err(Error::WarehouseTooNew { found: applied, known });
    }
    let postgis = pgrx::spi::quote_identifier(extension_schema(client, "postgis")?);
    for (step, name, sql) in STEPS.iter().filter(|(step, ..)| *step > applied) {
        client.update(&sql.replace("@postgis@", &postgis), None, &[])?;
        client.update(
            "INSERT INTO ntsb.schema_version (version, name) VALUES ($1, $2)",
            None,
            &[(*step).into(), (*name).into()],
        )?;
    }
    Ok(())
}
