//! Fits a straight line to equidistant points.

use statrs::distribution::{ContinuousCDF, StudentsT};

/// The slope of a fitted line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LineFit {
    /// Slope.
    pub slope: f64,
    /// Lower bound of its confidence interval.
    pub lower: f64,
    /// Upper bound of its confidence interval.
    pub upper: f64,
    /// Two-sided p-value of the slope.
    pub p_value: f64,
}

/// Fits a line by ordinary least squares. The slope is per step. The interval assumes independent errors
/// with equal variance. Returns `None` for fewer than three points.
pub fn fit_line(values: &[f64], level: f64) -> Option<LineFit> {
    let n = values.len() as f64;
    let student = StudentsT::new(0.0, 1.0, n - 2.0).ok().filter(|_| n > 2.0)?;
    let (mean_x, mean_y) = ((n - 1.0) / 2.0, super::mean(values));
    let points = || values.iter().enumerate().map(|(i, v)| (i as f64 - mean_x, v - mean_y));
    let sum_xx: f64 = points().map(|(x, _)| x * x).sum();
    let slope = points().map(|(x, y)| x * y).sum::<f64>() / sum_xx;
    let residuals: f64 = points().map(|(x, y)| (y - slope * x).powi(2)).sum();
    let error = (residuals / (n - 2.0) / sum_xx).sqrt();
    let margin = student.inverse_cdf(0.5 + level / 2.0) * error;
    let p_value = match (slope / error).abs() {
        t if t.is_nan() => 1.0,
        t => (2.0 * student.sf(t)).min(1.0),
    };
    Some(LineFit { slope, lower: slope - margin, upper: slope + margin, p_value })
}
