//! Ranks among the rows that two columns share. A column is sorted once, for all its pairs.

/// Rows of a column that have a number, in its order.
#[derive(Debug, Clone)]
pub struct Ranking(Vec<u32>);

impl Ranking {
    pub fn of(values: &[f64]) -> Ranking {
        let at = |row: &u32| values.get(*row as usize).copied().unwrap_or(f64::NAN);
        let mut order: Vec<u32> = (0..).take(values.len()).filter(|r| at(r).is_finite()).collect();
        order.sort_unstable_by(|a, b| at(a).total_cmp(&at(b)));
        Ranking(order)
    }

    /// The rank of each row that `other` has too, from 1, ties at their average; NaN elsewhere.
    pub fn among(&self, values: &[f64], other: &[f64]) -> Vec<f64> {
        let at = |row: &u32| values.get(*row as usize).copied().unwrap_or(f64::NAN);
        let shared = |row: &&u32| other.get(**row as usize).is_some_and(|v| v.is_finite());
        let order: Vec<u32> = self.0.iter().filter(shared).copied().collect();
        let mut ranks = vec![f64::NAN; values.len()];
        let mut before = 0_usize;
        for tied in order.chunk_by(|a, b| at(a) == at(b)) {
            let rank = before as f64 + (tied.len() as f64 + 1.0) / 2.0;
            for row in tied {
                if let Some(place) = ranks.get_mut(*row as usize) {
                    *place = rank;
                }
            }
            before += tied.len();
        }
        ranks
    }
}
