//! Models in their table.

use super::booster::Trained;
use super::error::Error;
use super::evaluate::Judgement;
use super::train::Asked;
use crate::epoch;
use ntsb_models::encoder::Encoder;
use ntsb_models::forest::Forest;
use ntsb_models::split::Split;
use pgrx::JsonB;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::SpiClient;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

/// A model that is ready to be stored.
pub struct Candidate {
    pub encoder: Encoder,
    pub classes: Vec<String>,
    pub trained: Trained,
    pub judgement: Judgement,
    pub split: Split,
    /// Rows of the three parts.
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

/// Stores a model and the run that made it.
pub fn store(
    client: &mut SpiClient,
    asked: &Asked,
    made: &Candidate,
    run: &Json,
) -> Result<i64, Error> {
    let parameters = serde_json::to_value(&asked.options)?;
    let algorithm = parameters.get("algorithm").and_then(Json::as_str).unwrap_or_default();
    let columns: Vec<String> = made.encoder.columns().into_iter().map(|c| c.name).collect();
    let rows = made.rows.map(|rows| i64::try_from(rows).unwrap_or(i64::MAX));
    let digest = Sha256::digest(&made.trained.artifact).to_vec();
    client.update("LOCK TABLE ntsb.model IN SHARE ROW EXCLUSIVE MODE", None, &[])?;
    let stored = client.update(
        INSERT,
        None,
        &[
            asked.name.as_str().into(),
            asked.target.name().into(),
            asked.stage.name().into(),
            algorithm.into(),
            JsonB(parameters.clone()).into(),
            JsonB(made.judgement.metrics.clone()).into(),
            made.encoder.features().into(),
            columns.into(),
            made.classes.clone().into(),
            JsonB(serde_json::to_value(&made.encoder)?).into(),
            JsonB(serde_json::to_value(&made.judgement.calibration)?).into(),
            made.judgement.decide_at.into(),
            i32::try_from(made.trained.rounds).unwrap_or(i32::MAX).into(),
            epoch::date(made.split.train_from).into(),
            epoch::date(made.split.validate_from).into(),
            epoch::date(made.split.test_from).into(),
            epoch::date(made.split.test_to).into(),
            rows[0].into(),
            rows[1].into(),
            rows[2].into(),
            made.data_digest.as_slice().into(),
            made.trained.artifact.as_slice().into(),
            digest.into(),
        ],
    )?;
    let model: i64 = stored.first().get_one()?.unwrap_or_default();
    record(client, asked, model, run)?;
    Ok(model)
}

fn record(client: &mut SpiClient, asked: &Asked, model: i64, run: &Json) -> Result<(), Error> {
    client.update(
        "INSERT INTO ntsb.model_run (model_id, name, target, feature_set, options, state, curve, seconds,
             memory_mb, started_at)
         SELECT $1, $2, $3, $4, r.doc -> 'options', 'done', r.doc #> '{run,curve}', r.doc #> '{run,seconds}',
                (r.doc #>> '{run,memory_mb}')::float8, coalesce((r.doc ->> 'began')::timestamptz, now())
         FROM (SELECT $5 AS doc) r",
        None,
        &[
            model.into(),
            asked.name.as_str().into(),
            asked.target.name().into(),
            asked.stage.name().into(),
            JsonB(run.clone()).into(),
        ],
    )?;
    Ok(())
}

/// Trees in one of XGBoost's formats, written anew from what was read and checked: no byte of the
/// artifact is passed on. Both formats keep each number to the bit.
#[pg_extern(immutable, strict, parallel_safe, schema = "ntsb_internal", name = "convert_artifact")]
fn ntsb_convert_artifact(artifact: &[u8], format: &str) -> Result<Vec<u8>, ErrorReport> {
    let write = match format {
        "ubj" => Forest::to_ubj,
        "json" => Forest::to_json,
        _ => return Err(Error::NoSuchFormat(format.into()).into()),
    };
    let forest = check_artifact(artifact)?;
    Ok(write(&forest).map_err(Error::Artifact)?)
}

fn check_artifact(artifact: &[u8]) -> Result<Forest, Error> {
    Forest::read(artifact).map_err(Error::Artifact)
}

/// What the core reads of an artifact: classes and values of a row.
#[pg_extern(immutable, strict, parallel_safe, schema = "ntsb_internal", name = "artifact_info")]
fn ntsb_artifact_info(artifact: &[u8]) -> Result<JsonB, ErrorReport> {
    let forest = check_artifact(artifact)?;
    Ok(JsonB(
        json!({ "classes": forest.classes(), "columns": forest.features(), "trees": forest.trees() }),
    ))
}
