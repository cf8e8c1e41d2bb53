//! What can go wrong with features and models, each with its SQLSTATE, the value and the way out.

use ntsb_models::features::{CATALOGUE, FactsError};
use ntsb_models::forest::ForestError;
use ntsb_models::leakage::Leak;
use ntsb_models::merge::MergeError;
use ntsb_models::options::OptionsError;
use ntsb_models::scored::ScoredError;
use ntsb_models::split::SplitError;
use ntsb_models::target::TARGETS;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no target {0:?}")]
    NoSuchTarget(String),
    #[error("there is no feature set {0:?}")]
    NoSuchFeatureSet(String),
    #[error("a model needs a name")]
    NoName,
    #[error(transparent)]
    Leak(#[from] Leak),
    #[error("ntsb.accident_features reads what no model may see: {}", .0.join(", "))]
    ViewLeaks(Vec<String>),
    #[error(transparent)]
    Options(#[from] OptionsError),
    #[error(transparent)]
    Facts(#[from] FactsError),
    #[error(transparent)]
    Split(#[from] SplitError),
    #[error("the training part holds {0} of the classes to tell apart, two are the least")]
    OneClass(usize),
    #[error(
        "training on {rows} events and {columns} columns is reckoned to need {needed:.0} MiB, memory_mb is {allowed}"
    )]
    Memory { rows: usize, columns: usize, needed: f64, allowed: f64 },
    #[error("XGBoost: {0}")]
    Xgboost(String),
    #[error("libxgboost cannot be opened: {0}")]
    NoLibrary(String),
    #[error(transparent)]
    Merge(#[from] MergeError),
    #[error("the trained model cannot be read: {0}")]
    Forest(#[from] ForestError),
    #[error("the artifact cannot be read: {0}")]
    Artifact(ForestError),
    #[error("the model cannot be judged: {0}")]
    Scored(#[from] ScoredError),
    #[error("there is no model {0}")]
    NoSuchModel(i64),
    #[error("there is no format {0:?}")]
    NoSuchFormat(String),
    #[error("the model has {found} columns, its encoding {expected}")]
    Columns { found: usize, expected: usize },
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Warehouse(#[from] crate::error::Error),
    #[error(transparent)]
    Spi(#[from] pgrx::spi::Error),
}

impl From<xgb::XGBError> for Error {
    fn from(error: xgb::XGBError) -> Error {
        // Its first line says what, the rest where in C++.
        let said = error.to_string();
        Error::Xgboost(said.lines().next().unwrap_or_default().to_owned())
    }
}

impl Error {
    fn code(&self) -> PgSqlErrorCode {
        match self {
            Error::Leak(Leak::NoSuchFeature(_)) => PgSqlErrorCode::ERRCODE_UNDEFINED_COLUMN,
            Error::Leak(_) | Error::ViewLeaks(_) => PgSqlErrorCode::ERRCODE_INSUFFICIENT_PRIVILEGE,
            Error::Split(_) | Error::OneClass(_) => {
                PgSqlErrorCode::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE
            }
            Error::Memory { .. } => PgSqlErrorCode::ERRCODE_PROGRAM_LIMIT_EXCEEDED,
            Error::NoSuchModel(_) => PgSqlErrorCode::ERRCODE_NO_DATA_FOUND,
            Error::NoLibrary(_) => PgSqlErrorCode::ERRCODE_UNDEFINED_FILE,
            Error::Xgboost(_) | Error::Scored(_) | Error::Spi(_) => {
                PgSqlErrorCode::ERRCODE_INTERNAL_ERROR
            }
            Error::Merge(_) | Error::Forest(_) => PgSqlErrorCode::ERRCODE_DATA_CORRUPTED,
            _ => PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Error::NoSuchTarget(_) => {
                let names: Vec<_> = TARGETS.iter().map(|target| target.name()).collect();
                format!("Targets are: {}.", names.join(", "))
            }
            Error::NoSuchFeatureSet(_) => {
                "Feature sets are: pre_event (known before the event), scene (seen at the scene, too).".into()
            }
            Error::NoName => "Versions of one name and target follow each other.".into(),
            Error::Leak(Leak::TooGood { .. }) => {
                "Look at what the column tells; the option features names those to train on.".into()
            }
            Error::Leak(_) => "ntsb.feature lists the features and the stage that each is of.".into(),
            Error::ViewLeaks(_) => {
                "Take these columns out of the view; SELECT ntsb_check_leakage(column) says why each is denied.".into()
            }
            Error::Options(_) => "\\df+ ntsb_train_model lists the options with their bounds.".into(),
            Error::Facts(FactsError::NoSuchFact(_)) => {
                let facts = CATALOGUE.iter().filter(|f| f.kind.is_fact());
                let names: Vec<_> = facts.map(|f| f.name).collect();
                format!("Facts are: {}.", names.join(", "))
            }
            Error::Facts(_) => "ntsb.feature lists the facts and the kind of each.".into(),
            Error::Split(_) => "Load events and CALL ntsb_refresh(), or set train_from, validate_from, test_from \
                and test_to so that each part holds some."
                .into(),
            Error::OneClass(_) => "Train on a longer window, or for a target of which more is known.".into(),
            Error::Memory { .. } => {
                "Raise the option memory_mb, or train on fewer years (train_from) or features.".into()
            }
            Error::NoLibrary(_) => {
                "Trainings need the library of XGBoost 1.7 (libxgboost0 of Debian); predictions do not.".into()
            }
            Error::NoSuchModel(_) => "ntsb.model lists the models.".into(),
            Error::NoSuchFormat(_) => "Formats are: ubj, json.".into(),
            Error::Artifact(_) => {
                "Pass the whole of what ntsb_export_model gave, or of the .json or .ubj that XGBoost's save_model wrote.".into()
            }
            Error::Columns { .. } => {
                "Import an artifact together with the description that ntsb_describe_model gave of it.".into()
            }
            _ => return None,
        })
    }
}

impl From<Error> for ErrorReport {
    fn from(error: Error) -> Self {
        match error {
            Error::Warehouse(error) => error.into(),
            error => {
                let report = ErrorReport::new(error.code(), error.to_string(), "pg_ntsb");
                match error.hint() {
                    Some(hint) => report.set_hint(hint),
                    None => report,
                }
            }
        }
    }
}
