//! Questions to the database that have one answer.

use crate::error::Error;
use pgrx::pg_sys;
use pgrx::prelude::*;
use pgrx::spi::{SpiClient, quote_literal};

/// Runs SQL with a search_path that nobody else can put objects into. For functions that cannot have
/// the setting of their own that all others have.
pub fn with_fixed_path<R>(run: impl FnOnce() -> R) -> R {
    let _fixed = FixedPath::begin();
    run()
}

/// Ends with the old search_path also where an error unwinds through it.
struct FixedPath(i32);

impl FixedPath {
    fn begin() -> FixedPath {
        // SAFETY: the level is closed by drop, or by PostgreSQL at the end of the transaction.
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
            FixedPath(level)
        }
    }
}

impl Drop for FixedPath {
    fn drop(&mut self) {
        // SAFETY: the level that begin opened.
        unsafe { pg_sys::AtEOXact_GUC(true, self.0) };
    }
}

/// The one value of a query; `None` where it is null or there is no row.
pub fn one<T: FromDatum + IntoDatum>(client: &SpiClient, sql: &str) -> Result<Option<T>, Error> {
    let rows = client.select(sql, Some(1), &[])?;
    if rows.is_empty() { Ok(None) } else { Ok(rows.first().get_one()?) }
}

/// Refuses where a table, given with its schema, is missing: there is no warehouse, or one of an older
/// release.
pub fn need(client: &SpiClient, table: &str) -> Result<(), Error> {
    let found = format!("SELECT to_regclass({}) IS NOT NULL", quote_literal(table));
    if one::<bool>(client, &found)? == Some(true) { Ok(()) } else { Err(Error::NoWarehouse) }
}

/// Refuses a superuser in the warehouse of a plain role: triggers, defaults and recorded definitions of
/// that role would run with the superuser's privileges.
pub fn check_owner(client: &SpiClient) -> Result<(), Error> {
    let sql = "SELECT o.rolname::text FROM pg_catalog.pg_namespace n
               JOIN pg_catalog.pg_roles o ON o.oid = n.nspowner
               JOIN pg_catalog.pg_roles me ON me.rolname = current_user
               WHERE n.nspname = 'ntsb' AND me.rolsuper AND NOT o.rolsuper";
    one(client, sql)?.map_or(Ok(()), |owner| Err(Error::OthersWarehouse(owner)))
}

/// The schema that an extension's functions live in.
pub fn extension_schema(client: &SpiClient, extension: &str) -> Result<String, Error> {
    let sql = format!(
        "SELECT n.nspname::text FROM pg_catalog.pg_extension e
         JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = {}",
        quote_literal(extension)
    );
    one(client, &sql)?.ok_or_else(|| Error::NoExtension(extension.to_owned()))
}
