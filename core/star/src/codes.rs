//! Phase groups and cause categories that mean the same in both code systems.
//!
//! The phase codes of 1982 to 2007 and those since 2008 use the same numbers for different phases: 500
//! is standing in one and approach in the other. Both can be mapped to these groups.

/// The code system since 2008. An era is find_range by its first year.
pub const MODERN: &str = "2008";
/// The code system of 1982 to 2007.
pub const OLD: &str = "1982";

type Ranges = &'static [(u32, u32, &'static str)];

const MODERN_PHASES: Ranges = &[
    (100, 199, "Standing"),
    (200, 299, "Taxi"),
    (300, 349, "Takeoff"),
    (350, 399, "Initial climb"),
    (401, 401, "Climb"),
    (404, 404, "Descent"),
    (400, 449, "Enroute"),
    (450, 499, "Maneuvering"),
    (500, 549, "Approach"),
    (550, 599, "Landing"),
    (600, 600, "Descent"),
    (650, 650, "Uncontrolled descent"),
    (700, 749, "Post-impact"),
    (750, 799, "After landing"),
    (800, 800, "Other"),
];

const OLD_PHASES: Ranges = &[
    (500, 509, "Standing"),
    (510, 519, "Taxi"),
    (522, 522, "Initial climb"),
    (520, 529, "Takeoff"),
    (530, 539, "Climb"),
    (540, 549, "Enroute"),
    (553, 553, "Uncontrolled descent"),
    (550, 559, "Descent"),
    (560, 569, "Approach"),
    (570, 579, "Landing"),
    (580, 599, "Maneuvering"),
    (600, 600, "Other"),
];

const MODERN_CATEGORIES: Ranges = &[
    (1, 1, "Aircraft"),
    (2, 2, "Personnel"),
    (3, 3, "Environment"),
    (4, 4, "Organization"),
    (5, 5, "Not determined"),
];

/// By subject code. The underlying factors 70000 to 84999 have no category, because each may concern
/// people, equipment or organizations.
const OLD_CATEGORIES: Ranges = &[
    (10_000, 17_999, "Aircraft"),
    (18_000, 20_999, "Environment"),
    (22_000, 24_999, "Personnel"),
    (25_000, 25_999, "Not determined"),
    (30_000, 69_999, "Personnel"),
    (90_000, 93_999, "Organization"),
];

/// The name of the first range that contains the code. Narrow ranges are listed before wide ones.
fn find_range(ranges: Ranges, code: u32) -> Option<&'static str> {
    ranges.iter().find(|(from, to, _)| (*from..=*to).contains(&code)).map(|(.., name)| *name)
}

/// The phase group of a phase code. `None` for unknown codes and eras, and for codes that mean unknown.
pub fn phase_group(era: &str, code: &str) -> Option<&'static str> {
    let code = code.trim().parse().ok()?;
    match era {
        MODERN => find_range(MODERN_PHASES, code),
        OLD => find_range(OLD_PHASES, code),
        _ => None,
    }
}

/// The category of a finding: a ten-digit code since 2008, a subject code before.
pub fn cause_category(era: &str, code: &str) -> Option<&'static str> {
    match era {
        MODERN => find_range(MODERN_CATEGORIES, code.get(..2)?.parse().ok()?),
        OLD => find_range(OLD_CATEGORIES, code.trim().parse().ok()?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_number_is_a_different_phase_in_each_era() {
        assert_eq!(phase_group(MODERN, "500"), Some("Approach"));
        assert_eq!(phase_group(OLD, "500"), Some("Standing"));
        assert_eq!(phase_group(MODERN, "552"), Some("Landing"));
        assert_eq!(phase_group(OLD, "552"), Some("Descent"));
        assert_eq!(phase_group(OLD, "553"), Some("Uncontrolled descent"));
        for (era, code) in [(MODERN, "990"), (OLD, "610"), ("1962", "5"), (MODERN, "x"), (OLD, "")]
        {
            assert_eq!(phase_group(era, code), None, "{era} {code}");
        }
    }

    #[test]
    fn finding_codes_map_to_categories() {
        assert_eq!(cause_category(MODERN, "0206304044"), Some("Personnel"));
        assert_eq!(cause_category(OLD, "24010"), Some("Personnel"));
        assert_eq!(cause_category(OLD, "20000"), Some("Environment"));
        for (era, code) in [(MODERN, "9"), (MODERN, "0900000000"), (MODERN, "é1"), (OLD, "82000")]
        {
            assert_eq!(cause_category(era, code), None, "{era} {code}");
        }
    }
}
