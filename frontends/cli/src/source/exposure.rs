//! Yearly statistics: NTSB's table 10 and BTS's table 2-14 (.xlsx or CSV), or a CSV of one's own.

use std::fs::File;
use std::path::Path;

use ntsb_schema::yearly::{Rows, YearlyFigures, detect_publication, read_yearly_table};

use super::csv::{CsvReader, Record};
use super::folder::csv_error;
use super::table_file::open_plain;
use super::workbook::{Sheet, is_zip, read_sheets};
use super::{SourceError, read_start};

/// Columns of `ntsb_staging.exposure`, in the order of [`ExposureRecord`].
pub const COLUMNS: [&str; 10] = [
    "ev_year",
    "operations",
    "acft_category",
    "hours",
    "accidents",
    "fatal_accidents",
    "fatalities",
    "source",
    "edition",
    "revision",
];

/// Columns that a CSV of one's own must have. Source and edition may be options of the command.
const OWN_COLUMNS: [&str; 3] = ["ev_year", "operations", "hours"];
/// Columns that it may have: all but the counts, which are NTSB's.
const OWN_OPTIONAL_COLUMNS: [&str; 4] = ["acft_category", "source", "edition", "revision"];

const MAX_CSV_BYTES: u64 = 16 << 20;
const MAX_CSV_ROWS: usize = 20_000;

pub type ExposureRecord = [Option<String>; COLUMNS.len()];

/// What the user states about a file that does not state it.
pub struct Defaults<'a> {
    pub source: Option<&'a str>,
    pub edition: Option<&'a str>,
    pub revision: Option<u16>,
}

pub fn read_exposure(
    path: &Path,
    defaults: &Defaults<'_>,
) -> Result<Vec<ExposureRecord>, SourceError> {
    let mut file = File::open(path).map_err(|e| SourceError::open(path, e))?;
    let start = read_start(path, &mut file)?;
    if start.is_empty() {
        return Err(SourceError::Empty { path: path.to_owned() });
    }
    if is_zip(&start) {
        return read_workbook(path, read_sheets(path, file)?, defaults);
    }
    if start.starts_with(b"\xD0\xCF\x11\xE0") {
        let detail = "it is an Excel file of the format before 2007 (.xls)".to_owned();
        return Err(SourceError::Workbook { path: path.to_owned(), detail });
    }
    let rows = read_csv(path)?;
    if has_own_columns(&rows) {
        return read_own_table(path, &rows, defaults);
    }
    let sheet = path.file_stem().map(|name| name.to_string_lossy()).unwrap_or_default();
    read_published_table(path, &rows, &sheet, defaults)
}

fn not_exposure(path: &Path, detail: impl std::fmt::Display) -> SourceError {
    SourceError::NotExposure { path: path.to_owned(), detail: detail.to_string() }
}

fn read_csv(path: &Path) -> Result<Rows, SourceError> {
    let mut reader = CsvReader::new(open_plain(path, MAX_CSV_BYTES)?);
    let (mut record, mut rows) = (Record::default(), Rows::new());
    while reader.read(&mut record).map_err(|e| csv_error(path, e))? {
        let line = record.line;
        let error = |detail: &str| {
            let detail = detail.to_owned();
            SourceError::Csv { path: path.to_owned(), line, detail }
        };
        if rows.len() >= MAX_CSV_ROWS {
            return Err(error("more than 20,000 rows are not read"));
        }
        let fields = (0..record.width()).map(|i| record.field(i).unwrap_or_default());
        let cells = fields.map(|bytes| match std::str::from_utf8(bytes) {
            Ok(text) if !text.contains('\0') => {
                Ok(text.trim_start_matches('\u{FEFF}').trim().to_owned())
            }
            _ => Err(error("the text is not UTF-8; save the file as CSV in UTF-8")),
        });
        rows.push(cells.collect::<Result<_, _>>()?);
    }
    Ok(rows)
}

fn has_own_columns(rows: &Rows) -> bool {
    rows.first().is_some_and(|header| {
        OWN_COLUMNS.iter().all(|column| header.iter().any(|title| title == column))
    })
}

fn read_own_table(
    path: &Path,
    rows: &Rows,
    defaults: &Defaults<'_>,
) -> Result<Vec<ExposureRecord>, SourceError> {
    let Some((header, rows)) = rows.split_first() else { return Ok(Vec::new()) };
    let known = |title: &&String| {
        title.is_empty()
            || OWN_COLUMNS.iter().chain(&OWN_OPTIONAL_COLUMNS).any(|column| column == title)
    };
    if let Some(title) = header.iter().find(|title| !known(title)) {
        let detail = format!("column {title:?} is unknown");
        return Err(not_exposure(path, detail.chars().take(120).collect::<String>()));
    }
    let mut records = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        if row.iter().all(String::is_empty) {
            continue;
        }
        if row.len() != header.len() {
            let detail = format!("the row has {} values, the header {}", row.len(), header.len());
            let line = index as u64 + 2;
            return Err(SourceError::Csv { path: path.to_owned(), line, detail });
        }
        let value = |column: &str| {
            let place = header.iter().position(|title| title == column)?;
            row.get(place).filter(|value| !value.is_empty()).cloned()
        };
        let mut record: ExposureRecord = COLUMNS.map(value);
        set_publication(path, &mut record, None, defaults)?;
        records.push(record);
    }
    match records.is_empty() {
        true => Err(not_exposure(path, "the file has no rows")),
        false => Ok(records),
    }
}

/// Fills source, edition and revision where the record lacks them.
fn set_publication(
    path: &Path,
    record: &mut ExposureRecord,
    publication: Option<&str>,
    defaults: &Defaults<'_>,
) -> Result<(), SourceError> {
    let [.., source, edition, revision] = record;
    if source.is_none() {
        *source = defaults.source.or(publication).map(str::to_owned);
    }
    if edition.is_none() {
        *edition = defaults.edition.map(str::to_owned);
    }
    if revision.is_none() {
        *revision = defaults.revision.map(|number| number.to_string());
    }
    match (source, edition) {
        (None, _) => {
            Err(not_exposure(path, "the file does not state its source: give --source TEXT"))
        }
        (_, None) => {
            Err(not_exposure(path, "the file does not state its edition: give --edition YYYY"))
        }
        _ => Ok(()),
    }
}

/// Reads the only sheet that is one of the known tables.
fn read_workbook(
    path: &Path,
    sheets: Vec<Sheet>,
    defaults: &Defaults<'_>,
) -> Result<Vec<ExposureRecord>, SourceError> {
    let named = |sheet: &&Sheet| detect_publication(&sheet.rows, &sheet.name).is_some();
    let readable = |sheet: &&Sheet| read_yearly_table(&sheet.rows, &sheet.name).is_ok();
    let named: Vec<&Sheet> = sheets.iter().filter(named).collect();
    let readable: Vec<&Sheet> = named.iter().copied().filter(readable).collect();
    let sheet = match (&readable[..], &named[..], &sheets[..]) {
        ([sheet], ..) | ([], [sheet], _) => *sheet,
        ([], [], [sheet]) => sheet,
        (several, ..) => {
            let names: Vec<&str> = match several {
                [] => sheets.iter().map(|sheet| sheet.name.as_str()).collect(),
                _ => several.iter().map(|sheet| sheet.name.as_str()).collect(),
            };
            let names: String = names.join(", ").chars().take(300).collect();
            let count = if several.is_empty() { "no sheet is" } else { "several sheets are" };
            let detail = format!("{count} one of the known tables (sheets: {names})");
            return Err(not_exposure(path, detail));
        }
    };
    read_published_table(path, &sheet.rows, &sheet.name, defaults)
}

fn read_published_table(
    path: &Path,
    rows: &Rows,
    sheet: &str,
    defaults: &Defaults<'_>,
) -> Result<Vec<ExposureRecord>, SourceError> {
    let figures = read_yearly_table(rows, sheet).map_err(|e| not_exposure(path, e))?;
    let publication = detect_publication(rows, sheet);
    // BTS lists early years without figures.
    let known = figures.iter().filter(|f| f.hours.is_some() || f.accidents.is_some());
    let records = known.map(|figures| {
        let mut record = describe_year(figures);
        set_publication(path, &mut record, publication, defaults)?;
        Ok(record)
    });
    records.collect()
}

fn describe_year(figures: &YearlyFigures) -> ExposureRecord {
    [
        Some(figures.year.to_string()),
        Some("general_aviation".to_owned()),
        None,
        figures.hours.map(|n| n.to_string()),
        figures.accidents.map(|n| n.to_string()),
        figures.fatal_accidents.map(|n| n.to_string()),
        figures.fatalities.map(|n| n.to_string()),
        None,
        None,
        None,
    ]
}
