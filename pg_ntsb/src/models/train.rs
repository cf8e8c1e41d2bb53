//! `ntsb_train_model`: from the warehouse to a judged, stored model.

use super::booster::{Matrix, Trained, boost, grow, logistic};
use super::error::Error;
use super::evaluate::{Judgement, Part, judge};
use super::features::check_view;
use super::registry::{Candidate, store};
use super::rows::{Event, count, read};
use crate::json_argument::JsonArgument;
use crate::spi::{extension_schema, need};
use ntsb_models::encoder::{Encoder, Example, Fitted};
use ntsb_models::features::{Feature, Stage};
use ntsb_models::leakage::{check_column, feature_set};
use ntsb_models::options::{Algorithm, Options, Weights};
use ntsb_models::split::{self, Split};
use ntsb_models::target::{Target, class_of};
use pgrx::datum::TimestampWithTimeZone;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::SpiClient;
use serde_json::{Map, Value as Json, json};
use std::time::Instant;

/// Bytes that an event takes until it is encoded, as measured on real files.
const PER_EVENT: usize = 900;

/// Bytes of a value of the matrix: ours, XGBoost's (with its column), its histogram's, and the copy that
/// the logistic baseline is made of.
const PER_VALUE: usize = 4 + 8 + 2 + 12;

/// What is asked for.
pub struct Asked {
    pub name: String,
    pub target: Target,
    pub stage: Stage,
    pub options: Options,
}

impl Asked {
    fn read(name: &str, target: &str, feature_set: &str, options: Json) -> Result<Asked, Error> {
        Ok(Asked {
            name: Some(name.trim().to_owned()).filter(|n| !n.is_empty()).ok_or(Error::NoName)?,
            target: Target::parse(target).ok_or_else(|| Error::NoSuchTarget(target.into()))?,
            stage: Stage::parse(feature_set)
                .ok_or_else(|| Error::NoSuchFeatureSet(feature_set.into()))?,
            options: Options::read(options)?,
        })
    }

    fn features(&self) -> Result<Vec<&'static Feature>, Error> {
        Ok(feature_set(self.stage, self.target, self.options.features.as_deref())?)
    }
}

/// Where the time goes.
struct Clock {
    since: Instant,
    seconds: Map<String, Json>,
}

impl Clock {
    fn start() -> Clock {
        Clock { since: Instant::now(), seconds: Map::new() }
    }

    fn lap(&mut self, what: &str) {
        let seconds = (self.since.elapsed().as_secs_f64() * 1000.0).round() / 1000.0;
        self.seconds.insert(what.to_owned(), json!(seconds));
        self.since = Instant::now();
    }
}

/// Trains a model, judges it and stores it in stage None. Returns its model_id.
#[pg_extern]
fn ntsb_train_model(
    name: &str,
    target: &str,
    feature_set: default!(&str, "'scene'"),
    options: default!(JsonArgument, "'{}'"),
) -> Result<i64, ErrorReport> {
    let given = options.0.clone();
    let asked = Asked::read(name, target, feature_set, options.0)?;
    let model = Spi::connect_mut(|client| {
        need(client, "ntsb.model")?;
        let began: Option<TimestampWithTimeZone> =
            crate::spi::one(client, "SELECT clock_timestamp()")?;
        let (candidate, run) = train(client, &asked)?;
        let run = json!({ "options": given, "began": began, "run": run });
        store(client, &asked, &candidate, &run)
    });
    Ok(model?)
}

fn train(client: &SpiClient, asked: &Asked) -> Result<(Candidate, Json), Error> {
    let features = asked.features()?;
    let functions = pgrx::spi::quote_identifier(extension_schema(client, "pg_ntsb")?);
    check_view(client, &functions)?;
    let wanted = asked.options.windows()?;
    let (rows, columns) = (count(client, wanted)?, features.len() * 2);
    let memory = check_memory(rows, columns, &asked.options)?;
    let mut clock = Clock::start();
    let read = read(client, asked.target, wanted)?;
    clock.lap("read");
    let split = Split::of(read.events.iter().map(|event| event.day), wanted)?;
    let mut learned = learn(asked, &features, &read.events, split, &mut clock)?;
    learned.data_digest = read.digest;
    let run =
        json!({ "seconds": clock.seconds, "memory_mb": memory, "curve": learned.trained.curve });
    Ok((learned, run))
}

fn learn(
    asked: &Asked,
    features: &[&Feature],
    events: &[Event],
    split: Split,
    clock: &mut Clock,
) -> Result<Candidate, Error> {
    let options = &asked.options;
    let of = |part: split::Part| events.iter().filter(move |e| split.part(e.day) == Some(part));
    let classes = asked.target.classes(of(split::Part::Train).map(|event| event.label.as_str()));
    let class = |event: &&Event| class_of(&classes, &event.label).is_some();
    let part = |part| of(part).filter(class).collect::<Vec<_>>();
    let train = part(split::Part::Train);
    let present = present(&classes, &train);
    if present < 2 {
        return Err(Error::OneClass(present));
    }
    let examples: Vec<Example> = train
        .iter()
        .filter_map(|e| Some(Example { facts: &e.facts, class: class_of(&classes, &e.label)? }))
        .collect();
    let fitted = Fitted::fit(features, &examples, &classes, &crate::cancel::poll);
    let mut train = encode_training(&fitted, train, &classes);
    train.matrix.weights = weights(&train, classes.len(), options);
    let encode = |events| encode(&fitted.encoder, events, &classes);
    let (validate, test) = (encode(part(split::Part::Validate)), encode(part(split::Part::Test)));
    guard(&fitted.encoder, &train.matrix, &classes)?;
    clock.lap("encode");
    let grower = match options.algorithm {
        Algorithm::Xgboost => boost,
        Algorithm::RandomForest => grow,
    };
    let trained: Trained =
        grower(&train.matrix, &validate.matrix, classes.len(), options, &crate::cancel::poll)?;
    clock.lap("train");
    let columns = fitted.encoder.columns().len();
    let logistic =
        logistic(&train.matrix, &test.matrix, columns, classes.len(), &crate::cancel::poll)?;
    clock.lap("baseline");
    let judgement: Judgement = judge(&trained, &validate, &test, columns, options, &logistic)?;
    clock.lap("judge");
    let rows = [&train, &validate, &test].map(|part| part.matrix.rows());
    Ok(Candidate {
        encoder: fitted.encoder,
        classes,
        trained,
        judgement,
        split,
        rows,
        data_digest: Vec::new(),
    })
}

fn present(classes: &[String], events: &[&Event]) -> usize {
    let found: std::collections::BTreeSet<usize> =
        events.iter().filter_map(|event| class_of(classes, &event.label)).collect();
    found.len()
}

fn encode_training<'a>(fitted: &Fitted, events: Vec<&'a Event>, classes: &[String]) -> Part<'a> {
    let mut matrix = Matrix::default();
    for (row, event) in events.iter().enumerate() {
        fitted.encode_training(row, &event.facts, &mut matrix.values);
        matrix.labels.extend(class_of(classes, &event.label));
    }
    Part { events, matrix }
}

fn encode<'a>(encoder: &Encoder, events: Vec<&'a Event>, classes: &[String]) -> Part<'a> {
    let mut matrix = Matrix::default();
    for event in &events {
        encoder.encode_into(&event.facts, &mut matrix.values);
        matrix.labels.extend(class_of(classes, &event.label));
    }
    Part { events, matrix }
}

/// No column may tell a class alone.
fn guard(encoder: &Encoder, matrix: &Matrix, classes: &[String]) -> Result<(), Error> {
    let columns = encoder.columns();
    for (at, column) in columns.iter().enumerate() {
        crate::cancel::poll();
        let values: Vec<f32> =
            matrix.values.iter().skip(at).step_by(columns.len()).copied().collect();
        check_column(&column.name, &values, &matrix.labels, classes)?;
    }
    Ok(())
}

/// What each training row weighs; none where all weigh the same.
fn weights(train: &Part, classes: usize, options: &Options) -> Vec<f32> {
    if options.class_weights == Weights::None && options.half_life_years == 0.0 {
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
            Weights::None => 1.0,
            Weights::Balanced => {
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

/// What training is reckoned to need, in MiB.
fn check_memory(rows: usize, columns: usize, options: &Options) -> Result<f64, Error> {
    let bytes = rows as f64 * (PER_EVENT + columns * PER_VALUE) as f64;
    let needed = bytes / (1024.0 * 1024.0);
    let allowed = options.memory_mb;
    if needed > allowed {
        return Err(Error::Memory { rows, columns, needed, allowed });
    }
    Ok(needed)
}
