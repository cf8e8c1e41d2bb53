//! Why a file cannot be taken, and what to do about it.

use std::io;
use std::path::{Path, PathBuf};

use ntsb_schema::case::NotACase;

/// Where NTSB publishes its Access files.
const DOWNLOADS: &str = "https://data.ntsb.gov/avdata";

/// A file that is not readable or not an NTSB file. Every message ends with the way out.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    #[error("{}: no such file or folder; check the path", .0.display())]
    NotFound(PathBuf),

    #[error("{}: cannot be read: {error}", path.display())]
    Io { path: PathBuf, error: io::Error },

    #[error("{}: is empty (0 bytes); fetch the file again", path.display())]
    Empty { path: PathBuf },

    #[error(
        "{}: is not an Access file; give avall.zip, an .mdb file, a folder of CSV files \
         as mdb-export writes them, or cases as JSON",
        path.display()
    )]
    NotAccess { path: PathBuf },

    #[error("{}: is UTF-16; save it as UTF-8", path.display())]
    Utf16 { path: PathBuf },

    #[error(
        "{}: is an Access file of a version that nothing is known of (0x{version:02X}); open it \
         in Access and save it in the format of Access 2000 or 2007",
        path.display()
    )]
    Version { path: PathBuf, version: u8 },

    #[error(
        "{}: is one CSV file; give the folder that holds one CSV file per table (events.csv, \
         aircraft.csv, ...)",
        path.display()
    )]
    SingleCsv { path: PathBuf },

    #[error(
        "{}: is a flat extract, which has one line per event or aircraft and a part of what NTSB says \
         of it, so that no table can be made of it; give avall.zip from NTSB's download page \
         ({DOWNLOADS}), or let NTSB's query tool export JSON and give its zip as it is",
        path.display()
    )]
    FlatExtract { path: PathBuf },

    #[error(
        "{}: has no events.csv, but {found}; name each file as its table is named and nothing else: \
         events.csv, aircraft.csv, ...",
        path.display()
    )]
    PrefixedCsv { path: PathBuf, found: String },

    #[error("{}: is truncated: {detail}; fetch the file again", path.display())]
    Truncated { path: PathBuf, detail: String },

    #[error("{}: is damaged: {detail}; fetch the file again", path.display())]
    Damaged { path: PathBuf, detail: String },

    #[error(
        "{}: table {table} should hold {expected} rows and {read} could be read: \
         the file is damaged; fetch it again",
        path.display()
    )]
    RowsLost { path: PathBuf, table: String, expected: u64, read: u64 },

    #[error(
        "{}: table {table} should hold {expected} rows and {read} were found, so that deleted rows \
         would come back: the file is damaged; fetch it again, or let Access compact and repair it",
        path.display()
    )]
    RowsSurplus { path: PathBuf, table: String, expected: u64, read: u64 },

    #[error(
        "{}: table {table}, row {row}: {column} holds a value that cannot be read: \
         the file is damaged; fetch it again",
        path.display()
    )]
    ValueLost { path: PathBuf, table: String, column: String, row: u64 },

    #[error("{}: is locked by a password; save it without one", path.display())]
    Password { path: PathBuf },

    #[error(
        "{}: the zip holds neither an .mdb file nor cases as .json (it holds {found}); give avall.zip \
         from NTSB's download page ({DOWNLOADS}) or the zip of JSON that NTSB's query tool exports",
        path.display()
    )]
    ZipWithoutMdb { path: PathBuf, found: String },

    #[error(
        "{}: the zip holds CSV files ({found}); unpack it and give the folder they are in",
        path.display()
    )]
    ZipOfCsv { path: PathBuf, found: String },

    #[error("{}: the zip holds several .mdb files ({found}); unpack it and give them one by one", path.display())]
    ZipWithSeveralMdb { path: PathBuf, found: String },

    #[error("{}: the zip cannot be read: {detail}; fetch the file again", path.display())]
    BadZip { path: PathBuf, detail: String },

    #[error(
        "{}: {name} unpacks to more than {limit} bytes; if the file is to be trusted, raise \
         the limit with --max-unpacked GIB",
        path.display()
    )]
    TooLarge { path: PathBuf, name: String, limit: u64 },

    #[error(
        "{}: {name} unpacks to more than {ratio} times its packed size, which no Access file of \
         this size does; if the file is to be trusted, unpack it and give the .mdb",
        path.display()
    )]
    ImplausibleRatio { path: PathBuf, name: String, ratio: u64 },

    #[error("cannot write a temporary file in {}: {error}; free space there or set TMPDIR", folder.display())]
    Temporary { folder: PathBuf, error: io::Error },

    #[error("{}: has no events table (it has {found}) and no tblFirstHalf, so it is not an NTSB file", path.display())]
    NoEvents { path: PathBuf, found: String },

    #[error(
        "{}: table {table} lacks the key column {column} (it has {found}); give the file as NTSB \
         publishes it, or CSV with the names of the columns in the first line and commas between",
        path.display()
    )]
    MissingKey { path: PathBuf, table: String, column: String, found: String },

    #[error("{}: has tables and not one row in them; fetch the file again", path.display())]
    NoRows { path: PathBuf },

    #[error("{}: has {what} {name} twice; remove one", path.display())]
    Twice { path: PathBuf, what: &'static str, name: String },

    #[error("{}: holds no CSV file; give a folder with one <Table>.csv each, as mdb-export writes them", path.display())]
    NoCsv { path: PathBuf },

    #[error("{}: holds {name} and no CSV file; give that file itself", path.display())]
    FolderOfMdb { path: PathBuf, name: String },

    #[error("{}, line {line}: {detail}; mend the line, or export the file again", path.display())]
    Csv { path: PathBuf, line: u64, detail: String },

    #[error(
        "{}, line {line}: {detail}; cases are JSON in UTF-8: fetch the file again",
        path.display()
    )]
    Json { path: PathBuf, line: u64, detail: String },

    #[error("{}: value {number} {reason}", path.display())]
    NotACase { path: PathBuf, number: u64, reason: NotACase },

    #[error(
        "{}: holds no case of aviation (of others {others}); give cases as NTSB's API or query \
         tool gives them",
        path.display()
    )]
    NoCases { path: PathBuf, others: u64 },

    #[error(
        "{}: is no list of airports; give airports.csv of OurAirports or of the Python package \
         airportsdata",
        path.display()
    )]
    NoAirports { path: PathBuf },

    #[error(
        "{}: {detail}; facts are a JSON array of objects, JSON with one object a line, or CSV with \
         their names in the first line, in UTF-8",
        path.display()
    )]
    NotFacts { path: PathBuf, detail: String },

    /// The taker of the rows gave up and says itself why.
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
