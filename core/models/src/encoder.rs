//! Facts as the numbers that a model sees.
//!
//! A number is itself, and NaN where it is missing. A code becomes, for each class that is told, how
//! often that class followed it in the training part, drawn to the overall share where it is rare
//! (target encoding, Micci-Barreca 2001). Of a model of aircraft that is too rare to say something its
//! maker answers, and for an unknown maker the category. What is encoded of a training row comes from the
//! other folds, or a rare model would carry the row's own outcome.

use super::features::{Facts, Feature, Kind, Value, find, position};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// Parts of the training rows, of which one is encoded by what the others say.
pub const FOLDS: usize = 5;

/// As many rows of the overall share are added to those of a code, and of an aircraft type.
const DRAWN: f64 = 5.0;
const DRAWN_TYPE: f64 = 20.0;

/// Rarer models of aircraft are left to their makers.
const FEWEST: f64 = 4.0;

/// Classes that are told by shares; more would blow up the columns, and trees need no more.
const MOST_TOLD: usize = 4;

/// Shares of the classes that are told.
type Shares = Vec<f32>;

/// What was learned of one feature.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Learned {
    Number {
        feature: String,
    },
    Code {
        feature: String,
        levels: BTreeMap<String, Shares>,
        /// The code that a missing one stands for, in a column that is filled late.
        missing: Option<String>,
    },
    /// The narrowest kind first, such as model, maker, category.
    Type {
        feature: String,
        levels: Vec<BTreeMap<String, Shares>>,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Encoder {
    /// Names of the classes that are told by shares.
    told: Vec<String>,
    learned: Vec<Learned>,
}

/// A value that a model sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    /// The feature of the catalogue that it comes from.
    pub feature: String,
}

/// What was learned from all training rows, and from those without each fold.
#[derive(Debug, Clone)]
pub struct Fitted {
    pub encoder: Encoder,
    folds: Vec<Encoder>,
}

/// A row to learn from.
#[derive(Debug, Clone, Copy)]
pub struct Example<'a> {
    pub facts: &'a Facts,
    pub class: usize,
}

impl Fitted {
    /// Learns from training rows, of which the n-th is of fold n modulo [`FOLDS`].
    pub fn fit(
        features: &[&Feature],
        rows: &[Example],
        classes: &[String],
        poll: &dyn Fn(),
    ) -> Fitted {
        let learning = Learning::new(rows, classes);
        let mut all = vec![Vec::new(); FOLDS + 1];
        for feature in features {
            poll();
            for (to, learned) in all.iter_mut().zip(learning.of(feature, rows)) {
                to.push(learned);
            }
        }
        let mut encoders =
            all.into_iter().map(|learned| Encoder { told: learning.names(classes), learned });
        let encoder = encoders.next().unwrap_or(Encoder { told: Vec::new(), learned: Vec::new() });
        Fitted { encoder, folds: encoders.collect() }
    }

    /// The n-th training row, by what the other folds say.
    pub fn encode_training(&self, row: usize, facts: &Facts, into: &mut Vec<f32>) {
        self.folds.get(row % FOLDS).unwrap_or(&self.encoder).encode_into(facts, into);
    }
}

impl Encoder {
    pub fn columns(&self) -> Vec<Column> {
        let mut columns = Vec::new();
        for learned in &self.learned {
            match learned {
                Learned::Number { feature } => {
                    columns.push(Column { name: feature.clone(), feature: feature.clone() });
                }
                Learned::Code { feature, .. } | Learned::Type { feature, .. } => {
                    columns.extend(self.told.iter().map(|class| Column {
                        name: format!("{feature}:{class}"),
                        feature: feature.clone(),
                    }));
                }
            }
        }
        columns
    }

    /// Names of the features, each once.
    pub fn features(&self) -> Vec<String> {
        self.learned.iter().map(|learned| learned.feature().to_owned()).collect()
    }

    pub fn encode(&self, facts: &Facts) -> Vec<f32> {
        let mut values = Vec::new();
        self.encode_into(facts, &mut values);
        values
    }

    /// Adds the values of an event to those of others.
    pub fn encode_into(&self, facts: &Facts, into: &mut Vec<f32>) {
        for learned in &self.learned {
            match learned {
                Learned::Number { feature } => into.push(number(facts, feature)),
                Learned::Code { feature, levels, missing } => {
                    let level = text(facts, feature).or(missing.as_deref());
                    self.push(level.and_then(|level| levels.get(level)), into);
                }
                Learned::Type { feature, levels } => {
                    let keys = type_keys(feature, facts);
                    let known =
                        keys.iter().zip(levels).find_map(|(key, of)| of.get(key.as_deref()?));
                    self.push(known, into);
                }
            }
        }
    }

    fn push(&self, shares: Option<&Shares>, into: &mut Vec<f32>) {
        match shares.filter(|shares| shares.len() == self.told.len()) {
            Some(shares) => into.extend(shares),
            None => into.extend(self.told.iter().map(|_| f32::NAN)),
        }
    }
}

impl Learned {
    pub fn feature(&self) -> &str {
        match self {
            Learned::Number { feature }
            | Learned::Code { feature, .. }
            | Learned::Type { feature, .. } => feature,
        }
    }
}

fn number(facts: &Facts, feature: &str) -> f32 {
    let value = position(feature).and_then(|place| facts.feature(place));
    match value {
        Some(Value::Number(number)) => number as f32,
        _ => f32::NAN,
    }
}

fn text<'a>(facts: &'a Facts, feature: &str) -> Option<&'a str> {
    facts.text(feature)
}

/// What an aircraft type goes by, the narrowest first. Makers share names of models, so that a model is
/// one of its maker.
fn type_keys(feature: &str, facts: &Facts) -> Vec<Option<String>> {
    let (category, make) = (facts.text("acft_category"), facts.text("acft_make"));
    let model = make.zip(facts.text("acft_model")).map(|(make, model)| format!("{make}/{model}"));
    let wider = [make.map(str::to_owned), category.map(str::to_owned)];
    if feature == "acft_model" { [vec![model], wider.to_vec()].concat() } else { wider.to_vec() }
}

/// Rows of each class, by fold.
#[derive(Debug, Clone)]
struct Counts(Vec<f64>);

/// The classes and their overall shares.
struct Learning {
    classes: usize,
    told: Vec<usize>,
    overall: Vec<f64>,
}

impl Learning {
    fn new(rows: &[Example], classes: &[String]) -> Learning {
        let mut overall = vec![0.0; classes.len()];
        for row in rows {
            if let Some(count) = overall.get_mut(row.class) {
                *count += 1.0;
            }
        }
        let mut told: Vec<usize> = (0..classes.len()).collect();
        let share = |class: &usize| overall.get(*class).copied().unwrap_or(0.0_f64);
        told.sort_by(|a, b| share(b).total_cmp(&share(a)));
        let mut told: Vec<usize> = if classes.len() == 2 {
            vec![1]
        } else {
            told.into_iter().skip(1).take(MOST_TOLD).collect()
        };
        told.sort_unstable();
        let rows = rows.len().max(1) as f64;
        overall.iter_mut().for_each(|count| *count /= rows);
        Learning { classes: classes.len(), told, overall }
    }

    fn names(&self, classes: &[String]) -> Vec<String> {
        self.told.iter().filter_map(|class| classes.get(*class).cloned()).collect()
    }

    /// One for all rows, and one without each fold.
    fn of(&self, feature: &Feature, rows: &[Example]) -> Vec<Learned> {
        let name = feature.name.to_owned();
        match feature.kind {
            Kind::Code => vec![self.code(name, rows, false); FOLDS + 1],
            Kind::LateCode => vec![self.code(name, rows, true); FOLDS + 1],
            Kind::Type => (0..=FOLDS)
                .map(|without| self.aircraft_type(&name, rows, without.checked_sub(1)))
                .collect(),
            _ => vec![Learned::Number { feature: name }; FOLDS + 1],
        }
    }

    fn code(&self, feature: String, rows: &[Example], late: bool) -> Learned {
        let counts = self.count(rows, None, |facts| text(facts, &feature).map(str::to_owned));
        let rows_of = |counts: &Counts| counts.0.iter().sum::<f64>();
        let commonest = counts
            .iter()
            .max_by(|a, b| rows_of(a.1).total_cmp(&rows_of(b.1)).then(b.0.cmp(a.0)))
            .map(|(level, _)| level.clone());
        let levels = counts
            .iter()
            .map(|(level, counts)| (level.clone(), self.shares(counts, &self.overall, DRAWN)))
            .collect();
        Learned::Code { feature, levels, missing: commonest.filter(|_| late) }
    }

    /// Each level is drawn to the overall share, but a model to its maker.
    fn aircraft_type(&self, feature: &str, rows: &[Example], without: Option<usize>) -> Learned {
        let depth = type_keys(feature, &Facts::default()).len();
        let counted: Vec<_> = (0..depth)
            .map(|at| self.count(rows, without, |facts| type_keys(feature, facts).swap_remove(at)))
            .collect();
        let wider = |level: &str| -> Vec<f64> {
            let make = level.split_once('/').map(|(make, _)| make);
            let counts = make.and_then(|make| counted.get(1)?.get(make));
            counts
                .map_or_else(|| self.overall.clone(), |c| self.drawn(c, &self.overall, DRAWN_TYPE))
        };
        let levels = counted.iter().map(|levels| {
            let common = levels.iter().filter(|(_, counts)| counts.0.iter().sum::<f64>() >= FEWEST);
            common
                .map(|(level, counts)| {
                    (level.clone(), self.shares(counts, &wider(level), DRAWN_TYPE))
                })
                .collect()
        });
        Learned::Type { feature: feature.to_owned(), levels: levels.collect() }
    }

    /// Rows of each class by level, in the order of levels.
    fn count(
        &self,
        rows: &[Example],
        without: Option<usize>,
        level: impl Fn(&Facts) -> Option<String>,
    ) -> BTreeMap<String, Counts> {
        let mut counts: HashMap<String, Counts> = HashMap::new();
        for (number, row) in rows.iter().enumerate() {
            if without == Some(number % FOLDS) {
                continue;
            }
            let Some(level) = level(row.facts) else { continue };
            let counts = counts.entry(level).or_insert_with(|| Counts(vec![0.0; self.classes]));
            if let Some(count) = counts.0.get_mut(row.class) {
                *count += 1.0;
            }
        }
        counts.into_iter().collect()
    }

    fn drawn(&self, counts: &Counts, to: &[f64], weight: f64) -> Vec<f64> {
        let rows: f64 = counts.0.iter().sum();
        counts.0.iter().zip(to).map(|(n, share)| (n + weight * share) / (rows + weight)).collect()
    }

    fn shares(&self, counts: &Counts, to: &[f64], weight: f64) -> Shares {
        let drawn = self.drawn(counts, to, weight);
        self.told.iter().map(|class| drawn.get(*class).map_or(f32::NAN, |s| *s as f32)).collect()
    }
}

/// Whether a feature that a stored encoder names is still known.
pub fn unknown_feature(encoder: &Encoder) -> Option<&str> {
    encoder.learned.iter().map(Learned::feature).find(|name| find(name).is_none())
}

#[cfg(test)]
mod tests;
