//! Encodes facts as the row of numbers that a model reads.
//!
//! - A number stays unchanged and is NaN if it is missing.
//! - A code becomes one value per encoded class: the share of that class among the training rows with
//!   the code, shrunk towards the overall share if the code is rare (target encoding, Micci-Barreca
//!   2001).
//! - A rare aircraft model is encoded as its maker, and an unknown maker as its category.
//! - A training row is encoded by the shares of the other folds. Otherwise the encoding of a rare
//!   aircraft model would contain the outcome of the row itself.

use super::features::{Facts, Feature, FeatureKind, Value, feature_index, find_feature};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// The number of folds of the training rows.
pub const FOLDS: usize = 5;

/// Shrinkage: this many rows with the overall shares are added to the rows of a code or aircraft type.
const CODE_SHRINKAGE: f64 = 5.0;
const TYPE_SHRINKAGE: f64 = 20.0;

/// An aircraft type with fewer rows is encoded as the next wider type.
const MIN_TYPE_ROWS: f64 = 4.0;

/// Maximum number of encoded classes. More classes would add many columns without a better model.
const MAX_ENCODED_CLASSES: usize = 4;

/// The share of each encoded class.
type Shares = Vec<f32>;

/// The fitted encoding of one feature.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FeatureEncoding {
    /// The number itself.
    Number {
        /// Name of the feature.
        feature: String,
    },
    /// Shares by code.
    Code {
        /// Name of the feature.
        feature: String,
        /// Shares of the encoded classes, by code.
        levels: BTreeMap<String, Shares>,
        /// The code that a missing one is encoded as, in a column that is filled late.
        missing: Option<String>,
    },
    /// Shares by aircraft type.
    Type {
        /// Name of the feature.
        feature: String,
        /// Shares of the encoded classes, by type. The narrowest kind of type comes first: model,
        /// maker, category.
        levels: Vec<BTreeMap<String, Shares>>,
    },
}

/// A fitted encoder, as it is stored with a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Encoder {
    /// Names of the encoded classes.
    #[serde(rename = "told")]
    encoded_classes: Vec<String>,
    #[serde(rename = "learned")]
    encodings: Vec<FeatureEncoding>,
}

/// A value of the row that a model reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// `feature` or `feature:class`.
    pub name: String,
    /// Name of the feature in the catalogue.
    pub feature: String,
}

/// An encoder fitted to all training rows, and one per fold fitted to the rows outside it.
#[derive(Debug, Clone)]
pub struct FittedEncoder {
    /// The encoder of all training rows.
    pub encoder: Encoder,
    folds: Vec<Encoder>,
}

/// A training row.
#[derive(Debug, Clone, Copy)]
pub struct TrainingRow<'a> {
    /// The facts of the event.
    pub facts: &'a Facts,
    /// Index of its class.
    pub class: usize,
}

impl FittedEncoder {
    /// Fits encoders to training rows. Row n is in fold n modulo [`FOLDS`].
    pub fn fit(
        features: &[&Feature],
        rows: &[TrainingRow],
        classes: &[String],
        poll: &dyn Fn(),
    ) -> FittedEncoder {
        let fitter = Fitter::new(rows, classes);
        let mut all = vec![Vec::new(); FOLDS + 1];
        for feature in features {
            poll();
            for (encodings, encoding) in all.iter_mut().zip(fitter.fit_feature(feature, rows)) {
                encodings.push(encoding);
            }
        }
        let encoded_classes = fitter.class_names(classes);
        let mut encoders = all
            .into_iter()
            .map(|encodings| Encoder { encoded_classes: encoded_classes.clone(), encodings });
        let encoder = encoders
            .next()
            .unwrap_or(Encoder { encoded_classes: Vec::new(), encodings: Vec::new() });
        FittedEncoder { encoder, folds: encoders.collect() }
    }

    /// Appends the values of training row `row`, encoded by the other folds.
    pub fn encode_training(&self, row: usize, facts: &Facts, into: &mut Vec<f32>) {
        self.folds.get(row % FOLDS).unwrap_or(&self.encoder).encode_into(facts, into);
    }
}

impl Encoder {
    /// The columns of an encoded row.
    pub fn columns(&self) -> Vec<Column> {
        let mut columns = Vec::new();
        for encoding in &self.encodings {
            match encoding {
                FeatureEncoding::Number { feature } => {
                    columns.push(Column { name: feature.clone(), feature: feature.clone() });
                }
                FeatureEncoding::Code { feature, .. } | FeatureEncoding::Type { feature, .. } => {
                    columns.extend(self.encoded_classes.iter().map(|class| Column {
                        name: format!("{feature}:{class}"),
                        feature: feature.clone(),
                    }));
                }
            }
        }
        columns
    }

    /// Names of the features.
    pub fn features(&self) -> Vec<String> {
        self.encodings.iter().map(|encoding| encoding.feature().to_owned()).collect()
    }

    /// Encodes an event as one row.
    pub fn encode(&self, facts: &Facts) -> Vec<f32> {
        let mut values = Vec::new();
        self.encode_into(facts, &mut values);
        values
    }

    /// Appends the values of an event.
    pub fn encode_into(&self, facts: &Facts, into: &mut Vec<f32>) {
        for encoding in &self.encodings {
            match encoding {
                FeatureEncoding::Number { feature } => into.push(encode_number(facts, feature)),
                FeatureEncoding::Code { feature, levels, missing } => {
                    let level = facts.text(feature).or(missing.as_deref());
                    self.push_shares(level.and_then(|level| levels.get(level)), into);
                }
                FeatureEncoding::Type { feature, levels } => {
                    let keys = type_keys(feature, facts);
                    let narrowest = keys
                        .iter()
                        .zip(levels)
                        .find_map(|(key, by_key)| by_key.get(key.as_deref()?));
                    self.push_shares(narrowest, into);
                }
            }
        }
    }

    fn push_shares(&self, shares: Option<&Shares>, into: &mut Vec<f32>) {
        match shares.filter(|shares| shares.len() == self.encoded_classes.len()) {
            Some(shares) => into.extend(shares),
            None => into.extend(self.encoded_classes.iter().map(|_| f32::NAN)),
        }
    }
}

impl FeatureEncoding {
    /// Name of the feature.
    pub fn feature(&self) -> &str {
        match self {
            FeatureEncoding::Number { feature }
            | FeatureEncoding::Code { feature, .. }
            | FeatureEncoding::Type { feature, .. } => feature,
        }
    }
}

fn encode_number(facts: &Facts, feature: &str) -> f32 {
    let value = feature_index(feature).and_then(|index| facts.feature_value(index));
    match value {
        Some(Value::Number(number)) => number as f32,
        _ => f32::NAN,
    }
}

/// The keys of an aircraft type, the narrowest first. The key of a model includes the maker, because
/// several makers use the same model name.
fn type_keys(feature: &str, facts: &Facts) -> Vec<Option<String>> {
    let (category, make) = (facts.text("acft_category"), facts.text("acft_make"));
    let model = make.zip(facts.text("acft_model")).map(|(make, model)| format!("{make}/{model}"));
    let wider = [make.map(str::to_owned), category.map(str::to_owned)];
    if feature == "acft_model" { [vec![model], wider.to_vec()].concat() } else { wider.to_vec() }
}

/// The number of rows of each class.
#[derive(Debug, Clone)]
struct ClassCounts(Vec<f64>);

impl ClassCounts {
    fn rows(&self) -> f64 {
        self.0.iter().sum()
    }
}

/// Fits the encodings of features.
struct Fitter {
    classes: usize,
    /// Indexes of the encoded classes.
    encoded_classes: Vec<usize>,
    /// Overall share of each class.
    overall: Vec<f64>,
}

impl Fitter {
    fn new(rows: &[TrainingRow], classes: &[String]) -> Fitter {
        let mut overall = vec![0.0; classes.len()];
        for row in rows {
            if let Some(count) = overall.get_mut(row.class) {
                *count += 1.0;
            }
        }
        let mut by_share: Vec<usize> = (0..classes.len()).collect();
        let share = |class: &usize| overall.get(*class).copied().unwrap_or(0.0_f64);
        by_share.sort_by(|a, b| share(b).total_cmp(&share(a)));
        let mut encoded_classes: Vec<usize> = if classes.len() == 2 {
            vec![1]
        } else {
            by_share.into_iter().skip(1).take(MAX_ENCODED_CLASSES).collect()
        };
        encoded_classes.sort_unstable();
        let rows = rows.len().max(1) as f64;
        overall.iter_mut().for_each(|count| *count /= rows);
        Fitter { classes: classes.len(), encoded_classes, overall }
    }

    fn class_names(&self, classes: &[String]) -> Vec<String> {
        self.encoded_classes.iter().filter_map(|class| classes.get(*class).cloned()).collect()
    }

    /// Returns the encoding fitted to all rows, followed by one per fold fitted to the other folds.
    fn fit_feature(&self, feature: &Feature, rows: &[TrainingRow]) -> Vec<FeatureEncoding> {
        let name = feature.name.to_owned();
        match feature.kind {
            FeatureKind::Code => vec![self.fit_code(name, rows, false); FOLDS + 1],
            FeatureKind::LateCode => vec![self.fit_code(name, rows, true); FOLDS + 1],
            FeatureKind::Type => {
                (0..=FOLDS).map(|fold| self.fit_type(&name, rows, fold.checked_sub(1))).collect()
            }
            _ => vec![FeatureEncoding::Number { feature: name }; FOLDS + 1],
        }
    }

    fn fit_code(&self, feature: String, rows: &[TrainingRow], is_late: bool) -> FeatureEncoding {
        let counts = self.count_levels(rows, None, |facts| facts.text(&feature).map(str::to_owned));
        let most_common = counts
            .iter()
            .max_by(|a, b| a.1.rows().total_cmp(&b.1.rows()).then(b.0.cmp(a.0)))
            .map(|(level, _)| level.clone());
        let levels = counts
            .iter()
            .map(|(level, counts)| {
                (level.clone(), self.encoded_shares(counts, &self.overall, CODE_SHRINKAGE))
            })
            .collect();
        FeatureEncoding::Code { feature, levels, missing: most_common.filter(|_| is_late) }
    }

    /// The shares of a model are shrunk towards those of its maker, all others towards the overall
    /// shares.
    fn fit_type(
        &self,
        feature: &str,
        rows: &[TrainingRow],
        excluded_fold: Option<usize>,
    ) -> FeatureEncoding {
        let depth = type_keys(feature, &Facts::default()).len();
        let key_at = |facts: &Facts, at: usize| type_keys(feature, facts).swap_remove(at);
        let counts: Vec<_> = (0..depth)
            .map(|at| self.count_levels(rows, excluded_fold, |facts| key_at(facts, at)))
            .collect();
        let wider_shares = |level: &str| -> Vec<f64> {
            let make = level.split_once('/').map(|(make, _)| make);
            match make.and_then(|make| counts.get(1)?.get(make)) {
                Some(make) => shrink(make, &self.overall, TYPE_SHRINKAGE),
                None => self.overall.clone(),
            }
        };
        let levels = counts.iter().map(|levels| {
            let common = levels.iter().filter(|(_, counts)| counts.rows() >= MIN_TYPE_ROWS);
            common
                .map(|(level, counts)| {
                    let shares = self.encoded_shares(counts, &wider_shares(level), TYPE_SHRINKAGE);
                    (level.clone(), shares)
                })
                .collect()
        });
        FeatureEncoding::Type { feature: feature.to_owned(), levels: levels.collect() }
    }

    /// Counts the rows of each class by level.
    fn count_levels(
        &self,
        rows: &[TrainingRow],
        excluded_fold: Option<usize>,
        level: impl Fn(&Facts) -> Option<String>,
    ) -> BTreeMap<String, ClassCounts> {
        let mut counts: HashMap<String, ClassCounts> = HashMap::new();
        for (index, row) in rows.iter().enumerate() {
            if excluded_fold == Some(index % FOLDS) {
                continue;
            }
            let Some(level) = level(row.facts) else { continue };
            let counts =
                counts.entry(level).or_insert_with(|| ClassCounts(vec![0.0; self.classes]));
            if let Some(count) = counts.0.get_mut(row.class) {
                *count += 1.0;
            }
        }
        counts.into_iter().collect()
    }

    fn encoded_shares(&self, counts: &ClassCounts, prior: &[f64], weight: f64) -> Shares {
        let shares = shrink(counts, prior, weight);
        self.encoded_classes
            .iter()
            .map(|class| shares.get(*class).map_or(f32::NAN, |share| *share as f32))
            .collect()
    }
}

/// The share of each class, shrunk towards a prior that counts as `weight` rows.
fn shrink(counts: &ClassCounts, prior: &[f64], weight: f64) -> Vec<f64> {
    let rows = counts.rows();
    counts.0.iter().zip(prior).map(|(n, share)| (n + weight * share) / (rows + weight)).collect()
}

/// The first feature of a stored encoder that the catalogue does not have.
pub fn unknown_feature(encoder: &Encoder) -> Option<&str> {
    let mut names = encoder.encodings.iter().map(FeatureEncoding::feature);
    names.find(|name| find_feature(name).is_none())
}

#[cfg(test)]
mod tests;
