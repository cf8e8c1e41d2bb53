//! What a model may learn from: one catalogue, which training, batches and single predictions share.
//!
//! A fact is what the warehouse (`ntsb.accident_features`) or a caller says of an event. Some features
//! follow from facts by a formula, which stands here and nowhere else.

mod catalogue;
mod derived;
mod facts;

pub use catalogue::CATALOGUE;
pub use facts::{Facts, FactsError, Value};

use std::collections::HashMap;
use std::sync::OnceLock;

/// When a fact is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Before the event, at least in principle: date, place, aircraft, crew, weather, purpose.
    PreEvent,
    /// Seen at the scene, and not what a model is to tell: damage, fire, phase of flight.
    Scene,
}

impl Stage {
    pub fn name(self) -> &'static str {
        match self {
            Stage::PreEvent => "pre_event",
            Stage::Scene => "scene",
        }
    }

    /// A feature set is called by the last stage that it takes in.
    pub fn parse(name: &str) -> Option<Stage> {
        [Stage::PreEvent, Stage::Scene].into_iter().find(|stage| stage.name() == name)
    }
}

#[derive(Debug, Clone, Copy)]
pub enum Kind {
    Number,
    /// One of a few codes.
    Code,
    /// One of a few codes, in a column that NTSB fills late: whether it is filled tells how far the
    /// investigation is, so that a missing code stands for the commonest.
    LateCode,
    /// The make or model of an aircraft, of thousands.
    Type,
    /// No feature itself, but others follow from it.
    Date,
    /// No feature itself, but others follow from it.
    Clock,
    /// A number that follows from other facts.
    Derived(fn(&Facts) -> Option<f64>),
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Kind::Number => "number",
            Kind::Code => "code",
            Kind::LateCode => "late_code",
            Kind::Type => "type",
            Kind::Date => "date",
            Kind::Clock => "clock",
            Kind::Derived(_) => "derived",
        }
    }

    /// Stands in `ntsb.accident_features`, or is told by the caller.
    pub fn is_fact(self) -> bool {
        !matches!(self, Kind::Derived(_))
    }

    /// Is seen by a model.
    pub fn is_feature(self) -> bool {
        !matches!(self, Kind::Date | Kind::Clock)
    }
}

#[derive(Debug, Clone, Copy)]
pub struct Feature {
    pub name: &'static str,
    /// The columns that it comes from, or the formula.
    pub source: &'static str,
    pub kind: Kind,
    pub stage: Stage,
    pub description: &'static str,
}

/// The place of a feature in the catalogue.
pub fn position(name: &str) -> Option<usize> {
    static PLACES: OnceLock<HashMap<&'static str, usize>> = OnceLock::new();
    let places = PLACES.get_or_init(|| {
        CATALOGUE.iter().enumerate().map(|(place, feature)| (feature.name, place)).collect()
    });
    places.get(name).copied()
}

/// The feature of that name.
pub fn find(name: &str) -> Option<&'static Feature> {
    CATALOGUE.get(position(name)?)
}

/// The features that a model of this stage may see.
pub fn of_stage(stage: Stage) -> impl Iterator<Item = &'static Feature> {
    CATALOGUE.iter().filter(move |f| f.kind.is_feature() && f.stage <= stage)
}

#[cfg(test)]
mod tests;
