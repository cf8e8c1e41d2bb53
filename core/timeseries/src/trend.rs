//! The trend of a series: direction, slope and significance.

pub use super::line_fit::LineFit;

use super::line_fit::fit_line;
use super::mann_kendall::{MannKendall, mann_kendall};
use super::season::decompose;
use super::series::Bucket;
use super::{StatsError, check_length, check_level};

/// Minimum number of points.
pub const MIN_POINTS: usize = 8;
/// Maximum number of points, because the pairs of more would take more than 40 MB.
pub const MAX_POINTS: usize = 3_000;

/// The trend of a series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trend {
    /// Least squares fit of the seasonally adjusted series, per year.
    pub line: LineFit,
    /// Seasonal Mann–Kendall test and Sen's slope, per year.
    pub rank: MannKendall,
    /// "increasing", "decreasing" or "no trend".
    pub verdict: &'static str,
}

/// Tests for a trend of counts per bucket. `level` is the confidence level.
pub fn find_trend(
    values: &[f64],
    bucket: Bucket,
    level: f64,
    poll: &dyn Fn(),
) -> Result<Trend, StatsError> {
    check_level(level)?;
    let season = bucket.season_length();
    let needed = MIN_POINTS.max(if season > 1 { 2 * season } else { 0 });
    check_length("a trend", values.len(), needed, MAX_POINTS)?;
    let too_short = StatsError::TooShort { what: "a trend", needed, found: values.len() };
    let rank = mann_kendall(values, season, level, poll).ok_or(too_short.clone())?;
    let line = fit_line(&decompose(values, season)?.adjusted, level).ok_or(too_short)?;
    let verdict = match rank.s {
        _ if rank.p_value >= 1.0 - level => "no trend",
        s if s > 0.0 => "increasing",
        _ => "decreasing",
    };
    Ok(Trend {
        line: scale_line(line, bucket.buckets_per_year()),
        rank: scale_rank(rank, bucket.buckets_per_year() / season as f64),
        verdict,
    })
}

fn scale_line(line: LineFit, factor: f64) -> LineFit {
    let LineFit { slope, lower, upper, p_value } = line;
    LineFit { slope: slope * factor, lower: lower * factor, upper: upper * factor, p_value }
}

fn scale_rank(rank: MannKendall, factor: f64) -> MannKendall {
    let MannKendall { slope, lower, upper, .. } = rank;
    MannKendall { slope: slope * factor, lower: lower * factor, upper: upper * factor, ..rank }
}
