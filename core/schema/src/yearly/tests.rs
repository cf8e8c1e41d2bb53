use super::*;

fn rows(text: &str) -> Rows {
    text.lines().map(|line| line.split('|').map(|cell| cell.trim().to_owned()).collect()).collect()
}

/// The layout of NTSB's table 10 with figures of the edition of 2005.
const BY_ROW: &str = "\
Table 10. Accidents, Fatalities, and Rates, 1990 through 2004, U.S. General Aviation
 | Accidents | | Fatalities | | | Accidents per 100,000 Flight Hours |
Year | All | Fatal | Total | Aboard | Flight Hours | All | Fatal

1990 | 2,242 | 444 | 770 | 765 | 28,510,000 | 7.85 | 1.56
2003* | 1,741 | 352 | 632 | 629 | 25,705,000 | 6.77 | 1.37
2011 | 1,470 | 266 | 448 | 437 | N/A | N/A | N/A
Note: 2004 data are preliminary.";

/// The layout of BTS's table 2-14.
const BY_COLUMN: &str = "\
Table 2-14:  U.S. General Aviationa Safety Data
 | 1960d | 1990 | (R) 2003 | (P) 2004
TOTAL fatalities | 787 | 770 | (R) 632 | 556
Total seriously injured persons | N | 409 | 322 | 266
Total accidentsb | 4,793 | 2,242 | (R) 1,741 | 1,614
Total accidentsb, fatal | 429 | 444 | (R) 352 | 312
Flight hours (thousands) | 13,121 | 28,510 | (R) 25,705 | 25,900
Rates per 100,000 flight hoursc | | | |
Fatalities | 6.00 | 2.70 | 2.46 | 2.15
Seriously injured persons | N | 1.43 | 1.25 | 1.03
Total accidents | 36.53 | 7.86 | 6.77 | 6.23
Total accidents, fatal | 3.27 | 1.56 | 1.37 | 1.20
KEY: N = data do not exist.";

fn figures(year: u16, accidents: u32, fatal: u32, fatalities: u32, hours: f64) -> YearlyFigures {
    YearlyFigures {
        year,
        accidents: Some(accidents),
        fatal_accidents: Some(fatal),
        fatalities: Some(fatalities),
        hours: Some(hours),
    }
}

#[test]
fn a_table_with_a_row_per_year_is_read() {
    let found = read_yearly_table(&rows(BY_ROW), "Table 10").unwrap();
    let without_hours = YearlyFigures { hours: None, ..figures(2011, 1470, 266, 448, 0.0) };
    let expected = [
        figures(1990, 2242, 444, 770, 28_510_000.0),
        figures(2003, 1741, 352, 632, 25_705_000.0),
        without_hours,
    ];
    assert_eq!(found, expected);
    assert_eq!(detect_publication(&rows(BY_ROW), "Sheet1"), Some("NTSB table 10"));
}

#[test]
fn a_table_with_a_column_per_year_is_read() {
    let found = read_yearly_table(&rows(BY_COLUMN), "2-14").unwrap();
    let expected = [
        figures(1960, 4793, 429, 787, 13_121_000.0),
        figures(1990, 2242, 444, 770, 28_510_000.0),
        figures(2003, 1741, 352, 632, 25_705_000.0),
        figures(2004, 1614, 312, 556, 25_900_000.0),
    ];
    assert_eq!(found, expected);
    assert_eq!(detect_publication(&rows(BY_COLUMN), "Sheet1"), Some("BTS table 2-14"));
    assert_eq!(detect_publication(&rows("Year | Hours"), "Sheet1"), None);
}

/// A count may look like a year (2,024 accidents in 2004).
#[test]
fn counts_that_look_like_years_are_counts() {
    let text = "General aviation\nYear | Accidents | Fatal accidents | Fatalities | Flight hours (000)\n\
                2004 | 2024 | 1999 | 2001 | 1950";
    let found = read_yearly_table(&rows(text), "").unwrap();
    assert_eq!(found, [figures(2004, 2024, 1999, 2001, 1_950_000.0)]);
}

#[test]
fn a_table_that_cannot_be_understood_is_refused_with_its_reason() {
    let cases = [
        ("", "", "no table with a row or a column per year was found"),
        ("General aviation\nYear | Accidents", "", "no table with a row"),
        (BY_ROW, "U.S. General Aviation, U.S. Air Carriers", "does not name general aviation"),
        (BY_COLUMN, "Flight hours (thousands), Distance", "no title names flight hours"),
        (BY_ROW, "Fatalities |, Injuries |", "no title names the number of fatalities"),
        (BY_ROW, "Total | Aboard, Total | Total", "two titles name the number of fatalities"),
        (
            BY_ROW,
            "1,741, many",
            "year 2003: the number of accidents must be a number, got \"many\"",
        ),
        (
            BY_ROW,
            "1,741, 17.5",
            "year 2003: the number of accidents must be a number, got \"17.5\"",
        ),
        (BY_ROW, "1,741, -5", "must be a number, got \"-5\""),
        (BY_ROW, "2003*, 1990", "year 1990 occurs twice"),
        (BY_ROW, "28,510,000, 28,510", "so its hours have another unit"),
        (BY_COLUMN, "Flight hours (thousands), Flight hours", "so its hours have another unit"),
    ];
    for (table, edit, message) in cases {
        let text = match edit.split_once(", ") {
            Some((from, to)) => table.replacen(from, to, 1),
            None => table.to_owned(),
        };
        let error = read_yearly_table(&rows(&text), "").unwrap_err().to_string();
        assert!(error.contains(message), "{edit}: {error}");
    }
}

#[test]
fn numbers_and_years_may_have_markers() {
    for (text, expected) in [
        ("1,741", Ok(Some(1741.0))),
        ("(R) 1,741", Ok(Some(1741.0))),
        ("6.22", Ok(Some(6.22))),
        ("25 705", Ok(Some(25_705.0))),
        ("1614*", Ok(Some(1614.0))),
        ("", Ok(None)),
        ("N", Ok(None)),
        ("-", Ok(None)),
        ("0.30000000000000004", Ok(Some(0.300_000_000_000_000_04))),
        ("1e300", Err(())),
        ("inf", Err(())),
        ("NaN", Err(())),
        ("-1", Err(())),
    ] {
        assert_eq!(parse_number(text), expected, "{text:?}");
    }
    for (text, expected) in [
        ("2004", Some(2004)),
        ("(P) 2004", Some(2004)),
        ("1960d", Some(1960)),
        ("2011*", Some(2011)),
        ("20041", None),
        ("2004.5", None),
        ("1,990", None),
        ("200", None),
        ("1902", None),
        ("2004 data", None),
        ("２００４", None),
    ] {
        assert_eq!(parse_year(text), expected, "{text:?}");
    }
}
