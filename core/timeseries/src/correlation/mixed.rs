//! The correlation of a number and a category.

use super::MISSING;
use statrs::distribution::{ContinuousCDF, FisherSnedecor};

/// The correlation ratio eta (the square root of the share of variance between the categories), the
/// p-value of the F test of a one-way analysis of variance, and the number of rows.
pub(super) fn eta(values: &[f64], codes: &[u32], levels: u32) -> (f64, f64, usize) {
    let both = || values.iter().zip(codes).filter(|(v, c)| v.is_finite() && **c != MISSING);
    let rows = both().count();
    let mean = both().map(|(v, _)| v).sum::<f64>() / rows as f64;
    let mut groups = vec![(0.0, 0_u32); levels as usize];
    let mut total = 0.0;
    for (value, code) in both() {
        total += (value - mean).powi(2);
        if let Some((sum, count)) = groups.get_mut(*code as usize) {
            *sum += value - mean;
            *count += 1;
        }
    }
    let used = groups.iter().filter(|(_, count)| *count > 0);
    let between: f64 = used.clone().map(|(sum, count)| sum * sum / f64::from(*count)).sum();
    let (k, n) = (used.count() as f64, rows as f64);
    if total <= 0.0 || k < 2.0 {
        return (f64::NAN, f64::NAN, rows);
    }
    let within = (total - between).max(0.0);
    let ratio = between / (k - 1.0) / (within / (n - k));
    let p_value = match FisherSnedecor::new(k - 1.0, n - k) {
        Ok(_) if within == 0.0 => 0.0,
        Ok(fisher) => fisher.sf(ratio),
        Err(_) => f64::NAN,
    };
    ((between / total).min(1.0).sqrt(), p_value, rows)
}
