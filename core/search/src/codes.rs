//! The codes of the columns, with their names.
//!
//! A filter that compares with an unknown code is an error that suggests the nearest code, instead of a
//! filter that matches nothing. The name of a code is accepted in its place.

use ntsb_filter::UnknownCode;
use ntsb_filter::nearest::find_nearest;

/// A code and its name.
pub type Code = (&'static str, &'static str);

/// Lists the codes of a column with their names, for a HINT. `None` if the column has no code list.
pub fn describe_codes(column: &str) -> Option<String> {
    let name = |(code, name): &Code| {
        if code == name { (*code).to_owned() } else { format!("{code} ({name})") }
    };
    let all: Vec<_> = codes(column)?.iter().map(name).collect();
    Some(format!("Codes of {column}: {}.", all.join(", ")))
}

/// Finds a code of a column by the code or its name, in any case. `None` if the column has no code list.
pub fn find_code(column: &str, text: &str) -> Option<Result<&'static str, UnknownCode>> {
    let (name, codes) = LISTS.iter().find(|(name, _)| *name == column)?;
    let trimmed = text.trim();
    let matches = |known: &str| known.eq_ignore_ascii_case(trimmed);
    let by_code = codes.iter().find(|(code, _)| matches(code));
    let found = by_code.or_else(|| codes.iter().find(|(_, label)| matches(label)));
    let found = found.map(|(code, _)| *code).or_else(|| match *name {
        "far_part" => parse_far_part(trimmed),
        _ => None,
    });
    Some(found.ok_or_else(|| UnknownCode {
        column: name,
        value: text.chars().take(100).collect(),
        nearest: nearest_code(codes, trimmed),
    }))
}

/// The code list of a column, if it has one.
pub fn codes(column: &str) -> Option<&'static [Code]> {
    LISTS.iter().find(|(name, _)| *name == column).map(|(_, codes)| *codes)
}

/// Reads 91, Part 91 and 14 CFR 91 as 091.
fn parse_far_part(text: &str) -> Option<&'static str> {
    let lower = text.to_ascii_lowercase();
    let number = lower.trim_start_matches("14 cfr").trim_start().trim_start_matches("part").trim();
    let digits = number.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, letter) = number.split_at_checked(digits)?;
    let code = format!("{digits:0>3}{}", letter.to_ascii_uppercase());
    let is_part = !digits.is_empty() && number.len() <= 4;
    FAR_PARTS.iter().find(|(known, _)| is_part && *known == code).map(|(code, _)| *code)
}

/// The code whose code or name is nearest to the text, if one is near enough.
fn nearest_code(codes: &[Code], text: &str) -> Option<&'static str> {
    let found = find_nearest(codes.iter().flat_map(|(code, name)| [*code, *name]), text.trim())?;
    codes.iter().find(|(code, name)| [*code, *name].contains(&found)).map(|(code, _)| *code)
}

const LISTS: &[(&str, &[Code])] = &[
    ("acft_category", ACFT_CATEGORIES),
    ("cause_category", CAUSE_CATEGORIES),
    ("damage", DAMAGES),
    ("daylight", DAYLIGHTS),
    ("engine_type", ENGINE_TYPES),
    ("era", ERAS),
    ("ev_state", STATES),
    ("ev_type", EV_TYPES),
    ("far_part", FAR_PARTS),
    ("highest_injury", SEVERITIES),
    ("light_cond", LIGHTS),
    ("phase", PHASES),
    ("pilot_certificate", CERTIFICATES),
    ("report_status", REPORT_STATUSES),
    ("severity", SEVERITIES),
    ("type_fly", PURPOSES),
    ("wx_cond_basic", WEATHERS),
];

const SEVERITIES: &[Code] =
    &[("FATL", "Fatal"), ("SERS", "Serious"), ("MINR", "Minor"), ("NONE", "None")];

const DAMAGES: &[Code] =
    &[("DEST", "Destroyed"), ("SUBS", "Substantial"), ("MINR", "Minor"), ("NONE", "None")];

const EV_TYPES: &[Code] = &[("ACC", "Accident"), ("INC", "Incident"), ("OCC", "Occurrence")];

const WEATHERS: &[Code] = &[("VMC", "Visual"), ("IMC", "Instrument")];

const DAYLIGHTS: &[Code] =
    &[("Day", "Day"), ("Civil twilight", "Civil twilight"), ("Night", "Night")];

const ERAS: &[Code] = &[("1962", "1962"), ("1982", "1982"), ("2008", "2008")];

const REPORT_STATUSES: &[Code] = &[("P", "Preliminary"), ("F", "Factual"), ("B", "Probable cause")];

const LIGHTS: &[Code] = &[
    ("DAWN", "Dawn"),
    ("DAYL", "Day"),
    ("DUSK", "Dusk"),
    ("NBRT", "Night, bright"),
    ("NDRK", "Night, dark"),
    ("NITE", "Night"),
    ("NR", "Not reported"),
];

const PHASES: &[Code] = &[
    ("Standing", "Standing"),
    ("Taxi", "Taxi"),
    ("Takeoff", "Takeoff"),
    ("Initial climb", "Initial climb"),
    ("Climb", "Climb"),
    ("Enroute", "Enroute"),
    ("Descent", "Descent"),
    ("Maneuvering", "Maneuvering"),
    ("Approach", "Approach"),
    ("Landing", "Landing"),
    ("After landing", "After landing"),
    ("Uncontrolled descent", "Uncontrolled descent"),
    ("Post-impact", "Post-impact"),
    ("Other", "Other"),
];

const CAUSE_CATEGORIES: &[Code] = &[
    ("Aircraft", "Aircraft"),
    ("Personnel", "Personnel"),
    ("Environment", "Environment"),
    ("Organization", "Organization"),
    ("Not determined", "Not determined"),
];

const ACFT_CATEGORIES: &[Code] = &[
    ("AIR", "Airplane"),
    ("BALL", "Balloon"),
    ("BLIM", "Blimp"),
    ("GLI", "Glider"),
    ("GYRO", "Gyroplane"),
    ("HELI", "Helicopter"),
    ("PLFT", "Powered lift"),
    ("PPAR", "Powered parachute"),
    ("RCKT", "Rocket"),
    ("ULTR", "Ultralight"),
    ("WSFT", "Weight-shift control"),
];

const ENGINE_TYPES: &[Code] = &[
    ("ELEC", "Electric"),
    ("GTFN", "Geared turbofan"),
    ("HR", "Hybrid rocket"),
    ("LR", "Liquid rocket"),
    ("NONE", "None"),
    ("REC", "Reciprocating"),
    ("SR", "Solid rocket"),
    ("TF", "Turbofan"),
    ("TJ", "Turbojet"),
    ("TP", "Turboprop"),
    ("TS", "Turboshaft"),
];

const CERTIFICATES: &[Code] = &[
    ("ATP", "Airline transport"),
    ("CFI", "Flight instructor"),
    ("COMM", "Commercial"),
    ("FE", "Flight engineer"),
    ("FORN", "Foreign"),
    ("MIL", "Military"),
    ("NONE", "None"),
    ("PRI", "Private"),
    ("REC", "Recreational"),
    ("RMPT", "Remote"),
    ("SPRT", "Sport"),
    ("STU", "Student"),
];

const FAR_PARTS: &[Code] = &[
    ("091", "Part 91: General aviation"),
    ("091F", "Part 91 subpart F: Special flight operations"),
    ("091K", "Part 91 subpart K: Fractional"),
    ("103", "Part 103: Ultralight"),
    ("105", "Part 105: Parachute jumping"),
    ("107", "Part 107: Small unmanned aircraft"),
    ("121", "Part 121: Air carrier"),
    ("125", "Part 125: 20+ passengers or 6,000+ lb"),
    ("127", "Part 127: Air carrier, helicopters"),
    ("129", "Part 129: Foreign carrier"),
    ("133", "Part 133: Rotorcraft external load"),
    ("135", "Part 135: Air taxi and commuter"),
    ("137", "Part 137: Agricultural"),
    ("141", "Part 141: Pilot school"),
    ("437", "Part 437: Experimental permits"),
    ("ARMF", "Armed forces"),
    ("NUSC", "Non-U.S., commercial"),
    ("NUSN", "Non-U.S., non-commercial"),
    ("PUBF", "Public use, federal"),
    ("PUBL", "Public use, local"),
    ("PUBS", "Public use, state"),
    ("PUBU", "Public use"),
];

const PURPOSES: &[Code] = &[
    ("AAPL", "Aerial application"),
    ("ADRP", "Air drop"),
    ("AIRM", "Air medical"),
    ("AOBV", "Aerial observation"),
    ("ASHO", "Air race or show"),
    ("ATXA", "Air taxi, unscheduled"),
    ("ATXC", "Air taxi commuter"),
    ("ATXO", "Air taxi operator, large aircraft"),
    ("ATXS", "Air taxi, scheduled, not commuter"),
    ("BANT", "Banner tow"),
    ("BUS", "Business"),
    ("CRGO", "All-cargo carrier"),
    ("EXEC", "Executive/corporate"),
    ("EXLD", "External load"),
    ("FERY", "Ferry"),
    ("FIRF", "Firefighting"),
    ("FLTS", "Flight test"),
    ("GLDT", "Glider tow"),
    ("HIRE", "For hire"),
    ("ILGL", "Illegal operation"),
    ("INDS", "Industrial, special"),
    ("INST", "Instructional"),
    ("OTH", "Other"),
    ("OWRK", "Other work use"),
    ("PERS", "Personal"),
    ("POSI", "Positioning"),
    ("PUBF", "Public aircraft, federal"),
    ("PUBL", "Public aircraft, local"),
    ("PUBS", "Public aircraft, state"),
    ("PUBU", "Public aircraft"),
    ("SCAC", "Scheduled air carrier"),
    ("SCRH", "Scheduled air carrier, helicopter"),
    ("SITE", "Sightseeing"),
    ("SKYD", "Skydiving"),
    ("SUPP", "Supplemental"),
    ("TVLC", "Travel club"),
];

/// States and territories of the United States, then what NTSB writes in their place.
const STATES: &[Code] = &[
    ("AK", "Alaska"),
    ("AL", "Alabama"),
    ("AR", "Arkansas"),
    ("AS", "American Samoa"),
    ("AZ", "Arizona"),
    ("CA", "California"),
    ("CO", "Colorado"),
    ("CT", "Connecticut"),
    ("DC", "District of Columbia"),
    ("DE", "Delaware"),
    ("FL", "Florida"),
    ("GA", "Georgia"),
    ("GU", "Guam"),
    ("HI", "Hawaii"),
    ("IA", "Iowa"),
    ("ID", "Idaho"),
    ("IL", "Illinois"),
    ("IN", "Indiana"),
    ("KS", "Kansas"),
    ("KY", "Kentucky"),
    ("LA", "Louisiana"),
    ("MA", "Massachusetts"),
    ("MD", "Maryland"),
    ("ME", "Maine"),
    ("MI", "Michigan"),
    ("MN", "Minnesota"),
    ("MO", "Missouri"),
    ("MP", "Northern Mariana Islands"),
    ("MS", "Mississippi"),
    ("MT", "Montana"),
    ("NC", "North Carolina"),
    ("ND", "North Dakota"),
    ("NE", "Nebraska"),
    ("NH", "New Hampshire"),
    ("NJ", "New Jersey"),
    ("NM", "New Mexico"),
    ("NV", "Nevada"),
    ("NY", "New York"),
    ("OH", "Ohio"),
    ("OK", "Oklahoma"),
    ("OR", "Oregon"),
    ("PA", "Pennsylvania"),
    ("PR", "Puerto Rico"),
    ("RI", "Rhode Island"),
    ("SC", "South Carolina"),
    ("SD", "South Dakota"),
    ("TN", "Tennessee"),
    ("TX", "Texas"),
    ("UT", "Utah"),
    ("VA", "Virginia"),
    ("VI", "Virgin Islands"),
    ("VT", "Vermont"),
    ("WA", "Washington"),
    ("WI", "Wisconsin"),
    ("WV", "West Virginia"),
    ("WY", "Wyoming"),
    ("AO", "Atlantic Ocean"),
    ("CB", "Caribbean Sea"),
    ("FN", "Foreign"),
    ("GM", "Gulf of Mexico"),
    ("OF", "Outside the United States"),
    ("PO", "Pacific Ocean"),
    ("UN", "Unknown"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_codes_by_code_and_by_name() {
        for (column, text, code) in [
            ("severity", "fatl", "FATL"),
            ("severity", "Fatal", "FATL"),
            ("ev_state", "alaska", "AK"),
            ("ev_state", " ak ", "AK"),
            ("far_part", "91", "091"),
            ("far_part", "Part 91K", "091K"),
            ("far_part", "14 CFR Part 135", "135"),
            ("wx_cond_basic", "imc", "IMC"),
            ("phase", "landing", "Landing"),
            ("pilot_certificate", "student", "STU"),
        ] {
            assert_eq!(find_code(column, text), Some(Ok(code)), "{column} {text}");
        }
        assert_eq!(find_code("ev_city", "Reno"), None);
    }

    #[test]
    fn an_unknown_code_suggests_the_nearest() {
        let unknown = |column, text| match find_code(column, text) {
            Some(Err(unknown)) => unknown,
            other => panic!("{column} {text}: {other:?}"),
        };
        let fatal = unknown("severity", "FATAL ACCIDENT");
        assert_eq!(
            fatal.to_string(),
            "severity has no code \"FATAL ACCIDENT\"; did you mean \"FATL\"?"
        );
        assert_eq!(
            describe_codes("severity").as_deref(),
            Some("Codes of severity: FATL (Fatal), SERS (Serious), MINR (Minor), NONE (None).")
        );
        assert_eq!(unknown("ev_state", "Alska").nearest, Some("AK"));
        assert_eq!(unknown("ev_state", "ZZ").nearest, None);
        assert_eq!(unknown("far_part", "9").nearest, None);
        assert_eq!(unknown("far_part", "").to_string(), "far_part has no code \"\"");
    }

    #[test]
    fn codes_are_unique_and_lists_are_sorted() {
        for (column, codes) in LISTS {
            let mut seen: Vec<_> = codes.iter().map(|(code, _)| *code).collect();
            seen.sort_unstable();
            assert!(seen.windows(2).all(|pair| pair[0] != pair[1]), "{column}");
        }
        assert!(LISTS.is_sorted_by_key(|(column, _)| *column));
    }
}
