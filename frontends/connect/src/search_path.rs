//! Finds the schema of the extension's functions.

use tokio_postgres::{Client, Error};

/// Sets the search path to the schemas of the extension and PostGIS, or to `public` without the extension.
/// `pg_temp` comes last, so temporary objects never take precedence.
pub const SET_SEARCH_PATH: &str = "
    SELECT pg_catalog.set_config('search_path', coalesce(
        (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(s.name), ', ' ORDER BY s.place)
         FROM (SELECT n.nspname::text AS name, min(CASE e.extname WHEN 'pg_ntsb' THEN 1 ELSE 2 END) AS place
               FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
               WHERE e.extname IN ('pg_ntsb', 'postgis') GROUP BY n.nspname) s), 'public')
        || ', pg_temp', false)";

/// The extension in a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    pub schema: String,
    pub version: String,
    /// Whether this role may use the schema. If not, its functions seem not to exist.
    pub is_usable: bool,
}

/// Finds the extension, if it is installed.
pub async fn find_extension(client: &Client) -> Result<Option<Extension>, Error> {
    const FIND: &str = "
        SELECT n.nspname::text, e.extversion, pg_catalog.has_schema_privilege(n.oid, 'USAGE')
        FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
        WHERE e.extname = 'pg_ntsb'";
    let Some(row) = client.query_opt(FIND, &[]).await? else { return Ok(None) };
    Ok(Some(Extension {
        schema: row.try_get(0)?,
        version: row.try_get(1)?,
        is_usable: row.try_get(2)?,
    }))
}
