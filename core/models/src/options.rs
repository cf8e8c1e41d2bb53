//! The options of a training, with their defaults and allowed ranges.

use super::split::SplitDates;
use ntsb_schema::calendar;
use serde::{Deserialize, Serialize};

/// The training algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Algorithm {
    /// Gradient-boosted trees.
    Xgboost,
    /// XGBoost's parallel trees, each on a sample of the rows and columns.
    RandomForest,
}

/// How classes are weighted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClassWeights {
    /// All rows have the same weight.
    None,
    /// All classes have the same total weight.
    Balanced,
}

/// How probabilities are calibrated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CalibrationOption {
    /// The method with the lowest log loss on the later half of the validation part.
    Auto,
    /// Temperature scaling.
    Temperature,
    /// Temperature scaling with an offset per class.
    Shifted,
    /// Isotonic regression per class.
    Isotonic,
    /// No calibration.
    None,
}

/// The options of a training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// The training algorithm.
    pub algorithm: Algorithm,
    /// Names of the features. `None` means all features of the feature set.
    pub features: Option<Vec<String>>,
    /// First day of the training part, as an ISO 8601 date.
    pub train_from: Option<String>,
    /// First day of the validation part, as an ISO 8601 date.
    pub validate_from: Option<String>,
    /// First day of the test part, as an ISO 8601 date.
    pub test_from: Option<String>,
    /// Last day of the test part, as an ISO 8601 date.
    pub test_to: Option<String>,
    /// Learning rate of xgboost. A random forest does not use it.
    pub eta: f64,
    /// Maximum depth of a tree.
    pub max_depth: u32,
    /// Minimum sum of second derivatives in a leaf.
    pub min_child_weight: f64,
    /// Share of the rows that each tree is grown on.
    pub subsample: f64,
    /// Share of the columns that each tree (xgboost) or node (random forest) is grown on.
    pub colsample: f64,
    /// L2 regularisation of the leaf weights.
    pub lambda: f64,
    /// Maximum number of boosting rounds, or number of trees of a random forest.
    pub rounds: u32,
    /// Boosting stops after this many rounds without a lower log loss on the validation part.
    pub early_stopping: u32,
    /// How classes are weighted.
    pub class_weights: ClassWeights,
    /// Age in years at which a training event has half the weight. 0 gives all the same weight.
    pub half_life_years: f64,
    /// How probabilities are calibrated.
    pub calibration: CalibrationOption,
    /// Target accuracy of the predictions that the model is confident enough to decide.
    pub decide_accuracy: f64,
    /// Seed of the random numbers.
    pub seed: u32,
    /// Number of threads.
    pub threads: u32,
    /// Limit for the estimated memory of the training, in MiB.
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
            class_weights: ClassWeights::None,
            half_life_years: 6.0,
            calibration: CalibrationOption::Shifted,
            decide_accuracy: 0.9,
            seed: 1,
            threads: 1,
            memory_mb: 1024.0,
        }
    }
}

/// Why options are invalid.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum OptionsError {
    /// The JSON is not an object of known options with the right types.
    #[error("invalid options: {0}")]
    Invalid(String),
    /// A number is out of range.
    #[error("option {name} must be between {min} and {max}, got {value}")]
    OutOfRange {
        /// Name of the option.
        name: &'static str,
        /// The value passed.
        value: f64,
        /// Smallest allowed value.
        min: f64,
        /// Largest allowed value.
        max: f64,
    },
    /// A text is not an ISO 8601 date.
    #[error("option {name} must be a date such as 2016-07-04, got {value:?}")]
    InvalidDate {
        /// Name of the option.
        name: &'static str,
        /// The text passed.
        value: String,
    },
}

impl Options {
    /// Reads and checks options. A missing option has its default.
    pub fn from_json(json: serde_json::Value) -> Result<Options, OptionsError> {
        if !json.is_object() {
            return Err(OptionsError::Invalid("they must be a JSON object".to_owned()));
        }
        let options: Options =
            serde_json::from_value(json).map_err(|e| OptionsError::Invalid(e.to_string()))?;
        options.check_ranges()?;
        Ok(options)
    }

    #[rustfmt::skip] // one option per line
    fn check_ranges(&self) -> Result<(), OptionsError> {
        let ranges = [
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
        for (name, value, min, max) in ranges {
            if !(min..=max).contains(&value) {
                return Err(OptionsError::OutOfRange { name, value, min, max });
            }
        }
        Ok(())
    }

    /// The dates of the split. Fails if one is not a date.
    pub fn split_dates(&self) -> Result<SplitDates, OptionsError> {
        Ok(SplitDates {
            train_from: parse_date("train_from", self.train_from.as_deref())?,
            validate_from: parse_date("validate_from", self.validate_from.as_deref())?,
            test_from: parse_date("test_from", self.test_from.as_deref())?,
            test_to: parse_date("test_to", self.test_to.as_deref())?,
        })
    }
}

fn parse_date(name: &'static str, value: Option<&str>) -> Result<Option<i32>, OptionsError> {
    let Some(value) = value else { return Ok(None) };
    let mut parts = value.split('-').map(|part| part.parse::<u32>().ok());
    let parsed = match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(Some(y)), Some(Some(m)), Some(Some(d)), None) if value.len() == 10 => {
            i32::try_from(y).ok().and_then(|y| calendar::date_to_days(y, m, d))
        }
        _ => None,
    };
    parsed.map(Some).ok_or_else(|| OptionsError::InvalidDate { name, value: value.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn defaults_are_valid_and_survive_json() {
        let read = Options::from_json(json!({})).unwrap();
        assert_eq!(read, Options::default());
        assert_eq!(Options::from_json(serde_json::to_value(&read).unwrap()), Ok(read));
    }

    #[test]
    fn set_options_override_defaults() {
        let json = json!({"algorithm": "random_forest", "class_weights": "balanced", "eta": 0.1,
            "test_from": "2013-01-01", "features": ["lat"]});
        let read = Options::from_json(json).unwrap();
        assert_eq!(read.algorithm, Algorithm::RandomForest);
        assert_eq!(read.class_weights, ClassWeights::Balanced);
        assert_eq!(read.split_dates().unwrap().test_from, calendar::date_to_days(2013, 1, 1));
    }

    #[test]
    fn invalid_options_are_rejected() {
        let message = |json| Options::from_json(json).unwrap_err().to_string();
        assert!(message(json!({"colour": 1})).contains("unknown field `colour`"));
        assert!(message(json!([])).starts_with("invalid options: "));
        assert!(message(json!({"algorithm": "lightgbm"})).contains("unknown variant"));
        let depth = message(json!({"max_depth": 17}));
        assert_eq!(depth, "option max_depth must be between 1 and 16, got 17");
        for date in ["2013-02-30", "01/01/13", "2013-1-1", "2013-01-01x", ""] {
            let options = Options::from_json(json!({"test_to": date})).unwrap();
            assert!(options.split_dates().is_err(), "{date}");
        }
    }
}
