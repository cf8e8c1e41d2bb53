//! Views of schema `ntsb`. They hold no rows of their own, so that a view is made anew wherever its file has
//! changed, and with it all views after it, which may read it.

use super::filled_in;
use crate::error::Error;
use pgrx::spi::SpiClient;
use std::collections::HashMap;

/// Files of views, each after those that it reads.
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
];

/// Positions of the files that have changed since they were applied, and of all after the first of them.
pub fn outdated(client: &SpiClient, postgis: &str) -> Result<Vec<i32>, Error> {
    let mut applied: HashMap<String, (i32, String)> = HashMap::new();
    let sql = "SELECT name, position, digest FROM ntsb.schema_view";
    for row in client.select(sql, None, &[])? {
        if let (Some(name), Some(position), Some(digest)) = (row.get(1)?, row.get(2)?, row.get(3)?)
        {
            applied.insert(name, (position, digest));
        }
    }
    for (position, (name, sql)) in (0..).zip(FILES) {
        let digest = digest(client, &filled_in(sql, postgis))?;
        if applied.remove(*name) != Some((position, digest)) {
            return Ok((position..FILES.len() as i32).collect());
        }
    }
    // Files that are there no more.
    let gone = applied.values().map(|(position, _)| *position).min();
    Ok(gone.into_iter().collect())
}

/// Drops the views of the files from a position on, or of all. Errors: 2BP01 where a view of somebody else reads
/// one of them.
pub fn drop_from(client: &mut SpiClient, position: Option<&i32>) -> Result<(), Error> {
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

/// Makes the views of all files that are not applied, and remembers which they are.
pub fn create(client: &mut SpiClient, postgis: &str) -> Result<(), Error> {
    for (position, (name, sql)) in (0_i32..).zip(FILES) {
        let is_applied = "SELECT EXISTS (SELECT FROM ntsb.schema_view WHERE name = $1)";
        let is_applied =
            client.select(is_applied, Some(1), &[(*name).into()])?.first().get_one::<bool>()?;
        if is_applied == Some(true) {
            continue;
        }
        let sql = filled_in(sql, postgis);
        let digest = digest(client, &sql)?;
        let known = views(client)?;
        client.update(&sql, None, &[])?;
        let made: Vec<String> =
            views(client)?.into_iter().filter(|view| !known.contains(view)).collect();
        client.update(
            "INSERT INTO ntsb.schema_view (name, position, digest, objects) VALUES ($1, $2, $3, $4)",
            None,
            &[(*name).into(), position.into(), digest.into(), made.into()],
        )?;
    }
    Ok(())
}

/// In the order in which they were made.
fn views(client: &SpiClient) -> Result<Vec<String>, Error> {
    let sql = "SELECT format('ntsb.%I', relname) FROM pg_class
               WHERE relnamespace = 'ntsb'::regnamespace AND relkind IN ('v', 'm') ORDER BY oid";
    let mut names = Vec::new();
    for row in client.select(sql, None, &[])? {
        names.extend(row.get::<String>(1)?);
    }
    Ok(names)
}

fn digest(client: &SpiClient, sql: &str) -> Result<String, Error> {
    let digest = "SELECT encode(sha256(convert_to($1, 'UTF8')), 'hex')";
    let found = client.select(digest, Some(1), &[sql.into()])?.first().get_one::<String>()?;
    Ok(found.unwrap_or_default())
}
