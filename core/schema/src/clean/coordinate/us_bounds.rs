//! Bounding boxes of the United States, precise enough to notice a lost sign.

use crate::clean::{DefectKind, DefectKinds};

/// Southern, northern, western and eastern bounds. The islands across 180° have their own box, so that
/// correct eastern longitudes in the Aleutians and Marianas are kept.
const BOXES: &[(f64, f64, f64, f64)] = &[
    (24.0, 50.0, -125.5, -66.0),
    (51.0, 72.0, -180.0, -129.5),
    (51.0, 54.0, 170.0, 180.0),
    (18.5, 23.0, -161.0, -154.0),
    (17.5, 18.8, -68.0, -64.3),
    (13.0, 21.0, 144.0, 146.5),
];

/// Codes of the states, the District of Columbia and Puerto Rico. Codes for oceans (AO, GM, PO) and
/// foreign areas (OF, FN) are excluded, because longitudes there may have either sign.
const STATES: &[&str] = &[
    "AK", "AL", "AR", "AZ", "CA", "CO", "CT", "DC", "DE", "FL", "GA", "HI", "IA", "ID", "IL", "IN",
    "KS", "KY", "LA", "MA", "MD", "ME", "MI", "MN", "MO", "MS", "MT", "NC", "ND", "NE", "NH", "NJ",
    "NM", "NV", "NY", "OH", "OK", "OR", "PA", "PR", "RI", "SC", "SD", "TN", "TX", "UT", "VA", "VT",
    "WA", "WI", "WV", "WY",
];

/// Whether an event was in one of the states: by its state, or by its country if the state is unknown.
pub fn is_domestic(country: Option<&str>, state: Option<&str>) -> bool {
    let may_be_us = matches!(country, None | Some("USA"));
    match state {
        Some(state) => may_be_us && STATES.binary_search(&state).is_ok(),
        None => country == Some("USA"),
    }
}

/// Whether a point is in the United States.
fn contains(lat: f64, lon: f64) -> bool {
    BOXES.iter().any(|(s, n, w, e)| (*s..=*n).contains(&lat) && (*w..=*e).contains(&lon))
}

/// Whether a point is in the United States after correction.
pub(super) fn contains_corrected(lat: f64, lon: f64) -> bool {
    let (lat, lon) = find_correction(lat, lon, true).apply(lat, lon);
    contains(lat, lon)
}

/// A correction of signs or order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Correction {
    None,
    LonSign,
    LatSign,
    Swap,
    SwapAndLonSign,
}

impl Correction {
    pub fn apply(self, lat: f64, lon: f64) -> (f64, f64) {
        match self {
            Correction::None => (lat, lon),
            Correction::LonSign => (lat, -lon),
            Correction::LatSign => (-lat, lon),
            Correction::Swap => (lon, lat),
            Correction::SwapAndLonSign => (lon, -lat),
        }
    }

    /// Reports the repair in the defects of latitude and longitude.
    pub fn report(self, lat: &mut DefectKinds, lon: &mut DefectKinds) {
        match self {
            Correction::None => {}
            Correction::LonSign => lon.add(DefectKind::SignRestored),
            Correction::LatSign => lat.add(DefectKind::SignRestored),
            Correction::Swap | Correction::SwapAndLonSign => {
                lat.add(DefectKind::Swapped);
                lon.add(DefectKind::Swapped);
                lon.add_if(self == Correction::SwapAndLonSign, DefectKind::SignRestored);
            }
        }
    }
}

/// Finds the correction that moves a domestic position into the United States. Returns `None` if it is
/// already there or no correction helps, as for positions at sea.
pub(super) fn find_correction(lat: f64, lon: f64, is_domestic: bool) -> Correction {
    if !is_domestic || contains(lat, lon) {
        return Correction::None;
    }
    let helps = |correction: &Correction| {
        let (lat, lon) = correction.apply(lat, lon);
        contains(lat, lon)
    };
    let all =
        [Correction::LonSign, Correction::LatSign, Correction::Swap, Correction::SwapAndLonSign];
    all.into_iter().find(helps).unwrap_or(Correction::None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_sorted() {
        assert!(STATES.is_sorted());
    }

    #[test]
    fn is_domestic_by_state_or_country() {
        for (country, state, expected) in [
            (Some("USA"), Some("KS"), true),
            (None, Some("KS"), true),
            (Some("USA"), None, true),
            (None, None, false),
            (Some("USA"), Some("PO"), false),
            (Some("CA"), Some("AB"), false),
            (Some("CA"), Some("WA"), false),
        ] {
            assert_eq!(is_domestic(country, state), expected, "{country:?} {state:?}");
        }
    }

    #[test]
    fn finds_corrections_of_domestic_positions() {
        for (lat, lon, expected) in [
            (40.5, -90.5, Correction::None),
            (40.5, 90.5, Correction::LonSign),
            (-40.5, -90.5, Correction::LatSign),
            (-90.5, 40.5, Correction::Swap),
            (90.5, 40.5, Correction::SwapAndLonSign),
            (52.7, 174.1, Correction::None),
            (61.5, 150.5, Correction::LonSign),
            (13.5, 144.8, Correction::None),
            (35.9, 143.9, Correction::None),
        ] {
            assert_eq!(find_correction(lat, lon, true), expected, "{lat} {lon}");
            assert_eq!(find_correction(lat, lon, false), Correction::None);
        }
    }
}
