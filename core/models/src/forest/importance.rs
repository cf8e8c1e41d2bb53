//! Which features a forest rests on, in the measures of XGBoost.

use super::Forest;

/// One feature of a forest.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Importance {
    /// How many splits ask for it.
    pub splits: u64,
    /// What they gained on average, in loss.
    pub gain: f64,
    /// How many rows they saw on average, as sums of second derivatives.
    pub cover: f64,
}

impl Forest {
    /// The importance of each feature, in the order of a row; zero of one that no split asks for.
    pub fn importance(&self) -> Vec<Importance> {
        let mut found = vec![Importance::default(); self.features];
        for (node, grown) in self.nodes.iter().zip(&self.grown) {
            let feature = node.feature(self.features);
            if let Some(of) = feature.and_then(|f| found.get_mut(f)) {
                of.splits += 1;
                of.gain += f64::from(grown.gain);
                of.cover += f64::from(grown.cover);
            }
        }
        for of in &mut found {
            let splits = of.splits.max(1) as f64;
            of.gain /= splits;
            of.cover /= splits;
        }
        found
    }
}
