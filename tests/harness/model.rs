//! A small model whose answers Python's XGBoost has told; `tests/fixtures/models/make.py` writes it.

use postgres::types::{Json, ToSql};
use serde_json::Value;
use std::fs;

use crate::database::Database;
use crate::fixture;

/// The fixture: the model's parts, and cases of facts and answers.
pub fn fixture_model() -> Value {
    serde_json::from_str(&fs::read_to_string(fixture("models/severity.json")).unwrap()).unwrap()
}

/// Puts the model into the registry, with a confidence to decide at; returns its number.
pub fn register(database: &Database, version: i32, stage: &str, decide_at: f64) -> i64 {
    register_for("severity", database, version, stage, decide_at)
}

/// As if its classes were those of another target.
pub fn register_for(
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
        &[&Json(fixture_model()), &version, &stage, &decide_at, &target];
    database.column(sql, parameters).remove(0)
}
