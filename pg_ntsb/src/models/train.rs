//! `ntsb_train_model`: trains, evaluates and stores a model.

use super::booster::{
    Matrix, TrainedForest, evaluate_logistic_baseline, train_boosted_trees, train_random_forest,
};
use super::error::ModelsError;
use super::evaluate::{DataPart, EvaluatedModel, evaluate_model};
use super::features::check_view_leakage;
use super::registry::{NewModel, store_model};
use super::rows::{Event, count_events, read_events};
use crate::error::InvalidArgument;
use crate::json_argument::JsonArgument;
use crate::spi::{extension_schema, require_table, select_value};
use ntsb_models::encoder::{Encoder, FittedEncoder, TrainingRow};
use ntsb_models::features::{Feature, Stage};
use ntsb_models::leakage::{check_column, select_features};
use ntsb_models::options::{Algorithm, ClassWeights, Options};
use ntsb_models::split::{self, Split};
use ntsb_models::target::{TARGETS, Target, class_index};
use pgrx::datum::TimestampWithTimeZone;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::SpiClient;
use serde_json::{Map, Value as Json, json};
use std::time::Instant;

/// Bytes per event before it is encoded, measured on real files.
const BYTES_PER_EVENT: usize = 900;

/// Bytes per value of the matrix: our copy, XGBoost's copy with its column index, its histogram, and the
/// copy for the logistic baseline.
const BYTES_PER_VALUE: usize = 4 + 8 + 2 + 12;

/// The checked arguments of `ntsb_train_model`.
pub struct TrainingRequest {
    pub name: String,
    pub target: Target,
    pub stage: Stage,
    pub options: Options,
}

impl TrainingRequest {
    fn parse(
        name: &str,
        target: &str,
        feature_set: &str,
        options: Json,
    ) -> Result<TrainingRequest, ModelsError> {
        Ok(TrainingRequest {
            name: Some(name.trim().to_owned())
                .filter(|n| !n.is_empty())
                .ok_or(ModelsError::EmptyName)?,
            target: Target::parse(target).ok_or_else(|| unknown_target(target))?,
            stage: Stage::parse(feature_set).ok_or_else(|| {
                InvalidArgument::new("feature_set", "pre_event or scene", feature_set).with_hint(
                    "pre_event: facts known before the event; scene: also facts observed at the scene.",
                )
            })?,
            options: Options::from_json(options)?,
        })
    }

    fn features(&self) -> Result<Vec<&'static Feature>, ModelsError> {
        Ok(select_features(self.stage, self.target, self.options.features.as_deref())?)
    }
}

fn unknown_target(name: &str) -> InvalidArgument {
    let names: Vec<_> = TARGETS.iter().map(|target| target.name()).collect();
    InvalidArgument::new("target", format!("one of {}", names.join(", ")), name)
}

/// Measures the duration of each step.
struct StepTimer {
    step_start: Instant,
    seconds: Map<String, Json>,
}

impl StepTimer {
    fn start() -> StepTimer {
        StepTimer { step_start: Instant::now(), seconds: Map::new() }
    }

    fn finish_step(&mut self, step: &str) {
        let seconds = (self.step_start.elapsed().as_secs_f64() * 1000.0).round() / 1000.0;
        self.seconds.insert(step.to_owned(), json!(seconds));
        self.step_start = Instant::now();
    }
}

/// Trains and evaluates a model, and stores it with stage None. Returns its model_id.
#[pg_extern]
fn ntsb_train_model(
    name: &str,
    target: &str,
    feature_set: default!(&str, "'scene'"),
    options: default!(JsonArgument, "'{}'"),
) -> Result<i64, ErrorReport> {
    let options_json = options.0.clone();
    let request = TrainingRequest::parse(name, target, feature_set, options.0)?;
    let model_id = Spi::connect_mut(|client| {
        require_table(client, "ntsb.model")?;
        let started_at: Option<TimestampWithTimeZone> =
            select_value(client, "SELECT clock_timestamp()")?;
        let (model, run) = train(client, &request)?;
        let run = json!({ "options": options_json, "started_at": started_at, "run": run });
        store_model(client, &request, &model, &run)
    });
    Ok(model_id?)
}

fn train(client: &SpiClient, request: &TrainingRequest) -> Result<(NewModel, Json), ModelsError> {
    let features = request.features()?;
    let functions = pgrx::spi::quote_identifier(extension_schema(client, "pg_ntsb")?);
    check_view_leakage(client, &functions)?;
    let dates = request.options.split_dates()?;
    let (rows, columns) = (count_events(client, dates)?, features.len() * 2);
    let memory = check_memory(rows, columns, &request.options)?;
    let mut timer = StepTimer::start();
    let data = read_events(client, request.target, dates)?;
    timer.finish_step("read");
    let split = Split::new(data.events.iter().map(|event| event.day), dates)?;
    let mut model = build_model(request, &features, &data.events, split, &mut timer)?;
    model.data_digest = data.digest;
    let run =
        json!({ "seconds": timer.seconds, "memory_mb": memory, "curve": model.trained.curve });
    Ok((model, run))
}

fn build_model(
    request: &TrainingRequest,
    features: &[&Feature],
    events: &[Event],
    split: Split,
    timer: &mut StepTimer,
) -> Result<NewModel, ModelsError> {
    let options = &request.options;
    let events_of =
        |part: split::Part| events.iter().filter(move |e| split.part(e.day) == Some(part));
    let labels = events_of(split::Part::Train).map(|event| event.label.as_str());
    let classes = request.target.classes(labels);
    let has_class = |event: &&Event| class_index(&classes, &event.label).is_some();
    let select_part = |part| events_of(part).filter(has_class).collect::<Vec<_>>();
    let train = select_part(split::Part::Train);
    let class_count = count_classes(&classes, &train);
    if class_count < 2 {
        return Err(ModelsError::TooFewClasses(class_count));
    }
    let rows: Vec<TrainingRow> = train
        .iter()
        .filter_map(|e| {
            Some(TrainingRow { facts: &e.facts, class: class_index(&classes, &e.label)? })
        })
        .collect();
    let fitted = FittedEncoder::fit(features, &rows, &classes, &crate::cancel::poll);
    let mut train = encode_training(&fitted, train, &classes);
    train.matrix.weights = compute_weights(&train, classes.len(), options);
    let encode = |events| encode(&fitted.encoder, events, &classes);
    let validate = encode(select_part(split::Part::Validate));
    let test = encode(select_part(split::Part::Test));
    check_columns(&fitted.encoder, &train.matrix, &classes)?;
    timer.finish_step("encode");
    let train_forest = match options.algorithm {
        Algorithm::Xgboost => train_boosted_trees,
        Algorithm::RandomForest => train_random_forest,
    };
    let trained: TrainedForest = train_forest(
        &train.matrix,
        &validate.matrix,
        classes.len(),
        options,
        &crate::cancel::poll,
    )?;
    timer.finish_step("train");
    let columns = fitted.encoder.columns().len();
    let logistic = evaluate_logistic_baseline(
        &train.matrix,
        &test.matrix,
        columns,
        classes.len(),
        &crate::cancel::poll,
    )?;
    timer.finish_step("baseline");
    let evaluation: EvaluatedModel =
        evaluate_model(&trained, &validate, &test, columns, options, &logistic)?;
    // Stored in ntsb.model_run under this key.
    timer.finish_step("judge");
    let rows = [&train, &validate, &test].map(|part| part.matrix.rows());
    Ok(NewModel {
        encoder: fitted.encoder,
        classes,
        trained,
        evaluation,
        split,
        rows,
        data_digest: Vec::new(),
    })
}

fn count_classes(classes: &[String], events: &[&Event]) -> usize {
    let found: std::collections::BTreeSet<usize> =
        events.iter().filter_map(|event| class_index(classes, &event.label)).collect();
    found.len()
}

fn encode_training<'a>(
    fitted: &FittedEncoder,
    events: Vec<&'a Event>,
    classes: &[String],
) -> DataPart<'a> {
    let mut matrix = Matrix::default();
    for (row, event) in events.iter().enumerate() {
        fitted.encode_training(row, &event.facts, &mut matrix.values);
        matrix.labels.extend(class_index(classes, &event.label));
    }
    DataPart { events, matrix }
}

fn encode<'a>(encoder: &Encoder, events: Vec<&'a Event>, classes: &[String]) -> DataPart<'a> {
    let mut matrix = Matrix::default();
    for event in &events {
        encoder.encode_into(&event.facts, &mut matrix.values);
        matrix.labels.extend(class_index(classes, &event.label));
    }
    DataPart { events, matrix }
}

/// Fails if a single column predicts a class, which indicates leakage.
fn check_columns(
    encoder: &Encoder,
    matrix: &Matrix,
    classes: &[String],
) -> Result<(), ModelsError> {
    let columns = encoder.columns();
    for (index, column) in columns.iter().enumerate() {
        crate::cancel::poll();
        let values: Vec<f32> =
            matrix.values.iter().skip(index).step_by(columns.len()).copied().collect();
        check_column(&column.name, &values, &matrix.labels, classes)?;
    }
    Ok(())
}

/// Returns the weight of each training row; empty if all rows have the same weight.
fn compute_weights(train: &DataPart, classes: usize, options: &Options) -> Vec<f32> {
    if options.class_weights == ClassWeights::None && options.half_life_years == 0.0 {
        return Vec::new();
    }
    let mut counts = vec![0.0_f64; classes];
    for label in &train.matrix.labels {
        if let Some(count) = counts.get_mut(*label) {
            *count += 1.0;
        }
    }
    let last = train.events.last().map_or(0, |event| event.day);
    let rows = train.matrix.rows() as f64;
    let weight = |(event, label): (&&Event, &usize)| {
        let class = match options.class_weights {
            ClassWeights::None => 1.0,
            ClassWeights::Balanced => {
                rows / (classes as f64 * counts.get(*label).map_or(1.0, |n| n.max(1.0)))
            }
        };
        let years = f64::from(last - event.day) / 365.25;
        let age = if options.half_life_years > 0.0 {
            0.5_f64.powf(years / options.half_life_years)
        } else {
            1.0
        };
        (class * age) as f32
    };
    train.events.iter().zip(&train.matrix.labels).map(weight).collect()
}

/// Estimates the memory that training needs, in MiB. Fails if it exceeds the option memory_mb.
fn check_memory(rows: usize, columns: usize, options: &Options) -> Result<f64, ModelsError> {
    let bytes = rows as f64 * (BYTES_PER_EVENT + columns * BYTES_PER_VALUE) as f64;
    let needed = bytes / (1024.0 * 1024.0);
    let limit = options.memory_mb;
    if needed > limit {
        return Err(ModelsError::Memory { rows, columns, needed, limit });
    }
    Ok(needed)
}
