//! `ntsb_clean_row`: one staged row of text in, one cleaned, typed, hashed row out.
//!
//! It is called once for each row of a file, so it goes from tuple to tuple without SQL or JSON,
//! and keeps what it worked out about the two row types in the call site.

use crate::error::Error;
use crate::tuple::{RowType, datum, varlena};
use ntsb_core::clean::Defect;
use ntsb_core::clean::row::{CleanRow, Context, RowCleaner};
use ntsb_core::hash::RowHasher;
use ntsb_core::source::Table;
use pgrx::prelude::*;
use pgrx::{PgMemoryContexts, pg_sys};

extension_sql!(
    r#"
CREATE FUNCTION ntsb_clean_row(table_name text, raw record, far_part text, shape anyelement)
RETURNS anyelement
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 100
AS 'MODULE_PATHNAME', 'ntsb_clean_row_wrapper';
COMMENT ON FUNCTION ntsb_clean_row(text, record, text, anyelement) IS
'Cleans one staged row: raw is a row of ntsb_staging.TABLE, shape a null of type ntsb_staging.clean_TABLE; far_part (of the event''s first aircraft, may be null) tells the unit of temperatures. Returns the typed row with content_hash and defects.';
"#,
    name = "ntsb_clean_row"
);

#[pg_guard]
#[unsafe(no_mangle)]
pub extern "C-unwind" fn ntsb_clean_row_wrapper(fcinfo: pg_sys::FunctionCallInfo) -> pg_sys::Datum {
    // SAFETY: PostgreSQL calls with the four arguments declared above.
    unsafe {
        let raw = pgrx::pg_getarg_datum(fcinfo, 1);
        match raw {
            Some(raw) => match CallSite::of(fcinfo, raw) {
                Ok(site) => site.clean(fcinfo, raw),
                Err(error) => {
                    pg_sys::panic::ErrorReport::from(error).report(PgLogLevel::ERROR);
                    unreachable!("an error report does not return")
                }
            },
            None => {
                (*fcinfo).isnull = true;
                pg_sys::Datum::from(0)
            }
        }
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn pg_finfo_ntsb_clean_row_wrapper() -> *const pg_sys::Pg_finfo_record {
    const V1: pg_sys::Pg_finfo_record = pg_sys::Pg_finfo_record { api_version: 1 };
    &V1
}

/// What one place in one query needs to clean rows of one table.
struct CallSite {
    table: &'static Table,
    cleaner: RowCleaner,
    hasher: RowHasher,
    raw: RowType,
    clean: RowType,
    /// For each column of the table, its place in the raw row.
    raw_at: Vec<Option<usize>>,
    /// For each column of the table and each derived one, its place in the clean row.
    clean_at: Vec<Option<usize>>,
    hash_at: Option<usize>,
    defects_at: Option<usize>,
}

impl CallSite {
    /// The call site's own, made at its first call.
    unsafe fn of<'a>(
        fcinfo: pg_sys::FunctionCallInfo,
        raw: pg_sys::Datum,
    ) -> Result<&'a mut CallSite, Error> {
        unsafe {
            let flinfo = (*fcinfo).flinfo;
            if (*flinfo).fn_extra.is_null() {
                let mut memory = PgMemoryContexts::For((*flinfo).fn_mcxt);
                let site = memory.switch_to(|_| CallSite::new(fcinfo, raw))?;
                (*flinfo).fn_extra = memory.leak_and_drop_on_delete(site).cast();
            }
            Ok(&mut *(*flinfo).fn_extra.cast::<CallSite>())
        }
    }

    unsafe fn new(fcinfo: pg_sys::FunctionCallInfo, raw: pg_sys::Datum) -> Result<Self, Error> {
        unsafe {
            let name: String = pgrx::pg_getarg(fcinfo, 0).unwrap_or_default();
            let table = Table::find(&name).ok_or(Error::NoSuchTable(name))?;
            let header = raw.cast_mut_ptr::<pg_sys::HeapTupleHeaderData>();
            let typed = &(*header).t_choice.t_datum;
            let raw = RowType::new(typed.datum_typeid, typed.datum_typmod);
            let clean = RowType::new(pgrx::pg_getarg_type(fcinfo, 3), -1);
            let raw_at: Vec<_> = table.columns.iter().map(|c| raw.position(c.name)).collect();
            if raw_at.iter().all(Option::is_none) {
                return Err(Error::WrongShape(table.name.to_owned()));
            }
            let all = table.columns.iter().chain(table.derived);
            Ok(CallSite {
                cleaner: RowCleaner::new(table),
                hasher: RowHasher::new(table),
                raw_at,
                clean_at: all.map(|c| clean.position(c.name)).collect(),
                hash_at: clean.position("content_hash"),
                defects_at: clean.position("defects"),
                table,
                raw,
                clean,
            })
        }
    }

    unsafe fn clean(
        &mut self,
        fcinfo: pg_sys::FunctionCallInfo,
        raw: pg_sys::Datum,
    ) -> pg_sys::Datum {
        let mut texts = Vec::with_capacity(self.raw.names.len());
        unsafe { self.raw.texts(raw, &mut texts) };
        let cells: Vec<Option<&str>> = self
            .raw_at
            .iter()
            .map(|at| at.and_then(|at| texts.get(at).copied().flatten()))
            .collect();
        let far_part: Option<&str> = unsafe { pgrx::pg_getarg(fcinfo, 2) };
        let mut row = CleanRow::new();
        self.cleaner.clean(&cells, &Context { far_part }, &mut row);
        self.fill(&row);
        unsafe { self.clean.form() }
    }

    fn fill(&mut self, row: &CleanRow) {
        self.clean.set_null_all();
        for (value, at) in row.values.iter().zip(&self.clean_at) {
            if let Some(at) = at {
                self.clean.set(*at, datum(value));
            }
        }
        if let Some(at) = self.hash_at {
            let hash = self.hasher.hash(&row.values);
            self.clean.set(at, Some(varlena(&hash)));
        }
        if let Some(at) = self.defects_at
            && !row.defects.is_empty()
        {
            self.clean.set(at, defects_json(self.table, &row.defects).into_datum());
        }
    }
}

/// `[{"column": …, "flaw": …, "raw": …}]`, long values cut.
fn defects_json(table: &Table, defects: &[Defect]) -> pgrx::JsonB {
    let list = defects.iter().map(|d| {
        let column = table.columns.get(d.column).map(|c| c.name);
        let raw: String = d.raw.chars().take(1000).collect();
        serde_json::json!({ "column": column, "flaw": d.flaw.as_str(), "raw": raw })
    });
    pgrx::JsonB(serde_json::Value::Array(list.collect()))
}
