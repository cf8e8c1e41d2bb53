//! Errors of reading and writing a forest.

use std::fmt::Display;

/// Why a model cannot be read or written.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ForestError {
    /// The bytes are not UBJSON.
    #[error("invalid UBJSON at byte {at}: {what}")]
    Malformed {
        /// Offset of the defect.
        at: usize,
        /// What is wrong.
        what: String,
    },
    /// The text is not a model in JSON.
    #[error("invalid JSON model: {0}")]
    Json(String),
    /// The model uses something that this reader does not support.
    #[error("{what} must be {supported}, got {found}")]
    Unsupported {
        /// The property of the model.
        what: &'static str,
        /// Its value, quoted and shortened.
        found: String,
        /// What is supported.
        supported: &'static str,
    },
    /// A tree is invalid.
    #[error("tree {tree}: {what}")]
    Tree {
        /// Index of the tree.
        tree: usize,
        /// What is wrong.
        what: String,
    },
    /// The model is too large.
    #[error("{what} must be at most {max}, got {found}")]
    TooLarge {
        /// What is counted.
        what: &'static str,
        /// The size of the model.
        found: usize,
        /// The largest size that is accepted.
        max: usize,
    },
}

impl ForestError {
    pub(super) fn malformed(at: usize, what: impl Display) -> ForestError {
        ForestError::Malformed { at, what: what.to_string() }
    }

    pub(super) fn unsupported(
        what: &'static str,
        found: impl Display,
        supported: &'static str,
    ) -> ForestError {
        ForestError::Unsupported { what, found: shorten(&found.to_string()), supported }
    }

    pub(super) fn tree(tree: usize, what: impl Display) -> ForestError {
        ForestError::Tree { tree, what: what.to_string() }
    }
}

/// Quotes a value, shortened to 60 characters.
fn shorten(text: &str) -> String {
    const MAX_CHARS: usize = 60;
    match text.char_indices().nth(MAX_CHARS) {
        Some((at, _)) => format!("{:?}…", text.get(..at).unwrap_or_default()),
        None => format!("{text:?}"),
    }
}
