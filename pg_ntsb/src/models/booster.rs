//! Runs XGBoost inside a backend.
//!
//! The library can start threads, which must never run PostgreSQL's signal handlers. So all signals are
//! blocked during each call, and the threads inherit the mask. Signals that arrive meanwhile are handled
//! between two rounds, where a cancel request ends the training.

use super::error::ModelsError;
use super::library;
use ntsb_models::evaluate::EvaluationSet;
use ntsb_models::forest::{Forest, Objective};
use ntsb_models::merge::merge_forests;
use ntsb_models::metrics::Metrics;
use ntsb_models::options::Options;
use xgb::parameters::BoosterParameters;
use xgb::{Booster, DMatrix, XGBResult};

/// Trees of a random forest that are grown between two checks for interrupts.
const TREES_PER_PART: u32 = 4;

/// Rounds of the logistic baseline.
const LINEAR_ROUNDS: i32 = 10;

/// Calls the library with all signals blocked.
pub fn with_signals_blocked<T>(call: impl FnOnce() -> XGBResult<T>) -> Result<T, ModelsError> {
    library::open()?;
    // SAFETY: signal masks are plain data that these calls initialize.
    let previous_mask = unsafe {
        let mut all_signals = std::mem::zeroed();
        let mut previous_mask = std::mem::zeroed();
        libc::sigfillset(&mut all_signals);
        libc::pthread_sigmask(libc::SIG_BLOCK, &all_signals, &mut previous_mask);
        previous_mask
    };
    let result = call();
    // SAFETY: restores the mask that was read above, in the same thread.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &previous_mask, std::ptr::null_mut()) };
    Ok(result?)
}

/// Encoded rows with labels and weights.
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

    fn load(&self, threads: u32) -> Result<DMatrix, ModelsError> {
        let labels: Vec<f32> = self.labels.iter().map(|label| *label as f32).collect();
        with_signals_blocked(|| {
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

pub struct TrainedForest {
    /// The trees in the stored format, written by `ntsb_models`.
    pub artifact: Vec<u8>,
    pub rounds: u32,
    /// Log loss on the validation part after each round.
    pub curve: Vec<f64>,
}

fn new_booster(cached: &[&DMatrix], settings: &[(&str, String)]) -> Result<Booster, ModelsError> {
    with_signals_blocked(|| {
        let mut booster = Booster::new_with_cached_dmats(&BoosterParameters::default(), cached)?;
        for (name, value) in settings {
            booster.set_param(name, value)?;
        }
        Ok(booster)
    })
}

fn objective_settings(classes: usize) -> Vec<(&'static str, String)> {
    match classes {
        2 => vec![("objective", "binary:logistic".into())],
        n => vec![("objective", "multi:softprob".into()), ("num_class", n.to_string())],
    }
}

fn tree_settings(options: &Options, classes: usize) -> Vec<(&'static str, String)> {
    let mut settings = objective_settings(classes);
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

/// Trains gradient-boosted trees until the validation loss no longer improves.
pub fn train_boosted_trees(
    train: &Matrix,
    validate: &Matrix,
    classes: usize,
    options: &Options,
    poll: &dyn Fn(),
) -> Result<TrainedForest, ModelsError> {
    let loaded_train = train.load(options.threads)?;
    let loaded_validate = validate.load(options.threads)?;
    let mut settings = tree_settings(options, classes);
    settings.push(("colsample_bytree", options.colsample.to_string()));
    let mut booster = new_booster(&[&loaded_train, &loaded_validate], &settings)?;
    let mut curve: Vec<f64> = Vec::new();
    let (mut best_round, mut min_loss) = (0, f64::INFINITY);
    for round in 0..options.rounds {
        poll();
        with_signals_blocked(|| booster.update(&loaded_train, round as i32))?;
        let margins = with_signals_blocked(|| booster.predict_margin(&loaded_validate))?;
        let loss = log_loss(&margins, &validate.labels, classes)?;
        curve.push(loss);
        if loss < min_loss {
            (best_round, min_loss) = (round, loss);
        }
        if round - best_round >= options.early_stopping {
            break;
        }
    }
    let best = with_signals_blocked(|| booster.slice(0, best_round as i32 + 1))?;
    let forest = Forest::from_ubj(&with_signals_blocked(|| best.save_buffer(true))?)?;
    Ok(TrainedForest { artifact: forest.to_ubj()?, rounds: best_round + 1, curve })
}

/// Trains a random forest in parts, each with its share of the trees as learning rate.
pub fn train_random_forest(
    train: &Matrix,
    validate: &Matrix,
    classes: usize,
    options: &Options,
    poll: &dyn Fn(),
) -> Result<TrainedForest, ModelsError> {
    let loaded = train.load(options.threads)?;
    let (mut parts, mut grown) = (Vec::new(), 0);
    while grown < options.rounds {
        poll();
        let trees = TREES_PER_PART.min(options.rounds - grown);
        let mut settings = tree_settings(options, classes);
        settings.extend([
            ("colsample_bynode", options.colsample.to_string()),
            ("num_parallel_tree", trees.to_string()),
            ("eta", (f64::from(trees) / f64::from(options.rounds)).to_string()),
            ("seed", (u64::from(options.seed) * 100_003 + u64::from(grown)).to_string()),
        ]);
        let mut part = new_booster(&[&loaded], &settings)?;
        with_signals_blocked(|| part.update(&loaded, 0))?;
        parts.push(with_signals_blocked(|| part.save_buffer(false))?);
        grown += trees;
    }
    let forest = Forest::from_json(&merge_forests(&parts)?)?;
    let margins = compute_margins(&forest, validate, poll);
    let curve = vec![log_loss(&margins, &validate.labels, classes)?];
    Ok(TrainedForest { artifact: forest.to_ubj()?, rounds: grown, curve })
}

fn compute_margins(forest: &Forest, matrix: &Matrix, poll: &dyn Fn()) -> Vec<f32> {
    let mut margins = vec![0.0; matrix.rows() * forest.margin_count()];
    let rows = matrix.values.chunks_exact(forest.feature_count());
    for (row, margins) in rows.zip(margins.chunks_exact_mut(forest.margin_count())) {
        poll();
        forest.margins(row, margins);
    }
    margins
}

fn margins_to_probabilities(margins: &[f32], classes: usize) -> impl Iterator<Item = Vec<f64>> {
    let (objective, width) = match classes {
        2 => (Objective::Logistic, 1),
        classes => (Objective::Softprob { classes }, classes),
    };
    margins.chunks_exact(width).map(move |row| objective.probabilities(row))
}

fn log_loss(margins: &[f32], labels: &[usize], classes: usize) -> Result<f64, ModelsError> {
    let row_loss = |(row, label): (Vec<f64>, &usize)| {
        -row.get(*label).copied().unwrap_or(0.0).max(f64::EPSILON).ln()
    };
    let sum: f64 = margins_to_probabilities(margins, classes).zip(labels).map(row_loss).sum();
    Ok(sum / labels.len().max(1) as f64)
}

/// Returns the probabilities of each row, computed by the same code that serves predictions.
pub fn predict_rows(
    forest: &Forest,
    matrix: &Matrix,
    columns: usize,
    poll: &dyn Fn(),
) -> Vec<Vec<f64>> {
    let mut rows = Vec::with_capacity(matrix.rows());
    for (index, row) in matrix.values.chunks_exact(columns.max(1)).enumerate() {
        if index % 1024 == 0 {
            poll();
        }
        rows.push(forest.probabilities(row));
    }
    rows
}

/// Trains and evaluates logistic regression as a baseline, with XGBoost's linear booster on standardized
/// columns.
pub fn evaluate_logistic_baseline(
    train: &Matrix,
    test: &Matrix,
    columns: usize,
    classes: usize,
    poll: &dyn Fn(),
) -> Result<Metrics, ModelsError> {
    let scaler = StandardScaler::fit(&train.values, columns);
    let scale = |matrix: &Matrix| Matrix {
        values: scaler.apply(&matrix.values),
        labels: matrix.labels.clone(),
        weights: Vec::new(),
    };
    let (loaded_train, loaded_test) = (scale(train).load(1)?, scale(test).load(1)?);
    let mut settings = objective_settings(classes);
    settings.extend([
        ("verbosity", "0".to_owned()),
        ("booster", "gblinear".to_owned()),
        ("updater", "coord_descent".to_owned()),
        ("nthread", "1".to_owned()),
        ("eta", "0.5".to_owned()),
        ("lambda", "0.0001".to_owned()),
    ]);
    let mut booster = new_booster(&[&loaded_train], &settings)?;
    for round in 0..LINEAR_ROUNDS {
        poll();
        with_signals_blocked(|| booster.update(&loaded_train, round))?;
    }
    let margins = with_signals_blocked(|| booster.predict_margin(&loaded_test))?;
    let mut set = EvaluationSet::default();
    for (row, label) in margins_to_probabilities(&margins, classes).zip(&test.labels) {
        set.push(&row, *label, 0, None);
    }
    Ok(Metrics::compute(&set.scored_rows()?))
}

/// Scales columns to mean 0 and standard deviation 1. Missing values become the mean.
struct StandardScaler {
    /// Mean and standard deviation of each column.
    columns: Vec<(f64, f64)>,
}

impl StandardScaler {
    fn fit(values: &[f32], columns: usize) -> StandardScaler {
        let mut sums = vec![(0.0_f64, 0.0_f64, 0.0_f64); columns];
        for row in values.chunks_exact(columns.max(1)) {
            for (sum, value) in sums.iter_mut().zip(row).filter(|(_, value)| !value.is_nan()) {
                let value = f64::from(*value);
                *sum = (sum.0 + 1.0, sum.1 + value, sum.2 + value * value);
            }
        }
        let mean_and_deviation = |(rows, sum, squares): (f64, f64, f64)| {
            let mean = if rows > 0.0 { sum / rows } else { 0.0 };
            (mean, (squares / rows.max(1.0) - mean * mean).max(0.0).sqrt())
        };
        StandardScaler { columns: sums.into_iter().map(mean_and_deviation).collect() }
    }

    fn apply(&self, values: &[f32]) -> Vec<f32> {
        let standardize = |(value, (mean, deviation)): (&f32, &(f64, f64))| {
            let scaled = (f64::from(*value) - mean) / deviation;
            if scaled.is_finite() { scaled as f32 } else { 0.0 }
        };
        let rows = values.chunks_exact(self.columns.len().max(1));
        rows.flat_map(|row| row.iter().zip(&self.columns).map(standardize)).collect()
    }
}
