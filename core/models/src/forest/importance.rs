//! Feature importance with the measures of XGBoost.

use super::Forest;

/// The importance of a feature.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Importance {
    /// Number of splits on it.
    pub splits: u64,
    /// Mean reduction of the loss by these splits.
    pub gain: f64,
    /// Mean cover of these splits: the sum of the second derivatives of their training rows.
    pub cover: f64,
}

impl Forest {
    /// The importance of each feature, in the order of a row. It is zero without a split on the feature.
    pub fn importance(&self) -> Vec<Importance> {
        let mut features = vec![Importance::default(); self.features];
        for (node, stats) in self.nodes.iter().zip(&self.stats) {
            let feature = node.feature(self.features);
            if let Some(importance) = feature.and_then(|f| features.get_mut(f)) {
                importance.splits += 1;
                importance.gain += f64::from(stats.gain);
                importance.cover += f64::from(stats.cover);
            }
        }
        for importance in &mut features {
            let splits = importance.splits.max(1) as f64;
            importance.gain /= splits;
            importance.cover /= splits;
        }
        features
    }
}
