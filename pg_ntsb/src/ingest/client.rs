//! The connection of an ingest, which chooses where its work tables are.
//!
//! The statements are written for temporary tables. A transaction that is to be prepared (PREPARE TRANSACTION, in
//! a load onto shards) must not use any: there they are unlogged tables of schema ntsb_staging, which the load
//! drops before it ends. They cost an fsync each, so other loads do without them.

use crate::error::CommonError;
use crate::spi;
use pgrx::datum::DatumWithOid;
use pgrx::prelude::*;
use pgrx::spi::{SpiClient, SpiResult, SpiTupleTable};
use std::borrow::Cow;

/// True if the transaction of the caller will be prepared.
const IS_PREPARED: &str =
    "SELECT pg_catalog.current_setting('ntsb.prepared_load', true) IS NOT DISTINCT FROM 'on'";

/// What differs in a transaction that will be prepared. The second becomes part of the name.
const REPLACEMENTS: [(&str, &str); 4] = [
    ("CREATE TEMP TABLE ", "CREATE UNLOGGED TABLE ntsb_staging."),
    ("CREATE TEMP VIEW ", "CREATE VIEW ntsb_staging."),
    (" ON COMMIT DROP AS", " AS"),
    ("pg_temp.", "ntsb_staging."),
];

pub struct IngestClient<'a, 'conn> {
    spi: &'a mut SpiClient<'conn>,
    is_prepared: bool,
}

impl<'a, 'conn> IngestClient<'a, 'conn> {
    pub fn new(spi: &'a mut SpiClient<'conn>) -> Result<Self, CommonError> {
        let is_prepared = spi::select_value(spi, IS_PREPARED)?.unwrap_or(false);
        Ok(IngestClient { spi, is_prepared })
    }

    /// True if the transaction will be prepared: it may neither use temporary tables nor NOTIFY.
    pub fn is_prepared(&self) -> bool {
        self.is_prepared
    }

    pub fn spi(&self) -> &SpiClient<'conn> {
        self.spi
    }

    pub fn select(
        &self,
        sql: &str,
        limit: Option<i64>,
        args: &[DatumWithOid],
    ) -> SpiResult<SpiTupleTable<'conn>> {
        self.spi.select(&*self.place_work_tables(sql), limit, args)
    }

    pub fn update(
        &mut self,
        sql: &str,
        limit: Option<i64>,
        args: &[DatumWithOid],
    ) -> SpiResult<SpiTupleTable<'conn>> {
        let sql = self.place_work_tables(sql);
        self.spi.update(&*sql, limit, args)
    }

    fn place_work_tables<'s>(&self, sql: &'s str) -> Cow<'s, str> {
        if self.is_prepared { Cow::Owned(use_unlogged_tables(sql)) } else { Cow::Borrowed(sql) }
    }
}

/// Returns the first column of the first row; `None` if it is null or there is no row.
pub fn select_value<T: FromDatum + IntoDatum>(
    client: &IngestClient,
    sql: &str,
) -> Result<Option<T>, CommonError> {
    let sql = client.place_work_tables(sql);
    spi::select_value(client.spi, &sql)
}

fn use_unlogged_tables(sql: &str) -> String {
    REPLACEMENTS.iter().fold(sql.to_owned(), |sql, (from, to)| sql.replace(from, to))
}
