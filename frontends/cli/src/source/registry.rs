//! The FAA aircraft registry: ReleasableAircraft.zip, or a folder with its files.
//!
//! Names and addresses of registrants are private: their columns are not read, and neither are the
//! makers of amateur-built aircraft, which are usually their builders.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use zip::ZipArchive;

use super::archive::unpack_entry;
use super::digest::hash_files;
use super::layout::list_names;
use super::table_file::{FileKind, FileLayout, TableFile, optional, required};
use super::{Limits, RowSink, SourceError};

/// A file of the registry and its staging table.
pub struct RegistryMember {
    pub name: &'static str,
    pub table: &'static str,
    kind: FileKind,
}

pub static MEMBERS: [RegistryMember; 4] = [
    RegistryMember { name: "MASTER.txt", table: "registry_master", kind: kind(MASTER) },
    RegistryMember { name: "DEREG.txt", table: "registry_deregistered", kind: kind(DEREGISTERED) },
    RegistryMember { name: "ACFTREF.txt", table: TYPE_TABLE, kind: kind(AIRCRAFT_TYPES) },
    RegistryMember { name: "ENGINE.txt", table: "registry_engine", kind: kind(ENGINE_TYPES) },
];

const TYPE_TABLE: &str = "registry_type";

const fn kind(layouts: &'static [FileLayout]) -> FileKind {
    FileKind {
        expected: "a file of the FAA aircraft registry; use MASTER.txt, DEREG.txt, ACFTREF.txt and \
                   ENGINE.txt as ReleasableAircraft.zip contains them",
        layouts,
        max_bytes: MAX_BYTES,
        has_comments: false,
    }
}

/// The real files have 0.5 GB together.
const MAX_BYTES: u64 = 4 << 30;

const MASTER: &[FileLayout] = &[FileLayout {
    name: "MASTER.txt",
    columns: &[
        required("n_number", &["N-NUMBER"]),
        required("serial_no", &["SERIAL NUMBER"]),
        required("type_code", &["MFR MDL CODE"]),
        required("engine_code", &["ENG MFR MDL"]),
        required("year_manufactured", &["YEAR MFR"]),
        optional("registrant_type", &["TYPE REGISTRANT"]),
        required("last_action_date", &["LAST ACTION DATE"]),
        required("valid_from", &["CERT ISSUE DATE"]),
        required("certification", &["CERTIFICATION"]),
        required("status", &["STATUS CODE"]),
        optional("is_fractional", &["FRACT OWNER"]),
        optional("airworthiness_date", &["AIR WORTH DATE"]),
        optional("expiration_date", &["EXPIRATION DATE"]),
        optional("kit_make", &["KIT MFR"]),
        optional("kit_model", &["KIT MODEL"]),
        optional("mode_s_hex", &["MODE S CODE HEX"]),
    ],
}];

const DEREGISTERED: &[FileLayout] = &[FileLayout {
    name: "DEREG.txt",
    columns: &[
        required("n_number", &["N-NUMBER"]),
        required("serial_no", &["SERIAL-NUMBER"]),
        required("type_code", &["MFR-MDL-CODE"]),
        required("engine_code", &["ENG-MFR-MDL"]),
        required("year_manufactured", &["YEAR-MFR"]),
        required("valid_from", &["CERT-ISSUE-DATE"]),
        required("valid_until", &["CANCEL-DATE"]),
        required("certification", &["CERTIFICATION"]),
        optional("status", &["STATUS-CODE"]),
        optional("airworthiness_date", &["AIR-WORTH-DATE"]),
        optional("kit_make", &["KIT MFR"]),
        optional("kit_model", &["KIT MODEL"]),
        optional("mode_s_hex", &["MODE S CODE HEX"]),
        optional("export_country", &["EXP-COUNTRY"]),
    ],
}];

const AIRCRAFT_TYPES: &[FileLayout] = &[FileLayout {
    name: "ACFTREF.txt",
    columns: &[
        required("code", &["CODE"]),
        required("make", &["MFR"]),
        required("model", &["MODEL"]),
        required("aircraft_type", &["TYPE-ACFT"]),
        required("engine_type", &["TYPE-ENG"]),
        required("category", &["AC-CAT"]),
        required("build_certification", &["BUILD-CERT-IND"]),
        required("engines", &["NO-ENG"]),
        required("seats", &["NO-SEATS"]),
        required("weight_class", &["AC-WEIGHT"]),
        required("speed", &["SPEED"]),
    ],
}];

const ENGINE_TYPES: &[FileLayout] = &[FileLayout {
    name: "ENGINE.txt",
    columns: &[
        required("code", &["CODE"]),
        required("make", &["MFR"]),
        required("model", &["MODEL"]),
        required("engine_type", &["TYPE"]),
        required("horsepower", &["HORSEPOWER"]),
        required("thrust", &["THRUST"]),
    ],
}];

/// The registry's zip or folder. Its files have not been read yet.
pub struct RegistryFiles {
    path: PathBuf,
    /// The files of a folder, in the order of [`MEMBERS`]; `None` for a zip.
    files: Option<Vec<PathBuf>>,
}

impl RegistryFiles {
    pub fn find(path: &Path) -> Result<RegistryFiles, SourceError> {
        let metadata = std::fs::metadata(path).map_err(|e| SourceError::open(path, e))?;
        let files = if metadata.is_dir() {
            Some(list_files(path)?)
        } else {
            check_zip_start(path)?;
            None
        };
        Ok(RegistryFiles { path: path.to_owned(), files })
    }

    /// The SHA-256 of the zip, or of the files of the folder.
    pub fn digest(&self) -> Result<String, SourceError> {
        match &self.files {
            Some(files) => hash_files(files.iter().map(PathBuf::as_path)),
            None => hash_files([self.path.as_path()]),
        }
    }

    /// Opens the files in the order of [`MEMBERS`] and checks their headers. A zip is unpacked into
    /// unnamed temporary files, so that its checksums are verified before a row is sent.
    pub fn open(&self) -> Result<Vec<TableFile>, SourceError> {
        let Some(files) = &self.files else { return self.open_zip() };
        let open = |(member, path): (&'static RegistryMember, &PathBuf)| {
            let file = File::open(path).map_err(|e| SourceError::open(path, e))?;
            open_member(member, path, file)
        };
        MEMBERS.iter().zip(files).map(open).collect()
    }

    fn open_zip(&self) -> Result<Vec<TableFile>, SourceError> {
        let path = &self.path;
        let bad_zip = |e: zip::result::ZipError| SourceError::BadZip {
            path: path.clone(),
            detail: e.to_string(),
        };
        let file = File::open(path).map_err(|e| SourceError::open(path, e))?;
        let mut archive = ZipArchive::new(file).map_err(bad_zip)?;
        let names: Vec<String> = archive
            .file_names()
            .map(|name| name.map(|name| name.into_owned()))
            .collect::<Result<_, _>>()
            .map_err(bad_zip)?;
        let limits = Limits { unpacked: MAX_BYTES };
        let mut opened = Vec::new();
        for member in &MEMBERS {
            let found = names.iter().find(|name| has_base_name(name, member.name));
            let name = found.ok_or_else(|| missing_member(path, member, &names))?;
            let unpacked = unpack_entry(path, &mut archive, name, limits)?;
            opened.push(open_member(member, &path.join(member.name), unpacked)?);
        }
        Ok(opened)
    }
}

fn check_zip_start(path: &Path) -> Result<(), SourceError> {
    let mut start = Vec::new();
    let file = File::open(path).map_err(|e| SourceError::open(path, e))?;
    file.take(4).read_to_end(&mut start).map_err(|e| SourceError::io(path, e))?;
    match start.as_slice() {
        [] => Err(SourceError::Empty { path: path.to_owned() }),
        [b'P', b'K', ..] => Ok(()),
        _ => Err(not_registry(path, "it is not a zip".to_owned())),
    }
}

/// The files of [`MEMBERS`] in a folder, in any case.
fn list_files(folder: &Path) -> Result<Vec<PathBuf>, SourceError> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|e| SourceError::io(folder, e))? {
        let entry = entry.map_err(|e| SourceError::io(folder, e))?;
        names.push(entry.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    let find = |member: &RegistryMember| {
        let found = names.iter().find(|name| has_base_name(name, member.name));
        found.map(|name| folder.join(name)).ok_or_else(|| missing_member(folder, member, &names))
    };
    MEMBERS.iter().map(find).collect()
}

fn has_base_name(name: &str, expected: &str) -> bool {
    name.rsplit(['/', '\\']).next().is_some_and(|base| base.eq_ignore_ascii_case(expected))
}

fn missing_member(path: &Path, member: &RegistryMember, found: &[String]) -> SourceError {
    let names: Vec<&str> = found.iter().map(String::as_str).collect();
    let found = if names.is_empty() { "nothing".to_owned() } else { list_names(&names) };
    not_registry(path, format!("it has no {} (found {found})", member.name))
}

fn not_registry(path: &Path, detail: String) -> SourceError {
    SourceError::NotRegistry { path: path.to_owned(), detail }
}

fn open_member(
    member: &'static RegistryMember,
    path: &Path,
    file: File,
) -> Result<TableFile, SourceError> {
    let mut input = BufReader::with_capacity(1 << 16, file);
    let start = input.fill_buf().map_err(|e| SourceError::io(path, e))?;
    if start.starts_with(b"\xFF\xFE") || start.starts_with(b"\xFE\xFF") {
        return Err(SourceError::Utf16 { path: path.to_owned() });
    }
    let input: Box<dyn Read + Send> = Box::new(QuoteReplacer(input.take(MAX_BYTES)));
    let mut table =
        TableFile::from_reader(path, BufReader::with_capacity(1 << 16, input), &member.kind)?;
    table.require_utf8();
    Ok(table)
}

/// The FAA's values are never quoted, so a quote is a character like any other. It becomes an apostrophe,
/// which the CSV reader accepts within a value.
struct QuoteReplacer<R>(R);

impl<R: Read> Read for QuoteReplacer<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.0.read(buffer)?;
        let filled = buffer.iter_mut().take(count);
        filled.filter(|byte| **byte == b'"').for_each(|byte| *byte = b'\'');
        Ok(count)
    }
}

/// Streams the rows of a file of the registry into `sink`. Returns their number.
pub fn read_member(
    member: &RegistryMember,
    file: &mut TableFile,
    sink: &mut dyn RowSink,
) -> Result<u64, SourceError> {
    if member.table != TYPE_TABLE {
        return file.read(sink);
    }
    let position = |column: &str| file.layout().columns.iter().position(|c| c.name == column);
    let (make, certification) = (position("make"), position("build_certification"));
    file.read(&mut MakerFilter { sink, make, certification, row: Vec::new() })
}

/// Passes rows of ACFTREF.txt on without the maker, unless the type is type-certificated or light sport.
struct MakerFilter<'a> {
    sink: &'a mut dyn RowSink,
    make: Option<usize>,
    certification: Option<usize>,
    row: Vec<Option<String>>,
}

impl RowSink for MakerFilter<'_> {
    fn value(&mut self, value: Option<&str>) {
        self.row.push(value.map(str::to_owned));
    }

    fn end_row(&mut self) -> Result<(), SourceError> {
        let value = |index: Option<usize>| self.row.get(index?)?.as_deref();
        let is_public = matches!(value(self.certification), Some("0" | "2"));
        for (index, value) in self.row.drain(..).enumerate() {
            let is_hidden = Some(index) == self.make && !is_public;
            self.sink.value(value.as_deref().filter(|_| !is_hidden));
        }
        self.sink.end_row()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Rows(Vec<Vec<Option<String>>>, Vec<Option<String>>);

    impl RowSink for Rows {
        fn value(&mut self, value: Option<&str>) {
            self.1.push(value.map(str::to_owned));
        }

        fn end_row(&mut self) -> Result<(), SourceError> {
            self.0.push(std::mem::take(&mut self.1));
            Ok(())
        }
    }

    fn read(member: usize, text: &[u8]) -> Result<Vec<Vec<Option<String>>>, SourceError> {
        let mut file = tempfile::tempfile().unwrap();
        std::io::Write::write_all(&mut file, text).unwrap();
        std::io::Seek::rewind(&mut file).unwrap();
        let mut table = open_member(&MEMBERS[member], Path::new("X.txt"), file)?;
        let mut rows = Rows::default();
        read_member(&MEMBERS[member], &mut table, &mut rows)?;
        Ok(rows.0)
    }

    const TYPES: &str = "\u{FEFF}CODE,MFR,MODEL,TYPE-ACFT,TYPE-ENG,AC-CAT,BUILD-CERT-IND,NO-ENG,NO-SEATS,AC-WEIGHT,SPEED,\r\n";

    #[test]
    fn values_are_trimmed_and_quotes_are_characters() {
        let row = "2072433,CESSNA       ,172N \"HAWK\"  ,4,1 ,1,0,01,004,CLASS 1,0105,\r\n";
        let rows = read(2, format!("{TYPES}{row}").as_bytes()).unwrap();
        let expected = [
            "2072433",
            "CESSNA",
            "172N 'HAWK'",
            "4",
            "1",
            "1",
            "0",
            "01",
            "004",
            "CLASS 1",
            "0105",
        ];
        assert_eq!(rows, [expected.map(|value| Some(value.to_owned())).to_vec()]);
    }

    #[test]
    fn the_maker_of_an_amateur_built_type_is_not_passed_on() {
        let row = "05636ZZ,FICTITIOUS JOHN Q,ZZ-1,4,1 ,1,1,01,002,CLASS 1,0000,\r\n";
        let rows = read(2, format!("{TYPES}{row}").as_bytes()).unwrap();
        assert_eq!((rows[0][1].as_deref(), rows[0][2].as_deref()), (None, Some("ZZ-1")));
    }

    #[test]
    fn other_encodings_and_columns_are_errors() {
        let windows = [TYPES.as_bytes(), b"2072433,CESSNA,17\xE9,4,1,1,0,01,004,CLASS 1,0105,\r\n"];
        let error = read(2, &windows.concat()).unwrap_err().to_string();
        assert!(error.contains("line 2") && error.contains("MODEL is not UTF-8"), "{error}");
        assert!(matches!(read(2, b"\xFF\xFEC\0").unwrap_err(), SourceError::Utf16 { .. }));
        assert!(matches!(read(0, TYPES.as_bytes()).unwrap_err(), SourceError::OtherTable { .. }));
        assert!(matches!(read(0, b"").unwrap_err(), SourceError::Empty { .. }));
    }
}
