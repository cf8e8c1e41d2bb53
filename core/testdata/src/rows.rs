//! The rows of one table as text cells.
//!
//! All text of a table is in one string, and a cell is a span of it. Buffers are reused, so that writing an
//! event does not allocate, and a cell can still be replaced afterwards.

use ntsb_schema::calendar;
use ntsb_schema::tables::Table;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    start: u32,
    end: u32,
}

/// A null cell. Its end is before its start, which no text has, not even an empty one.
const NULL: Span = Span { start: 1, end: 0 };

/// The rows of one table.
#[derive(Debug, Clone)]
pub struct Rows {
    table: &'static Table,
    text: String,
    cells: Vec<Span>,
}

impl Rows {
    /// Creates an empty set of rows.
    pub fn new(table: &'static Table) -> Rows {
        Rows { table, text: String::new(), cells: Vec::new() }
    }

    /// The table.
    pub fn table(&self) -> &'static Table {
        self.table
    }

    /// How many rows there are.
    pub fn count(&self) -> usize {
        self.cells.len() / self.width()
    }

    /// The cells of a row in the order of the table's columns. `None` for null.
    pub fn row(&self, row: usize) -> impl Iterator<Item = Option<&str>> {
        let start = row * self.width();
        let cells = self.cells.get(start..start + self.width()).unwrap_or_default();
        cells.iter().map(|span| self.read(*span))
    }

    /// A cell. `None` for null.
    pub fn cell(&self, row: usize, column: usize) -> Option<&str> {
        self.cells.get(row * self.width() + column).and_then(|span| self.read(*span))
    }

    fn read(&self, span: Span) -> Option<&str> {
        self.text.get(span.start as usize..span.end as usize)
    }

    fn width(&self) -> usize {
        self.table.columns.len()
    }

    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.cells.clear();
    }

    /// Adds a row in which all cells are null.
    pub(super) fn add_row(&mut self) -> Row<'_> {
        let start = self.cells.len();
        self.cells.resize(start + self.width(), NULL);
        Row { rows: self, start, next: 0 }
    }

    /// The index of a column.
    pub(super) fn column_index(&self, name: &str) -> usize {
        find_column(self.table, name, 0)
    }

    pub(super) fn set(&mut self, row: usize, column: usize, text: Option<&str>) {
        let span = match text {
            None => NULL,
            Some(text) => {
                let start = self.text.len() as u32;
                self.text.push_str(text);
                Span { start, end: self.text.len() as u32 }
            }
        };
        let at = row * self.width() + column;
        if let Some(cell) = self.cells.get_mut(at) {
            *cell = span;
        }
    }

    /// Appends a copy of a row and returns its index.
    pub(super) fn duplicate_row(&mut self, row: usize) -> usize {
        let start = row * self.width();
        self.cells.extend_from_within(start..start + self.width());
        self.count() - 1
    }
}

/// Finds a column. The search starts at `from`, because most rows are written in column order. Panics if
/// the table has no such column, which is a bug in this crate that every test would find.
fn find_column(table: &Table, name: &str, from: usize) -> usize {
    let find = |range: &[ntsb_schema::tables::Column]| range.iter().position(|c| c.name == name);
    match find(&table.columns[from..]) {
        Some(at) => from + at,
        None => find(table.columns).unwrap_or_else(|| no_such_column(table, name)),
    }
}

#[cold]
fn no_such_column(table: &Table, name: &str) -> usize {
    unreachable!("{} has no column {name}", table.name)
}

/// Writes a row. Cells that are not written are null.
pub(super) struct Row<'r> {
    rows: &'r mut Rows,
    start: usize,
    next: usize,
}

impl Row<'_> {
    pub fn text(&mut self, column: &str, text: &str) -> &mut Self {
        self.write_with(column, |out| out.push_str(text))
    }

    pub fn optional_text(&mut self, column: &str, text: Option<&str>) -> &mut Self {
        if let Some(text) = text {
            self.text(column, text);
        }
        self
    }

    pub fn number(&mut self, column: &str, number: i32) -> &mut Self {
        self.write_with(column, |out| push_number(out, number))
    }

    pub fn optional_number(&mut self, column: &str, number: Option<i32>) -> &mut Self {
        if let Some(number) = number {
            self.number(column, number);
        }
        self
    }

    /// Writes a number that is given in units of 10^-`decimals`.
    pub fn decimal(&mut self, column: &str, value: i64, decimals: u32) -> &mut Self {
        self.write_with(column, |out| push_decimal(out, value, decimals))
    }

    pub fn flag(&mut self, column: &str, flag: bool) -> &mut Self {
        self.text(column, if flag { "1" } else { "0" })
    }

    /// Writes Y or N.
    pub fn yes_no(&mut self, column: &str, yes: bool) -> &mut Self {
        self.text(column, if yes { "Y" } else { "N" })
    }

    pub fn date(&mut self, column: &str, day: i32) -> &mut Self {
        self.timestamp(column, day, 0)
    }

    /// Writes a timestamp, given as a day and the seconds since its midnight.
    pub fn timestamp(&mut self, column: &str, day: i32, second: u32) -> &mut Self {
        self.write_with(column, |out| push_timestamp(out, day, second))
    }

    /// Writes the text that `write` appends.
    pub fn write_with(&mut self, column: &str, write: impl FnOnce(&mut String)) -> &mut Self {
        let at = find_column(self.rows.table, column, self.next);
        self.next = (at + 1).min(self.rows.table.columns.len());
        let start = self.rows.text.len() as u32;
        write(&mut self.rows.text);
        let end = self.rows.text.len() as u32;
        self.rows.cells[self.start + at] = Span { start, end };
        self
    }
}

pub(super) fn push_number(out: &mut String, number: i32) {
    if number < 0 {
        out.push('-');
    }
    push_padded(out, number.unsigned_abs(), 1);
}

/// Appends a number with leading zeros.
pub(super) fn push_padded(out: &mut String, number: u32, digits: usize) {
    let mut buffer = [b'0'; 10];
    let mut at = buffer.len();
    let mut left = number;
    while left > 0 {
        at -= 1;
        buffer[at] = b'0' + (left % 10) as u8;
        left /= 10;
    }
    let from = at.min(buffer.len() - digits.min(buffer.len()));
    out.push_str(std::str::from_utf8(&buffer[from..]).unwrap_or_default());
}

/// Appends a decimal without trailing zeros, as Access shows it.
pub(super) fn push_decimal(out: &mut String, value: i64, decimals: u32) {
    if value < 0 {
        out.push('-');
    }
    let (mut size, mut decimals) = (value.unsigned_abs(), decimals);
    while decimals > 0 && size.is_multiple_of(10) {
        size /= 10;
        decimals -= 1;
    }
    let unit = 10_u64.pow(decimals);
    push_padded(out, (size / unit) as u32, 1);
    if decimals > 0 {
        out.push('.');
        push_padded(out, (size % unit) as u32, decimals as usize);
    }
}

/// Appends `YYYY-MM-DD HH:MM:SS`. The default format of mdb-export has only two
/// digits of the year, which would lose the century of dates back to 1953.
pub(super) fn push_timestamp(out: &mut String, day: i32, second: u32) {
    let (year, month, day) = calendar::days_to_date(day);
    push_padded(out, year.unsigned_abs(), 4);
    for (mark, part) in [
        ('-', month),
        ('-', day),
        (' ', second / 3600),
        (':', second / 60 % 60),
        (':', second % 60),
    ] {
        out.push(mark);
        push_padded(out, part, 2);
    }
}

pub(super) fn format_timestamp(day: i32, second: u32) -> String {
    let mut text = String::with_capacity(19);
    push_timestamp(&mut text, day, second);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_have_no_trailing_zeros() {
        let format = |value, decimals| {
            let mut out = String::new();
            push_decimal(&mut out, value, decimals);
            out
        };
        assert_eq!(format(38_131_111, 6), "38.131111");
        assert_eq!(format(-97_250_000, 6), "-97.25");
        assert_eq!(format(-70_000, 6), "-0.07");
        assert_eq!(format(0, 2), "0");
        assert_eq!(format(120, 0), "120");
    }

    #[test]
    fn cells_can_be_replaced_and_rows_duplicated() {
        let table = Table::find("states").expect("a table");
        let mut rows = Rows::new(table);
        rows.add_row().text("state", "KS").text("name", "KANSAS");
        rows.add_row().text("name", "OHIO").text("state", "OH");
        let again = rows.duplicate_row(0);
        rows.set(again, rows.column_index("name"), None);
        assert_eq!(rows.count(), 3);
        assert_eq!(rows.row(1).collect::<Vec<_>>(), [Some("OH"), Some("OHIO"), None]);
        assert_eq!(rows.row(2).collect::<Vec<_>>(), [Some("KS"), None, None]);
        assert_eq!(rows.cell(0, 1), Some("KANSAS"));
    }

    #[test]
    fn timestamps_have_a_year_of_four_digits() {
        let mut out = String::new();
        push_timestamp(&mut out, -6000, 3661);
        assert_eq!(out, "1953-07-29 01:01:01");
    }
}
