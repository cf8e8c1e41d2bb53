//! Aligned columns, digit grouping and dates in text output.

use console::measure_text_width;
use indicatif::HumanCount;

/// Formats 1234567 as 1,234,567.
pub fn group_digits(number: i64) -> String {
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{}", HumanCount(number.unsigned_abs()))
}

/// The date of an ISO 8601 timestamp, or "-".
pub fn date_of(timestamp: Option<&str>) -> String {
    timestamp.and_then(|t| t.get(..10)).unwrap_or("-").to_owned()
}

/// Aligns cells in columns: the first `left` columns to the left, the others to the right.
pub fn align_rows(rows: &[Vec<String>], left: usize) -> String {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    align_columns(rows, &(0..count).map(|column| column >= left).collect::<Vec<_>>())
}

/// Aligns cells in columns, each to the right where `is_right` is true and to the left elsewhere.
pub fn align_columns(rows: &[Vec<String>], is_right: &[bool]) -> String {
    let width = |column| {
        let cells = rows.iter().filter_map(|row| row.get::<usize>(column));
        cells.map(|cell| measure_text_width(cell)).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..is_right.len()).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().zip(&widths).zip(is_right).map(|((cell, width), is_right)| {
            let padding = " ".repeat(width.saturating_sub(measure_text_width(cell)));
            if *is_right { format!("{padding}{cell}") } else { format!("{cell}{padding}") }
        });
        text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}

/// Date and time of an ISO 8601 timestamp, to the minute.
pub fn date_and_minute_of(timestamp: Option<&str>) -> String {
    timestamp.and_then(|t| t.get(..16)).map_or("-".to_owned(), |t| t.replace('T', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped_in_threes() {
        assert_eq!(group_digits(1_234_567), "1,234,567");
        assert_eq!(group_digits(-1_234), "-1,234");
    }
}
