//! `ntsb_create_warehouse`: creates or upgrades the schemas `ntsb` and `ntsb_staging`.
//!
//! The tables are created by numbered SQL files. Each file is applied once and recorded, so new and upgraded
//! warehouses go through the same steps. Views are recreated if their files have changed ([`views`]).
//! Staging tables and comments follow the description of the NTSB file in `ntsb_schema::tables` and are
//! recreated if they differ from it. All objects belong to the caller, not to the extension.

mod comments;
mod error;
mod source_staging;
mod staging;
pub mod tables;
mod views;

pub use error::unknown_table;

use crate::spi::{check_owner, extension_schema, select_value, table_exists};
use error::SchemaError;
use ntsb_search::characters;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::{SpiClient, quote_identifier, quote_literal};
use std::collections::HashSet;

/// Migration steps in order. Each is applied once. Never edit a released step; add a new one.
const STEPS: &[(i32, &str, &str)] = &[
    (10, "batches", include_str!("../../../sql/tables/010_batches.sql")),
    (20, "reference_tables", include_str!("../../../sql/tables/020_reference_tables.sql")),
    (30, "event_tables", include_str!("../../../sql/tables/030_event_tables.sql")),
    (35, "event_partitions", include_str!("../../../sql/tables/035_event_partitions.sql")),
    (40, "aircraft_tables", include_str!("../../../sql/tables/040_aircraft_tables.sql")),
    (50, "finding_tables", include_str!("../../../sql/tables/050_finding_tables.sql")),
    (60, "crew_tables", include_str!("../../../sql/tables/060_crew_tables.sql")),
    (70, "indexes", include_str!("../../../sql/tables/070_indexes.sql")),
    (80, "change_log", include_str!("../../../sql/tables/080_change_log.sql")),
    (90, "quality", include_str!("../../../sql/tables/090_quality.sql")),
    (110, "code_indexes", include_str!("../../../sql/tables/110_code_indexes.sql")),
    (120, "legacy_tables", include_str!("../../../sql/tables/120_legacy_tables.sql")),
    (121, "case_record", include_str!("../../../sql/tables/121_case_record.sql")),
    (130, "validation", include_str!("../../../sql/tables/130_validation.sql")),
    (140, "refresh", include_str!("../../../sql/tables/140_refresh.sql")),
    (141, "star_time", include_str!("../../../sql/tables/141_star_time.sql")),
    (142, "star_dimensions", include_str!("../../../sql/tables/142_star_dimensions.sql")),
    (143, "accident_facts", include_str!("../../../sql/tables/143_accident_facts.sql")),
    (144, "code_meanings", include_str!("../../../sql/tables/144_code_meanings.sql")),
    (150, "airports", include_str!("../../../sql/tables/150_airports.sql")),
    (151, "maintenance", include_str!("../../../sql/tables/151_maintenance.sql")),
    (153, "code_crosswalk", include_str!("../../../sql/tables/153_code_crosswalk.sql")),
    (160, "search", include_str!("../../../sql/tables/160_search.sql")),
    (165, "histories", include_str!("../../../sql/tables/165_histories.sql")),
    (171, "clusters", include_str!("../../../sql/tables/171_clusters.sql")),
    (180, "exposure", include_str!("../../../sql/tables/180_exposure.sql")),
    (190, "archive", include_str!("../../../sql/tables/190_archive.sql")),
    (200, "features", include_str!("../../../sql/tables/200_features.sql")),
    (201, "models", include_str!("../../../sql/tables/201_models.sql")),
    (210, "predictions", include_str!("../../../sql/tables/210_predictions.sql")),
    (230, "api_keys", include_str!("../../../sql/tables/230_api_keys.sql")),
    (
        231,
        "refresh_notifications",
        include_str!("../../../sql/tables/231_refresh_notifications.sql"),
    ),
    (240, "alert_deliveries", include_str!("../../../sql/tables/240_alert_deliveries.sql")),
    (250, "sources", include_str!("../../../sql/tables/250_sources.sql")),
    (251, "registry", include_str!("../../../sql/tables/251_registry.sql")),
    (252, "registration_match", include_str!("../../../sql/tables/252_registration_match.sql")),
    (253, "metar", include_str!("../../../sql/tables/253_metar.sql")),
    (254, "runways", include_str!("../../../sql/tables/254_runways.sql")),
    (255, "published_statistics", include_str!("../../../sql/tables/255_published_statistics.sql")),
    (256, "asrs", include_str!("../../../sql/tables/256_asrs.sql")),
    (
        257,
        "safety_recommendations",
        include_str!("../../../sql/tables/257_safety_recommendations.sql"),
    ),
    (260, "dags", include_str!("../../../sql/tables/260_dags.sql")),
    (261, "relay", include_str!("../../../sql/tables/261_relay.sql")),
    (262, "backups", include_str!("../../../sql/tables/262_backups.sql")),
    (263, "shards", include_str!("../../../sql/tables/263_shards.sql")),
];

#[pg_extern(sql = r#"
CREATE PROCEDURE ntsb_create_warehouse()
LANGUAGE c AS 'MODULE_PATHNAME', '@FUNCTION_NAME@';
COMMENT ON PROCEDURE ntsb_create_warehouse() IS
'Creates the schemas ntsb and ntsb_staging in this database, or upgrades them; does nothing if they are current. Objects that a partial restore lacks (see ntsb_missing_objects) are recreated, with a WARNING. The tables belong to the caller, not to the extension. Needs CREATE on the database. Errors: 55000 if the warehouse is newer than this extension, or if tables are missing, because their rows cannot be recreated.';
"#)]
fn ntsb_create_warehouse() -> Result<(), ErrorReport> {
    let created: Result<(), SchemaError> = Spi::connect_mut(|client| {
        check_owner(client)?;
        let is_new =
            !table_exists(client, "ntsb.schema_version")? && !table_exists(client, "ntsb.events")?;
        client.update(include_str!("ledger.sql"), None, &[])?;
        if !is_new {
            check_version(client)?;
            client.update("SELECT ntsb_internal.complete_warehouse()", None, &[])?;
        }
        apply_steps(client)?;
        staging::sync_staging_tables(client)?;
        crate::rules::sync_rules(client)?;
        crate::models::sync_features(client)?;
        comments::set_comments(client)?;
        client.update("SELECT ntsb_internal.apply_privileges()", None, &[])?;
        Ok(())
    });
    Ok(created?)
}

fn newest_step(client: &SpiClient) -> Result<i32, SchemaError> {
    Ok(select_value(client, "SELECT pg_catalog.max(version) FROM ntsb.schema_version")?
        .unwrap_or(0))
}

fn check_version(client: &SpiClient) -> Result<(), SchemaError> {
    let found = newest_step(client)?;
    let supported = STEPS.iter().map(|(step, ..)| *step).max().unwrap_or(0);
    if found > supported {
        return Err(SchemaError::WarehouseTooNew { found, supported });
    }
    Ok(())
}

/// Records only the objects that the steps create, not those that the user has added to schema ntsb.
fn apply_steps(client: &mut SpiClient) -> Result<(), SchemaError> {
    let steps = find_missing_steps(client)?;
    let postgis = quote_identifier(extension_schema(client, "postgis")?);
    let outdated_views = views::find_outdated(client, &postgis)?;
    if steps.is_empty() && outdated_views.is_empty() {
        return Ok(());
    }
    let present = "SELECT pg_catalog.array_agg(kind || ' ' || name) FROM ntsb_internal.list_warehouse_objects()";
    let before = select_value::<Vec<String>>(client, present)?.unwrap_or_default();
    // Tables can only change while no views depend on them.
    views::drop_views_from(client, if steps.is_empty() { outdated_views.first() } else { None })?;
    for (step, name, sql) in steps {
        client.update(&fill_placeholders(sql, &postgis), None, &[])?;
        client.update(
            "INSERT INTO ntsb.schema_version (version, name) VALUES ($1, $2)",
            None,
            &[(*step).into(), (*name).into()],
        )?;
    }
    views::create_views(client, &postgis)?;
    client.update("SELECT ntsb_internal.record_objects($1)", None, &[before.into()])?;
    Ok(())
}

/// Returns all steps that were not applied, including those before the newest applied step.
fn find_missing_steps(
    client: &SpiClient,
) -> Result<Vec<&'static (i32, &'static str, &'static str)>, SchemaError> {
    let mut applied = HashSet::new();
    for row in client.select("SELECT version FROM ntsb.schema_version", None, &[])? {
        applied.extend(row.get::<i32>(1)?);
    }
    Ok(STEPS.iter().filter(|(step, ..)| !applied.contains(step)).collect())
}

fn fill_placeholders(sql: &str, postgis: &str) -> String {
    let sql = sql.replace("@postgis@", postgis);
    let sql = sql.replace("@search_from@", &quote_literal(characters::FROM));
    sql.replace("@search_to@", &quote_literal(characters::TO))
}
