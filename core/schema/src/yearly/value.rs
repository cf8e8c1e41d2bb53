//! Values of cells: years and numbers with the markers of publishers.

/// Marks of revised, preliminary and estimated figures, before or after a value.
const MARKERS: [&str; 6] = ["(R)", "(P)", "(E)", "(r)", "(p)", "(e)"];

/// Texts that stand for a missing figure.
const MISSING: [&str; 9] = ["", "N", "U", "NA", "N/A", "-", "--", "..", "n/a"];

fn strip_markers(text: &str) -> &str {
    let mut text = text.trim();
    for marker in MARKERS {
        text = text.strip_prefix(marker).unwrap_or(text).trim();
        text = text.strip_suffix(marker).unwrap_or(text).trim();
    }
    text
}

/// Reads a year, perhaps with a marker or the letter of a footnote: "1960d", "(P) 2004", "2011*".
pub fn parse_year(text: &str) -> Option<u16> {
    let text = strip_markers(text);
    let (digits, rest) = text.split_at_checked(4)?;
    let is_footnote =
        rest.chars().count() <= 2 && !rest.contains(|c: char| c.is_ascii_digit() || c == '.');
    let is_number = digits.bytes().all(|b| b.is_ascii_digit());
    let year = digits.parse().ok().filter(|_| is_number && is_footnote)?;
    (1903..=2200).contains(&year).then_some(year)
}

/// Reads a number with thousands separators and markers. None if the figure is missing.
pub fn parse_number(text: &str) -> Result<Option<f64>, ()> {
    let text = strip_markers(text).trim_end_matches(['*', '†', '‡']).trim_end();
    if MISSING.contains(&text) {
        return Ok(None);
    }
    let digits: String = text.chars().filter(|c| !matches!(c, ',' | ' ' | '\u{A0}')).collect();
    let is_plain = digits.bytes().all(|b| b.is_ascii_digit() || b == b'.') && digits.len() <= 32;
    match digits.parse::<f64>() {
        Ok(number) if is_plain => Ok(Some(number)),
        _ => Err(()),
    }
}
