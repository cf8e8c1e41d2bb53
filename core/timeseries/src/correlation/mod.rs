//! How far two columns of a table go together, over the rows that have both.
//!
//! Two numbers: Pearson's r and Spearman's rho. Two categories: Cramér's V of their table, with the
//! probability of its chi square. A number and a category: the correlation ratio eta, with the F test
//! of a one-way analysis of variance.

mod category;
mod mixed;
mod number;
mod rank;

pub use rank::Ranking;

/// A column of a table. Rows that lack it hold NaN, or [`MISSING`].
#[derive(Debug, Clone)]
pub enum Column {
    Number(Vec<f64>),
    Category { codes: Vec<u32>, levels: u32 },
}

/// The code of no category.
pub const MISSING: u32 = u32::MAX;

/// Fewer rows have no distribution to compare with.
const FEWEST: usize = 3;

/// One measure of one pair of columns. Coefficient and p value are NaN where a column does not vary
/// or fewer than three rows have both.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Correlation {
    pub first: usize,
    pub second: usize,
    pub method: &'static str,
    /// -1 to 1 between numbers, else 0 to 1.
    pub coefficient: f64,
    /// Of a coefficient as far from zero by chance, were rows drawn independently.
    pub p_value: f64,
    /// Rows that have both.
    pub rows: usize,
}

/// All pairs of columns, in their order.
pub fn correlations(columns: &[Column], poll: &dyn Fn()) -> Vec<Correlation> {
    let rankings: Vec<Option<Ranking>> = columns.iter().map(ranking).collect();
    let mut found = Vec::new();
    for (first, a) in columns.iter().enumerate() {
        for (second, b) in columns.iter().enumerate().skip(first + 1) {
            poll();
            let pair = |method, (coefficient, p_value, rows): (f64, f64, usize)| {
                let (coefficient, p_value) =
                    if rows < FEWEST { (f64::NAN, f64::NAN) } else { (coefficient, p_value) };
                Correlation { first, second, method, coefficient, p_value, rows }
            };
            match (a, b) {
                (Column::Number(x), Column::Number(y)) => {
                    found.push(pair("pearson", number::pearson(x, y)));
                    if let (Some(Some(r)), Some(Some(s))) =
                        (rankings.get(first), rankings.get(second))
                    {
                        found.push(pair("spearman", number::spearman((x, r), (y, s))));
                    }
                }
                (Column::Category { .. }, Column::Category { .. }) => {
                    found.push(pair("cramers_v", category::cramers_v(a, b)));
                }
                (Column::Number(x), Column::Category { codes, levels })
                | (Column::Category { codes, levels }, Column::Number(x)) => {
                    found.push(pair("eta", mixed::eta(x, codes, *levels)));
                }
            }
        }
    }
    found
}

fn ranking(column: &Column) -> Option<Ranking> {
    match column {
        Column::Number(values) => Some(Ranking::of(values)),
        Column::Category { .. } => None,
    }
}
