//! From trees to a judged model: calibration on the validation part, figures on the test part.

use super::booster::{self, Matrix, Trained};
use super::error::Error;
use super::rows::Event;
use ntsb_models::calibration::Calibration;
use ntsb_models::evaluate::{Answers, calibration};
use ntsb_models::forest::Forest;
use ntsb_models::metrics::{Metrics, decide_at};
use ntsb_models::options::Options;
use serde_json::{Value as Json, json};

/// Above any confidence: the model never answers.
const NEVER: f64 = 2.0;

pub struct Judgement {
    pub calibration: Calibration,
    pub decide_at: f64,
    pub metrics: Json,
}

/// A part of the events and its rows.
pub struct Part<'a> {
    pub events: Vec<&'a Event>,
    pub matrix: Matrix,
}

pub fn judge(
    trained: &Trained,
    validate: &Part,
    test: &Part,
    columns: usize,
    options: &Options,
    logistic: &Metrics,
) -> Result<Judgement, Error> {
    let forest = Forest::from_ubj(&trained.artifact)?;
    if forest.features() != columns {
        return Err(Error::Columns { found: forest.features(), expected: columns });
    }
    let mut held = answers(&forest, validate, columns);
    let learned = calibration(options.calibration, &held)?;
    let raw = answers(&forest, test, columns);
    let mut tested = raw.clone();
    held.calibrate(&learned);
    tested.calibrate(&learned);
    let decides = decide_at(&held.scored()?, options.decide_accuracy);
    let report = tested.report()?;
    let validation = held.report()?.overall;
    let uncalibrated = Metrics::of(&raw.scored()?).ece;
    let mut metrics = serde_json::to_value(&report)?;
    if let Some(metrics) = metrics.as_object_mut() {
        metrics.insert("validation".into(), serde_json::to_value(validation)?);
        metrics.insert("ece_uncalibrated".into(), json!(uncalibrated));
        metrics.insert("baseline".into(), baselines(&report.overall.metrics, logistic)?);
    }
    Ok(Judgement {
        calibration: learned,
        decide_at: decides.map_or(NEVER, |d| d.confidence),
        metrics,
    })
}

fn baselines(metrics: &Metrics, logistic: &Metrics) -> Result<Json, Error> {
    let majority =
        json!({ "class": metrics.majority_class, "accuracy": metrics.majority_accuracy });
    Ok(json!({ "majority": majority, "logistic": serde_json::to_value(logistic)? }))
}

fn answers(forest: &Forest, part: &Part, columns: usize) -> Answers {
    let mut answers = Answers::default();
    let rows = booster::answers(forest, &part.matrix, columns, &crate::cancel::poll);
    for ((row, event), label) in rows.iter().zip(&part.events).zip(&part.matrix.labels) {
        answers.push(row, *label, event.year(), event.domestic);
    }
    answers
}
