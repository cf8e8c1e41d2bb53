//! The correlation of two categories.

use super::{Column, MISSING};
use statrs::distribution::{ChiSquared, ContinuousCDF};

/// A table with more cells is stored as a list of its non-empty cells.
const MAX_DENSE_CELLS: usize = 1 << 20;

/// Cramér's V, the p-value of the chi-squared test (without continuity correction), and the number of
/// rows.
pub(super) fn cramers_v(a: &Column, b: &Column) -> (f64, f64, usize) {
    let (Column::Category { codes: x, levels: r }, Column::Category { codes: y, levels: c }) =
        (a, b)
    else {
        return (f64::NAN, f64::NAN, 0);
    };
    let mut table = Table::new(*r as usize, *c as usize);
    let mut sparse = Vec::new();
    let is_dense = table.cells.len() > 1;
    for (row, column) in x.iter().zip(y).filter(|(i, j)| **i != MISSING && **j != MISSING) {
        table.add(*row as usize, *column as usize, is_dense);
        if !is_dense {
            sparse.push((*row, *column));
        }
    }
    sparse.sort_unstable();
    table.cramers_v(&sparse)
}

/// A contingency table.
struct Table {
    rows: Vec<u32>,
    columns: Vec<u32>,
    cells: Vec<u32>,
    total: usize,
}

impl Table {
    fn new(rows: usize, columns: usize) -> Table {
        let cells = rows.saturating_mul(columns);
        Table {
            rows: vec![0; rows],
            columns: vec![0; columns],
            cells: vec![0; if cells > MAX_DENSE_CELLS { 0 } else { cells.max(2) }],
            total: 0,
        }
    }

    fn add(&mut self, row: usize, column: usize, is_dense: bool) {
        let cell = row * self.columns.len() + column;
        self.total += 1;
        for (counts, index) in [(&mut self.rows, row), (&mut self.columns, column)] {
            if let Some(count) = counts.get_mut(index) {
                *count += 1;
            }
        }
        if is_dense && let Some(count) = self.cells.get_mut(cell) {
            *count += 1;
        }
    }

    /// Uses chi² = n (sum of O² / (R C) - 1), which does not depend on empty cells.
    fn cramers_v(&self, sparse: &[(u32, u32)]) -> (f64, f64, usize) {
        let used = |counts: &[u32]| counts.iter().filter(|n| **n > 0).count();
        let (rows, columns) = (used(&self.rows), used(&self.columns));
        if rows < 2 || columns < 2 {
            return (f64::NAN, f64::NAN, self.total);
        }
        let n = self.total as f64;
        let chi2 = (n * (self.sum_squares(sparse) - 1.0)).max(0.0);
        let max_phi2 = rows.min(columns) as f64 - 1.0;
        let freedom = (rows as f64 - 1.0) * (columns as f64 - 1.0);
        let p_value = ChiSquared::new(freedom).map_or(f64::NAN, |d| d.sf(chi2));
        ((chi2 / n / max_phi2).sqrt().min(1.0), p_value, self.total)
    }

    /// The sum of O² / (R C) over all cells.
    fn sum_squares(&self, sparse: &[(u32, u32)]) -> f64 {
        let at = |counts: &[u32], i: usize| f64::from(counts.get(i).copied().unwrap_or(1));
        let term = |row: usize, column: usize, n: f64| {
            n * n / at(&self.rows, row) / at(&self.columns, column)
        };
        if !sparse.is_empty() {
            let cells = sparse.chunk_by(|a, b| a == b);
            let first = |cell: &[(u32, u32)]| cell.first().copied().unwrap_or_default();
            return cells
                .map(|c| term(first(c).0 as usize, first(c).1 as usize, c.len() as f64))
                .sum();
        }
        let width = self.columns.len().max(1);
        let non_empty = self.cells.iter().enumerate().filter(|(_, n)| **n > 0);
        non_empty.map(|(cell, n)| term(cell / width, cell % width, f64::from(*n))).sum()
    }
}
