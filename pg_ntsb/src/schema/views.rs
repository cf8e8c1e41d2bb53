//! Views of schema `ntsb`. If a file of views changes, its views and those of all later files, which may
//! depend on them, are recreated. Views contain no data of their own.

use super::error::SchemaError;
use super::fill_placeholders;
use pgrx::spi::SpiClient;
use std::collections::HashMap;

/// View files, each after those that it depends on.
const FILES: &[(&str, &str)] = &[
    ("dictionary", include_str!("../../../sql/views/dictionary.sql")),
    ("quality", include_str!("../../../sql/views/quality.sql")),
    ("maintenance", include_str!("../../../sql/views/maintenance.sql")),
    ("accidents", include_str!("../../../sql/views/accidents.sql")),
    ("enrichment", include_str!("../../../sql/views/enrichment.sql")),
    ("search", include_str!("../../../sql/views/search.sql")),
    ("stats", include_str!("../../../sql/views/stats.sql")),
    ("map_cells", include_str!("../../../sql/views/map_cells.sql")),
    ("names", include_str!("../../../sql/views/names.sql")),
    ("rates", include_str!("../../../sql/views/rates.sql")),
    ("features", include_str!("../../../sql/views/features.sql")),
    ("predictions", include_str!("../../../sql/views/predictions.sql")),
    ("narrative_versions", include_str!("../../../sql/views/narrative_versions.sql")),
    ("airports", include_str!("../../../sql/views/airports.sql")),
    ("registration", include_str!("../../../sql/views/registration.sql")),
    ("sources", include_str!("../../../sql/views/sources.sql")),
    ("weather", include_str!("../../../sql/views/weather.sql")),
    ("job_status", include_str!("../../../sql/views/job_status.sql")),
];

/// Returns the positions of the first file that has changed since it was applied and of all later files.
pub fn find_outdated(client: &SpiClient, postgis: &str) -> Result<Vec<i32>, SchemaError> {
    let mut applied: HashMap<String, (i32, String)> = HashMap::new();
    let sql = "SELECT name, position, digest FROM ntsb.schema_view";
    for row in client.select(sql, None, &[])? {
        if let (Some(name), Some(position), Some(digest)) = (row.get(1)?, row.get(2)?, row.get(3)?)
        {
            applied.insert(name, (position, digest));
        }
    }
    for (position, (name, sql)) in (0..).zip(FILES) {
        let digest = compute_digest(client, &fill_placeholders(sql, postgis))?;
        if applied.remove(*name) != Some((position, digest)) {
            return Ok((position..FILES.len() as i32).collect());
        }
    }
    // Files of an older release that no longer exist.
    let removed = applied.values().map(|(position, _)| *position).min();
    Ok(removed.into_iter().collect())
}

/// Drops the views of all files from a position on; None for all files. Fails with 2BP01 if a user's view
/// depends on one of them.
pub fn drop_views_from(client: &mut SpiClient, position: Option<&i32>) -> Result<(), SchemaError> {
    let first = position.copied().unwrap_or(0);
    let sql = "SELECT o.name FROM ntsb.schema_view v
               CROSS JOIN LATERAL unnest(v.objects) WITH ORDINALITY o (name, place)
               WHERE v.position >= $1 AND to_regclass(o.name) IS NOT NULL
               ORDER BY v.position DESC, o.place DESC";
    let mut names: Vec<String> = Vec::new();
    for row in client.select(sql, None, &[first.into()])? {
        names.extend(row.get::<String>(1)?);
    }
    for name in names {
        let kind = "SELECT relkind::text FROM pg_class WHERE oid = to_regclass($1)";
        let kind =
            client.select(kind, Some(1), &[name.as_str().into()])?.first().get_one::<String>()?;
        let kind = if kind.as_deref() == Some("m") { "MATERIALIZED VIEW" } else { "VIEW" };
        client.update(&format!("DROP {kind} {name}"), None, &[])?;
    }
    client.update("DELETE FROM ntsb.schema_view WHERE position >= $1", None, &[first.into()])?;
    Ok(())
}

/// Creates the views of all files that are not applied, and records the files.
pub fn create_views(client: &mut SpiClient, postgis: &str) -> Result<(), SchemaError> {
    for (position, (name, sql)) in (0_i32..).zip(FILES) {
        let is_applied = "SELECT EXISTS (SELECT FROM ntsb.schema_view WHERE name = $1)";
        let is_applied =
            client.select(is_applied, Some(1), &[(*name).into()])?.first().get_one::<bool>()?;
        if is_applied == Some(true) {
            continue;
        }
        let sql = fill_placeholders(sql, postgis);
        let digest = compute_digest(client, &sql)?;
        let existing = list_views(client)?;
        client.update(&sql, None, &[])?;
        let created: Vec<String> =
            list_views(client)?.into_iter().filter(|view| !existing.contains(view)).collect();
        client.update(
            "INSERT INTO ntsb.schema_view (name, position, digest, objects) VALUES ($1, $2, $3, $4)",
            None,
            &[(*name).into(), position.into(), digest.into(), created.into()],
        )?;
    }
    Ok(())
}

/// Lists the views of schema ntsb in order of creation.
fn list_views(client: &SpiClient) -> Result<Vec<String>, SchemaError> {
    let sql = "SELECT format('ntsb.%I', relname) FROM pg_class
               WHERE relnamespace = 'ntsb'::regnamespace AND relkind IN ('v', 'm') ORDER BY oid";
    let mut names = Vec::new();
    for row in client.select(sql, None, &[])? {
        names.extend(row.get::<String>(1)?);
    }
    Ok(names)
}

fn compute_digest(client: &SpiClient, sql: &str) -> Result<String, SchemaError> {
    let digest = "SELECT encode(sha256(convert_to($1, 'UTF8')), 'hex')";
    let found = client.select(digest, Some(1), &[sql.into()])?.first().get_one::<String>()?;
    Ok(found.unwrap_or_default())
}
