//! The feature catalogue, shared by training, batch prediction and single predictions.
//!
//! A fact comes from the warehouse (`ntsb.accident_features`) or from a caller. Some features are
//! derived from facts by a formula, which is defined only here.

mod catalogue;
mod derived;
mod facts;

pub use catalogue::CATALOGUE;
pub use facts::{Facts, FactsError, Value};

use std::collections::HashMap;
use std::sync::OnceLock;

/// When a fact becomes known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Before the event, at least in principle: date, place, aircraft, crew, weather, purpose.
    PreEvent,
    /// Observed at the scene, without the outcome: damage, fire, phase of flight.
    Scene,
}

impl Stage {
    /// The name of the feature set that ends with this stage.
    pub fn name(self) -> &'static str {
        match self {
            Stage::PreEvent => "pre_event",
            Stage::Scene => "scene",
        }
    }

    /// The last stage of the feature set with that name.
    pub fn parse(name: &str) -> Option<Stage> {
        [Stage::PreEvent, Stage::Scene].into_iter().find(|stage| stage.name() == name)
    }
}

/// The type of a feature, which decides how it is read and encoded.
#[derive(Debug, Clone, Copy)]
pub enum FeatureKind {
    /// A number.
    Number,
    /// A categorical code with few values.
    Code,
    /// A code that NTSB fills late in an investigation. A missing code would reveal the state of the
    /// investigation, so it is encoded as the most common code.
    LateCode,
    /// The make or model of an aircraft, with thousands of values.
    Type,
    /// A date. Not a feature itself, but features are derived from it.
    Date,
    /// A clock time. Not a feature itself, but features are derived from it.
    Clock,
    /// A number computed from other facts.
    Derived(fn(&Facts) -> Option<f64>),
}

impl FeatureKind {
    /// The name of the kind in `ntsb.feature`.
    pub fn name(self) -> &'static str {
        match self {
            FeatureKind::Number => "number",
            FeatureKind::Code => "code",
            FeatureKind::LateCode => "late_code",
            FeatureKind::Type => "type",
            FeatureKind::Date => "date",
            FeatureKind::Clock => "clock",
            FeatureKind::Derived(_) => "derived",
        }
    }

    /// True for a column of `ntsb.accident_features`, which a caller may also pass.
    pub fn is_fact(self) -> bool {
        !matches!(self, FeatureKind::Derived(_))
    }

    /// True if models are trained on it.
    pub fn is_feature(self) -> bool {
        !matches!(self, FeatureKind::Date | FeatureKind::Clock)
    }
}

/// An entry of the feature catalogue.
#[derive(Debug, Clone, Copy)]
pub struct Feature {
    /// Its name, also its column in `ntsb.accident_features` if it is a fact.
    pub name: &'static str,
    /// Its source columns, or its formula.
    pub source: &'static str,
    /// Its type.
    pub kind: FeatureKind,
    /// When it becomes known.
    pub stage: Stage,
    /// One line for users, with the unit.
    pub description: &'static str,
}

/// The index of a feature in the catalogue.
pub fn feature_index(name: &str) -> Option<usize> {
    static INDEXES: OnceLock<HashMap<&'static str, usize>> = OnceLock::new();
    let indexes = INDEXES.get_or_init(|| {
        CATALOGUE.iter().enumerate().map(|(index, feature)| (feature.name, index)).collect()
    });
    indexes.get(name).copied()
}

/// The feature with that name.
pub fn find_feature(name: &str) -> Option<&'static Feature> {
    CATALOGUE.get(feature_index(name)?)
}

/// The features that a model of a stage may use.
pub fn list_features(stage: Stage) -> impl Iterator<Item = &'static Feature> {
    CATALOGUE.iter().filter(move |f| f.kind.is_feature() && f.stage <= stage)
}

/// The facts with their indexes, in the order of the catalogue.
pub fn list_facts() -> impl Iterator<Item = (usize, &'static Feature)> {
    CATALOGUE.iter().enumerate().filter(|(_, feature)| feature.kind.is_fact())
}

#[cfg(test)]
mod tests;
