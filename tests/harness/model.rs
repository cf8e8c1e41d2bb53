//! A small model with predictions made by Python's XGBoost. `tests/fixtures/models/make.py` writes it.

use postgres::types::{Json, ToSql};
use serde_json::Value;
use std::fs;

use crate::database::Database;
use crate::fixture;

/// Reads the fixture: the parts of the model, and cases of facts with expected predictions.
pub fn read_fixture_model() -> Value {
    serde_json::from_str(&fs::read_to_string(fixture("models/severity.json")).unwrap()).unwrap()
}

/// Registers the model with the decision threshold `decide_at`. Returns its `model_id`.
pub fn register_model(database: &Database, version: i32, stage: &str, decide_at: f64) -> i64 {
    register_model_for("severity", database, version, stage, decide_at)
}

/// Registers the model for another target. Its class names stay the same.
pub fn register_model_for(
    target: &str,
    database: &Database,
    version: i32,
    stage: &str,
    decide_at: f64,
) -> i64 {
    let sql = "
        INSERT INTO ntsb.model (name, version, target, feature_set, algorithm, stage, parameters, metrics,
            features, columns, classes, encoding, calibration, decide_at, rounds, trained_from, validated_from,
            tested_from, tested_to, rows_trained, rows_validated, rows_tested, data_digest, artifact, artifact_digest)
        SELECT 'fixture', $2, $5, 'pre_event', 'xgboost', $3, '{}', '{}',
            ARRAY(SELECT jsonb_array_elements_text(m -> 'features')), ARRAY(SELECT jsonb_array_elements_text(m -> 'columns')),
            ARRAY(SELECT jsonb_array_elements_text(m -> 'classes')), m -> 'encoding', m -> 'calibration', $4, 12,
            '1982-01-01', '2011-01-01', '2012-01-01', '2013-01-01', 1, 1, 1, '', a, sha256(a)
        FROM (SELECT $1::jsonb) j (m), LATERAL decode(m ->> 'artifact', 'hex') a
        RETURNING model_id";
    let parameters: &[&(dyn ToSql + Sync)] =
        &[&Json(read_fixture_model()), &version, &stage, &decide_at, &target];
    database.query_column(sql, parameters).remove(0)
}
