//! Any text is parsed, without a panic and in time proportional to its length.

use std::time::{Duration, Instant};

use ntsb_weather::{Report, parse_report, parse_reports};
use proptest::prelude::*;

/// Parts of groups, so that random texts come close to valid ones.
const PARTS: [&str; 40] = [
    "METAR", "SPECI", "KXYZ", "161453Z", "AUTO", "COR", "NIL", "180", "05", "G15", "KT", "MPS",
    "VRB", "V", "/", "//", "1", "1/2", "SM", "M", "P", "9999", "R06", "R", "FT", "-", "+", "RA",
    "TS", "BKN", "010", "CB", "VV", "T0172", "A2990", "Q1013", "RMK", "TEMPO", "=", "é",
];

fn check(report: &Report) {
    if let Some(wind) = &report.wind {
        assert!(wind.direction.is_none_or(|d| (1..=360).contains(&d)));
        assert!(wind.speed.is_none_or(|speed| (0.0..2000.0).contains(&speed)));
    }
    assert!(report.visibility.is_none_or(|v| (0.0..=101.0).contains(&v.miles)));
    assert!(report.ceiling().is_none() || report.has_ceiling() == Some(true));
    assert!(report.temperature.is_none_or(|t| t.abs() < 100.0));
    assert!(report.inches_of_mercury().is_none_or(|p| (25.0..33.0).contains(&p)));
    // The stored text gives the same values again.
    assert_eq!(parse_report(&report.raw).as_ref(), Some(report));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn any_text_is_parsed(text in "\\PC{0,300}") {
        parse_reports(&text).iter().for_each(check);
    }

    #[test]
    fn any_parts_of_groups_are_parsed(parts in prop::collection::vec((prop::sample::select(PARTS.to_vec()), prop::bool::ANY), 0..60)) {
        let text: String = parts.iter().map(|(part, space)| format!("{part}{}", if *space { " " } else { "" })).collect();
        parse_reports(&text).iter().for_each(check);
        parse_reports(&format!("METAR KXYZ 161453Z {text}")).iter().for_each(check);
    }
}

#[test]
fn long_texts_take_time_proportional_to_their_length() {
    for group in
        ["METAR KXYZ 161453Z 18005KT ", "1 ", "R06/", "=", "METAR ", "//////", "KXYZ ", "T0", "é"]
    {
        let text = group.repeat(1_000_000 / group.len());
        let started = Instant::now();
        parse_reports(&text);
        assert!(started.elapsed() < Duration::from_secs(20), "{group}: {:?}", started.elapsed());
    }
}
