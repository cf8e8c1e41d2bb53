//! The normal distribution.

/// How likely a normal variable is at least as far from zero as `z`.
pub fn two_sided(z: f64) -> f64 {
    libm::erfc(z.abs() / std::f64::consts::SQRT_2)
}
