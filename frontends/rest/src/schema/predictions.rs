//! Predictions and models.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// An accident, described by the known facts of ntsb.feature; leave out what is not known
#[derive(Serialize, ToSchema)]
#[schema(as = Described, value_type = Object)]
#[allow(dead_code, reason = "only a description of a request body")]
pub struct AccidentFacts(serde_json::Value);

/// Predicted severity of an accident
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "only a description of what PostgreSQL returns")]
pub struct Prediction {
    /// FATL, SERS, MINR or NONE
    pub predicted_severity: String,
    /// Fatal, Serious, Minor or None
    pub label: String,
    /// Probability of the predicted severity
    pub confidence: f64,
    /// Probability of each severity, by its code; they sum to 1
    pub probabilities: BTreeMap<String, f64>,
    /// Whether the confidence reaches the threshold of the model
    pub decided: bool,
    pub model_version: String,
}

row_type! {
    /// Contribution of a feature toward a severity
    Contribution {
        severity: String,
        /// Name of the feature; (base) is the starting value of the margin
        feature: String,
        /// Value as the model saw it; null: missing
        value: Option<String>,
        /// SHAP value, added to the margin
        contribution: f64,
        /// Sum of all contributions toward this severity
        margin: f64,
    }
}

row_type! {
    /// A predicted cause
    #[schema(as = Cause)]
    PredictedCause {
        /// cause_category or cause_event
        target: String,
        rank: i64,
        cause: String,
        meaning: Option<String>,
        probability: f64,
        decided: bool,
        model_version: String,
    }
}

row_type! {
    /// A model in the registry, with its evaluation on events after its training data
    Model {
        model_id: i64,
        name: String,
        version: i64,
        target: String,
        feature_set: String,
        algorithm: String,
        /// None, Staging, Production or Archived
        stage: String,
        rounds: i64,
        accuracy: Option<f64>,
        /// Accuracy of always predicting the most frequent class
        majority: Option<f64>,
        /// Accuracy of a logistic regression on the same facts
        logistic: Option<f64>,
        macro_f1: Option<f64>,
        weighted_f1: Option<f64>,
        auc: Option<f64>,
        log_loss: Option<f64>,
        brier: Option<f64>,
        /// Expected calibration error
        ece: Option<f64>,
        /// Accuracy on the 85 % of events with the highest confidence
        accuracy_of_surest_85: Option<f64>,
        domestic_accuracy: Option<f64>,
        domestic_majority: Option<f64>,
        trained_from: Option<String>,
        validated_from: Option<String>,
        tested_from: Option<String>,
        tested_to: Option<String>,
        rows_trained: Option<i64>,
        rows_tested: Option<i64>,
        created_at: String,
        created_by: String,
    }
}

/// Results of a batch, one per row
#[derive(Serialize, ToSchema)]
#[schema(as = BatchAnswer)]
#[serde(deny_unknown_fields)]
pub struct BatchResponse {
    pub results: Vec<BatchResult>,
    pub count: i64,
    /// Number of rows with an error
    pub failed: i64,
}

/// A result or an error
#[derive(Default, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchResult {
    /// For severity: an object as from /predictions/severity; for causes: an array as from /predictions/causes
    #[schema(value_type = Option<serde_json::Value>)]
    pub result: Option<Box<RawValue>>,
    #[schema(value_type = Option<RowError>)]
    pub error: Option<Box<RawValue>>,
}

/// Why a row has no prediction
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RowError {
    /// SQLSTATE
    pub code: String,
    pub hint: Option<String>,
    pub message: String,
}
