//! The United States as boxes of degrees: enough to see that a sign was lost.

use crate::clean::{DefectKind, DefectKinds};

/// South, north, west and east edge. The islands across 180° have their own box, so that true
/// eastern longitudes in the Aleutians and Marianas stay as they are.
const BOXES: &[(f64, f64, f64, f64)] = &[
    (24.0, 50.0, -125.5, -66.0),
    (51.0, 72.0, -180.0, -129.5),
    (51.0, 54.0, 170.0, 180.0),
    (18.5, 23.0, -161.0, -154.0),
    (17.5, 18.8, -68.0, -64.3),
    (13.0, 21.0, 144.0, 146.5),
];

/// Codes of the states, the district and Puerto Rico. Codes for seas (AO, GM, PO) and foreign
/// parts (OF, FN) are not among them: there a longitude may have either sign.
const STATES: &[&str] = &[
    "AK", "AL", "AR", "AZ", "CA", "CO", "CT", "DC", "DE", "FL", "GA", "HI", "IA", "ID", "IL", "IN",
    "KS", "KY", "LA", "MA", "MD", "ME", "MI", "MN", "MO", "MS", "MT", "NC", "ND", "NE", "NH", "NJ",
    "NM", "NV", "NY", "OH", "OK", "OR", "PA", "PR", "RI", "SC", "SD", "TN", "TX", "UT", "VA", "VT",
    "WA", "WI", "WV", "WY",
];

/// Whether an event happened in one of the states: by its state, or by its country alone.
pub fn is_domestic(country: Option<&str>, state: Option<&str>) -> bool {
    let home = matches!(country, None | Some("USA"));
    match state {
        Some(state) => home && STATES.binary_search(&state).is_ok(),
        None => country == Some("USA"),
    }
}

pub(super) fn holds(lat: f64, lon: f64) -> bool {
    BOXES.iter().any(|(s, n, w, e)| (*s..=*n).contains(&lat) && (*w..=*e).contains(&lon))
}

pub(super) fn holds_turned(lat: f64, lon: f64) -> bool {
    let (lat, lon) = turned(lat, lon, true).apply(lat, lon);
    holds(lat, lon)
}

/// What must be done to a pair of degrees to bring it home.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    None,
    LonSign,
    LatSign,
    Swap,
    SwapAndLonSign,
}

impl Turn {
    pub fn apply(self, lat: f64, lon: f64) -> (f64, f64) {
        match self {
            Turn::None => (lat, lon),
            Turn::LonSign => (lat, -lon),
            Turn::LatSign => (-lat, lon),
            Turn::Swap => (lon, lat),
            Turn::SwapAndLonSign => (lon, -lat),
        }
    }

    /// Notes the repair on the columns that hold latitude and longitude.
    pub fn note(self, lat: &mut DefectKinds, lon: &mut DefectKinds) {
        match self {
            Turn::None => {}
            Turn::LonSign => lon.add(DefectKind::SignRestored),
            Turn::LatSign => lat.add(DefectKind::SignRestored),
            Turn::Swap | Turn::SwapAndLonSign => {
                lat.add(DefectKind::Swapped);
                lon.add(DefectKind::Swapped);
                lon.add_if(self == Turn::SwapAndLonSign, DefectKind::SignRestored);
            }
        }
    }
}

/// The change that brings a domestic pair home; none if it is there or nothing helps, as for
/// places at sea.
pub(super) fn turned(lat: f64, lon: f64, domestic: bool) -> Turn {
    const TURNS: [Turn; 4] = [Turn::LonSign, Turn::LatSign, Turn::Swap, Turn::SwapAndLonSign];
    if !domestic || holds(lat, lon) {
        return Turn::None;
    }
    let helps = |turn: &Turn| {
        let (lat, lon) = turn.apply(lat, lon);
        holds(lat, lon)
    };
    TURNS.into_iter().find(helps).unwrap_or(Turn::None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_sorted_for_the_search() {
        assert!(STATES.is_sorted());
    }

    #[test]
    fn domestic_by_state_or_country() {
        for (country, state, domestic) in [
            (Some("USA"), Some("KS"), true),
            (None, Some("KS"), true),
            (Some("USA"), None, true),
            (None, None, false),
            (Some("USA"), Some("PO"), false),
            (Some("CA"), Some("AB"), false),
            (Some("CA"), Some("WA"), false),
        ] {
            assert_eq!(is_domestic(country, state), domestic, "{country:?} {state:?}");
        }
    }

    #[test]
    fn turns_bring_home_what_was_lost() {
        for (lat, lon, turn) in [
            (40.5, -90.5, Turn::None),
            (40.5, 90.5, Turn::LonSign),
            (-40.5, -90.5, Turn::LatSign),
            (-90.5, 40.5, Turn::Swap),
            (90.5, 40.5, Turn::SwapAndLonSign),
            (52.7, 174.1, Turn::None),
            (61.5, 150.5, Turn::LonSign),
            (13.5, 144.8, Turn::None),
            (35.9, 143.9, Turn::None),
        ] {
            assert_eq!(turned(lat, lon, true), turn, "{lat} {lon}");
            assert_eq!(turned(lat, lon, false), Turn::None);
        }
    }
}
