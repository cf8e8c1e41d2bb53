//! Argument types for `jsonb` and `json`.
//!
//! PostgreSQL accepts JSON nested thousands of levels deep, `serde_json` only 127. pgrx's own types report
//! deeper JSON as an internal error; these report it as an error of the caller.

use pgrx::callconv::{Arg, ArgAbi};
use pgrx::nullable::Nullable;
use pgrx::pgrx_sql_entity_graph::metadata::{
    ArgumentError, ReturnsError, ReturnsRef, SqlMappingRef, SqlTranslatable, TypeOrigin,
};
use pgrx::prelude::*;
use serde_json::Value as Json;

/// An argument of type `jsonb`.
pub struct JsonArgument(pub Json);

/// An argument of type `json`.
pub struct PlainJsonArgument(pub Json);

impl JsonArgument {
    /// # Safety
    /// The datum is `jsonb` and not null.
    unsafe fn read(datum: pg_sys::Datum) -> Json {
        // SAFETY: the caller passes a jsonb datum, which is what jsonb_out takes.
        let text = unsafe {
            pgrx::direct_function_call::<&core::ffi::CStr>(pg_sys::jsonb_out, &[Some(datum)])
        };
        let text = text.map(core::ffi::CStr::to_bytes).unwrap_or_default();
        let json = parse_json(text);
        // SAFETY: jsonb_out allocated the text for its caller, and nothing borrows from it any longer.
        unsafe { pg_sys::pfree(text.as_ptr().cast_mut().cast()) };
        json
    }
}

impl PlainJsonArgument {
    /// # Safety
    /// The datum is `json`, which is stored as text, and not null.
    unsafe fn read(datum: pg_sys::Datum) -> Json {
        // SAFETY: the caller passes a json datum, which is stored as text.
        let text = unsafe { String::from_datum(datum, false) };
        parse_json(text.unwrap_or_default().as_bytes())
    }
}

fn parse_json(text: &[u8]) -> Json {
    serde_json::from_slice(text).unwrap_or_else(|error| report_nesting(&error))
}

/// PostgreSQL checked the syntax, so only the nesting can be wrong.
fn report_nesting(error: &serde_json::Error) -> ! {
    pgrx::ereport!(
        ERROR,
        PgSqlErrorCode::ERRCODE_PROGRAM_LIMIT_EXCEEDED,
        format!("cannot parse the JSON argument: {error}"),
        "Arrays and objects may be nested at most 127 levels deep."
    );
}

macro_rules! impl_argument {
    ($name:ident, $sql:literal) => {
        // SAFETY: maps to the same SQL type as pgrx's own JSON type.
        unsafe impl SqlTranslatable for $name {
            const TYPE_IDENT: &'static str = pgrx::pgrx_resolved_type!($name);
            const TYPE_ORIGIN: TypeOrigin = TypeOrigin::External;
            const ARGUMENT_SQL: Result<SqlMappingRef, ArgumentError> =
                Ok(SqlMappingRef::literal($sql));
            const RETURN_SQL: Result<ReturnsRef, ReturnsError> =
                Ok(ReturnsRef::One(SqlMappingRef::literal($sql)));
        }

        impl FromDatum for $name {
            unsafe fn from_polymorphic_datum(
                datum: pg_sys::Datum,
                is_null: bool,
                _: pg_sys::Oid,
            ) -> Option<$name> {
                // SAFETY: the caller guarantees that the datum has this type.
                (!is_null).then(|| $name(unsafe { $name::read(datum) }))
            }
        }

        // SAFETY: implemented like pgrx's own types that are read by FromDatum.
        unsafe impl<'fcx> ArgAbi<'fcx> for $name {
            unsafe fn unbox_arg_unchecked(arg: Arg<'_, 'fcx>) -> $name {
                // SAFETY: PostgreSQL checked the type of the argument; the caller guarantees that it is not null.
                unsafe { arg.unbox_arg_using_from_datum() }.unwrap_or($name(Json::Null))
            }

            unsafe fn unbox_nullable_arg(arg: Arg<'_, 'fcx>) -> Nullable<$name> {
                // SAFETY: PostgreSQL checked the type of the argument.
                unsafe { arg.unbox_arg_using_from_datum() }.into()
            }
        }
    };
}

impl_argument!(JsonArgument, "jsonb");
impl_argument!(PlainJsonArgument, "json");
