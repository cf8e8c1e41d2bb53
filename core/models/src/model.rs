//! An assembled model, which maps facts to a probability per class.

use super::calibration::Calibration;
use super::encoder::Encoder;
use super::features::Facts;
use super::forest::{Forest, ForestError, Importance};
use super::scored_rows::most_likely_class;

/// The stored parts of a model.
pub struct ModelParts {
    /// Maps facts to a row of values.
    pub encoder: Encoder,
    /// Maps a row to a probability per class.
    pub forest: Forest,
    /// Corrects the probabilities.
    pub calibration: Calibration,
    /// Names of the classes.
    pub classes: Vec<String>,
    /// Lowest confidence of a decided prediction.
    pub decide_at: f64,
}

/// A model that is ready to predict.
#[derive(Debug)]
pub struct Model {
    encoder: Encoder,
    forest: Forest,
    calibration: Calibration,
    classes: Vec<String>,
    decide_at: f64,
    /// For each column, the index of its feature in `features`.
    column_features: Vec<usize>,
    features: Vec<String>,
}

/// Why a model cannot be assembled or cannot predict.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ModelError {
    /// The trees cannot be read.
    #[error(transparent)]
    Forest(#[from] ForestError),
    /// Trees and encoder do not match.
    #[error("the trees need {trees} values per row, but the encoder produces {encoder}")]
    Columns {
        /// Values per row that the trees need.
        trees: usize,
        /// Values per row that the encoder produces.
        encoder: usize,
    },
    /// Trees and class names do not match.
    #[error("the trees have {trees} classes, but there are {named} class names")]
    Classes {
        /// Number of classes of the trees.
        trees: usize,
        /// Number of class names.
        named: usize,
    },
    /// The calibration does not match the number of classes.
    #[error("the calibration does not fit {0} classes")]
    Calibration(usize),
    /// The decision threshold is not a number.
    #[error("decide_at must be a finite number, got {0}")]
    DecideAt(f64),
    /// A row has the wrong length.
    #[error("a row must have {expected} values, got {found}")]
    Row {
        /// Number of values passed.
        found: usize,
        /// Number of values that the model needs.
        expected: usize,
    },
    /// The model has no class of that name.
    #[error("the model has no class {0:?}")]
    NoSuchClass(String),
}

/// The prediction for one event.
#[derive(Debug, Clone, PartialEq)]
pub struct Prediction {
    /// Index of the most likely class.
    pub class: usize,
    /// Its probability.
    pub confidence: f64,
    /// The probability of each class. They add up to 1.
    pub probabilities: Vec<f64>,
    /// True if the confidence reaches the threshold `decide_at` of the model.
    pub decided: bool,
}

/// What a feature adds to the margin of a class.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureContribution {
    /// Name of the feature.
    pub feature: String,
    /// Its SHAP value, in log odds or log probability.
    pub contribution: f64,
}

/// Explanation of the margin of a class. Base and contributions add up to the margin.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The margin without any known feature.
    pub base: f64,
    /// The contribution of each feature, the largest absolute value first.
    pub contributions: Vec<FeatureContribution>,
    /// The margin of the class before calibration.
    pub margin: f64,
}

impl Model {
    /// Assembles a model. Fails if its parts do not match.
    pub fn new(parts: ModelParts) -> Result<Model, ModelError> {
        let ModelParts { encoder, forest, calibration, classes, decide_at } = parts;
        let columns = encoder.columns();
        if forest.feature_count() != columns.len() {
            let (trees, encoder) = (forest.feature_count(), columns.len());
            return Err(ModelError::Columns { trees, encoder });
        }
        if forest.class_count() != classes.len() {
            let (trees, named) = (forest.class_count(), classes.len());
            return Err(ModelError::Classes { trees, named });
        }
        if !calibration.is_valid_for(classes.len()) {
            return Err(ModelError::Calibration(classes.len()));
        }
        if !decide_at.is_finite() {
            return Err(ModelError::DecideAt(decide_at));
        }
        let features = encoder.features();
        let index = |name: &str| features.iter().position(|f| f == name).unwrap_or(0);
        let column_features = columns.iter().map(|column| index(&column.feature)).collect();
        Ok(Model { encoder, forest, calibration, classes, decide_at, column_features, features })
    }

    /// Names of the classes.
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// The encoder.
    pub fn encoder(&self) -> &Encoder {
        &self.encoder
    }

    /// The calibrated probability of each class for an encoded row.
    pub fn score(&self, row: &[f32]) -> Result<Vec<f64>, ModelError> {
        let (found, expected) = (row.len(), self.forest.feature_count());
        if found != expected {
            return Err(ModelError::Row { found, expected });
        }
        let mut probabilities = self.forest.probabilities(row);
        self.calibration.apply(&mut probabilities);
        Ok(probabilities)
    }

    /// Predicts the class of an event.
    pub fn predict(&self, facts: &Facts) -> Result<Prediction, ModelError> {
        let probabilities = self.score(&self.encoder.encode(facts))?;
        let (class, confidence) = most_likely_class(&probabilities);
        let decided = confidence >= self.decide_at;
        Ok(Prediction { class, confidence, probabilities, decided })
    }

    /// Explains the margin of a class before calibration. For two classes, the margin of the first is
    /// the negative margin of the second.
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
            contributions: self.sum_by_feature(&contributions.by_feature, sign),
            margin: sign * margins.get(margin).map_or(0.0, |m| f64::from(*m)),
        })
    }

    fn sum_by_feature(&self, by_column: &[f64], sign: f64) -> Vec<FeatureContribution> {
        let zero =
            |feature: &String| FeatureContribution { feature: feature.clone(), contribution: 0.0 };
        let mut sums: Vec<FeatureContribution> = self.features.iter().map(zero).collect();
        for (feature, contribution) in self.column_features.iter().zip(by_column) {
            if let Some(sum) = sums.get_mut(*feature) {
                sum.contribution += sign * contribution;
            }
        }
        sums.sort_by(|a, b| b.contribution.abs().total_cmp(&a.contribution.abs()));
        sums
    }

    /// The importance of each feature, with gain and cover as sums over its splits. The feature with
    /// the highest gain is first.
    pub fn importance(&self) -> Vec<(String, Importance)> {
        let zero = |feature: &String| (feature.clone(), Importance::default());
        let mut sums: Vec<_> = self.features.iter().map(zero).collect();
        for (feature, column) in self.column_features.iter().zip(self.forest.importance()) {
            if let Some((_, sum)) = sums.get_mut(*feature) {
                let splits = column.splits as f64;
                sum.splits += column.splits;
                sum.gain += column.gain * splits;
                sum.cover += column.cover * splits;
            }
        }
        sums.sort_by(|a, b| b.1.gain.total_cmp(&a.1.gain));
        sums
    }
}

#[cfg(test)]
mod tests;
