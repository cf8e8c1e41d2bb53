//! Errors of features, training and predictions.

use crate::error::{CommonError, ErrorContext, SqlError, area_error};
use ntsb_models::features::{CATALOGUE, FactsError};
use ntsb_models::forest::ForestError;
use ntsb_models::input::PredictionInputError;
use ntsb_models::leakage::LeakageError;
use ntsb_models::merge::MergeError;
use ntsb_models::model::ModelError;
use ntsb_models::options::OptionsError;
use ntsb_models::scored_rows::ScoredRowsError;
use ntsb_models::split::SplitError;
use pgrx::prelude::*;

#[derive(Debug, thiserror::Error)]
pub enum ModelsError {
    #[error("name must not be empty")]
    EmptyName,
    #[error(transparent)]
    Leakage(#[from] LeakageError),
    #[error("ntsb.accident_features reads columns that models must not see: {}", .0.join(", "))]
    ViewLeaks(Vec<String>),
    #[error(transparent)]
    Options(#[from] OptionsError),
    #[error(transparent)]
    Facts(#[from] FactsError),
    #[error(transparent)]
    Input(#[from] PredictionInputError),
    #[error(transparent)]
    Split(#[from] SplitError),
    #[error("the training part must contain at least 2 classes, got {0}")]
    TooFewClasses(usize),
    #[error(
        "training on {rows} events and {columns} columns needs about {needed:.0} MiB, memory_mb is {limit}"
    )]
    Memory { rows: usize, columns: usize, needed: f64, limit: f64 },
    #[error("XGBoost: {0}")]
    Xgboost(String),
    #[error("cannot open libxgboost: {0}")]
    NoLibrary(String),
    #[error(transparent)]
    Merge(#[from] MergeError),
    #[error("cannot read the trained model: {0}")]
    Forest(#[from] ForestError),
    #[error("cannot read the artifact: {0}")]
    Artifact(ForestError),
    #[error("cannot evaluate the model: {0}")]
    Scored(#[from] ScoredRowsError),
    #[error("the model has {found} columns, its encoding has {expected}")]
    Columns { found: usize, expected: usize },
    #[error("event {0:?} does not exist in ntsb.accident_features")]
    NoSuchEvent(String),
    #[error("{}", describe_missing_model(target, model.as_deref()))]
    NoModel { target: String, model: Option<String> },
    #[error("model {version} is damaged: {what}")]
    DamagedModel { version: String, what: String },
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Common(#[from] CommonError),
}

area_error!(ModelsError);

impl From<xgb::XGBError> for ModelsError {
    fn from(error: xgb::XGBError) -> ModelsError {
        // The first line is the message, the others are a C++ stack trace.
        let text = error.to_string();
        ModelsError::Xgboost(text.lines().next().unwrap_or_default().to_owned())
    }
}

impl SqlError for ModelsError {
    fn context(&self) -> ErrorContext {
        let context = ErrorContext::new(self.sqlstate());
        match self {
            ModelsError::Common(error) => error.context(),
            error => match error.hint() {
                Some(hint) => context.with_hint(hint),
                None => context,
            },
        }
    }
}

impl ModelsError {
    fn sqlstate(&self) -> PgSqlErrorCode {
        use PgSqlErrorCode::*;
        match self {
            ModelsError::Leakage(LeakageError::NoSuchFeature(_)) => ERRCODE_UNDEFINED_COLUMN,
            ModelsError::Leakage(_) | ModelsError::ViewLeaks(_) => ERRCODE_INSUFFICIENT_PRIVILEGE,
            ModelsError::Split(_) | ModelsError::TooFewClasses(_) => {
                ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE
            }
            ModelsError::Memory { .. } => ERRCODE_PROGRAM_LIMIT_EXCEEDED,
            ModelsError::NoSuchEvent(_) => ERRCODE_NO_DATA_FOUND,
            ModelsError::NoModel { .. } => ERRCODE_UNDEFINED_OBJECT,
            ModelsError::NoLibrary(_) => ERRCODE_UNDEFINED_FILE,
            ModelsError::Xgboost(_) | ModelsError::Scored(_) => ERRCODE_INTERNAL_ERROR,
            ModelsError::Merge(_) | ModelsError::Forest(_) | ModelsError::DamagedModel { .. } => {
                ERRCODE_DATA_CORRUPTED
            }
            _ => ERRCODE_INVALID_PARAMETER_VALUE,
        }
    }

    fn hint(&self) -> Option<String> {
        let hint = match self {
            ModelsError::EmptyName => "Models of one name and target are numbered as versions.",
            ModelsError::Leakage(LeakageError::PredictsAlone { .. }) => {
                "Check what the column reveals; the option features lists the features to train on."
            }
            ModelsError::Leakage(_) => "ntsb.feature lists the features and the stage of each.",
            ModelsError::ViewLeaks(_) => {
                "Remove these columns from the view; SELECT ntsb_check_leakage(column) explains why each is denied."
            }
            ModelsError::Options(_) => {
                "\\df+ ntsb_train_model lists the options with their bounds."
            }
            ModelsError::Facts(FactsError::NoSuchFact(_)) => return Some(list_facts()),
            ModelsError::Facts(_) => "ntsb.feature lists the facts and the kind of each.",
            ModelsError::Input(PredictionInputError::Facts(_)) => {
                "SELECT name, kind, description FROM ntsb.feature lists the facts that models use."
            }
            ModelsError::Input(_) => "Omit unknown facts, or pass null for them.",
            ModelsError::Split(_) => {
                "Load events and CALL ntsb_refresh(), or set train_from, validate_from, test_from and test_to so that each part contains events."
            }
            ModelsError::TooFewClasses(_) => {
                "Train on a longer period, or for a target that is known of more events."
            }
            ModelsError::Memory { .. } => {
                "Raise the option memory_mb, or train on fewer years (train_from) or features."
            }
            ModelsError::NoLibrary(_) => {
                "Training needs the XGBoost 1.7 library (Debian package libxgboost0); predictions do not."
            }
            ModelsError::Artifact(_) => {
                "Pass the complete result of ntsb_export_model, or of XGBoost's save_model (.json or .ubj)."
            }
            ModelsError::Columns { .. } => {
                "Import an artifact together with the description that ntsb_describe_model returned for it."
            }
            ModelsError::NoSuchEvent(_) => {
                "Events are added by CALL ntsb_refresh(), which `ntsb load` runs."
            }
            ModelsError::NoModel { .. } => {
                "SELECT name, version, target, stage FROM ntsb.model lists the models; ntsb_train_model trains one and ntsb_promote_model puts it into Production."
            }
            ModelsError::DamagedModel { .. } => "Promote another model, or train it again.",
            ModelsError::Model(ModelError::Row { .. }) => {
                "ntsb_model_encode(facts, model) returns the values that a model takes."
            }
            ModelsError::Model(_) => "ntsb_model_classes(model) lists the classes of a model.",
            _ => return None,
        };
        Some(hint.to_owned())
    }
}

fn list_facts() -> String {
    let facts = CATALOGUE.iter().filter(|f| f.kind.is_fact());
    let names: Vec<_> = facts.map(|f| f.name).collect();
    format!("Facts are: {}.", names.join(", "))
}

fn describe_missing_model(target: &str, model: Option<&str>) -> String {
    match model {
        None => format!("no Production model predicts {target}"),
        Some(model) if model.contains(':') => format!("no model {model} predicts {target}"),
        Some(model) => format!("no Production model {model} predicts {target}"),
    }
}
