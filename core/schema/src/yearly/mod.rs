//! Yearly statistics of general aviation, as NTSB (table 10) and the Bureau of Transportation Statistics
//! (table 2-14) publish them in spreadsheets.
//!
//! NTSB's table has a row per year, BTS's a column per year. Titles change between editions, so figures
//! are found by the words of their titles, and a table in which one is missing or ambiguous is refused.

mod layout;
mod title;
mod value;

use layout::Series;
use title::Figure;
use value::{parse_number, parse_year};

/// Rows of a sheet, as text.
pub type Rows = Vec<Vec<String>>;

/// The figures of a year. None if the table has no figure for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct YearlyFigures {
    /// Calendar year.
    pub year: u16,
    /// Number of accidents.
    pub accidents: Option<u32>,
    /// Number of fatal accidents.
    pub fatal_accidents: Option<u32>,
    /// People killed, including people on the ground.
    pub fatalities: Option<u32>,
    /// Flight hours, not in thousands.
    pub hours: Option<f64>,
}

/// The table cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum YearlyError {
    /// The sheet has no years.
    #[error("no table with a row or a column per year was found")]
    NoYears,
    /// The title does not say which flights the figures cover.
    #[error("the title of the table does not name general aviation")]
    OtherOperations,
    /// A figure is missing.
    #[error("no title names {figure} (found {found})")]
    Missing {
        /// The missing figure.
        figure: &'static str,
        /// The titles of the table.
        found: String,
    },
    /// Two rows or columns have the same figure.
    #[error("two titles name {figure}: {first} and {second}")]
    Ambiguous {
        /// The figure.
        figure: &'static str,
        /// The first title.
        first: String,
        /// The second title.
        second: String,
    },
    /// A value is not a number.
    #[error("year {year}: {figure} must be a number, got {value:?}")]
    Value {
        /// The year.
        year: u16,
        /// The figure.
        figure: &'static str,
        /// The text of the cell.
        value: String,
    },
    /// Hours and rate contradict each other.
    #[error(
        "year {year}: {accidents} accidents in {hours} flight hours are {computed:.2} per 100,000 hours, \
         but the table says {published}, so its hours have another unit"
    )]
    Rate {
        /// The year.
        year: u16,
        /// Number of accidents.
        accidents: f64,
        /// Flight hours.
        hours: f64,
        /// The rate that follows from both.
        computed: f64,
        /// The rate in the table.
        published: f64,
    },
    /// A year occurs twice.
    #[error("year {0} occurs twice")]
    DuplicateYear(u16),
}

/// The publication that a sheet comes from, by its title or name. None if neither says.
pub fn detect_publication(rows: &Rows, sheet: &str) -> Option<&'static str> {
    let text = heading(rows, sheet);
    if text.contains("table 2-14") || text.contains("table_02_14") || text.contains(" 2-14 ") {
        return Some("BTS table 2-14");
    }
    let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    words.windows(2).any(|pair| pair == ["table", "10"]).then_some("NTSB table 10")
}

/// Reads the figures of all years.
pub fn read_yearly_table(rows: &Rows, sheet: &str) -> Result<Vec<YearlyFigures>, YearlyError> {
    let table = layout::find(rows).ok_or(YearlyError::NoYears)?;
    if !heading(rows, sheet).contains("general aviation") {
        return Err(YearlyError::OtherOperations);
    }
    let accidents = find_series(&table.series, Figure::Accidents)?;
    let fatal_accidents = find_series(&table.series, Figure::FatalAccidents)?;
    let fatalities = find_series(&table.series, Figure::Fatalities)?;
    let hours = find_series(&table.series, Figure::Hours)?;
    let unit = if title::is_in_thousands(&hours.title) { 1000.0 } else { 1.0 };
    let rate = find_series(&table.series, Figure::AccidentRate).ok();
    let mut figures: Vec<YearlyFigures> = Vec::with_capacity(table.years.len());
    for (place, year) in table.years.iter().enumerate() {
        let number = |series: &Series, figure: Figure| read_number(series, place, *year, figure);
        let count = |series: &Series, figure: Figure| match number(series, figure)? {
            None => Ok(None),
            Some(n) if n.fract() == 0.0 && (0.0..1e7).contains(&n) => Ok(Some(n as u32)),
            Some(n) => Err(value_error(*year, figure, n.to_string())),
        };
        let found = YearlyFigures {
            year: *year,
            accidents: count(accidents, Figure::Accidents)?,
            fatal_accidents: count(fatal_accidents, Figure::FatalAccidents)?,
            fatalities: count(fatalities, Figure::Fatalities)?,
            hours: number(hours, Figure::Hours)?.map(|hours| hours * unit),
        };
        if let Some(rate) = rate {
            check_rate(&found, number(rate, Figure::AccidentRate)?)?;
        }
        if figures.iter().any(|other| other.year == *year) {
            return Err(YearlyError::DuplicateYear(*year));
        }
        figures.push(found);
    }
    Ok(figures)
}

/// Name of the sheet and all text before the first figure, in lower case.
fn heading(rows: &Rows, sheet: &str) -> String {
    const MAX_ROWS: usize = 10;
    let cells = rows.iter().take(MAX_ROWS).flatten().map(String::as_str);
    let text: Vec<&str> = std::iter::once(sheet).chain(cells).collect();
    // Spaces around, so that a name of a sheet can be compared as a word.
    format!(" {} ", text.join(" ").to_lowercase())
}

fn find_series(series: &[Series], figure: Figure) -> Result<&Series, YearlyError> {
    let mut matching =
        series.iter().filter(|series| title::classify(&series.title) == Some(figure));
    match (matching.next(), matching.next()) {
        (Some(only), None) => Ok(only),
        (Some(first), Some(second)) => Err(YearlyError::Ambiguous {
            figure: figure.name(),
            first: shorten(&first.title),
            second: shorten(&second.title),
        }),
        (None, _) => {
            let found: Vec<String> = series.iter().take(12).map(|s| shorten(&s.title)).collect();
            Err(YearlyError::Missing { figure: figure.name(), found: found.join("; ") })
        }
    }
}

fn shorten(title: &str) -> String {
    title.chars().take(60).collect()
}

fn read_number(
    series: &Series,
    place: usize,
    year: u16,
    figure: Figure,
) -> Result<Option<f64>, YearlyError> {
    let text = series.values.get(place).map(String::as_str).unwrap_or_default();
    parse_number(text).map_err(|()| value_error(year, figure, shorten(text)))
}

fn value_error(year: u16, figure: Figure, value: String) -> YearlyError {
    YearlyError::Value { year, figure: figure.name(), value }
}

/// NTSB leaves suicides and sabotage out of the rates, a few accidents a year, so a small difference is right.
fn check_rate(figures: &YearlyFigures, published: Option<f64>) -> Result<(), YearlyError> {
    const TOLERANCE: f64 = 0.1;
    let (Some(accidents), Some(hours), Some(published)) =
        (figures.accidents, figures.hours, published)
    else {
        return Ok(());
    };
    let accidents = f64::from(accidents);
    let computed = accidents * 100_000.0 / hours;
    if (computed - published).abs() > TOLERANCE * published {
        let year = figures.year;
        return Err(YearlyError::Rate { year, accidents, hours, computed, published });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
