//! Flight categories of the FAA (Aeronautical Information Manual, 7-1-7), by ceiling and visibility.
//!
//! | category | ceiling | | visibility |
//! |---|---|---|---|
//! | LIFR | below 500 ft | or | below 1 SM |
//! | IFR | 500 to below 1,000 ft | or | 1 to below 3 SM |
//! | MVFR | 1,000 to 3,000 ft | or | 3 to 5 SM |
//! | VFR | above 3,000 ft | and | above 5 SM |

use crate::report::{Bound, Report, Visibility};

/// Flight category, the most restrictive first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FlightCategory {
    /// Low instrument flight rules.
    Lifr,
    /// Instrument flight rules.
    Ifr,
    /// Marginal visual flight rules.
    Mvfr,
    /// Visual flight rules.
    Vfr,
}

use FlightCategory::{Ifr, Lifr, Mvfr, Vfr};

impl FlightCategory {
    /// LIFR, IFR, MVFR or VFR.
    pub fn name(self) -> &'static str {
        match self {
            Lifr => "LIFR",
            Ifr => "IFR",
            Mvfr => "MVFR",
            Vfr => "VFR",
        }
    }
}

/// The categories that are possible, from the most to the least restrictive one.
type Range = (FlightCategory, FlightCategory);

const UNKNOWN: Range = (Lifr, Vfr);

/// Returns the category of a ceiling in feet (infinity: no ceiling) and a visibility in statute miles.
/// Returns `None` if one of them is unknown and the other does not decide.
pub fn flight_category(
    ceiling: Option<f64>,
    visibility: Option<Visibility>,
) -> Option<FlightCategory> {
    let (ceiling, visibility) = (range_of_ceiling(ceiling), range_of_visibility(visibility));
    let (worst, best) = (ceiling.0.min(visibility.0), ceiling.1.min(visibility.1));
    (worst == best).then_some(worst)
}

impl Report {
    /// Flight category of the report.
    pub fn flight_category(&self) -> Option<FlightCategory> {
        let ceiling = match self.has_ceiling() {
            Some(false) => Some(f64::INFINITY),
            _ => self.ceiling().map(f64::from),
        };
        flight_category(ceiling, self.visibility)
    }
}

fn range_of_ceiling(ceiling: Option<f64>) -> Range {
    let Some(feet) = ceiling.filter(|feet| !feet.is_nan()) else { return UNKNOWN };
    let category = match feet {
        ..500.0 => Lifr,
        500.0..1000.0 => Ifr,
        1000.0..=3000.0 => Mvfr,
        _ => Vfr,
    };
    (category, category)
}

fn range_of_visibility(visibility: Option<Visibility>) -> Range {
    let Some(visibility) = visibility.filter(|v| !v.miles.is_nan()) else { return UNKNOWN };
    let category = match visibility.miles {
        ..1.0 => Lifr,
        1.0..3.0 => Ifr,
        3.0..=5.0 => Mvfr,
        _ => Vfr,
    };
    match visibility.bound {
        // M1SM: less than 1 SM, although 1 SM itself is IFR.
        Some(Bound::Below) if visibility.miles <= 1.0 => (Lifr, Lifr),
        Some(Bound::Below) => (Lifr, category),
        Some(Bound::Above) => (category, Vfr),
        None => (category, category),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn category_of(ceiling: Option<f64>, miles: Option<f64>) -> Option<FlightCategory> {
        flight_category(ceiling, miles.map(|miles| Visibility { miles, bound: None }))
    }

    #[test]
    fn limits_belong_to_the_category_that_the_faa_names() {
        const NO_CEILING: f64 = f64::INFINITY;
        for (ceiling, miles, expected) in [
            (NO_CEILING, 10.0, Vfr),
            (3001.0, 6.0, Vfr),
            (3000.0, 10.0, Mvfr),
            (NO_CEILING, 5.0, Mvfr),
            (1000.0, 10.0, Mvfr),
            (NO_CEILING, 3.0, Mvfr),
            (900.0, 10.0, Ifr),
            (NO_CEILING, 2.75, Ifr),
            (500.0, 10.0, Ifr),
            (NO_CEILING, 1.0, Ifr),
            (400.0, 10.0, Lifr),
            (NO_CEILING, 0.75, Lifr),
            (0.0, 10.0, Lifr),
            (2500.0, 0.5, Lifr),
        ] {
            assert_eq!(
                category_of(Some(ceiling), Some(miles)),
                Some(expected),
                "{ceiling} {miles}"
            );
        }
    }

    #[test]
    fn a_missing_part_leaves_the_category_unknown_unless_the_other_decides() {
        assert_eq!(category_of(None, None), None);
        assert_eq!(category_of(None, Some(0.5)), Some(Lifr));
        assert_eq!(category_of(Some(200.0), None), Some(Lifr));
        for known in [1.0, 3.0, 10.0] {
            assert_eq!(category_of(None, Some(known)), None, "{known}");
        }
        for known in [500.0, 2000.0, f64::INFINITY] {
            assert_eq!(category_of(Some(known), None), None, "{known}");
        }
        assert_eq!(category_of(Some(f64::NAN), Some(f64::NAN)), None);
    }

    #[test]
    fn a_limit_decides_if_all_values_beyond_it_do() {
        let category = |miles, bound| {
            flight_category(Some(f64::INFINITY), Some(Visibility { miles, bound: Some(bound) }))
        };
        assert_eq!(category(0.25, Bound::Below), Some(Lifr));
        assert_eq!(category(1.0, Bound::Below), Some(Lifr));
        assert_eq!(category(2.0, Bound::Below), None);
        assert_eq!(category(6.0, Bound::Above), Some(Vfr));
        assert_eq!(category(3.0, Bound::Above), None);
    }
}
