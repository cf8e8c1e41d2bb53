//! Reads cases in NTSB's JSON: one per line, concatenated, in an array, or in pages of the API
//! (`{"data": [...], "hasMore": true, "nextMarker": ...}`).
//!
//! `ntsb_schema::case` defines the conversion of a case. The file is read once for each target table, one
//! case at a time, so memory use is constant.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek};
use std::path::{Path, PathBuf};

use ntsb_schema::case::{Case, CaseError, Cell, ConversionNotes, TARGETS, Target};
use ntsb_schema::tables::Table;
use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::layout::list_names;
use super::{NulReplacer, RowSink, SourceError, SourceTable, send_rows};

/// The names under which a page lists its cases.
pub const LIST_NAMES: [&str; 4] = ["data", "results", "cases", "items"];

pub struct CaseFile {
    /// The name of the file in messages.
    path: PathBuf,
    file: File,
}

impl CaseFile {
    /// Checks that the file starts with a case. The rows are read later. `path` is the name of the file
    /// in messages.
    pub fn open(path: &Path, file: File) -> Result<(CaseFile, Vec<SourceTable>), SourceError> {
        let file = CaseFile { path: path.to_owned(), file };
        file.check_first_case()?;
        Ok((file, TARGETS.iter().filter_map(target_table).collect()))
    }

    /// Streams the rows of `table` into `sink`. Returns their number.
    pub fn read(
        &self,
        table: &SourceTable,
        sink: &mut dyn RowSink,
        warnings: &mut Vec<String>,
    ) -> Result<u64, SourceError> {
        let Some(target) = TARGETS.iter().find(|t| t.table == table.table.name) else {
            return Ok(0);
        };
        let (mut notes, mut count, mut other_modes) = (ConversionNotes::default(), 0, 0_u64);
        let mut nul = NulReplacer::default();
        let page = self.for_each_case(&mut |value, number| {
            let case = match Case::parse(value) {
                Ok(case) => case,
                Err(CaseError::OtherMode(_)) => {
                    other_modes += 1;
                    return Ok(());
                }
                Err(reason) => return Err(self.not_a_case(number, reason)),
            };
            if target.table == "events" {
                notes.add_unknown_members(&case);
            }
            send_rows(sink, &mut count, |put| {
                target.convert_case(&case, &mut notes, &mut |cells| {
                    put(&replace_nul(cells, &mut nul))
                });
            })
        })?;
        if target.table == "events" {
            warnings.extend(file_warnings(other_modes, page.has_more));
        }
        warnings.extend(value_warnings(&notes));
        nul.report(target.table, warnings);
        Ok(count)
    }

    fn check_first_case(&self) -> Result<(), SourceError> {
        let mut other_modes = 0;
        let first = self.for_each_case(&mut |value, number| {
            other_modes += 1;
            match Case::parse(value) {
                Ok(_) => Err(SourceError::Stopped),
                Err(CaseError::OtherMode(_)) => Ok(()),
                Err(reason) => Err(self.not_a_case(number, reason)),
            }
        });
        match first {
            Err(SourceError::Stopped) => Ok(()),
            Err(error) => Err(error),
            Ok(_) => Err(SourceError::NoCases { path: self.path.clone(), others: other_modes }),
        }
    }

    fn not_a_case(&self, number: u64, reason: CaseError) -> SourceError {
        SourceError::NotACase { path: self.path.clone(), number, reason }
    }

    /// Calls `visit` with every case and its number in the file. Returns the last page.
    fn for_each_case(&self, visit: CaseVisitor<'_>) -> Result<Page, SourceError> {
        let mut file = &self.file;
        file.rewind().map_err(|e| SourceError::io(&self.path, e))?;
        let mut input = LineCounter { input: BufReader::with_capacity(1 << 16, file), line: 1 };
        let state = RefCell::new(State { visit, number: 0, page: Page::default(), error: None });
        loop {
            if !input.skip_to_value().map_err(|e| SourceError::io(&self.path, e))? {
                return Ok(state.into_inner().page);
            }
            // A line is counted at its end, so this is the first line of the value.
            let start = input.line;
            let mut json = serde_json::Deserializer::from_reader(&mut input);
            let result = ValueVisitor(&state).deserialize(&mut json);
            if let Err(error) = result {
                let visit_error = state.into_inner().error;
                return Err(visit_error.unwrap_or_else(|| self.json_error(start, &error)));
            }
        }
    }

    fn json_error(&self, start: u64, error: &serde_json::Error) -> SourceError {
        let path = self.path.clone();
        let line = start + (error.line() as u64).saturating_sub(1);
        SourceError::Json { path, line, detail: message_without_position(error) }
    }
}

/// Recognizes JSON by its first character that is not whitespace.
pub fn looks_like_json(start: &[u8]) -> bool {
    let start = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start);
    matches!(start.iter().find(|b| !b.is_ascii_whitespace()), Some(b'{' | b'['))
}

fn target_table(target: &Target) -> Option<SourceTable> {
    let table = Table::find(target.table)?;
    let columns = target.columns().into_iter().filter_map(|name| table.column(name));
    let columns = columns.enumerate().collect();
    Some(SourceTable { table, columns, expected: None, reader_index: 0 })
}

/// Replaces NUL, which JSON may contain as `\u0000`. Most cases have none and are not copied.
fn replace_nul<'a, 'c>(cells: &'c [Cell<'a>], nul: &mut NulReplacer) -> Cow<'c, [Cell<'a>]> {
    let has_nul = |cell: &Cell<'_>| cell.as_ref().is_some_and(|text| text.contains('\0'));
    if !cells.iter().any(has_nul) {
        return Cow::Borrowed(cells);
    }
    cells.iter().map(|cell| cell.clone().map(|text| nul.replace(text))).collect()
}

fn file_warnings(other_modes: u64, has_more: bool) -> Vec<String> {
    let mut warnings = Vec::new();
    if other_modes > 0 {
        warnings.push(format!("skipped cases of other modes than aviation: {other_modes}"));
    }
    if has_more {
        warnings.push("the last page is not the end of the list (hasMore is true)".to_owned());
    }
    warnings
}

fn value_warnings(notes: &ConversionNotes) -> Vec<String> {
    let mut warnings: Vec<String> = Vec::new();
    let mut words: Vec<_> = notes.unmapped.iter().collect();
    while let Some(((column, _), _)) = words.first() {
        let column = column.clone();
        let (of_column, rest): (Vec<_>, Vec<_>) =
            words.into_iter().partition(|((name, _), _)| *name == column);
        let count: u64 = of_column.iter().map(|(_, count)| **count).sum();
        let examples: Vec<&str> = of_column.iter().map(|((_, word), _)| word.as_str()).collect();
        let examples = list_names(&examples);
        warnings
            .push(format!("{column}: skipped values without a known code: {count} ({examples})"));
        words = rest;
    }
    if notes.crew_without_roles > 0 {
        warnings.push(format!(
            "injury: aircraft with several flight crew members and no injuries by role (only ABRD \
             was loaded): {}",
            notes.crew_without_roles
        ));
    }
    if !notes.unknown_members.is_empty() {
        let count: u64 = notes.unknown_members.values().sum();
        let names: Vec<&str> = notes.unknown_members.keys().map(String::as_str).collect();
        warnings.push(format!(
            "members of cases that are not stored because they are not known: {count} ({}); they may be \
             new in NTSB's API: please report them",
            list_names(&names)
        ));
    }
    warnings
}

/// Removes the position from a message of serde_json because it is relative to the start of the value.
fn message_without_position(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(message, _)| message.to_owned())
}

type CaseVisitor<'e> = &'e mut dyn FnMut(&Value, u64) -> Result<(), SourceError>;

/// The metadata of the last page.
#[derive(Default)]
struct Page {
    has_more: bool,
}

struct State<'e> {
    visit: CaseVisitor<'e>,
    number: u64,
    page: Page,
    /// The error of `visit`.
    error: Option<SourceError>,
}

impl State<'_> {
    fn visit_case<E: serde::de::Error>(&mut self, value: &Value) -> Result<(), E> {
        self.number += 1;
        (self.visit)(value, self.number).map_err(|error| {
            self.error = Some(error);
            E::custom("stopped")
        })
    }
}

/// Visits the cases of a JSON value, which is a case, an array of cases or a page of cases.
#[derive(Clone, Copy)]
struct ValueVisitor<'f, 'e>(&'f RefCell<State<'e>>);

impl<'de> DeserializeSeed<'de> for ValueVisitor<'_, '_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueVisitor<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a case, an array of cases or a page of cases")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut cases: A) -> Result<(), A::Error> {
        while let Some(value) = cases.next_element::<Value>()? {
            self.0.borrow_mut().visit_case(&value)?;
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let (mut object, mut is_page) = (Map::new(), false);
        while let Some(name) = members.next_key::<String>()? {
            if !is_case(&object) && LIST_NAMES.contains(&name.as_str()) {
                members.next_value_seed(self)?;
                is_page = true;
            } else {
                object.insert(name, members.next_value()?);
            }
        }
        let mut state = self.0.borrow_mut();
        if !is_page {
            return state.visit_case(&Value::Object(object));
        }
        state.page.has_more = object.get("hasMore").and_then(Value::as_bool).unwrap_or(false);
        Ok(())
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        // A page without cases may contain null instead of a list.
        Ok(())
    }

    fn visit_str<E: serde::de::Error>(self, _: &str) -> Result<(), E> {
        Err(E::custom("expected a case, got a string"))
    }
}

fn is_case(members: &Map<String, Value>) -> bool {
    members.contains_key("cm_mkey") || members.contains_key("mKey")
}

/// Counts lines for messages.
struct LineCounter<'f> {
    input: BufReader<&'f File>,
    line: u64,
}

impl LineCounter<'_> {
    /// Skips whitespace. Returns false at the end of the file.
    fn skip_to_value(&mut self) -> std::io::Result<bool> {
        loop {
            let buffer = self.input.fill_buf()?;
            let Some(first) = buffer.first().copied() else { return Ok(false) };
            let has_bom = buffer.starts_with(b"\xEF\xBB\xBF");
            let skip = if has_bom { 3 } else { 1 };
            // RS may separate records, too (RFC 7464).
            if !has_bom && !first.is_ascii_whitespace() && first != 0x1E {
                return Ok(true);
            }
            self.line += u64::from(first == b'\n');
            self.input.consume(skip);
        }
    }
}

impl Read for LineCounter<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.input.read(buffer)?;
        let read_bytes = buffer.get(..read).unwrap_or_default();
        self.line += read_bytes.iter().filter(|b| **b == b'\n').count() as u64;
        Ok(read)
    }
}
