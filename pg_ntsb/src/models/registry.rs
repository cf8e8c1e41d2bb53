//! Stores models in `ntsb.model`.

use super::booster::TrainedForest;
use super::error::ModelsError;
use super::evaluate::EvaluatedModel;
use super::train::TrainingRequest;
use crate::epoch;
use crate::error::InvalidArgument;
use ntsb_models::encoder::Encoder;
use ntsb_models::forest::Forest;
use ntsb_models::split::Split;
use pgrx::JsonB;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::SpiClient;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

/// A trained and evaluated model that is not stored yet.
pub struct NewModel {
    pub encoder: Encoder,
    pub classes: Vec<String>,
    pub trained: TrainedForest,
    pub evaluation: EvaluatedModel,
    pub split: Split,
    /// Number of rows of the training, validation and test part.
    pub rows: [usize; 3],
    pub data_digest: Vec<u8>,
}

const INSERT: &str = "
    INSERT INTO ntsb.model (name, version, target, feature_set, algorithm, parameters, metrics, features, columns,
        classes, encoding, calibration, decide_at, rounds, trained_from, validated_from, tested_from, tested_to,
        rows_trained, rows_validated, rows_tested, data_digest, artifact, artifact_digest)
    SELECT $1, coalesce(max(m.version), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
        $17, $18, $19, $20, $21, $22, $23
    FROM ntsb.model m WHERE m.name = $1 AND m.target = $2
    RETURNING model_id";

/// Stores a model and its training run. Returns its model_id.
pub fn store_model(
    client: &mut SpiClient,
    request: &TrainingRequest,
    new_model: &NewModel,
    run: &Json,
) -> Result<i64, ModelsError> {
    let parameters = serde_json::to_value(&request.options)?;
    let algorithm = parameters.get("algorithm").and_then(Json::as_str).unwrap_or_default();
    let columns: Vec<String> = new_model.encoder.columns().into_iter().map(|c| c.name).collect();
    let rows = new_model.rows.map(|rows| i64::try_from(rows).unwrap_or(i64::MAX));
    let digest = Sha256::digest(&new_model.trained.artifact).to_vec();
    client.update("LOCK TABLE ntsb.model IN SHARE ROW EXCLUSIVE MODE", None, &[])?;
    let stored = client.update(
        INSERT,
        None,
        &[
            request.name.as_str().into(),
            request.target.name().into(),
            request.stage.name().into(),
            algorithm.into(),
            JsonB(parameters.clone()).into(),
            JsonB(new_model.evaluation.metrics.clone()).into(),
            new_model.encoder.features().into(),
            columns.into(),
            new_model.classes.clone().into(),
            JsonB(serde_json::to_value(&new_model.encoder)?).into(),
            JsonB(serde_json::to_value(&new_model.evaluation.calibration)?).into(),
            new_model.evaluation.decide_at.into(),
            i32::try_from(new_model.trained.rounds).unwrap_or(i32::MAX).into(),
            epoch::date_from_days(new_model.split.train_from).into(),
            epoch::date_from_days(new_model.split.validate_from).into(),
            epoch::date_from_days(new_model.split.test_from).into(),
            epoch::date_from_days(new_model.split.test_to).into(),
            rows[0].into(),
            rows[1].into(),
            rows[2].into(),
            new_model.data_digest.as_slice().into(),
            new_model.trained.artifact.as_slice().into(),
            digest.into(),
        ],
    )?;
    let model_id: i64 = stored.first().get_one()?.unwrap_or_default();
    record_run(client, request, model_id, run)?;
    Ok(model_id)
}

fn record_run(
    client: &mut SpiClient,
    request: &TrainingRequest,
    model_id: i64,
    run: &Json,
) -> Result<(), ModelsError> {
    client.update(
        "INSERT INTO ntsb.model_run (model_id, name, target, feature_set, options, state, curve, seconds,
             memory_mb, started_at)
         SELECT $1, $2, $3, $4, r.doc -> 'options', 'done', r.doc #> '{run,curve}', r.doc #> '{run,seconds}',
                (r.doc #>> '{run,memory_mb}')::float8, coalesce((r.doc ->> 'started_at')::timestamptz, now())
         FROM (SELECT $5 AS doc) r",
        None,
        &[
            model_id.into(),
            request.name.as_str().into(),
            request.target.name().into(),
            request.stage.name().into(),
            JsonB(run.clone()).into(),
        ],
    )?;
    Ok(())
}

/// Converts an artifact to one of XGBoost's formats. The result is written from the parsed and validated
/// trees, so no unchecked bytes of the artifact are passed on. Both formats preserve numbers exactly.
#[pg_extern(immutable, strict, parallel_safe, schema = "ntsb_internal", name = "convert_artifact")]
fn ntsb_convert_artifact(artifact: &[u8], format: &str) -> Result<Vec<u8>, ErrorReport> {
    let write = match format {
        "ubj" => Forest::to_ubj,
        "json" => Forest::to_json,
        _ => return Err(InvalidArgument::new("format", "ubj or json", format).into()),
    };
    let forest = parse_artifact(artifact)?;
    Ok(write(&forest).map_err(ModelsError::Artifact)?)
}

fn parse_artifact(artifact: &[u8]) -> Result<Forest, ModelsError> {
    Forest::from_bytes(artifact).map_err(ModelsError::Artifact)
}

/// Returns the number of classes, columns and trees of an artifact.
#[pg_extern(immutable, strict, parallel_safe, schema = "ntsb_internal", name = "describe_artifact")]
fn ntsb_describe_artifact(artifact: &[u8]) -> Result<JsonB, ErrorReport> {
    let forest = parse_artifact(artifact)?;
    Ok(JsonB(
        json!({ "classes": forest.class_count(), "columns": forest.feature_count(), "trees": forest.tree_count() }),
    ))
}
