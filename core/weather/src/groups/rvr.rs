//! Runway visual range: `R06L/2000FT`, `R12/4000VP6000FT`, `R27/M0600FT`, `R24/P1500N`, `R24/0400V0800D`,
//! and the state of a runway (`R24/290050`, `R88/CLRD70`).

use crate::header::parse_digits;
use crate::report::{Bound, Rvr, RvrTrend};

const FEET_PER_METRE: f64 = 1.0 / 0.3048;

/// Parses a runway visual range. Values without FT are in metres.
pub fn parse_rvr(group: &str) -> Option<Rvr> {
    let (runway, text) = group.strip_prefix('R')?.split_once('/')?;
    if !is_runway(runway) {
        return None;
    }
    let (text, trend) = strip_trend(text);
    let (text, feet_per_unit) = match text.strip_suffix("FT") {
        Some(text) => (text, 1.0),
        None => (text, FEET_PER_METRE),
    };
    let mut rvr = Rvr {
        runway: runway.to_owned(),
        feet: None,
        bound: None,
        max_feet: None,
        max_bound: None,
        trend,
    };
    if text == "////" {
        return Some(rvr);
    }
    let (low, high) = match text.split_once('V') {
        Some((low, high)) => (low, Some(high)),
        None => (text, None),
    };
    let (feet, bound) = parse_range(low, feet_per_unit)?;
    (rvr.feet, rvr.bound) = (Some(feet), bound);
    if let Some(high) = high {
        let (feet, bound) = parse_range(high, feet_per_unit)?;
        (rvr.max_feet, rvr.max_bound) = (Some(feet), bound);
    }
    Some(rvr)
}

/// Returns true for the state of a runway, eight figures of WMO's code, or CLRD.
pub fn is_runway_state(group: &str) -> bool {
    let Some((runway, state)) = group.strip_prefix('R').and_then(|text| text.split_once('/'))
    else {
        return false;
    };
    let is_code = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || b == b'/');
    is_runway(runway)
        && (state.len() == 6 && is_code(state)
            || state == "SNOCLO"
            || state.strip_prefix("CLRD").is_some_and(|rest| rest.len() <= 2 && is_code(rest)))
}

fn is_runway(text: &str) -> bool {
    let number = text.trim_end_matches(['L', 'C', 'R']);
    number.len() == 2 && text.len() <= 4 && parse_digits(number).is_some()
}

/// Some stations write the trend after a slash (`2000FT/U`).
fn strip_trend(text: &str) -> (&str, Option<RvrTrend>) {
    const TRENDS: [(char, RvrTrend); 3] =
        [('U', RvrTrend::Up), ('D', RvrTrend::Down), ('N', RvrTrend::NoChange)];
    for (letter, trend) in TRENDS {
        if let Some(rest) = text.strip_suffix(letter) {
            let is_missing = rest.ends_with("////");
            let rest = if is_missing { rest } else { rest.strip_suffix('/').unwrap_or(rest) };
            return (rest, Some(trend));
        }
    }
    // Range and trend are both missing.
    (text.strip_suffix('/').filter(|rest| *rest == "////").unwrap_or(text), None)
}

fn parse_range(text: &str, feet_per_unit: f64) -> Option<(u32, Option<Bound>)> {
    let (text, bound) = match (text.strip_prefix('M'), text.strip_prefix('P')) {
        (Some(text), _) => (text, Some(Bound::Below)),
        (_, Some(text)) => (text, Some(Bound::Above)),
        _ => (text, None),
    };
    let value = parse_digits(text).filter(|_| text.len() == 4)?;
    Some(((f64::from(value) * feet_per_unit).round() as u32, bound))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_groups_are_no_range() {
        for group in [
            "R",
            "R/",
            "R06",
            "R6/2000FT",
            "R06X/2000FT",
            "R06/200FT",
            "R06/2000V",
            "RMK",
            "R06/ééFT",
        ] {
            assert_eq!(parse_rvr(group), None, "{group}");
        }
        assert!(is_runway_state("R24/290050") && is_runway_state("R88/CLRD70"));
        assert!(!is_runway_state("R24/2900") && !is_runway_state("R24/CLRDXX"));
    }
}
