//! Whether a series rises or falls, and how fast.

use super::least_squares::{Line, line};
use super::mann_kendall::{MannKendall, mann_kendall};
use super::season::decompose;
use super::series::Bucket;
use super::{StatsError, check_length, check_level};

/// Fewer points say nothing; of more, the pairs would take more than 40 MB.
pub const FEWEST: usize = 8;
pub const MOST: usize = 3_000;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trend {
    /// Least squares, per year; of the series without its season.
    pub line: Line,
    /// Season by season, per year.
    pub rank: MannKendall,
    pub verdict: &'static str,
}

/// The trend of counts per bucket.
pub fn trend(
    values: &[f64],
    bucket: Bucket,
    level: f64,
    poll: &dyn Fn(),
) -> Result<Trend, StatsError> {
    check_level(level)?;
    let season = bucket.season();
    let needed = FEWEST.max(if season > 1 { 2 * season } else { 0 });
    check_length("a trend", values.len(), needed, MOST)?;
    let too_short = StatsError::TooShort { what: "a trend", needed, found: values.len() };
    let rank = mann_kendall(values, season, level, poll).ok_or(too_short.clone())?;
    let line = line(&decompose(values, season)?.adjusted, level).ok_or(too_short)?;
    let verdict = match rank.s {
        _ if rank.p_value >= 1.0 - level => "no trend",
        s if s > 0.0 => "increasing",
        _ => "decreasing",
    };
    Ok(Trend {
        line: per_year_line(line, bucket.per_year()),
        rank: per_year_rank(rank, bucket.per_year() / season as f64),
        verdict,
    })
}

fn per_year_line(line: Line, steps: f64) -> Line {
    let Line { slope, lower, upper, p_value } = line;
    Line { slope: slope * steps, lower: lower * steps, upper: upper * steps, p_value }
}

fn per_year_rank(rank: MannKendall, seasons: f64) -> MannKendall {
    let MannKendall { slope, lower, upper, .. } = rank;
    MannKendall { slope: slope * seasons, lower: lower * seasons, upper: upper * seasons, ..rank }
}
