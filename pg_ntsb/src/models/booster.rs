//! XGBoost within a backend.
//!
//! The library may start threads. They must never run a signal handler of PostgreSQL, so all signals are
//! blocked while it works, which its threads inherit; what arrives meanwhile is handled between two
//! rounds, where a cancel ends the training.

use super::error::Error;
use super::library;
use ntsb_models::evaluate::Answers;
use ntsb_models::forest::{Forest, Objective};
use ntsb_models::merge::merge;
use ntsb_models::metrics::Metrics;
use ntsb_models::options::Options;
use xgb::parameters::BoosterParameters;
use xgb::{Booster, DMatrix, XGBResult};

/// Trees of a random forest that are grown between two looks at interrupts.
const AT_ONCE: u32 = 4;

/// Rounds of the logistic baseline.
const LINEAR_ROUNDS: i32 = 10;

/// Runs the library with all signals blocked.
pub fn quietly<T>(call: impl FnOnce() -> XGBResult<T>) -> Result<T, Error> {
    library::open()?;
    // SAFETY: the masks are plain data that these calls fill in; the old one is put back on this thread.
    let before = unsafe {
        let mut all = std::mem::zeroed();
        let mut before = std::mem::zeroed();
        libc::sigfillset(&mut all);
        libc::pthread_sigmask(libc::SIG_BLOCK, &all, &mut before);
        before
    };
    let done = call();
    // SAFETY: as above.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &before, std::ptr::null_mut()) };
    Ok(done?)
}

/// Rows for the library.
#[derive(Default)]
pub struct Matrix {
    pub values: Vec<f32>,
    pub labels: Vec<usize>,
    pub weights: Vec<f32>,
}

impl Matrix {
    pub fn rows(&self) -> usize {
        self.labels.len()
    }

    fn load(&self, threads: u32) -> Result<DMatrix, Error> {
        let labels: Vec<f32> = self.labels.iter().map(|label| *label as f32).collect();
        quietly(|| {
            library::set_threads(threads);
            let mut loaded =
                DMatrix::from_dense_with_missing(&self.values, labels.len(), f32::NAN)?;
            loaded.set_labels(&labels)?;
            if !self.weights.is_empty() {
                loaded.set_weights(&self.weights)?;
            }
            Ok(loaded)
        })
    }
}

/// What came of the training.
pub struct Trained {
    /// The trees in the form in which they are stored, written by the core.
    pub artifact: Vec<u8>,
    pub rounds: u32,
    /// Log loss on the validation part after each round.
    pub curve: Vec<f64>,
}

fn booster(cached: &[&DMatrix], settings: &[(&str, String)]) -> Result<Booster, Error> {
    quietly(|| {
        let mut booster = Booster::new_with_cached_dmats(&BoosterParameters::default(), cached)?;
        for (name, value) in settings {
            booster.set_param(name, value)?;
        }
        Ok(booster)
    })
}

fn objective(classes: usize) -> Vec<(&'static str, String)> {
    match classes {
        2 => vec![("objective", "binary:logistic".into())],
        n => vec![("objective", "multi:softprob".into()), ("num_class", n.to_string())],
    }
}

fn settings(options: &Options, classes: usize) -> Vec<(&'static str, String)> {
    let mut settings = objective(classes);
    settings.extend([
        ("verbosity", "0".to_owned()),
        ("tree_method", "hist".to_owned()),
        ("nthread", options.threads.to_string()),
        ("eta", options.eta.to_string()),
        ("max_depth", options.max_depth.to_string()),
        ("min_child_weight", options.min_child_weight.to_string()),
        ("subsample", options.subsample.to_string()),
        ("lambda", options.lambda.to_string()),
        ("seed", options.seed.to_string()),
    ]);
    settings
}

/// Boosts until the validation part gains no more.
pub fn boost(
    train: &Matrix,
    validate: &Matrix,
    classes: usize,
    options: &Options,
    poll: &dyn Fn(),
) -> Result<Trained, Error> {
    let (train, held) = (train.load(options.threads)?, validate.load(options.threads)?);
    let mut settings = settings(options, classes);
    settings.push(("colsample_bytree", options.colsample.to_string()));
    let mut booster = booster(&[&train, &held], &settings)?;
    let mut curve: Vec<f64> = Vec::new();
    let (mut best, mut least) = (0, f64::INFINITY);
    for round in 0..options.rounds {
        poll();
        quietly(|| booster.update(&train, round as i32))?;
        let margins = quietly(|| booster.predict_margin(&held))?;
        let loss = loss(&margins, &validate.labels, classes)?;
        curve.push(loss);
        if loss < least {
            (best, least) = (round, loss);
        }
        if round - best >= options.early_stopping {
            break;
        }
    }
    let kept = quietly(|| booster.slice(0, best as i32 + 1))?;
    let forest = Forest::from_ubj(&quietly(|| kept.save_buffer(true))?)?;
    Ok(Trained { artifact: forest.to_ubj()?, rounds: best + 1, curve })
}

/// Grows a random forest in parts, each with its share of the whole as learning rate.
pub fn grow(
    train: &Matrix,
    validate: &Matrix,
    classes: usize,
    options: &Options,
    poll: &dyn Fn(),
) -> Result<Trained, Error> {
    let loaded = train.load(options.threads)?;
    let (mut parts, mut grown) = (Vec::new(), 0);
    while grown < options.rounds {
        poll();
        let trees = AT_ONCE.min(options.rounds - grown);
        let mut settings = settings(options, classes);
        settings.extend([
            ("colsample_bynode", options.colsample.to_string()),
            ("num_parallel_tree", trees.to_string()),
            ("eta", (f64::from(trees) / f64::from(options.rounds)).to_string()),
            ("seed", (u64::from(options.seed) * 100_003 + u64::from(grown)).to_string()),
        ]);
        let mut part = booster(&[&loaded], &settings)?;
        quietly(|| part.update(&loaded, 0))?;
        parts.push(quietly(|| part.save_buffer(false))?);
        grown += trees;
    }
    let forest = Forest::from_json(&merge(&parts)?)?;
    let margins = margins(&forest, validate, poll);
    let curve = vec![loss(&margins, &validate.labels, classes)?];
    Ok(Trained { artifact: forest.to_ubj()?, rounds: grown, curve })
}

fn margins(forest: &Forest, matrix: &Matrix, poll: &dyn Fn()) -> Vec<f32> {
    let mut margins = vec![0.0; matrix.rows() * forest.margin_count()];
    let rows = matrix.values.chunks_exact(forest.features());
    for (row, margins) in rows.zip(margins.chunks_exact_mut(forest.margin_count())) {
        poll();
        forest.margins(row, margins);
    }
    margins
}

fn probabilities(margins: &[f32], classes: usize) -> impl Iterator<Item = Vec<f64>> {
    let (objective, width) = match classes {
        2 => (Objective::Logistic, 1),
        classes => (Objective::Softprob { classes }, classes),
    };
    margins.chunks_exact(width).map(move |row| objective.probabilities(row))
}

fn loss(margins: &[f32], labels: &[usize], classes: usize) -> Result<f64, Error> {
    let of_row = |(row, label): (Vec<f64>, &usize)| {
        -row.get(*label).copied().unwrap_or(0.0).max(f64::EPSILON).ln()
    };
    let sum: f64 = probabilities(margins, classes).zip(labels).map(of_row).sum();
    Ok(sum / labels.len().max(1) as f64)
}

/// Probabilities of rows by a trained model, as it will be served.
pub fn answers(forest: &Forest, matrix: &Matrix, columns: usize, poll: &dyn Fn()) -> Vec<Vec<f64>> {
    let mut answers = Vec::with_capacity(matrix.rows());
    for (number, row) in matrix.values.chunks_exact(columns.max(1)).enumerate() {
        if number % 1024 == 0 {
            poll();
        }
        answers.push(forest.probabilities(row));
    }
    answers
}

/// Logistic regression, for comparison: by XGBoost's linear booster, on columns brought to one scale.
pub fn logistic(
    train: &Matrix,
    test: &Matrix,
    columns: usize,
    classes: usize,
    poll: &dyn Fn(),
) -> Result<Metrics, Error> {
    let scale = Scale::of(&train.values, columns);
    let train = Matrix {
        values: scale.apply(&train.values),
        labels: train.labels.clone(),
        weights: Vec::new(),
    };
    let held = Matrix {
        values: scale.apply(&test.values),
        labels: test.labels.clone(),
        weights: Vec::new(),
    };
    let (train, held) = (train.load(1)?, held.load(1)?);
    let mut settings = objective(classes);
    settings.extend([
        ("verbosity", "0".to_owned()),
        ("booster", "gblinear".to_owned()),
        ("updater", "coord_descent".to_owned()),
        ("nthread", "1".to_owned()),
        ("eta", "0.5".to_owned()),
        ("lambda", "0.0001".to_owned()),
    ]);
    let mut booster = booster(&[&train], &settings)?;
    for round in 0..LINEAR_ROUNDS {
        poll();
        quietly(|| booster.update(&train, round))?;
    }
    let margins = quietly(|| booster.predict_margin(&held))?;
    let mut answers = Answers::default();
    for (row, label) in probabilities(&margins, classes).zip(&test.labels) {
        answers.push(&row, *label, 0, None);
    }
    Ok(Metrics::of(&answers.scored()?))
}

/// Mean and deviation of each column; what is missing becomes the mean.
struct Scale {
    columns: Vec<(f64, f64)>,
}

impl Scale {
    fn of(values: &[f32], columns: usize) -> Scale {
        let mut sums = vec![(0.0_f64, 0.0_f64, 0.0_f64); columns];
        for row in values.chunks_exact(columns.max(1)) {
            for (sum, value) in sums.iter_mut().zip(row).filter(|(_, value)| !value.is_nan()) {
                let value = f64::from(*value);
                *sum = (sum.0 + 1.0, sum.1 + value, sum.2 + value * value);
            }
        }
        let scale = |(rows, sum, squares): (f64, f64, f64)| {
            let mean = if rows > 0.0 { sum / rows } else { 0.0 };
            (mean, (squares / rows.max(1.0) - mean * mean).max(0.0).sqrt())
        };
        Scale { columns: sums.into_iter().map(scale).collect() }
    }

    fn apply(&self, values: &[f32]) -> Vec<f32> {
        let scaled = |(value, (mean, deviation)): (&f32, &(f64, f64))| {
            let far = (f64::from(*value) - mean) / deviation;
            if far.is_finite() { far as f32 } else { 0.0 }
        };
        let rows = values.chunks_exact(self.columns.len().max(1));
        rows.flat_map(|row| row.iter().zip(&self.columns).map(scaled)).collect()
    }
}
