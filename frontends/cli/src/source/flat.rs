//! Recognizes CSV files that are not NTSB's tables, for a helpful error message.

use std::path::Path;

use ntsb_schema::tables::Table;

use super::SourceError;
use super::folder::read_header;
use super::layout::{Layout, list_names};

/// Columns of flat extracts (one row per event), reduced to letters. They come from NTSB's query tool
/// and from copies in circulation.
const NUMBER_COLUMNS: [&str; 4] = ["ntsbno", "ntsbnumber", "accidentnumber", "eventid"];
const DATE_COLUMNS: [&str; 2] = ["eventdate", "accidentdate"];

/// The error for a single CSV file.
pub fn explain_csv_file(path: &Path) -> SourceError {
    let path = path.to_owned();
    if is_flat_extract(&path) {
        SourceError::FlatExtract { path }
    } else {
        SourceError::SingleCsv { path }
    }
}

/// Makes the error of a folder without an events table more specific, if its files allow that.
pub fn explain_missing_events<'f>(
    error: SourceError,
    files: impl Iterator<Item = &'f Path>,
) -> SourceError {
    let SourceError::NoEvents { path, found } = error else { return error };
    let files: Vec<&Path> = files.collect();
    let prefixed: Vec<_> = files.iter().copied().filter_map(prefixed_table_name).collect();
    if let Some(flat) = files.iter().find(|file| is_flat_extract(file)) {
        return SourceError::FlatExtract { path: flat.to_path_buf() };
    }
    if prefixed.is_empty() {
        return SourceError::NoEvents { path, found };
    }
    let names: Vec<&str> = prefixed.iter().map(String::as_str).collect();
    SourceError::PrefixedCsv { path, found: list_names(&names) }
}

/// The name of a file that is a table name with a prefix, such as `avall-events.csv`.
fn prefixed_table_name(file: &Path) -> Option<String> {
    let stem = file.file_stem()?.to_string_lossy();
    let ends_in_table = |at: usize| stem.get(at + 1..).is_some_and(Layout::is_known_table);
    let is_prefixed = stem.match_indices(['-', '_', '.', ' ']).any(|(at, _)| ends_in_table(at));
    let is_table = Table::find(&stem.to_lowercase()).is_some();
    (is_prefixed && !is_table)
        .then(|| file.file_name().map(|n| n.to_string_lossy().into_owned()))?
}

fn is_flat_extract(file: &Path) -> bool {
    read_header(file).is_ok_and(|names| has_flat_columns(&names))
}

/// Whether these are the columns of a flat extract.
pub fn has_flat_columns(names: &[String]) -> bool {
    let letters = |name: &String| -> String {
        name.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_lowercase()
    };
    let names: Vec<String> = names.iter().map(letters).collect();
    let has_one_of = |known: &[&str]| names.iter().any(|name| known.contains(&name.as_str()));
    has_one_of(&NUMBER_COLUMNS) && has_one_of(&DATE_COLUMNS)
}
