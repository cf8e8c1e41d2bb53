//! Present and recent weather: `-RA`, `+TSRAGR`, `VCSH`, `FZFG`, `BLSN`, `+FC`.

/// Descriptors and phenomena of FMH-1 table 8-4 and WMO code table 4678. PE is the code for ice
/// pellets until 1998.
const DESCRIPTORS: [&str; 8] = ["MI", "PR", "BC", "DR", "BL", "SH", "TS", "FZ"];
const PHENOMENA: [&str; 23] = [
    "DZ", "RA", "SN", "SG", "IC", "PL", "PE", "GR", "GS", "UP", "BR", "FG", "FU", "VA", "DU", "SA",
    "HZ", "PY", "PO", "SQ", "FC", "SS", "DS",
];
/// Codes in one group: two descriptors and three phenomena.
const MAX_CODES: usize = 5;

/// Returns true for a group of present weather.
pub fn is_weather(group: &str) -> bool {
    let text = group.strip_prefix(['-', '+']).unwrap_or(group);
    let has_sign = text.len() < group.len();
    let (text, is_vicinity) = match text.strip_prefix("VC") {
        Some(text) if !has_sign => (text, true),
        _ => (text, false),
    };
    if text.is_empty()
        || text.len() > 2 * MAX_CODES
        || !text.len().is_multiple_of(2)
        || !text.is_ascii()
    {
        return false;
    }
    let codes: Vec<&str> = (0..text.len()).step_by(2).filter_map(|i| text.get(i..i + 2)).collect();
    let descriptors = codes.iter().take_while(|code| DESCRIPTORS.contains(code)).count();
    let phenomena = codes.iter().skip(descriptors);
    let are_known = phenomena.clone().all(|code| PHENOMENA.contains(code));
    let stands_alone = descriptors == 1 && (text == "TS" || text == "SH" && is_vicinity);
    are_known && descriptors <= 2 && (phenomena.count() > 0 || stands_alone)
}

/// Returns true for recent weather: `RERA`, `RETS`.
pub fn is_recent_weather(group: &str) -> bool {
    group.strip_prefix("RE").is_some_and(|text| is_weather(text) && !text.starts_with(['-', '+']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_codes_of_the_tables_are_weather() {
        for group in [
            "-RA", "+TSRAGR", "VCSH", "VCTS", "TS", "FZFG", "BLSN", "+FC", "FC", "-SHRASN", "RASN",
            "MIFG", "BCFG", "PRFG", "DRDU", "UP", "FZUP", "PE", "SHGS", "TSRASNPL", "VCFG",
            "VCBLSN", "-FZDZ", "SHRA",
        ] {
            assert!(is_weather(group), "{group}");
        }
        for group in [
            "",
            "-",
            "SH",
            "FZ",
            "VC",
            "RAX",
            "XX",
            "RASH",
            "A2990",
            "+VCTS",
            "ééé",
            "RARARARARARA",
            "TSSHFZRA",
        ] {
            assert!(!is_weather(group), "{group}");
        }
        assert!(
            is_recent_weather("RETSRA") && !is_recent_weather("RE") && !is_recent_weather("RECENT")
        );
    }
}
