//! Correlations between pairs of columns, over the rows that have both values.
//!
//! - Two numbers: Pearson's r and Spearman's rho.
//! - Two categories: Cramér's V, with the chi-squared test.
//! - A number and a category: the correlation ratio eta, with the F test of a one-way analysis of
//!   variance.

mod category;
mod mixed;
mod number;
mod rank;

use rank::Ranking;

/// A column of a table. A missing value is NaN or [`MISSING`].
#[derive(Debug, Clone)]
pub enum Column {
    /// Numbers.
    Number(Vec<f64>),
    /// Categories.
    Category {
        /// The code of each row, less than `levels`.
        codes: Vec<u32>,
        /// The number of categories.
        levels: u32,
    },
}

/// The code of a missing category.
pub const MISSING: u32 = u32::MAX;

/// With fewer rows, the distribution of a coefficient is undefined.
const MIN_ROWS: usize = 3;

/// A correlation of two columns. Coefficient and p-value are NaN if a column is constant or fewer than
/// three rows have both values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Correlation {
    /// Index of the first column.
    pub first: usize,
    /// Index of the second column.
    pub second: usize,
    /// Name of the method.
    pub method: &'static str,
    /// -1 to 1 between numbers, otherwise 0 to 1.
    pub coefficient: f64,
    /// The p-value of the coefficient, if rows are independent.
    pub p_value: f64,
    /// Number of rows that have both values.
    pub rows: usize,
}

/// Computes the correlations of all pairs of columns, in their order.
pub fn compute_correlations(columns: &[Column], poll: &dyn Fn()) -> Vec<Correlation> {
    let rankings: Vec<Option<Ranking>> = columns.iter().map(rank_column).collect();
    let mut found = Vec::new();
    for (first, a) in columns.iter().enumerate() {
        for (second, b) in columns.iter().enumerate().skip(first + 1) {
            poll();
            let correlation = |method, (coefficient, p_value, rows): (f64, f64, usize)| {
                let (coefficient, p_value) =
                    if rows < MIN_ROWS { (f64::NAN, f64::NAN) } else { (coefficient, p_value) };
                Correlation { first, second, method, coefficient, p_value, rows }
            };
            match (a, b) {
                (Column::Number(x), Column::Number(y)) => {
                    found.push(correlation("pearson", number::pearson(x, y)));
                    if let (Some(Some(r)), Some(Some(s))) =
                        (rankings.get(first), rankings.get(second))
                    {
                        found.push(correlation("spearman", number::spearman((x, r), (y, s))));
                    }
                }
                (Column::Category { .. }, Column::Category { .. }) => {
                    found.push(correlation("cramers_v", category::cramers_v(a, b)));
                }
                (Column::Number(x), Column::Category { codes, levels })
                | (Column::Category { codes, levels }, Column::Number(x)) => {
                    found.push(correlation("eta", mixed::eta(x, codes, *levels)));
                }
            }
        }
    }
    found
}

fn rank_column(column: &Column) -> Option<Ranking> {
    match column {
        Column::Number(values) => Some(Ranking::new(values)),
        Column::Category { .. } => None,
    }
}
