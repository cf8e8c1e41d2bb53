//! `jsonb` as an argument.
//!
//! PostgreSQL takes JSON that is nested thousands of levels deep; `serde_json` ends at 128, and
//! pgrx's own type takes that for a fault of the server. Here it is an error of the caller.

use pgrx::callconv::{Arg, ArgAbi};
use pgrx::nullable::Nullable;
use pgrx::pgrx_sql_entity_graph::metadata::{
    ArgumentError, ReturnsError, ReturnsRef, SqlMappingRef, SqlTranslatable, TypeOrigin,
};
use pgrx::prelude::*;
use serde_json::Value as Json;

pub struct JsonArgument(pub Json);

// SAFETY: the type's SQL is that of pgrx's own JsonB, from which it differs only in errors.
unsafe impl SqlTranslatable for JsonArgument {
    const TYPE_IDENT: &'static str = pgrx::pgrx_resolved_type!(JsonArgument);
    const TYPE_ORIGIN: TypeOrigin = TypeOrigin::External;
    const ARGUMENT_SQL: Result<SqlMappingRef, ArgumentError> = Ok(SqlMappingRef::literal("jsonb"));
    const RETURN_SQL: Result<ReturnsRef, ReturnsError> =
        Ok(ReturnsRef::One(SqlMappingRef::literal("jsonb")));
}

impl FromDatum for JsonArgument {
    unsafe fn from_polymorphic_datum(
        datum: pg_sys::Datum,
        is_null: bool,
        _: pg_sys::Oid,
    ) -> Option<JsonArgument> {
        if is_null {
            return None;
        }
        // SAFETY: the caller says that the datum is jsonb, which jsonb_out takes.
        let text = unsafe {
            pgrx::direct_function_call::<&core::ffi::CStr>(pg_sys::jsonb_out, &[Some(datum)])
        };
        let text = text.map(core::ffi::CStr::to_bytes).unwrap_or_default();
        let json = serde_json::from_slice(text).unwrap_or_else(|error| refuse(&error));
        // SAFETY: jsonb_out allocated the text for its caller, and nothing borrows from it.
        unsafe { pg_sys::pfree(text.as_ptr().cast_mut().cast()) };
        Some(JsonArgument(json))
    }
}

fn refuse(error: &serde_json::Error) -> ! {
    pgrx::ereport!(
        ERROR,
        PgSqlErrorCode::ERRCODE_PROGRAM_LIMIT_EXCEEDED,
        format!("the JSON argument cannot be read: {error}"),
        "Arrays and objects may lie 127 deep in one another."
    );
}

// SAFETY: as of pgrx's own types that are read by FromDatum.
unsafe impl<'fcx> ArgAbi<'fcx> for JsonArgument {
    unsafe fn unbox_arg_unchecked(arg: Arg<'_, 'fcx>) -> JsonArgument {
        // SAFETY: PostgreSQL checked the type of the argument; the caller says that it is not null.
        unsafe { arg.unbox_arg_using_from_datum() }.unwrap_or(JsonArgument(Json::Null))
    }

    unsafe fn unbox_nullable_arg(arg: Arg<'_, 'fcx>) -> Nullable<JsonArgument> {
        // SAFETY: PostgreSQL checked the type of the argument.
        unsafe { arg.unbox_arg_using_from_datum() }.into()
    }
}
