//! How a model is to be trained: what a caller may set, its default and its bounds.

use super::split::Wanted;
use ntsb_schema::calendar;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Algorithm {
    /// Boosted trees.
    Xgboost,
    /// XGBoost's parallel trees, each on a part of the rows and columns.
    RandomForest,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Weights {
    None,
    /// Each class weighs as much as any other.
    Balanced,
}

/// How probabilities are set right; `auto` takes what does better on the later half of the validation part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Calibrate {
    Auto,
    Temperature,
    Shifted,
    Isotonic,
    None,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    pub algorithm: Algorithm,
    /// Features by name; all of the set without it.
    pub features: Option<Vec<String>>,
    pub train_from: Option<String>,
    pub validate_from: Option<String>,
    pub test_from: Option<String>,
    pub test_to: Option<String>,
    /// Learning rate, of xgboost alone.
    pub eta: f64,
    pub max_depth: u32,
    pub min_child_weight: f64,
    pub subsample: f64,
    pub colsample: f64,
    pub lambda: f64,
    /// Most rounds of boosting, or trees of a random forest.
    pub rounds: u32,
    /// Rounds without a better log loss on the validation part, after which boosting ends.
    pub early_stopping: u32,
    pub class_weights: Weights,
    /// Years after which a training event weighs half; 0: all weigh the same.
    pub half_life_years: f64,
    pub calibration: Calibrate,
    /// Share of answers that are to be right where the model decides.
    pub decide_accuracy: f64,
    pub seed: u32,
    pub threads: u32,
    /// Most memory that training may be reckoned to need, in MiB.
    pub memory_mb: f64,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            algorithm: Algorithm::Xgboost,
            features: None,
            train_from: None,
            validate_from: None,
            test_from: None,
            test_to: None,
            eta: 0.04,
            max_depth: 5,
            min_child_weight: 10.0,
            subsample: 0.8,
            colsample: 0.4,
            lambda: 1.0,
            rounds: 1000,
            early_stopping: 60,
            class_weights: Weights::None,
            half_life_years: 6.0,
            calibration: Calibrate::Shifted,
            decide_accuracy: 0.9,
            seed: 1,
            threads: 1,
            memory_mb: 1024.0,
        }
    }
}

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum OptionsError {
    #[error("options: {0}")]
    Unreadable(String),
    #[error("option {name} must be between {least} and {most}, got {value}")]
    Bounds { name: &'static str, value: f64, least: f64, most: f64 },
    #[error("option {name} must be a date such as 2016-07-04, got {value:?}")]
    NoDate { name: &'static str, value: String },
}

impl Options {
    pub fn read(json: serde_json::Value) -> Result<Options, OptionsError> {
        if !json.is_object() {
            return Err(OptionsError::Unreadable("not a JSON object".to_owned()));
        }
        let options: Options =
            serde_json::from_value(json).map_err(|e| OptionsError::Unreadable(e.to_string()))?;
        options.check()?;
        Ok(options)
    }

    #[rustfmt::skip] // one line an option
    fn check(&self) -> Result<(), OptionsError> {
        let bounds = [
            ("eta", self.eta, 0.001, 1.0),
            ("max_depth", self.max_depth.into(), 1.0, 16.0),
            ("min_child_weight", self.min_child_weight, 0.0, 1e6),
            ("subsample", self.subsample, 0.05, 1.0),
            ("colsample", self.colsample, 0.05, 1.0),
            ("lambda", self.lambda, 0.0, 1e6),
            ("rounds", self.rounds.into(), 1.0, 5000.0),
            ("early_stopping", self.early_stopping.into(), 1.0, 5000.0),
            ("half_life_years", self.half_life_years, 0.0, 1000.0),
            ("decide_accuracy", self.decide_accuracy, 0.0, 1.0),
            ("threads", self.threads.into(), 1.0, 64.0),
            ("memory_mb", self.memory_mb, 1.0, 1e6),
        ];
        for (name, value, least, most) in bounds {
            if !(least..=most).contains(&value) {
                return Err(OptionsError::Bounds { name, value, least, most });
            }
        }
        Ok(())
    }

    pub fn windows(&self) -> Result<Wanted, OptionsError> {
        Ok(Wanted {
            train_from: day("train_from", self.train_from.as_deref())?,
            validate_from: day("validate_from", self.validate_from.as_deref())?,
            test_from: day("test_from", self.test_from.as_deref())?,
            test_to: day("test_to", self.test_to.as_deref())?,
        })
    }
}

fn day(name: &'static str, value: Option<&str>) -> Result<Option<i32>, OptionsError> {
    let Some(value) = value else { return Ok(None) };
    let mut parts = value.split('-').map(|part| part.parse::<u32>().ok());
    let found = match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(Some(y)), Some(Some(m)), Some(Some(d)), None) if value.len() == 10 => {
            i32::try_from(y).ok().and_then(|y| calendar::days(y, m, d))
        }
        _ => None,
    };
    found.map(Some).ok_or_else(|| OptionsError::NoDate { name, value: value.to_owned() })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn defaults_are_within_their_bounds_and_survive_json() {
        let read = Options::read(json!({})).unwrap();
        assert_eq!(read, Options::default());
        assert_eq!(Options::read(serde_json::to_value(&read).unwrap()), Ok(read));
    }

    #[test]
    fn what_is_set_is_taken() {
        let told = json!({"algorithm": "random_forest", "class_weights": "balanced", "eta": 0.1,
            "test_from": "2013-01-01", "features": ["lat"]});
        let read = Options::read(told).unwrap();
        assert_eq!(read.algorithm, Algorithm::RandomForest);
        assert_eq!(read.class_weights, Weights::Balanced);
        assert_eq!(read.windows().unwrap().test_from, calendar::days(2013, 1, 1));
    }

    #[test]
    fn what_is_unknown_or_out_of_bounds_is_refused() {
        let refused = |json| Options::read(json).unwrap_err().to_string();
        assert!(refused(json!({"colour": 1})).contains("unknown field `colour`"));
        assert!(refused(json!([])).starts_with("options: "));
        assert!(refused(json!({"algorithm": "lightgbm"})).contains("unknown variant"));
        let depth = refused(json!({"max_depth": 17}));
        assert_eq!(depth, "option max_depth must be between 1 and 16, got 17");
        for date in ["2013-02-30", "01/01/13", "2013-1-1", "2013-01-01x", ""] {
            let options = Options::read(json!({"test_to": date})).unwrap();
            assert!(options.windows().is_err(), "{date}");
        }
    }
}
