//! Evaluates a trained forest: calibrates it on the validation part and computes metrics on the test part.

use super::booster::{self, Matrix, TrainedForest};
use super::error::ModelsError;
use super::rows::Event;
use ntsb_models::calibration::Calibration;
use ntsb_models::evaluate::{EvaluationSet, fit_calibration};
use ntsb_models::forest::Forest;
use ntsb_models::metrics::{Metrics, find_threshold};
use ntsb_models::options::Options;
use serde_json::{Value as Json, json};

/// A threshold above any confidence: the model never decides.
const NEVER_DECIDES: f64 = 2.0;

pub struct EvaluatedModel {
    pub calibration: Calibration,
    pub decide_at: f64,
    pub metrics: Json,
}

/// Events of one part of the split, and their encoded rows.
pub struct DataPart<'a> {
    pub events: Vec<&'a Event>,
    pub matrix: Matrix,
}

pub fn evaluate_model(
    trained: &TrainedForest,
    validate: &DataPart,
    test: &DataPart,
    columns: usize,
    options: &Options,
    logistic: &Metrics,
) -> Result<EvaluatedModel, ModelsError> {
    let forest = Forest::from_ubj(&trained.artifact)?;
    if forest.feature_count() != columns {
        return Err(ModelsError::Columns { found: forest.feature_count(), expected: columns });
    }
    let mut validation = predict_part(&forest, validate, columns);
    let calibration = fit_calibration(options.calibration, &validation)?;
    let uncalibrated_test = predict_part(&forest, test, columns);
    let mut calibrated_test = uncalibrated_test.clone();
    validation.apply_calibration(&calibration);
    calibrated_test.apply_calibration(&calibration);
    let threshold = find_threshold(&validation.scored_rows()?, options.decide_accuracy);
    let report = calibrated_test.build_report()?;
    let validation = validation.build_report()?.overall;
    let ece_uncalibrated = Metrics::compute(&uncalibrated_test.scored_rows()?).ece;
    let mut metrics = serde_json::to_value(&report)?;
    if let Some(metrics) = metrics.as_object_mut() {
        metrics.insert("validation".into(), serde_json::to_value(validation)?);
        metrics.insert("ece_uncalibrated".into(), json!(ece_uncalibrated));
        metrics.insert("baseline".into(), describe_baselines(&report.overall.metrics, logistic)?);
    }
    Ok(EvaluatedModel {
        calibration,
        decide_at: threshold.map_or(NEVER_DECIDES, |t| t.confidence),
        metrics,
    })
}

fn describe_baselines(metrics: &Metrics, logistic: &Metrics) -> Result<Json, ModelsError> {
    let majority =
        json!({ "class": metrics.majority_class, "accuracy": metrics.majority_accuracy });
    Ok(json!({ "majority": majority, "logistic": serde_json::to_value(logistic)? }))
}

fn predict_part(forest: &Forest, part: &DataPart, columns: usize) -> EvaluationSet {
    let mut set = EvaluationSet::default();
    let rows = booster::predict_rows(forest, &part.matrix, columns, &crate::cancel::poll);
    for ((row, event), label) in rows.iter().zip(&part.events).zip(&part.matrix.labels) {
        set.push(row, *label, event.year(), event.domestic);
    }
    set
}
