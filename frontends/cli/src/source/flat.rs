//! CSV that is not NTSB's tables, and what to give instead.

use std::path::Path;

use ntsb_schema::tables::Table;

use super::SourceError;
use super::folder::read_header;
use super::layout::{Layout, some_of};

/// Columns, as letters only, by which extracts of one line an event name it: the query tool's, and
/// those that are handed about.
const NUMBERS: [&str; 4] = ["ntsbno", "ntsbnumber", "accidentnumber", "eventid"];
const DATES: [&str; 2] = ["eventdate", "accidentdate"];

/// Why one CSV file is not taken.
pub fn single(path: &Path) -> SourceError {
    let path = path.to_owned();
    if is_flat(&path) { SourceError::FlatExtract { path } } else { SourceError::SingleCsv { path } }
}

/// What is wrong with a folder that has no table of events, where its files tell.
pub fn explained<'f>(error: SourceError, files: impl Iterator<Item = &'f Path>) -> SourceError {
    let SourceError::NoEvents { path, found } = error else { return error };
    let files: Vec<&Path> = files.collect();
    let prefixed: Vec<_> = files.iter().copied().filter_map(prefixed).collect();
    if let Some(flat) = files.iter().find(|file| is_flat(file)) {
        return SourceError::FlatExtract { path: flat.to_path_buf() };
    }
    if prefixed.is_empty() {
        return SourceError::NoEvents { path, found };
    }
    let names: Vec<&str> = prefixed.iter().map(String::as_str).collect();
    SourceError::PrefixedCsv { path, found: some_of(&names) }
}

/// The name of a file that ends in that of a table, with something before it.
fn prefixed(file: &Path) -> Option<String> {
    let stem = file.file_stem()?.to_string_lossy();
    let ends_in_table = |at: usize| stem.get(at + 1..).is_some_and(Layout::knows);
    let prefixed = stem.match_indices(['-', '_', '.', ' ']).any(|(at, _)| ends_in_table(at));
    let is_table = Table::find(&stem.to_lowercase()).is_some();
    (prefixed && !is_table).then(|| file.file_name().map(|n| n.to_string_lossy().into_owned()))?
}

fn is_flat(file: &Path) -> bool {
    read_header(file).is_ok_and(|names| has_flat_names(&names))
}

/// Whether these are the columns of a flat extract.
pub fn has_flat_names(names: &[String]) -> bool {
    let letters = |name: &String| -> String {
        name.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_lowercase()
    };
    let names: Vec<String> = names.iter().map(letters).collect();
    let has_one = |known: &[&str]| names.iter().any(|name| known.contains(&name.as_str()));
    has_one(&NUMBERS) && has_one(&DATES)
}
