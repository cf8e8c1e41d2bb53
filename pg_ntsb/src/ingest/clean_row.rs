//! `ntsb_internal.clean_row`: one staged row of text in, one cleaned, checked, typed, hashed row out.
//!
//! It is called once for each row of a file, so it goes from tuple to tuple without SQL or JSON,
//! and keeps what it worked out about the two row types in the call site.

use crate::error::Error;
use crate::rules;
use crate::tuple::{RowType, datum, type_name, type_of, varlena};
use ntsb_rules::{Action, Context, RuleSet, Violation};
use ntsb_schema::clean::row::{CleanRow, RowCleaner};
use ntsb_schema::hash::RowHasher;
use ntsb_schema::tables::Table;
use pgrx::datum::Date;
use pgrx::prelude::*;
use pgrx::{PgMemoryContexts, pg_sys};

extension_sql!(
    r#"
CREATE FUNCTION ntsb_internal.clean_row(table_name text, raw record, far_part text, ev_date date, today date,
    rules text, vocabulary text, shape anyelement)
RETURNS anyelement
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 100
AS 'MODULE_PATHNAME', 'clean_row_wrapper';
"#,
    name = "clean_row"
);

#[pg_guard]
#[unsafe(no_mangle)]
pub extern "C-unwind" fn clean_row_wrapper(fcinfo: pg_sys::FunctionCallInfo) -> pg_sys::Datum {
    // SAFETY: PostgreSQL calls with the arguments declared above, or with those of an older release.
    unsafe {
        if usize::try_from((*fcinfo).nargs) != Ok(ARGUMENTS) {
            fail(Error::OldDeclaration("ntsb_internal.clean_row"));
        }
        let Some(raw) = pgrx::pg_getarg_datum(fcinfo, 1) else {
            (*fcinfo).isnull = true;
            return pg_sys::Datum::from(0);
        };
        match CallSite::of(fcinfo, raw) {
            Ok(site) => site.clean(fcinfo, raw),
            Err(error) => fail(error),
        }
    }
}

const ARGUMENTS: usize = 8;

fn fail(error: Error) -> ! {
    pg_sys::panic::ErrorReport::from(error).report(PgLogLevel::ERROR);
    unreachable!("an error report does not return")
}

#[unsafe(no_mangle)]
pub extern "C" fn pg_finfo_clean_row_wrapper() -> *const pg_sys::Pg_finfo_record {
    const V1: pg_sys::Pg_finfo_record = pg_sys::Pg_finfo_record { api_version: 1 };
    &V1
}

/// The row type that the call returns: that of its argument `shape`. A call without an expression, as
/// C code could make one, has none.
unsafe fn result_type(fcinfo: pg_sys::FunctionCallInfo) -> Result<pg_sys::Oid, Error> {
    let found = unsafe { pg_sys::get_fn_expr_argtype((*fcinfo).flinfo, 7) };
    if found == pg_sys::InvalidOid {
        Err(Error::UntypedCall("ntsb_internal.clean_row"))
    } else {
        Ok(found)
    }
}

fn typed_place(row: &RowType, column: &str, expected: pg_sys::Oid) -> Result<Option<usize>, Error> {
    row.typed_position(column, expected).map_err(|found| Error::ColumnType {
        column: column.to_owned(),
        expected: type_name(expected),
        found: type_name(found),
    })
}

/// What one place in one query needs to clean rows of one table.
///
/// A caller may pass another table, other rules or rows of another type with each call, so that each
/// call compares what it is given with what this was made for.
struct CallSite {
    table: &'static Table,
    /// The arguments that this was made from, where they may differ from call to call.
    varying: Option<Varying>,
    cleaner: RowCleaner,
    rules: RuleSet,
    hasher: RowHasher,
    raw: RowType,
    clean: RowType,
    /// For each column of the table, its place in the raw row.
    raw_at: Vec<Option<usize>>,
    /// For each column of the table and each derived one, its place in the clean row.
    clean_at: Vec<Option<usize>>,
    hash_at: Option<usize>,
    defects_at: Option<usize>,
    rejected_at: Option<usize>,
}

/// Arguments that are no constants of the query.
#[derive(PartialEq)]
struct Varying {
    table: String,
    rules: Option<String>,
    vocabulary: Option<String>,
}

impl Varying {
    unsafe fn read(fcinfo: pg_sys::FunctionCallInfo) -> Option<Self> {
        unsafe {
            let fixed = |n| pg_sys::get_fn_expr_arg_stable((*fcinfo).flinfo, n);
            if fixed(0) && fixed(5) && fixed(6) {
                return None;
            }
            Some(Varying {
                table: pgrx::pg_getarg(fcinfo, 0).unwrap_or_default(),
                rules: pgrx::pg_getarg(fcinfo, 5),
                vocabulary: pgrx::pg_getarg(fcinfo, 6),
            })
        }
    }
}

impl CallSite {
    /// The call site's own, made at its first call, and again where it is called with something else.
    unsafe fn of<'a>(
        fcinfo: pg_sys::FunctionCallInfo,
        raw: pg_sys::Datum,
    ) -> Result<&'a mut CallSite, Error> {
        unsafe {
            let flinfo = (*fcinfo).flinfo;
            let (named, varying) = (RowType::named_by(raw), Varying::read(fcinfo));
            let kept = (*flinfo).fn_extra.cast::<CallSite>();
            if kept.is_null() {
                let mut memory = PgMemoryContexts::For((*flinfo).fn_mcxt);
                let site = memory.switch_to(|_| CallSite::new(fcinfo, named, varying))?;
                (*flinfo).fn_extra = memory.leak_and_drop_on_delete(site).cast();
            } else if !(*kept).raw.is_named(named) || (*kept).varying != varying {
                let mut memory = PgMemoryContexts::For((*flinfo).fn_mcxt);
                let site = memory.switch_to(|_| CallSite::new(fcinfo, named, varying))?;
                (*kept).raw.free();
                (*kept).clean.free();
                *kept = site;
            }
            Ok(&mut *(*flinfo).fn_extra.cast::<CallSite>())
        }
    }

    unsafe fn new(
        fcinfo: pg_sys::FunctionCallInfo,
        (type_id, type_mod): (pg_sys::Oid, i32),
        varying: Option<Varying>,
    ) -> Result<Self, Error> {
        unsafe {
            let name: String = pgrx::pg_getarg(fcinfo, 0).unwrap_or_default();
            let table = Table::find(&name).ok_or(Error::NoSuchTable(name))?;
            let raw = RowType::new(type_id, type_mod);
            let clean = RowType::new(result_type(fcinfo)?, -1);
            let raw_at: Vec<_> = table.columns.iter().map(|c| raw.position(c.name)).collect();
            if raw_at.iter().all(Option::is_none) {
                return Err(Error::WrongShape(table.name.to_owned()));
            }
            let place = |column: &str, expected| typed_place(&clean, column, expected);
            let all = table.columns.iter().chain(table.derived);
            Ok(CallSite {
                cleaner: RowCleaner::new(table),
                rules: rules::rule_set(
                    table,
                    pgrx::pg_getarg(fcinfo, 5),
                    pgrx::pg_getarg(fcinfo, 6),
                )?,
                hasher: RowHasher::new(table),
                raw_at,
                clean_at: all
                    .map(|c| place(c.name, type_of(c.sql_type())))
                    .collect::<Result<_, _>>()?,
                hash_at: place("content_hash", pg_sys::BYTEAOID)?,
                defects_at: place("defects", pg_sys::JSONBOID)?,
                rejected_at: place("rejected_by", pg_sys::TEXTOID)?,
                table,
                varying,
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
        let date =
            |n| unsafe { pgrx::pg_getarg::<Date>(fcinfo, n).map(|d| d.to_unix_epoch_days()) };
        let context = Context {
            far_part: unsafe { pgrx::pg_getarg(fcinfo, 2) },
            ev_date: date(3),
            today: date(4).unwrap_or(i32::MAX),
        };
        let mut row = CleanRow::new();
        let mut violations = Vec::new();
        self.cleaner.clean(&cells, &context.cleaning(), &mut row);
        self.rules.check(&mut row, &context, &mut violations);
        self.fill(&row, &violations);
        unsafe { self.clean.form() }
    }

    fn fill(&mut self, row: &CleanRow, violations: &[Violation]) {
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
            && !(row.defects.is_empty() && violations.is_empty())
        {
            let all = rules::findings(self.table, &row.defects, violations);
            self.clean.set(at, pgrx::JsonB(all).into_datum());
        }
        let rejected = violations.iter().find(|v| v.action == Action::Reject);
        if let (Some(at), Some(violation)) = (self.rejected_at, rejected) {
            self.clean.set(at, Some(varlena(violation.rule.as_bytes())));
        }
    }
}
