//! Why a model cannot be read.

use std::fmt::Display;

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ForestError {
    #[error("byte {at} of the model: {what}")]
    Malformed { at: usize, what: String },
    #[error("the model is not JSON of XGBoost: {0}")]
    Json(String),
    #[error("{what} of the model is {found}, and {known} is all that is known here")]
    Unknown { what: &'static str, found: String, known: &'static str },
    #[error("tree {tree} of the model: {what}")]
    Tree { tree: usize, what: String },
    #[error("{what} of the model is {found}, more than {most}")]
    TooLarge { what: &'static str, found: usize, most: usize },
}

impl ForestError {
    pub(super) fn malformed(at: usize, what: impl Display) -> ForestError {
        ForestError::Malformed { at, what: what.to_string() }
    }

    pub(super) fn unknown(
        what: &'static str,
        found: impl Display,
        known: &'static str,
    ) -> ForestError {
        ForestError::Unknown { what, found: shortened(&found.to_string()), known }
    }

    pub(super) fn tree(tree: usize, what: impl Display) -> ForestError {
        ForestError::Tree { tree, what: what.to_string() }
    }
}

/// What a message says of a value that may be of any length.
fn shortened(text: &str) -> String {
    const SHOWN: usize = 60;
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{:?}…", text.get(..at).unwrap_or_default()),
        None => format!("{text:?}"),
    }
}
