//! A model put together: facts go in, the probability of each class comes out.

use super::calibration::Calibration;
use super::encoder::Encoder;
use super::features::Facts;
use super::forest::{Forest, ForestError, Importance};
use super::scored::likeliest;

/// What is stored of a model.
pub struct Parts {
    pub encoder: Encoder,
    pub forest: Forest,
    pub calibration: Calibration,
    pub classes: Vec<String>,
    /// Confidence from which on it answers.
    pub decide_at: f64,
}

#[derive(Debug)]
pub struct Model {
    encoder: Encoder,
    forest: Forest,
    calibration: Calibration,
    classes: Vec<String>,
    decide_at: f64,
    /// Of each column: its feature's place among `features`.
    feature_of: Vec<usize>,
    features: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ModelError {
    #[error(transparent)]
    Forest(#[from] ForestError),
    #[error("the trees read {trees} values, the encoder gives {encoder}")]
    Columns { trees: usize, encoder: usize },
    #[error("the trees tell {trees} classes apart, {named} have names")]
    Classes { trees: usize, named: usize },
    #[error("the calibration does not fit {0} classes")]
    Calibration(usize),
    #[error("a confidence of {0} to decide at")]
    DecideAt(f64),
    #[error("a row has {expected} values, this one {found}")]
    Row { found: usize, expected: usize },
    #[error("it does not tell {0:?}")]
    NoSuchClass(String),
}

/// What a model says of an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Prediction {
    /// Its place among the classes.
    pub class: usize,
    pub confidence: f64,
    /// In the order of the classes; they add up to 1.
    pub probabilities: Vec<f64>,
    /// Whether the model is confident enough to answer.
    pub decided: bool,
}

/// What a feature adds to the margin of a class.
#[derive(Debug, Clone, PartialEq)]
pub struct Share {
    pub feature: String,
    pub contribution: f64,
}

/// Why a class is likely: base and shares add up to the margin.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    pub base: f64,
    pub shares: Vec<Share>,
    pub margin: f64,
}

impl Model {
    /// Refuses parts that do not fit each other.
    pub fn new(parts: Parts) -> Result<Model, ModelError> {
        let Parts { encoder, forest, calibration, classes, decide_at } = parts;
        let columns = encoder.columns();
        if forest.features() != columns.len() {
            return Err(ModelError::Columns { trees: forest.features(), encoder: columns.len() });
        }
        if forest.classes() != classes.len() {
            return Err(ModelError::Classes { trees: forest.classes(), named: classes.len() });
        }
        if !calibration.serves(classes.len()) {
            return Err(ModelError::Calibration(classes.len()));
        }
        if !decide_at.is_finite() {
            return Err(ModelError::DecideAt(decide_at));
        }
        let features = encoder.features();
        let place = |of: &str| features.iter().position(|f| f == of).unwrap_or(0);
        let feature_of = columns.iter().map(|column| place(&column.feature)).collect();
        Ok(Model { encoder, forest, calibration, classes, decide_at, feature_of, features })
    }

    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    pub fn encoder(&self) -> &Encoder {
        &self.encoder
    }

    /// The calibrated probability of each class, of values as the encoder gives them.
    pub fn score(&self, row: &[f32]) -> Result<Vec<f64>, ModelError> {
        let (found, expected) = (row.len(), self.forest.features());
        if found != expected {
            return Err(ModelError::Row { found, expected });
        }
        let mut probabilities = self.forest.probabilities(row);
        self.calibration.apply(&mut probabilities);
        Ok(probabilities)
    }

    pub fn predict(&self, facts: &Facts) -> Result<Prediction, ModelError> {
        let probabilities = self.score(&self.encoder.encode(facts))?;
        let (class, confidence) = likeliest(&probabilities);
        let decided = confidence >= self.decide_at;
        Ok(Prediction { class, confidence, probabilities, decided })
    }

    /// Why the model gives a class its margin, before calibration; the features of most weight first.
    /// Of two classes the first has the margin of the second, the other way round.
    pub fn explain(
        &self,
        facts: &Facts,
        class: &str,
        poll: &dyn Fn(),
    ) -> Result<Explanation, ModelError> {
        let row = self.encoder.encode(facts);
        let unknown = || ModelError::NoSuchClass(class.to_owned());
        let class = self.classes.iter().position(|c| c == class).ok_or_else(unknown)?;
        let (margin, sign) = match (self.forest.margin_count(), class) {
            (1, 0) => (0, -1.0),
            (1, _) => (0, 1.0),
            _ => (class, 1.0),
        };
        let mut margins = vec![0.0; self.forest.margin_count()];
        self.forest.margins(&row, &mut margins);
        let contributions = self.forest.contributions(&row, poll).into_iter().nth(margin);
        let contributions = contributions.ok_or_else(unknown)?;
        Ok(Explanation {
            base: sign * contributions.base,
            shares: self.by_feature(&contributions.of_features, sign),
            margin: sign * margins.get(margin).map_or(0.0, |m| f64::from(*m)),
        })
    }

    fn by_feature(&self, of_columns: &[f64], sign: f64) -> Vec<Share> {
        let none = |feature: &String| Share { feature: feature.clone(), contribution: 0.0 };
        let mut shares: Vec<Share> = self.features.iter().map(none).collect();
        for (feature, contribution) in self.feature_of.iter().zip(of_columns) {
            if let Some(share) = shares.get_mut(*feature) {
                share.contribution += sign * contribution;
            }
        }
        shares.sort_by(|a, b| b.contribution.abs().total_cmp(&a.contribution.abs()));
        shares
    }

    /// What the trees rest on, by feature; the features of most gain first. Gain and cover are sums.
    pub fn importance(&self) -> Vec<(String, Importance)> {
        let none = |feature: &String| (feature.clone(), Importance::default());
        let mut found: Vec<_> = self.features.iter().map(none).collect();
        for (feature, of_column) in self.feature_of.iter().zip(self.forest.importance()) {
            if let Some((_, of)) = found.get_mut(*feature) {
                let splits = of_column.splits as f64;
                of.splits += of_column.splits;
                of.gain += of_column.gain * splits;
                of.cover += of_column.cover * splits;
            }
        }
        found.sort_by(|a, b| b.1.gain.total_cmp(&a.1.gain));
        found
    }
}

#[cfg(test)]
mod tests;
