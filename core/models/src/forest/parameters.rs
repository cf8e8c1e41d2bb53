//! Parses and checks the parameters of a model.

use super::Objective;
use super::error::ForestError;

/// Leaf values and base scores must be less than this, so that their sums do not overflow.
pub const VALUE_LIMIT: f32 = 1e30;
/// XGBoost's feature types.
const FEATURE_TYPES: [&str; 5] = ["float", "int", "i", "q", "c"];
const OBJECTIVES: &str = "multi:softprob or binary:logistic";

pub fn check_version(version: &[u32]) -> Result<(), ForestError> {
    if matches!(version, [1, minor, ..] if *minor >= 7)
        || matches!(version, [2, ..] | [3, 0..=3, ..])
    {
        return Ok(());
    }
    let found: Vec<_> = version.iter().take(4).map(u32::to_string).collect();
    Err(ForestError::unsupported("the version of XGBoost", found.join("."), "1.7 to 3.3"))
}

pub fn check_single(what: &'static str, text: Option<&str>) -> Result<(), ForestError> {
    match text {
        None | Some("0" | "1") => Ok(()),
        Some(found) => Err(ForestError::unsupported(what, found, "1")),
    }
}

pub fn parse_count(
    what: &'static str,
    text: &str,
    min: usize,
    max: usize,
) -> Result<usize, ForestError> {
    let count = text.parse::<usize>().ok().filter(|n| *n >= min);
    let count = count.ok_or_else(|| ForestError::unsupported(what, text, "a positive number"))?;
    if count > max {
        return Err(ForestError::TooLarge { what, found: count, max });
    }
    Ok(count)
}

impl Objective {
    /// The objective with that name, if it fits the number of classes.
    pub(super) fn parse(name: &str, classes: usize) -> Result<Objective, ForestError> {
        match (name, classes) {
            ("binary:logistic", 0 | 1) => Ok(Objective::Logistic),
            ("multi:softprob", 2..) => Ok(Objective::Softprob { classes }),
            ("binary:logistic", _) => {
                Err(ForestError::unsupported("the number of classes", classes, "0 or 1"))
            }
            ("multi:softprob", _) => {
                Err(ForestError::unsupported("the number of classes", classes, "at least 2"))
            }
            _ => Err(ForestError::unsupported("the objective", name, OBJECTIVES)),
        }
    }

    /// Parses one number, or a list of one per class as written by XGBoost 3.1 and later.
    pub(super) fn parse_base_scores(self, text: &str) -> Result<Vec<f32>, ForestError> {
        let error = || ForestError::unsupported("the base score", text, "a number in range");
        let list = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
        let scores: Result<Vec<f32>, _> = list.unwrap_or(text).split(',').map(str::parse).collect();
        let mut scores = scores.map_err(|_| error())?;
        if scores.windows(2).all(|pair| pair.first() == pair.last()) {
            scores.truncate(1);
        }
        let (range, counts) = match self {
            Objective::Softprob { classes } => (-VALUE_LIMIT..VALUE_LIMIT, [1, classes]),
            // XGBoost stores it as a probability.
            Objective::Logistic => (f32::MIN_POSITIVE..1.0, [1, 1]),
        };
        let is_valid = counts.contains(&scores.len()) && scores.iter().all(|s| range.contains(s));
        if is_valid { Ok(scores) } else { Err(error()) }
    }

    /// The initial value of each margin.
    pub(super) fn base_margin(self, score: f32) -> f32 {
        match self {
            Objective::Softprob { .. } => score,
            Objective::Logistic => -(1.0 / score - 1.0).ln(),
        }
    }
}

/// Checks the names and types of the features, if the model has them.
pub fn check_features(
    features: usize,
    names: &[String],
    types: &[String],
) -> Result<(), ForestError> {
    for (what, found) in
        [("the number of feature names", names.len()), ("the number of feature types", types.len())]
    {
        if found != 0 && found != features {
            return Err(ForestError::unsupported(what, found, "the number of features"));
        }
    }
    if let Some(name) = names.iter().find(|name| name.chars().any(char::is_control)) {
        return Err(ForestError::unsupported(
            "the name of a feature",
            name,
            "text without control characters",
        ));
    }
    match types.iter().find(|kind| !FEATURE_TYPES.contains(&kind.as_str())) {
        Some(kind) => {
            Err(ForestError::unsupported("the type of a feature", kind, "float, int, i, q or c"))
        }
        None => Ok(()),
    }
}
