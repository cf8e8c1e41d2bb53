//! Predictions.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

/// An accident, by facts of ntsb.feature that are known of it; what is not known is left out
#[derive(Serialize, ToSchema)]
#[schema(value_type = Object)]
pub struct Described(pub serde_json::Value);

/// How severe an accident is likely to be
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Prediction {
    /// FATL, SERS, MINR or NONE
    pub predicted_severity: String,
    /// Fatal, Serious, Minor or None
    pub label: String,
    /// Probability of the predicted severity
    pub confidence: f64,
    /// Of each severity by its code; they sum to 1
    pub probabilities: BTreeMap<String, f64>,
    /// Whether the model is confident enough to answer
    pub decided: bool,
    pub model_version: String,
}

/// How far a feature drew the margin of a severity
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Contribution {
    pub severity: String,
    /// Name of the feature; (base): what the margin begins with
    pub feature: String,
    /// As the model saw it; null: missing
    pub value: Option<String>,
    /// SHAP value: what it added to the margin
    pub contribution: f64,
    /// The sum of all contributions of this severity
    pub margin: f64,
}

/// A probable cause
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Cause {
    /// cause_category or cause_event
    pub target: String,
    pub rank: i64,
    pub cause: String,
    pub meaning: Option<String>,
    pub probability: f64,
    pub decided: bool,
    pub model_version: String,
}

/// For each row a result or an error
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchAnswer {
    pub results: Vec<BatchResult>,
    pub count: i64,
    /// Rows with an error
    pub failed: i64,
}

/// A result or an error
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchResult {
    /// Of severity: as /predictions/severity answers; of causes: an array as of /predictions/causes
    #[schema(value_type = Option<serde_json::Value>)]
    pub result: Option<serde_json::Value>,
    pub error: Option<RowError>,
}

/// Why there is no prediction for a row
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RowError {
    /// SQLSTATE
    pub code: String,
    pub message: String,
    pub hint: Option<String>,
}

/// A model in the registry, and how good it is on events after those that it was trained on
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Model {
    pub model_id: i64,
    pub name: String,
    pub version: i64,
    pub target: String,
    pub feature_set: String,
    pub algorithm: String,
    /// None, Staging, Production or Archived
    pub stage: String,
    pub rounds: i64,
    pub accuracy: Option<f64>,
    /// Accuracy of always telling the commonest class
    pub majority: Option<f64>,
    /// Accuracy of a logistic regression on the same facts
    pub logistic: Option<f64>,
    pub macro_f1: Option<f64>,
    pub weighted_f1: Option<f64>,
    pub auc: Option<f64>,
    pub log_loss: Option<f64>,
    pub brier: Option<f64>,
    /// Expected calibration error
    pub ece: Option<f64>,
    pub accuracy_of_surest_85: Option<f64>,
    pub domestic_accuracy: Option<f64>,
    pub domestic_majority: Option<f64>,
    pub trained_from: Option<String>,
    pub validated_from: Option<String>,
    pub tested_from: Option<String>,
    pub tested_to: Option<String>,
    pub rows_trained: Option<i64>,
    pub rows_tested: Option<i64>,
    pub created_at: String,
    pub created_by: String,
}
