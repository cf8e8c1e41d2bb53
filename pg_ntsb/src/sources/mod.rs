//! Conversion of rows of sources other than NTSB's Access files.

use ntsb_schema::asrs;
use ntsb_schema::recommendation::{self, Rejection};
use pgrx::prelude::*;
use serde_json::{Value, json};

/// Returns a voluntary report as the columns of schema `asrs`, or `{"rejection": reason}`.
#[pg_extern(
    immutable,
    strict,
    parallel_safe,
    sql = r#"
CREATE FUNCTION ntsb_internal.convert_asrs_report(fields text) RETURNS jsonb
IMMUTABLE STRICT PARALLEL SAFE LANGUAGE c AS 'MODULE_PATHNAME', '@FUNCTION_NAME@';
COMMENT ON FUNCTION ntsb_internal.convert_asrs_report(text) IS
'Internal: called by ntsb_adopt_asrs. Converts a row of an ASRS export (a JSON object of its values by name) to the columns of schema asrs, as ntsb_asrs_report shows them, or to {"rejection": reason}.';
"#
)]
fn convert_asrs_report(fields: &str) -> pgrx::JsonB {
    pgrx::JsonB(asrs::convert_report(fields).unwrap_or_else(|reason| rejection(&reason)))
}

/// Returns a safety recommendation as the columns of its tables, `{"rejection": reason}` or
/// `{"other_mode": reason}`.
#[pg_extern(
    immutable,
    strict,
    parallel_safe,
    sql = r#"
CREATE FUNCTION ntsb_internal.convert_recommendation(record text) RETURNS jsonb
IMMUTABLE STRICT PARALLEL SAFE LANGUAGE c AS 'MODULE_PATHNAME', '@FUNCTION_NAME@';
COMMENT ON FUNCTION ntsb_internal.convert_recommendation(text) IS
'Internal: called by ntsb_adopt_recommendations. Converts a record of NTSB''s API (JSON) to the columns of ntsb.safety_recommendation with its addressees, events and unknown members, or to {"rejection": reason} or {"other_mode": reason}.';
"#
)]
fn convert_recommendation(record: &str) -> pgrx::JsonB {
    pgrx::JsonB(match recommendation::convert_recommendation(record) {
        Ok(row) => row,
        Err(reason @ Rejection::OtherMode(_)) => json!({ "other_mode": reason.to_string() }),
        Err(reason) => rejection(&reason),
    })
}

fn rejection(reason: &dyn std::fmt::Display) -> Value {
    json!({ "rejection": reason.to_string() })
}
