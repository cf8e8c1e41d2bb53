//! Phases of flight and categories of findings that mean the same in each era of coding.
//!
//! The phase codes of 1982 to 2007 and those since use the same numbers for other things: 500 is
//! standing in the one, approach in the other. These groups are what both can say.

/// An era is called by its first year.
pub const MODERN: &str = "2008";
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

/// By the subject. Underlying factors from 70000 to 84999 are left open: each may concern people,
/// things or firms.
const OLD_CATEGORIES: Ranges = &[
    (10_000, 17_999, "Aircraft"),
    (18_000, 20_999, "Environment"),
    (22_000, 24_999, "Personnel"),
    (25_000, 25_999, "Not determined"),
    (30_000, 69_999, "Personnel"),
    (90_000, 93_999, "Organization"),
];

/// The first that holds the code: narrow ranges stand before wide ones.
fn named(ranges: Ranges, code: u32) -> Option<&'static str> {
    ranges.iter().find(|(from, to, _)| (*from..=*to).contains(&code)).map(|(.., name)| *name)
}

/// The coarse phase of flight; `None` for unknown codes and eras, and codes that mean unknown.
pub fn phase_group(era: &str, code: &str) -> Option<&'static str> {
    let code = code.trim().parse().ok()?;
    match era {
        MODERN => named(MODERN_PHASES, code),
        OLD => named(OLD_PHASES, code),
        _ => None,
    }
}

/// The category of a finding: of ten digits since 2008, a subject code before.
pub fn cause_category(era: &str, code: &str) -> Option<&'static str> {
    match era {
        MODERN => named(MODERN_CATEGORIES, code.get(..2)?.parse().ok()?),
        OLD => named(OLD_CATEGORIES, code.trim().parse().ok()?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_is_another_phase_in_another_era() {
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
    fn categories_follow_from_the_code() {
        assert_eq!(cause_category(MODERN, "0206304044"), Some("Personnel"));
        assert_eq!(cause_category(OLD, "24010"), Some("Personnel"));
        assert_eq!(cause_category(OLD, "20000"), Some("Environment"));
        for (era, code) in [(MODERN, "9"), (MODERN, "0900000000"), (MODERN, "é1"), (OLD, "82000")]
        {
            assert_eq!(cause_category(era, code), None, "{era} {code}");
        }
    }
}
