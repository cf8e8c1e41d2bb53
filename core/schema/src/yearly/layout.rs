//! Finds years and figures in the rows of a sheet.

use super::{Rows, parse_year};

/// A table: its years, and one series per figure.
pub struct Table {
    pub years: Vec<u16>,
    pub series: Vec<Series>,
}

/// The values of a figure, one per year.
pub struct Series {
    pub title: String,
    pub values: Vec<String>,
}

pub fn find(rows: &Rows) -> Option<Table> {
    find_years_in_row(rows).or_else(|| find_years_in_column(rows))
}

fn cell(rows: &Rows, row: usize, column: usize) -> &str {
    rows.get(row).and_then(|row| row.get(column)).map(|text| text.trim()).unwrap_or_default()
}

/// A table with a column per year: the first cell of the row of years is no year, all others are.
fn find_years_in_row(rows: &Rows) -> Option<Table> {
    const MIN_YEARS: usize = 3;
    let (top, columns) = rows.iter().enumerate().find_map(|(index, row)| {
        let cells = row.iter().enumerate().skip(1).filter(|(_, text)| !text.trim().is_empty());
        let years: Option<Vec<(usize, u16)>> =
            cells.map(|(column, text)| Some((column, parse_year(text)?))).collect();
        let starts_with_title = row.first().is_some_and(|text| parse_year(text).is_none());
        years.filter(|years| starts_with_title && years.len() >= MIN_YEARS).map(|y| (index, y))
    })?;
    let mut series = Vec::new();
    // A row without values is the title of the rows below it.
    let mut group = "";
    for row in top + 1..rows.len() {
        let values: Vec<String> =
            columns.iter().map(|(column, _)| cell(rows, row, *column).to_owned()).collect();
        let title = cell(rows, row, 0);
        if values.iter().all(String::is_empty) {
            group = if title.is_empty() { group } else { title };
        } else {
            series.push(Series { title: format!("{group} {title}").trim().to_owned(), values });
        }
    }
    Some(Table { years: columns.iter().map(|(_, year)| *year).collect(), series })
}

/// A table with a row per year, below a title Year.
fn find_years_in_column(rows: &Rows) -> Option<Table> {
    let (header, column) = rows.iter().enumerate().find_map(|(index, row)| {
        let column = row.iter().position(|text| {
            let word = text.trim().to_lowercase();
            word == "year" || word == "years" || word == "calendar year"
        });
        column.map(|column| (index, column))
    })?;
    let is_year = |row: &usize| parse_year(cell(rows, *row, column)).is_some();
    let data: Vec<usize> = (header + 1..rows.len()).filter(is_year).collect();
    let first = *data.first()?;
    let is_title_row = |row: &usize| {
        rows.get(*row).is_some_and(|r| r.iter().filter(|c| !c.trim().is_empty()).count() > 1)
    };
    let top = (0..header).rev().take_while(is_title_row).last().unwrap_or(header);
    let width = rows.iter().skip(top).take(first - top).map(Vec::len).max().unwrap_or(0);
    let titles = join_titles(rows, top, first, width);
    let series = (0..width).filter(|c| *c != column).map(|c| Series {
        title: titles.get(c).cloned().unwrap_or_default(),
        values: data.iter().map(|row| cell(rows, *row, c).to_owned()).collect(),
    });
    let series = series.filter(|series| !series.title.is_empty()).collect();
    let years = data.iter().filter_map(|row| parse_year(cell(rows, *row, column))).collect();
    Some(Table { years, series })
}

/// Joins the titles of each column. A title above several columns stands in the first of them.
fn join_titles(rows: &Rows, top: usize, first: usize, width: usize) -> Vec<String> {
    let last = (top..first)
        .rev()
        .find(|row| rows.get(*row).is_some_and(|r| r.iter().any(|c| !c.trim().is_empty())));
    let mut titles = vec![String::new(); width];
    for row in top..first {
        let mut spanning = "";
        for (column, title) in titles.iter_mut().enumerate() {
            let own = cell(rows, row, column);
            spanning = if own.is_empty() && Some(row) != last { spanning } else { own };
            *title = format!("{title} {spanning}").trim().to_owned();
        }
    }
    titles
}
