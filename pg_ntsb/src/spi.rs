//! Queries that several areas need.

use crate::error::CommonError;
use pgrx::pg_sys;
use pgrx::prelude::*;
use pgrx::spi::{SpiClient, quote_literal};

/// Calls `f` with search_path `pg_catalog, pg_temp`, so that no other role's objects are found. For
/// functions that cannot have `SET search_path` in their definition, as all others do.
pub fn with_fixed_search_path<R>(f: impl FnOnce() -> R) -> R {
    let _guard = SearchPathGuard::new();
    f()
}

/// Restores the previous search_path when dropped, also when an error unwinds. Holds the GUC nest level.
struct SearchPathGuard(i32);

impl SearchPathGuard {
    fn new() -> SearchPathGuard {
        // SAFETY: drop closes the nest level, or PostgreSQL does at the end of the transaction. The
        // strings are NUL-terminated and static.
        unsafe {
            let level = pg_sys::NewGUCNestLevel();
            pg_sys::set_config_option(
                c"search_path".as_ptr(),
                c"pg_catalog, pg_temp".as_ptr(),
                pg_sys::GucContext::PGC_USERSET,
                pg_sys::GucSource::PGC_S_SESSION,
                pg_sys::GucAction::GUC_ACTION_SAVE,
                true,
                0,
                false,
            );
            SearchPathGuard(level)
        }
    }
}

impl Drop for SearchPathGuard {
    fn drop(&mut self) {
        // SAFETY: closes the nest level that `new` opened.
        unsafe { pg_sys::AtEOXact_GUC(true, self.0) };
    }
}

/// Returns the first column of the first row; `None` if it is null or there is no row.
pub fn select_value<T: FromDatum + IntoDatum>(
    client: &SpiClient,
    sql: &str,
) -> Result<Option<T>, CommonError> {
    let rows = client.select(sql, Some(1), &[])?;
    if rows.is_empty() { Ok(None) } else { Ok(rows.first().get_one()?) }
}

/// Fails if a schema-qualified table does not exist: there is no warehouse, or one of an older release.
pub fn require_table(client: &SpiClient, table: &str) -> Result<(), CommonError> {
    if table_exists(client, table)? { Ok(()) } else { Err(CommonError::NoWarehouse) }
}

pub fn table_exists(client: &SpiClient, table: &str) -> Result<bool, CommonError> {
    let sql = format!("SELECT pg_catalog.to_regclass({}) IS NOT NULL", quote_literal(table));
    Ok(select_value(client, &sql)?.unwrap_or(false))
}

/// Fails if a superuser works in the warehouse of an ordinary role: triggers, defaults and recorded
/// definitions of that role would run with the superuser's privileges.
pub fn check_owner(client: &SpiClient) -> Result<(), CommonError> {
    let sql = "SELECT o.rolname::text FROM pg_catalog.pg_namespace n
               JOIN pg_catalog.pg_roles o ON o.oid = n.nspowner
               JOIN pg_catalog.pg_roles me ON me.rolname = current_user
               WHERE n.nspname = 'ntsb' AND me.rolsuper AND NOT o.rolsuper";
    select_value(client, sql)?.map_or(Ok(()), |owner| Err(CommonError::OwnerIsNotSuperuser(owner)))
}

/// Returns the schema of an extension's functions.
pub fn extension_schema(client: &SpiClient, extension: &str) -> Result<String, CommonError> {
    let sql = format!(
        "SELECT n.nspname::text FROM pg_catalog.pg_extension e
         JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = {}",
        quote_literal(extension)
    );
    select_value(client, &sql)?.ok_or_else(|| CommonError::NoExtension(extension.to_owned()))
}
