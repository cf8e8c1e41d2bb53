//! A straight line through points that are one step apart.

use statrs::distribution::{ContinuousCDF, StudentsT};

/// Slope per step, its confidence interval and the probability of one as steep by chance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    pub slope: f64,
    pub lower: f64,
    pub upper: f64,
    pub p_value: f64,
}

/// Ordinary least squares; the interval takes the errors as independent and equally spread. `None`
/// below three points.
pub fn line(values: &[f64], level: f64) -> Option<Line> {
    let n = values.len() as f64;
    let student = StudentsT::new(0.0, 1.0, n - 2.0).ok().filter(|_| n > 2.0)?;
    let (middle, centre) = ((n - 1.0) / 2.0, super::mean(values));
    let steps = || values.iter().enumerate().map(|(at, v)| (at as f64 - middle, v - centre));
    let spread: f64 = steps().map(|(x, _)| x * x).sum();
    let slope = steps().map(|(x, y)| x * y).sum::<f64>() / spread;
    let left: f64 = steps().map(|(x, y)| (y - slope * x).powi(2)).sum();
    let error = (left / (n - 2.0) / spread).sqrt();
    let reach = student.inverse_cdf(0.5 + level / 2.0) * error;
    let p_value = match (slope / error).abs() {
        t if t.is_nan() => 1.0,
        t => (2.0 * student.sf(t)).min(1.0),
    };
    Some(Line { slope, lower: slope - reach, upper: slope + reach, p_value })
}
