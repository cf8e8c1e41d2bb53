//! The correlation of two numbers.

use super::rank::Ranking;
use statrs::distribution::{ContinuousCDF, StudentsT};

/// Pearson's r, its two-sided p-value by Student's t with n - 2 degrees of freedom, and the number of
/// rows.
pub(super) fn pearson(x: &[f64], y: &[f64]) -> (f64, f64, usize) {
    let both = || x.iter().zip(y).filter(|(a, b)| a.is_finite() && b.is_finite());
    let (mut rows, mut sum_x, mut sum_y) = (0_usize, 0.0, 0.0);
    for (a, b) in both() {
        rows += 1;
        sum_x += a;
        sum_y += b;
    }
    let (mean_x, mean_y) = (sum_x / rows as f64, sum_y / rows as f64);
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for (a, b) in both() {
        let (a, b) = (a - mean_x, b - mean_y);
        xx += a * a;
        xy += a * b;
        yy += b * b;
    }
    let product = xx.sqrt() * yy.sqrt();
    let r = if product > 0.0 { (xy / product).clamp(-1.0, 1.0) } else { f64::NAN };
    (r, p_value(r, rows), rows)
}

/// Spearman's rho: Pearson's r of the ranks among the rows that have both values. Ties have their mean
/// rank.
pub(super) fn spearman(x: (&[f64], &Ranking), y: (&[f64], &Ranking)) -> (f64, f64, usize) {
    pearson(&x.1.ranks_among(x.0, y.0), &y.1.ranks_among(y.0, x.0))
}

fn p_value(r: f64, rows: usize) -> f64 {
    let freedom = rows as f64 - 2.0;
    match StudentsT::new(0.0, 1.0, freedom) {
        Ok(_) if r.is_nan() => f64::NAN,
        Ok(_) if r.abs() >= 1.0 => 0.0,
        Ok(student) => {
            let t = r.abs() * (freedom / ((1.0 - r) * (1.0 + r))).sqrt();
            (2.0 * student.sf(t)).min(1.0)
        }
        Err(_) => f64::NAN,
    }
}
