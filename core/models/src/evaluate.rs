//! Evaluates a model on events that it was not trained on, and fits its calibration.

use super::calibration::{Calibration, Method};
use super::metrics::{Coverage, Metrics};
use super::options::CalibrationOption;
use super::scored_rows::{ScoredRows, ScoredRowsError, most_likely_class};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The coverage of `Evaluation::most_confident`, beside the tenths of `Metrics::coverage`.
const MOST_CONFIDENT_SHARE: f64 = 0.85;

/// A group with fewer events is not evaluated separately.
const MIN_GROUP_ROWS: usize = 30;

/// Predicted probabilities of events, row by row, with their labels.
#[derive(Debug, Clone, Default)]
pub struct EvaluationSet {
    /// Number of classes.
    pub classes: usize,
    /// One probability per event and class, event by event.
    pub probabilities: Vec<f64>,
    /// The true class of each event.
    pub labels: Vec<usize>,
    /// The year of each event.
    pub years: Vec<i32>,
    /// Whether each event was in the United States, if known.
    pub domestic: Vec<Option<bool>>,
}

/// The quality of a model on a group of events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// The metrics of all events of the group.
    #[serde(flatten)]
    pub metrics: Metrics,
    /// Accuracy on the 85% of the events with the highest confidence.
    #[serde(rename = "surest")]
    pub most_confident: Coverage,
}

/// The quality of a model on all events and on groups of them. Small groups are left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// All events.
    pub overall: Evaluation,
    /// Events in the United States.
    pub domestic: Option<Evaluation>,
    /// Events elsewhere.
    pub foreign: Option<Evaluation>,
    /// Events by year.
    pub by_year: BTreeMap<i32, Evaluation>,
}

impl EvaluationSet {
    /// Adds an event.
    pub fn push(&mut self, probabilities: &[f64], label: usize, year: i32, domestic: Option<bool>) {
        self.classes = probabilities.len();
        self.probabilities.extend(probabilities);
        self.labels.push(label);
        self.years.push(year);
        self.domestic.push(domestic);
    }

    /// Checks the probabilities and labels and returns them as scored rows.
    pub fn scored_rows(&self) -> Result<ScoredRows<'_>, ScoredRowsError> {
        ScoredRows::new(&self.probabilities, &self.labels, self.classes)
    }

    /// Calibrates all probabilities.
    pub fn apply_calibration(&mut self, calibration: &Calibration) {
        for row in self.probabilities.chunks_exact_mut(self.classes.max(1)) {
            calibration.apply(row);
        }
    }

    fn rows(&self) -> impl Iterator<Item = (&[f64], usize, i32, Option<bool>)> {
        let rows = self.probabilities.chunks_exact(self.classes.max(1)).zip(&self.labels);
        let groups = self.years.iter().zip(&self.domestic);
        rows.zip(groups).map(|((row, label), (year, domestic))| (row, *label, *year, *domestic))
    }

    /// Returns the events for which `keep(index, year, domestic)` is true.
    pub fn filter(&self, keep: impl Fn(usize, i32, Option<bool>) -> bool) -> EvaluationSet {
        let mut subset = EvaluationSet { classes: self.classes, ..EvaluationSet::default() };
        for (index, (row, label, year, domestic)) in self.rows().enumerate() {
            if keep(index, year, domestic) {
                subset.push(row, label, year, domestic);
            }
        }
        subset
    }

    fn evaluate(&self) -> Result<Evaluation, ScoredRowsError> {
        let metrics = Metrics::compute(&self.scored_rows()?);
        Ok(Evaluation { metrics, most_confident: self.most_confident() })
    }

    fn evaluate_if_large(&self) -> Result<Option<Evaluation>, ScoredRowsError> {
        if self.labels.len() < MIN_GROUP_ROWS { Ok(None) } else { self.evaluate().map(Some) }
    }

    /// Evaluates the model on all events and on each group.
    pub fn build_report(&self) -> Result<Report, ScoredRowsError> {
        let mut by_year = BTreeMap::new();
        for year in self.years.iter().collect::<std::collections::BTreeSet<_>>() {
            let events = self.filter(|_, y, _| y == *year);
            if let Some(evaluation) = events.evaluate_if_large()? {
                by_year.insert(*year, evaluation);
            }
        }
        let evaluate_group = |is_domestic: bool| {
            self.filter(|_, _, domestic| domestic == Some(is_domestic)).evaluate_if_large()
        };
        Ok(Report {
            overall: self.evaluate()?,
            domestic: evaluate_group(true)?,
            foreign: evaluate_group(false)?,
            by_year,
        })
    }

    fn most_confident(&self) -> Coverage {
        let mut predictions: Vec<(f64, bool)> = self
            .rows()
            .map(|(row, label, ..)| {
                let (class, confidence) = most_likely_class(row);
                (confidence, class == label)
            })
            .collect();
        predictions.sort_by(|a, b| b.0.total_cmp(&a.0));
        let rows = (predictions.len() as f64 * MOST_CONFIDENT_SHARE).ceil() as usize;
        let confidence = predictions.get(rows.saturating_sub(1)).map_or(0.0, |p| p.0);
        let covered = predictions.partition_point(|p| p.0 >= confidence).max(1);
        let correct = predictions.iter().take(covered).filter(|p| p.1).count();
        Coverage {
            coverage: covered as f64 / predictions.len().max(1) as f64,
            confidence,
            accuracy: correct as f64 / covered as f64,
        }
    }
}

/// Fits a calibration. `auto` fits each method on the earlier half of the events and selects the one
/// with the lowest log loss on the later half.
pub fn fit_calibration(
    option: CalibrationOption,
    events: &EvaluationSet,
) -> Result<Calibration, ScoredRowsError> {
    let fit = |method: Method| Ok(Calibration::fit(method, &events.scored_rows()?));
    match option {
        CalibrationOption::None => Ok(Calibration::None),
        CalibrationOption::Temperature => fit(Method::Temperature),
        CalibrationOption::Shifted => fit(Method::Shifted),
        CalibrationOption::Isotonic => fit(Method::Isotonic),
        CalibrationOption::Auto => match select_method(events)? {
            Some(method) => fit(method),
            None => Ok(Calibration::None),
        },
    }
}

fn select_method(events: &EvaluationSet) -> Result<Option<Method>, ScoredRowsError> {
    let half = events.labels.len() / 2;
    let (earlier, later) = (events.filter(|n, _, _| n < half), events.filter(|n, _, _| n >= half));
    let log_loss = |calibration: &Calibration| {
        let mut calibrated = later.clone();
        calibrated.apply_calibration(calibration);
        Ok(Metrics::compute(&calibrated.scored_rows()?).log_loss)
    };
    if earlier.labels.len() < MIN_GROUP_ROWS {
        return Ok(None);
    }
    let mut best = (log_loss(&Calibration::None)?, None);
    for method in [Method::Temperature, Method::Shifted, Method::Isotonic] {
        let loss = log_loss(&Calibration::fit(method, &earlier.scored_rows()?))?;
        if loss < best.0 {
            best = (loss, Some(method));
        }
    }
    Ok(best.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Overconfident predictions: confidence 0.95, accuracy 0.8.
    fn overconfident(rows: usize) -> EvaluationSet {
        let mut events = EvaluationSet::default();
        for n in 0..rows {
            let label = usize::from(n % 2 == 0);
            let predicted = if n % 5 == 4 { 1 - label } else { label };
            let probabilities = if predicted == 1 { [0.05, 0.95] } else { [0.95, 0.05] };
            events.push(&probabilities, label, 2013 + (n % 4) as i32, Some(n % 3 != 0));
        }
        events
    }

    #[test]
    fn groups_are_evaluated_beside_all_events() {
        let report = overconfident(1000).build_report().unwrap();
        assert_eq!(report.by_year.keys().copied().collect::<Vec<_>>(), [2013, 2014, 2015, 2016]);
        let parts = [report.domestic.unwrap(), report.foreign.unwrap()];
        let rows: usize = parts.iter().map(|part| part.metrics.rows).sum();
        assert_eq!(rows, report.overall.metrics.rows);
        assert!((report.overall.metrics.accuracy - 0.8).abs() < 1e-9);
        assert!(report.overall.most_confident.coverage >= 0.85);
        let few = overconfident(40).build_report().unwrap();
        assert!(few.foreign.is_none() && few.by_year.is_empty(), "too few to evaluate");
    }

    #[test]
    fn calibration_corrects_overconfidence() {
        use CalibrationOption::{Auto, Isotonic, None, Temperature};
        let mut events = overconfident(1000);
        for option in [Auto, Temperature, Isotonic] {
            let fitted = fit_calibration(option, &events).unwrap();
            assert_ne!(fitted, Calibration::None, "{option:?}");
        }
        assert_eq!(fit_calibration(None, &events).unwrap(), Calibration::None);
        let fitted = fit_calibration(Auto, &events).unwrap();
        events.apply_calibration(&fitted);
        assert!(Metrics::compute(&events.scored_rows().unwrap()).ece < 0.01);
    }

    #[test]
    fn a_report_survives_json() {
        let report = overconfident(400).build_report().unwrap();
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!(json["overall"]["rows"], 400);
        assert!(json["overall"]["surest"]["accuracy"].is_number());
    }

    #[test]
    fn a_calibration_survives_json() {
        use CalibrationOption::{Isotonic, Shifted, Temperature};
        for option in [Temperature, Shifted, Isotonic] {
            let fitted = fit_calibration(option, &overconfident(300)).unwrap();
            let json = serde_json::to_value(&fitted).unwrap();
            assert_eq!(serde_json::from_value::<Calibration>(json).unwrap(), fitted);
        }
    }
}
