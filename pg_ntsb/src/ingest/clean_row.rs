//! `ntsb_internal.clean_row`: turns a staged row of text into a cleaned, validated, typed and hashed row.
//!
//! It is called for each row of a file, so it reads and builds tuples directly, without SQL or JSON, and
//! caches the two row types and the rules at the call site.

use super::error::IngestError;
use crate::rules;
use crate::schema::unknown_table;
use crate::tuple::{RowType, to_datum, type_name, type_oid, varlena_datum};
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
    // SAFETY: PostgreSQL passes the arguments declared above. The declaration may be that of an older
    // release, which has fewer arguments.
    unsafe {
        if usize::try_from((*fcinfo).nargs) != Ok(ARGUMENT_COUNT) {
            raise(IngestError::OldSignature("ntsb_internal.clean_row"));
        }
        let Some(raw) = pgrx::pg_getarg_datum(fcinfo, 1) else {
            (*fcinfo).isnull = true;
            return pg_sys::Datum::from(0);
        };
        match CallSite::cached(fcinfo, raw) {
            Ok(site) => site.clean(fcinfo, raw),
            Err(error) => raise(error),
        }
    }
}

const ARGUMENT_COUNT: usize = 8;

fn raise(error: IngestError) -> ! {
    pg_sys::panic::ErrorReport::from(error).report(PgLogLevel::ERROR);
    unreachable!("an error report does not return")
}

#[unsafe(no_mangle)]
pub extern "C" fn pg_finfo_clean_row_wrapper() -> *const pg_sys::Pg_finfo_record {
    const V1: pg_sys::Pg_finfo_record = pg_sys::Pg_finfo_record { api_version: 1 };
    &V1
}

/// Returns the type of the argument `shape`, which is the row type that the call returns. It is unknown in
/// a call from C code that has no expression.
///
/// # Safety
/// `fcinfo` is that of the current call.
unsafe fn result_type(fcinfo: pg_sys::FunctionCallInfo) -> Result<pg_sys::Oid, IngestError> {
    // SAFETY: flinfo of the current call is valid.
    let found = unsafe { pg_sys::get_fn_expr_argtype((*fcinfo).flinfo, 7) };
    if found == pg_sys::InvalidOid {
        Err(IngestError::UnknownReturnType("ntsb_internal.clean_row"))
    } else {
        Ok(found)
    }
}

fn find_typed_column(
    row: &RowType,
    column: &str,
    expected: pg_sys::Oid,
) -> Result<Option<usize>, IngestError> {
    row.find_typed_column(column, expected).map_err(|found| IngestError::ColumnType {
        column: column.to_owned(),
        expected: type_name(expected),
        found: type_name(found),
    })
}

/// What a call site in a query needs to clean rows of one table.
///
/// Each call may pass another table, other rules or rows of another type, so each call compares its
/// arguments with those that the cached call site was built from.
struct CallSite {
    table: &'static Table,
    /// The arguments that this was built from, if they can differ between calls.
    variable_args: Option<VariableArgs>,
    cleaner: RowCleaner,
    rules: RuleSet,
    hasher: RowHasher,
    raw: RowType,
    clean: RowType,
    /// Position in the raw row of each column of the table.
    raw_positions: Vec<Option<usize>>,
    /// Position in the clean row of each column of the table, and of each derived column.
    clean_positions: Vec<Option<usize>>,
    hash_position: Option<usize>,
    defects_position: Option<usize>,
    rejected_position: Option<usize>,
}

/// Arguments that are not constant within the query.
#[derive(PartialEq)]
struct VariableArgs {
    table: String,
    rules: Option<String>,
    vocabulary: Option<String>,
}

impl VariableArgs {
    /// Returns None if all arguments are constant.
    ///
    /// # Safety
    /// `fcinfo` is that of the current call, which has the arguments declared above.
    unsafe fn read(fcinfo: pg_sys::FunctionCallInfo) -> Option<Self> {
        // SAFETY: the arguments have the declared types.
        unsafe {
            let is_constant = |n| pg_sys::get_fn_expr_arg_stable((*fcinfo).flinfo, n);
            if is_constant(0) && is_constant(5) && is_constant(6) {
                return None;
            }
            Some(VariableArgs {
                table: pgrx::pg_getarg(fcinfo, 0).unwrap_or_default(),
                rules: pgrx::pg_getarg(fcinfo, 5),
                vocabulary: pgrx::pg_getarg(fcinfo, 6),
            })
        }
    }
}

impl CallSite {
    /// Returns the cached call site. Builds it at the first call, and rebuilds it when the arguments change.
    ///
    /// # Safety
    /// `fcinfo` is that of the current call, and `raw` a composite value.
    unsafe fn cached<'a>(
        fcinfo: pg_sys::FunctionCallInfo,
        raw: pg_sys::Datum,
    ) -> Result<&'a mut CallSite, IngestError> {
        // SAFETY: fn_extra is null or points to the CallSite that was stored here before. It lives in
        // fn_mcxt, as long as flinfo, and calls with one flinfo do not run concurrently.
        unsafe {
            let flinfo = (*fcinfo).flinfo;
            let (row_type, variable_args) = (RowType::type_of_row(raw), VariableArgs::read(fcinfo));
            let cached = (*flinfo).fn_extra.cast::<CallSite>();
            if cached.is_null() {
                let mut memory = PgMemoryContexts::For((*flinfo).fn_mcxt);
                let site = memory.switch_to(|_| CallSite::new(fcinfo, row_type, variable_args))?;
                (*flinfo).fn_extra = memory.leak_and_drop_on_delete(site).cast();
            } else if !(*cached).raw.has_type(row_type) || (*cached).variable_args != variable_args
            {
                let mut memory = PgMemoryContexts::For((*flinfo).fn_mcxt);
                let site = memory.switch_to(|_| CallSite::new(fcinfo, row_type, variable_args))?;
                (*cached).raw.free();
                (*cached).clean.free();
                *cached = site;
            }
            Ok(&mut *(*flinfo).fn_extra.cast::<CallSite>())
        }
    }

    /// # Safety
    /// As for [`CallSite::cached`]; the current memory context is that of the call site.
    unsafe fn new(
        fcinfo: pg_sys::FunctionCallInfo,
        (type_id, type_mod): (pg_sys::Oid, i32),
        variable_args: Option<VariableArgs>,
    ) -> Result<Self, IngestError> {
        // SAFETY: the arguments have the declared types, and the row types live in the current context.
        unsafe {
            let name: String = pgrx::pg_getarg(fcinfo, 0).unwrap_or_default();
            let table = Table::find(&name).ok_or_else(|| unknown_table("table_name", &name))?;
            let raw = RowType::new(type_id, type_mod);
            let clean = RowType::new(result_type(fcinfo)?, -1);
            let raw_positions: Vec<_> =
                table.columns.iter().map(|c| raw.find_column(c.name)).collect();
            if raw_positions.iter().all(Option::is_none) {
                return Err(IngestError::WrongRowType(table.name.to_owned()));
            }
            let find = |column: &str, expected| find_typed_column(&clean, column, expected);
            let all_columns = table.columns.iter().chain(table.derived);
            Ok(CallSite {
                cleaner: RowCleaner::new(table),
                rules: rules::parse_rule_set(
                    table,
                    pgrx::pg_getarg(fcinfo, 5),
                    pgrx::pg_getarg(fcinfo, 6),
                )?,
                hasher: RowHasher::new(table),
                raw_positions,
                clean_positions: all_columns
                    .map(|c| find(c.name, type_oid(c.sql_type())))
                    .collect::<Result<_, _>>()?,
                hash_position: find("content_hash", pg_sys::BYTEAOID)?,
                defects_position: find("defects", pg_sys::JSONBOID)?,
                rejected_position: find("rejected_by", pg_sys::TEXTOID)?,
                table,
                variable_args,
                raw,
                clean,
            })
        }
    }

    /// # Safety
    /// `fcinfo` is that of the current call, and `raw` a value of the row type that this was built for.
    unsafe fn clean(
        &mut self,
        fcinfo: pg_sys::FunctionCallInfo,
        raw: pg_sys::Datum,
    ) -> pg_sys::Datum {
        let mut texts = Vec::with_capacity(self.raw.names.len());
        // SAFETY: `raw` has this row type, and the texts are used only during this call.
        unsafe { self.raw.read_texts(raw, &mut texts) };
        let cells: Vec<Option<&str>> = self
            .raw_positions
            .iter()
            .map(|position| position.and_then(|p| texts.get(p).copied().flatten()))
            .collect();
        let date =
            // SAFETY: arguments 3 and 4 are declared as date.
            |n| unsafe { pgrx::pg_getarg::<Date>(fcinfo, n).map(|d| d.to_unix_epoch_days()) };
        let context = Context {
            // SAFETY: argument 2 is declared as text.
            far_part: unsafe { pgrx::pg_getarg(fcinfo, 2) },
            ev_date: date(3),
            today: date(4).unwrap_or(i32::MAX),
        };
        let mut row = CleanRow::new();
        let mut violations = Vec::new();
        self.cleaner.clean(&cells, &context.cleaning_context(), &mut row);
        self.rules.check(&mut row, &context, &mut violations);
        self.set_columns(&row, &violations);
        // SAFETY: `new` checked the type of each column that is set.
        unsafe { self.clean.build() }
    }

    fn set_columns(&mut self, row: &CleanRow, violations: &[Violation]) {
        self.clean.set_all_null();
        for (value, position) in row.values.iter().zip(&self.clean_positions) {
            if let Some(position) = position {
                self.clean.set(*position, to_datum(value));
            }
        }
        if let Some(position) = self.hash_position {
            let hash = self.hasher.hash(&row.values);
            self.clean.set(position, Some(varlena_datum(&hash)));
        }
        if let Some(position) = self.defects_position
            && !(row.defects.is_empty() && violations.is_empty())
        {
            let all = rules::defects_to_json(self.table, &row.defects, violations);
            self.clean.set(position, pgrx::JsonB(all).into_datum());
        }
        let rejected = violations.iter().find(|v| v.action == Action::Reject);
        if let (Some(position), Some(violation)) = (self.rejected_position, rejected) {
            self.clean.set(position, Some(varlena_datum(violation.rule.as_bytes())));
        }
    }
}
