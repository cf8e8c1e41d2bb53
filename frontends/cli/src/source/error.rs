//! Errors of reading files, each with advice.

use std::io;
use std::path::{Path, PathBuf};

use ntsb_schema::case::CaseError;

/// NTSB's download page for Access files.
const DOWNLOADS: &str = "https://data.ntsb.gov/avdata";

/// A file cannot be read or is not an NTSB file. Every message ends with advice.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    #[error("{}: no such file or folder; check the path", .0.display())]
    NotFound(PathBuf),

    #[error("{}: cannot read the file: {error}", path.display())]
    Io { path: PathBuf, error: io::Error },

    #[error("{}: the file is empty (0 bytes); download it again", path.display())]
    Empty { path: PathBuf },

    #[error(
        "{}: not an Access file; expected avall.zip, an .mdb file, a folder of CSV files written by \
         mdb-export, or cases as JSON",
        path.display()
    )]
    NotAccess { path: PathBuf },

    #[error("{}: the file is UTF-16; save it as UTF-8", path.display())]
    Utf16 { path: PathBuf },

    #[error(
        "{}: unknown version of Access (0x{version:02X}); open the file in Access and save it in the \
         format of Access 2000 or 2007",
        path.display()
    )]
    Version { path: PathBuf, version: u8 },

    #[error(
        "{}: single CSV file; give the folder with one CSV file per table (events.csv, \
         aircraft.csv, ...)",
        path.display()
    )]
    SingleCsv { path: PathBuf },

    #[error(
        "{}: flat extract with one row per event or aircraft, which lacks most of NTSB's data; use \
         avall.zip from NTSB's download page ({DOWNLOADS}) or the zip of JSON that NTSB's query tool \
         exports",
        path.display()
    )]
    FlatExtract { path: PathBuf },

    #[error(
        "{}: no events.csv, but found {found}; rename each file to the name of its table: events.csv, \
         aircraft.csv, ...",
        path.display()
    )]
    PrefixedCsv { path: PathBuf, found: String },

    #[error("{}: the file is truncated: {detail}; download it again", path.display())]
    Truncated { path: PathBuf, detail: String },

    #[error("{}: the file is damaged: {detail}; download it again", path.display())]
    Damaged { path: PathBuf, detail: String },

    #[error(
        "{}: table {table} should have {expected} rows, but only {read} could be read; the file is \
         damaged: download it again",
        path.display()
    )]
    RowsLost { path: PathBuf, table: String, expected: u64, read: u64 },

    #[error(
        "{}: table {table} should have {expected} rows, but {read} were found, so deleted rows would \
         be loaded; the file is damaged: download it again, or compact and repair it in Access",
        path.display()
    )]
    RowsSurplus { path: PathBuf, table: String, expected: u64, read: u64 },

    #[error(
        "{}: table {table}, row {row}: the value of {column} cannot be read; the file is damaged: \
         download it again",
        path.display()
    )]
    ValueLost { path: PathBuf, table: String, column: String, row: u64 },

    #[error("{}: the file is password-protected; save it without a password", path.display())]
    Password { path: PathBuf },

    #[error(
        "{}: the zip contains neither an .mdb file nor cases as .json (it contains {found}); use \
         avall.zip from NTSB's download page ({DOWNLOADS}) or the zip of JSON that NTSB's query tool \
         exports",
        path.display()
    )]
    ZipWithoutMdb { path: PathBuf, found: String },

    #[error(
        "{}: the zip contains CSV files ({found}); unpack it and give the folder",
        path.display()
    )]
    ZipOfCsv { path: PathBuf, found: String },

    #[error("{}: the zip contains several .mdb files ({found}); unpack it and load them one by one", path.display())]
    ZipWithSeveralMdb { path: PathBuf, found: String },

    #[error("{}: cannot read the zip: {detail}; download it again", path.display())]
    BadZip { path: PathBuf, detail: String },

    #[error(
        "{}: {name} unpacks to more than {limit} bytes; if you trust the file, raise the limit with \
         --max-unpacked GIB",
        path.display()
    )]
    TooLarge { path: PathBuf, name: String, limit: u64 },

    #[error(
        "{}: {name} unpacks to more than {ratio} times its packed size, which is implausible; if you \
         trust the file, unpack it and load the .mdb file",
        path.display()
    )]
    ImplausibleRatio { path: PathBuf, name: String, ratio: u64 },

    #[error("cannot write a temporary file in {}: {error}; free space there or set TMPDIR", folder.display())]
    Temporary { folder: PathBuf, error: io::Error },

    #[error("{}: not an NTSB file: it has no table events and no tblFirstHalf (found {found})", path.display())]
    NoEvents { path: PathBuf, found: String },

    #[error(
        "{}: table {table} has no key column {column} (found {found}); use the file as NTSB publishes \
         it, or comma-separated CSV with a header row",
        path.display()
    )]
    MissingKey { path: PathBuf, table: String, column: String, found: String },

    #[error("{}: all tables are empty; download the file again", path.display())]
    NoRows { path: PathBuf },

    #[error("{}: duplicate {what} {name}; remove one", path.display())]
    Duplicate { path: PathBuf, what: &'static str, name: String },

    #[error("{}: no CSV files in the folder; expected one <Table>.csv per table, as mdb-export writes them", path.display())]
    NoCsv { path: PathBuf },

    #[error("{}: no CSV files in the folder, but found {name}; give that file instead", path.display())]
    FolderOfMdb { path: PathBuf, name: String },

    #[error("{}, line {line}: {detail}; correct the line or export the file again", path.display())]
    Csv { path: PathBuf, line: u64, detail: String },

    #[error(
        "{}, line {line}: {detail}; cases must be JSON in UTF-8: download the file again",
        path.display()
    )]
    Json { path: PathBuf, line: u64, detail: String },

    #[error(
        "{}: {detail}; expected safety recommendations as JSON in UTF-8: a list, an object with a list \
         named data, or one object per line",
        path.display()
    )]
    NotRecommendations { path: PathBuf, detail: String },

    #[error("{}: value {number} {reason}", path.display())]
    NotACase { path: PathBuf, number: u64, reason: CaseError },

    #[error(
        "{}: no aviation cases (cases of other modes: {others}); use the cases of NTSB's API or query \
         tool",
        path.display()
    )]
    NoCases { path: PathBuf, others: u64 },

    #[error("{}: not {expected} (the file has the columns {found})", path.display())]
    OtherTable { path: PathBuf, expected: &'static str, found: String },

    #[error(
        "{}: cannot read the workbook: {detail}; save it again as .xlsx, or export the table as CSV",
        path.display()
    )]
    Workbook { path: PathBuf, detail: String },

    #[error(
        "{}: {detail}; use NTSB's table 10 or BTS's table 2-14 (.xlsx or CSV), or a CSV with the columns \
         ev_year, operations, hours, source and edition",
        path.display()
    )]
    NotExposure { path: PathBuf, detail: String },

    #[error(
        "{}: not the FAA aircraft registry: {detail}; use ReleasableAircraft.zip \
         (https://registry.faa.gov/database/ReleasableAircraft.zip), or a folder with its files \
         MASTER.txt, DEREG.txt, ACFTREF.txt and ENGINE.txt",
        path.display()
    )]
    NotRegistry { path: PathBuf, detail: String },

    #[error(
        "{}: {detail}; expected facts as a JSON array of objects, as JSON with one object per line, or \
         as CSV with a header row, in UTF-8",
        path.display()
    )]
    NotFacts { path: PathBuf, detail: String },

    /// The receiver of the rows failed and reports its own error.
    #[error("reading stopped")]
    Stopped,
}

impl SourceError {
    pub fn io(path: &Path, error: io::Error) -> SourceError {
        SourceError::Io { path: path.to_owned(), error }
    }

    pub fn open(path: &Path, error: io::Error) -> SourceError {
        match error.kind() {
            io::ErrorKind::NotFound => SourceError::NotFound(path.to_owned()),
            _ => SourceError::io(path, error),
        }
    }
}
