//! Weather reports: any text is parsed, and the text of a report gives the same report again.

use ntsb_weather::{parse_report, parse_reports};

/// Parses the reports in a text.
pub fn fuzz_metar(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for report in parse_reports(&text) {
        assert_eq!(parse_report(&report.raw).as_ref(), Some(&report));
        assert!(report.ceiling().is_none() || report.has_ceiling() == Some(true));
        assert!(report.visibility.is_none_or(|v| (0.0..=101.0).contains(&v.miles)));
        assert!(report.inches_of_mercury().is_none_or(|p| (25.0..33.0).contains(&p)));
        let _ = report.flight_category();
    }
}
