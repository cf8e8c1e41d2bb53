//! Altimeter setting: `A2990` in hundredths of an inch of mercury, `Q1013` in hectopascals, and
//! `QNH2990INS` of military stations.

use crate::header::parse_digits;
use crate::report::round;

/// An altimeter setting in its unit; `None` if it is missing (`A////`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pressure {
    /// Inches of mercury.
    Inches(Option<f64>),
    /// Hectopascals.
    Hectopascals(Option<f64>),
}

/// Parses an altimeter setting. Values that no station on earth can report are refused.
pub fn parse_pressure(group: &str) -> Option<Pressure> {
    match group {
        "A////" => return Some(Pressure::Inches(None)),
        "Q////" => return Some(Pressure::Hectopascals(None)),
        _ => {}
    }
    let military = group.strip_prefix("QNH").and_then(|text| text.strip_suffix("INS"));
    if let Some(digits) = military.or_else(|| group.strip_prefix('A')) {
        let hundredths = parse_digits(digits).filter(|_| digits.len() == 4)?;
        let inches = round(f64::from(hundredths) / 100.0, 2);
        return (25.0..=32.5).contains(&inches).then_some(Pressure::Inches(Some(inches)));
    }
    let digits = group.strip_prefix('Q')?;
    let hectopascals = f64::from(parse_digits(digits).filter(|_| digits.len() == 4)?);
    let is_plausible = (850.0..=1100.0).contains(&hectopascals);
    is_plausible.then_some(Pressure::Hectopascals(Some(hectopascals)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_groups_are_no_pressure() {
        for group in [
            "A", "A299", "A29.96", "A9999", "A0000", "Q0000", "Q10135", "AUTO", "QNH2990", "AO2",
            "Aé90",
        ] {
            assert_eq!(parse_pressure(group), None, "{group}");
        }
    }
}
