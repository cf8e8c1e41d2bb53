//! Conversion of rows of sources other than NTSB's Access files.

use ntsb_schema::asrs;
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

fn rejection(reason: &dyn std::fmt::Display) -> Value {
    json!({ "rejection": reason.to_string() })
}
