use super::*;
use proptest::prelude::*;

fn format_parsed(text: &str) -> Option<String> {
    let seconds = parse(text)?.seconds;
    let (days, s) = (seconds.div_euclid(SECONDS_PER_DAY), seconds.rem_euclid(SECONDS_PER_DAY));
    let (y, m, d) = calendar::days_to_date(i32::try_from(days).ok()?);
    Some(format!("{y:04}-{m:02}-{d:02} {:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60))
}

#[test]
fn parses_every_format() {
    for (text, expected) in [
        ("02/29/08 00:00:00", "2008-02-29 00:00:00"),
        ("02/29/08 13:05:09", "2008-02-29 13:05:09"),
        ("2/9/1985", "1985-02-09 00:00:00"),
        ("02/09/1985 1:05:09 PM", "1985-02-09 13:05:09"),
        ("02/09/1985 12:00 am", "1985-02-09 00:00:00"),
        ("1985-02-09", "1985-02-09 00:00:00"),
        ("1985-02-09T13:05:09.499Z", "1985-02-09 13:05:09"),
        ("1985-02-09 13:05:09.5", "1985-02-09 13:05:10"),
        ("1985-12-31 23:59:59.997", "1986-01-01 00:00:00"),
        ("1985-02-09 13:05:09+00:00", "1985-02-09 13:05:09"),
        ("1985/02/09", "1985-02-09 00:00:00"),
        ("19850209", "1985-02-09 00:00:00"),
        ("09-Feb-1985", "1985-02-09 00:00:00"),
        ("09-FEB-85", "1985-02-09 00:00:00"),
        ("9 February 1985", "1985-02-09 00:00:00"),
        ("Feb 9 1985", "1985-02-09 00:00:00"),
        ("February 9, 1985", "1985-02-09 00:00:00"),
        ("Feb. 9, 1985 13:05", "1985-02-09 13:05:00"),
    ] {
        assert_eq!(format_parsed(text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn rejects_invalid_dates() {
    for text in [
        "",
        "today",
        "02/30/08 00:00:00",
        "13/01/2008",
        "2008-02-30",
        "2023-02-29",
        "00/00/00",
        "1/2",
        "1/2/345",
        "1899-12-30",
        "2101-01-01",
        "2008-01-01 24:00:00",
        "2008-01-01 10:60:00",
        "2008-01-01 10",
        "2008-01-01T10:00:00+02:00",
        "13:00 PM",
        "01/01/2008 13:00:00 PM",
        "20080101101010",
        "Feb 91985",
        "2008-01-01x",
        "09-Fex-1985",
        "é1/01/2008",
        "2100-12-31 23:59:59.9",
    ] {
        assert_eq!(format_parsed(text), None, "{text}");
    }
}

#[test]
fn completes_two_digit_years() {
    for (text, year, uncertain) in [
        ("06/15/00", 2000, false),
        ("06/15/25", 2025, false),
        ("06/15/35", 2035, true),
        ("06/15/39", 2039, true),
        ("06/15/40", 1940, true),
        ("06/15/53", 1953, false),
        ("06/15/99", 1999, false),
        ("06/15/1935", 1935, false),
    ] {
        let found = parse(text).map(|m| {
            (
                calendar::days_to_date((m.seconds / SECONDS_PER_DAY) as i32).0,
                m.has_uncertain_century,
            )
        });
        // Days before 1970 are rounded towards 1970, which does not change the year in June.
        assert_eq!(found, Some((year, uncertain)), "{text}");
    }
}

#[test]
fn cleans_cells() {
    let mut defects = DefectKinds::default();
    assert_eq!(clean_date(" 01/02/1970 23:59:59 ", &mut defects), Value::Date(1));
    assert_eq!(defects.iter().collect::<Vec<_>>(), [DefectKind::Padding]);
    assert_eq!(
        clean_timestamp("12/31/1969 23:59:59", &mut DefectKinds::default()),
        Value::Timestamp(-1)
    );
    assert_eq!(clean_date("12/31/1969 23:59:59", &mut DefectKinds::default()), Value::Date(-1));
    let mut defects = DefectKinds::default();
    assert_eq!(clean_date("06/31/1970", &mut defects), Value::Null);
    assert!(defects.contains(DefectKind::NotADate));
}

const NAMES: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

proptest! {
    #[test]
    fn every_format_round_trips(days in -10_957..25_567_i32, s in 0..86_400_i64) {
        let (y, m, d) = calendar::days_to_date(days);
        let name = NAMES.get(m as usize - 1).copied().unwrap_or("");
        let (h, min, sec) = (s / 3600, s / 60 % 60, s % 60);
        let am_pm = if h < 12 { "AM" } else { "PM" };
        let time = format!("{h:02}:{min:02}:{sec:02}");
        let seconds = Some(i64::from(days) * SECONDS_PER_DAY + s);
        for text in [
            format!("{m:02}/{d:02}/{:02} {time}", y % 100),
            format!("{m}/{d}/{y} {time}"),
            format!("{m}/{d}/{y} {}:{min:02}:{sec:02} {am_pm}", (h + 11) % 12 + 1),
            format!("{y}-{m:02}-{d:02} {time}"),
            format!("{y}-{m:02}-{d:02}T{time}.499Z"),
            format!("{y}{m:02}{d:02} {time}"),
            format!("{d:02}-{name}-{y} {time}"),
            format!("{d:02}-{}-{:02} {time}", name.to_uppercase(), y % 100),
            format!("{name} {d} {y} {time}"),
            format!("{name} {d:02}, {y} {time}"),
        ] {
            prop_assert_eq!(parse(&text).map(|m| m.seconds), seconds, "{}", text);
        }
    }
}
