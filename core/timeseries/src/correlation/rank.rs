//! Ranks of a column among the rows that another column has too. A column is sorted only once.

/// The rows with a number, sorted by it.
#[derive(Debug, Clone)]
pub struct Ranking(Vec<u32>);

impl Ranking {
    pub fn new(values: &[f64]) -> Ranking {
        let at = |row: &u32| values.get(*row as usize).copied().unwrap_or(f64::NAN);
        let mut order: Vec<u32> = (0..).take(values.len()).filter(|r| at(r).is_finite()).collect();
        order.sort_unstable_by(|a, b| at(a).total_cmp(&at(b)));
        Ranking(order)
    }

    /// The rank, from 1, of each row that `other` has too, and NaN for other rows. Ties have their mean
    /// rank.
    pub fn ranks_among(&self, values: &[f64], other: &[f64]) -> Vec<f64> {
        let at = |row: &u32| values.get(*row as usize).copied().unwrap_or(f64::NAN);
        let shared = |row: &&u32| other.get(**row as usize).is_some_and(|v| v.is_finite());
        let order: Vec<u32> = self.0.iter().filter(shared).copied().collect();
        let mut ranks = vec![f64::NAN; values.len()];
        let mut before = 0_usize;
        for ties in order.chunk_by(|a, b| at(a) == at(b)) {
            let mean_rank = before as f64 + (ties.len() as f64 + 1.0) / 2.0;
            for row in ties {
                if let Some(rank) = ranks.get_mut(*row as usize) {
                    *rank = mean_rank;
                }
            }
            before += ties.len();
        }
        ranks
    }
}
