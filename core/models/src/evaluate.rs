//! A model's report: how good it is on events that it has not seen, in parts, and by hand of what.

use super::calibration::{Calibration, Method};
use super::metrics::{Coverage, Metrics};
use super::options::Calibrate;
use super::scored::{Scored, ScoredError, likeliest};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Beside the tenths of `Metrics::coverage`: what is asked of models that answer when sure.
const SURE: f64 = 0.85;

/// Fewer events of a year say nothing.
const FEWEST: usize = 30;

/// Probabilities of events, one row after the other, and what came true.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    pub classes: usize,
    pub probabilities: Vec<f64>,
    pub labels: Vec<usize>,
    pub years: Vec<i32>,
    pub domestic: Vec<Option<bool>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    #[serde(flatten)]
    pub metrics: Metrics,
    /// The surest 85 of 100.
    pub surest: Coverage,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub overall: Judged,
    pub domestic: Option<Judged>,
    pub foreign: Option<Judged>,
    pub by_year: BTreeMap<i32, Judged>,
}

impl Answers {
    pub fn push(&mut self, probabilities: &[f64], label: usize, year: i32, domestic: Option<bool>) {
        self.classes = probabilities.len();
        self.probabilities.extend(probabilities);
        self.labels.push(label);
        self.years.push(year);
        self.domestic.push(domestic);
    }

    pub fn scored(&self) -> Result<Scored<'_>, ScoredError> {
        Scored::new(&self.probabilities, &self.labels, self.classes)
    }

    pub fn calibrate(&mut self, calibration: &Calibration) {
        for row in self.probabilities.chunks_exact_mut(self.classes.max(1)) {
            calibration.apply(row);
        }
    }

    fn rows(&self) -> impl Iterator<Item = (&[f64], usize, i32, Option<bool>)> {
        let rows = self.probabilities.chunks_exact(self.classes.max(1)).zip(&self.labels);
        let told = self.years.iter().zip(&self.domestic);
        rows.zip(told).map(|((row, label), (year, domestic))| (row, *label, *year, *domestic))
    }

    pub fn only(&self, keep: impl Fn(usize, i32, Option<bool>) -> bool) -> Answers {
        let mut kept = Answers { classes: self.classes, ..Answers::default() };
        for (number, (row, label, year, domestic)) in self.rows().enumerate() {
            if keep(number, year, domestic) {
                kept.push(row, label, year, domestic);
            }
        }
        kept
    }

    fn judged(&self) -> Result<Judged, ScoredError> {
        Ok(Judged { metrics: Metrics::of(&self.scored()?), surest: self.surest() })
    }

    fn judged_if_many(&self) -> Result<Option<Judged>, ScoredError> {
        if self.labels.len() < FEWEST { Ok(None) } else { self.judged().map(Some) }
    }

    pub fn report(&self) -> Result<Report, ScoredError> {
        let mut by_year = BTreeMap::new();
        for year in self.years.iter().collect::<std::collections::BTreeSet<_>>() {
            let of_year = self.only(|_, y, _| y == *year);
            if let Some(judged) = of_year.judged_if_many()? {
                by_year.insert(*year, judged);
            }
        }
        let of = |is: bool| self.only(|_, _, domestic| domestic == Some(is)).judged_if_many();
        Ok(Report { overall: self.judged()?, domestic: of(true)?, foreign: of(false)?, by_year })
    }

    fn surest(&self) -> Coverage {
        let mut answers: Vec<(f64, bool)> = self
            .rows()
            .map(|(row, label, ..)| {
                let (class, confidence) = likeliest(row);
                (confidence, class == label)
            })
            .collect();
        answers.sort_by(|a, b| b.0.total_cmp(&a.0));
        let wanted = (answers.len() as f64 * SURE).ceil() as usize;
        let confidence = answers.get(wanted.saturating_sub(1)).map_or(0.0, |a| a.0);
        let covered = answers.partition_point(|a| a.0 >= confidence).max(1);
        let right = answers.iter().take(covered).filter(|a| a.1).count();
        Coverage {
            coverage: covered as f64 / answers.len().max(1) as f64,
            confidence,
            accuracy: right as f64 / covered as f64,
        }
    }
}

/// Learns how to set probabilities right. `auto` learns on the earlier half, and takes what loses least on
/// the later.
pub fn calibration(how: Calibrate, answers: &Answers) -> Result<Calibration, ScoredError> {
    let fit = |method: Method| Ok(Calibration::fit(method, &answers.scored()?));
    match how {
        Calibrate::None => Ok(Calibration::None),
        Calibrate::Temperature => fit(Method::Temperature),
        Calibrate::Shifted => fit(Method::Shifted),
        Calibrate::Isotonic => fit(Method::Isotonic),
        Calibrate::Auto => match better(answers)? {
            Some(method) => fit(method),
            None => Ok(Calibration::None),
        },
    }
}

fn better(answers: &Answers) -> Result<Option<Method>, ScoredError> {
    let half = answers.labels.len() / 2;
    let (earlier, later) = (answers.only(|n, _, _| n < half), answers.only(|n, _, _| n >= half));
    let loss = |calibration: &Calibration| {
        let mut tried = later.clone();
        tried.calibrate(calibration);
        Ok(Metrics::of(&tried.scored()?).log_loss)
    };
    if earlier.labels.len() < FEWEST {
        return Ok(None);
    }
    let mut best = (loss(&Calibration::None)?, None);
    for method in [Method::Temperature, Method::Shifted, Method::Isotonic] {
        let lost = loss(&Calibration::fit(method, &earlier.scored()?))?;
        if lost < best.0 {
            best = (lost, Some(method));
        }
    }
    Ok(best.1)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Too sure of itself: says .95 where .8 comes true.
    fn boastful(rows: usize) -> Answers {
        let mut answers = Answers::default();
        for n in 0..rows {
            let label = usize::from(n % 2 == 0);
            let said = if n % 5 == 4 { 1 - label } else { label };
            let probabilities = if said == 1 { [0.05, 0.95] } else { [0.95, 0.05] };
            answers.push(&probabilities, label, 2013 + (n % 4) as i32, Some(n % 3 != 0));
        }
        answers
    }

    #[test]
    fn parts_are_judged_beside_the_whole() {
        let report = boastful(1000).report().unwrap();
        assert_eq!(report.by_year.keys().copied().collect::<Vec<_>>(), [2013, 2014, 2015, 2016]);
        let parts = [report.domestic.unwrap(), report.foreign.unwrap()];
        let rows: usize = parts.iter().map(|part| part.metrics.rows).sum();
        assert_eq!(rows, report.overall.metrics.rows);
        assert!((report.overall.metrics.accuracy - 0.8).abs() < 1e-9);
        assert!(report.overall.surest.coverage >= 0.85);
        let few = boastful(40).report().unwrap();
        assert!(few.foreign.is_none() && few.by_year.is_empty(), "too few to judge");
    }

    #[test]
    fn what_boasts_is_set_right() {
        let mut answers = boastful(1000);
        for how in [Calibrate::Auto, Calibrate::Temperature, Calibrate::Isotonic] {
            let learned = calibration(how, &answers).unwrap();
            assert_ne!(learned, Calibration::None, "{how:?}");
        }
        assert_eq!(calibration(Calibrate::None, &answers).unwrap(), Calibration::None);
        let learned = calibration(Calibrate::Auto, &answers).unwrap();
        answers.calibrate(&learned);
        assert!(Metrics::of(&answers.scored().unwrap()).ece < 0.01);
    }

    #[test]
    fn a_report_survives_json() {
        let report = boastful(400).report().unwrap();
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!(json["overall"]["rows"], 400);
        assert!(json["overall"]["surest"]["accuracy"].is_number());
    }

    #[test]
    fn a_calibration_survives_json() {
        for how in [Calibrate::Temperature, Calibrate::Shifted, Calibrate::Isotonic] {
            let learned = calibration(how, &boastful(300)).unwrap();
            let json = serde_json::to_value(&learned).unwrap();
            assert_eq!(serde_json::from_value::<Calibration>(json).unwrap(), learned);
        }
    }
}
