//! Reads cases of NTSB's JSON: one a line or one after another, in an array, or in pages of the API
//! (`{"data": [...], "hasMore": true, "nextMarker": ...}`).
//!
//! What a case becomes is `ntsb_schema::case`'s to say. The file is read once for each table that is
//! made of it, one case at a time, so that memory does not grow with the file.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek};
use std::path::{Path, PathBuf};

use ntsb_schema::case::{Case, Cell, NotACase, Notes, TARGETS, Target};
use ntsb_schema::tables::Table;
use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::layout::some_of;
use super::{Incoming, RowSink, SourceError, WithoutNul, pass_rows};

/// Under these names a page holds its cases.
const LISTS: [&str; 4] = ["data", "results", "cases", "items"];

pub struct CaseFile {
    /// What messages call the file.
    path: PathBuf,
    file: File,
}

impl CaseFile {
    /// Looks for a first case; the others are read with the tables. `path` is what messages call the
    /// file.
    pub fn open(path: &Path, file: File) -> Result<(CaseFile, Vec<Incoming>), SourceError> {
        let file = CaseFile { path: path.to_owned(), file };
        file.first_case()?;
        Ok((file, TARGETS.iter().filter_map(incoming).collect()))
    }

    /// Streams the rows of `table` into `sink` and returns their number.
    pub fn read(
        &self,
        table: &Incoming,
        sink: &mut dyn RowSink,
        warnings: &mut Vec<String>,
    ) -> Result<u64, SourceError> {
        let Some(target) = TARGETS.iter().find(|t| t.table == table.table.name) else {
            return Ok(0);
        };
        let (mut notes, mut made, mut other_modes) = (Notes::default(), 0, 0_u64);
        let mut nul = WithoutNul::default();
        let page = self.each_case(&mut |value, number| {
            let case = match Case::of(value) {
                Ok(case) => case,
                Err(NotACase::OtherMode(_)) => {
                    other_modes += 1;
                    return Ok(());
                }
                Err(reason) => return Err(self.no_case(number, reason)),
            };
            pass_rows(sink, &mut made, |put| {
                target.rows(&case, &mut notes, &mut |cells| put(&storable(cells, &mut nul)));
            })
        })?;
        if target.table == "events" {
            warnings.extend(of_file(other_modes, page.more_follow));
        }
        warnings.extend(of_notes(&notes));
        nul.report(target.table, warnings);
        Ok(made)
    }

    fn first_case(&self) -> Result<(), SourceError> {
        let mut seen = 0;
        let first = self.each_case(&mut |value, number| {
            seen += 1;
            match Case::of(value) {
                Ok(_) => Err(SourceError::Stopped),
                Err(NotACase::OtherMode(_)) => Ok(()),
                Err(reason) => Err(self.no_case(number, reason)),
            }
        });
        match first {
            Err(SourceError::Stopped) => Ok(()),
            Err(error) => Err(error),
            Ok(_) => Err(SourceError::NoCases { path: self.path.clone(), others: seen }),
        }
    }

    fn no_case(&self, number: u64, reason: NotACase) -> SourceError {
        SourceError::NotACase { path: self.path.clone(), number, reason }
    }

    /// Passes on every case with its number in the file.
    fn each_case(&self, each: EachCase<'_>) -> Result<Page, SourceError> {
        let mut file = &self.file;
        file.rewind().map_err(|e| SourceError::io(&self.path, e))?;
        let mut input = Lines { input: BufReader::with_capacity(1 << 16, file), line: 1 };
        let found = RefCell::new(Found { each, number: 0, page: Page::default(), failed: None });
        loop {
            if !input.at_value().map_err(|e| SourceError::io(&self.path, e))? {
                return Ok(found.into_inner().page);
            }
            // A line is counted when it ends, so this is where the value begins.
            let start = input.line;
            let mut json = serde_json::Deserializer::from_reader(&mut input);
            let read = CasesIn(&found).deserialize(&mut json);
            if let Err(error) = read {
                let failed = found.into_inner().failed;
                return Err(failed.unwrap_or_else(|| self.refuse(start, &error)));
            }
        }
    }

    fn refuse(&self, start: u64, error: &serde_json::Error) -> SourceError {
        let path = self.path.clone();
        let line = start + (error.line() as u64).saturating_sub(1);
        SourceError::Json { path, line, detail: without_place(error) }
    }
}

/// Tells JSON by its first character that is no blank.
pub fn looks_like_json(start: &[u8]) -> bool {
    let start = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start);
    matches!(start.iter().find(|b| !b.is_ascii_whitespace()), Some(b'{' | b'['))
}

fn incoming(target: &Target) -> Option<Incoming> {
    let table = Table::find(target.table)?;
    let columns = target.columns().into_iter().filter_map(|name| table.column(name));
    Some(Incoming { table, columns: columns.enumerate().collect(), expected: None, place: 0 })
}

/// JSON may write NUL as `\u0000`; hardly any case does.
fn storable<'a, 'c>(cells: &'c [Cell<'a>], nul: &mut WithoutNul) -> Cow<'c, [Cell<'a>]> {
    let has_nul = |cell: &Cell<'_>| cell.as_ref().is_some_and(|text| text.contains('\0'));
    if !cells.iter().any(has_nul) {
        return Cow::Borrowed(cells);
    }
    cells.iter().map(|cell| cell.clone().map(|text| nul.of(text))).collect()
}

fn of_file(other_modes: u64, more_follow: bool) -> Vec<String> {
    let mut warnings = Vec::new();
    if other_modes > 0 {
        warnings.push(format!("cases that are not of aviation, left out: {other_modes}"));
    }
    if more_follow {
        warnings.push("the last page says that more cases follow (hasMore)".to_owned());
    }
    warnings
}

fn of_notes(notes: &Notes) -> Vec<String> {
    let mut warnings: Vec<String> = Vec::new();
    let mut words: Vec<_> = notes.unmapped.iter().collect();
    while let Some(((column, _), _)) = words.first() {
        let column = column.clone();
        let (of_column, rest): (Vec<_>, Vec<_>) =
            words.into_iter().partition(|((name, _), _)| *name == column);
        let count: u64 = of_column.iter().map(|(_, count)| **count).sum();
        let some: Vec<&str> = of_column.iter().map(|((_, word), _)| word.as_str()).collect();
        let some = some_of(&some);
        warnings
            .push(format!("{column}: values without a certain code, left out: {count} ({some})"));
        words = rest;
    }
    if notes.crew_without_roles > 0 {
        warnings.push(format!(
            "injury: aircraft whose several flight crew are counted without roles, left out but \
             for ABRD: {}",
            notes.crew_without_roles
        ));
    }
    warnings
}

/// serde_json ends its messages with a place, counted from the start of the value.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(message, _)| message.to_owned())
}

type EachCase<'e> = &'e mut dyn FnMut(&Value, u64) -> Result<(), SourceError>;

/// What a page says beside its cases; of several pages, the last.
#[derive(Default)]
struct Page {
    more_follow: bool,
}

struct Found<'e> {
    each: EachCase<'e>,
    number: u64,
    page: Page,
    failed: Option<SourceError>,
}

impl Found<'_> {
    fn case<E: serde::de::Error>(&mut self, value: &Value) -> Result<(), E> {
        self.number += 1;
        (self.each)(value, self.number).map_err(|error| {
            self.failed = Some(error);
            E::custom("stopped")
        })
    }
}

/// Passes on the cases of a value: itself, those of an array, or those of a page.
#[derive(Clone, Copy)]
struct CasesIn<'f, 'e>(&'f RefCell<Found<'e>>);

impl<'de> DeserializeSeed<'de> for CasesIn<'_, '_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for CasesIn<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a case, an array of cases or a page of cases")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut cases: A) -> Result<(), A::Error> {
        while let Some(value) = cases.next_element::<Value>()? {
            self.0.borrow_mut().case(&value)?;
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let (mut own, mut is_page) = (Map::new(), false);
        while let Some(name) = members.next_key::<String>()? {
            if !is_case(&own) && LISTS.contains(&name.as_str()) {
                members.next_value_seed(self)?;
                is_page = true;
            } else {
                own.insert(name, members.next_value()?);
            }
        }
        let mut found = self.0.borrow_mut();
        if !is_page {
            return found.case(&Value::Object(own));
        }
        found.page.more_follow = own.get("hasMore").and_then(Value::as_bool).unwrap_or(false);
        Ok(())
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        // A page without cases may say so with null.
        Ok(())
    }

    fn visit_str<E: serde::de::Error>(self, _: &str) -> Result<(), E> {
        Err(E::custom("a text where a case should be"))
    }
}

fn is_case(members: &Map<String, Value>) -> bool {
    members.contains_key("cm_mkey") || members.contains_key("mKey")
}

/// Counts lines, for messages.
struct Lines<'f> {
    input: BufReader<&'f File>,
    line: u64,
}

impl Lines<'_> {
    /// Skips blanks; false at the end of the file.
    fn at_value(&mut self) -> std::io::Result<bool> {
        loop {
            let buffer = self.input.fill_buf()?;
            let Some(first) = buffer.first().copied() else { return Ok(false) };
            let mark = buffer.starts_with(b"\xEF\xBB\xBF");
            let skip = if mark { 3 } else { 1 };
            // Records may also be set apart by RS (RFC 7464).
            if !mark && !first.is_ascii_whitespace() && first != 0x1E {
                return Ok(true);
            }
            self.line += u64::from(first == b'\n');
            self.input.consume(skip);
        }
    }
}

impl Read for Lines<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.input.read(buffer)?;
        let read_bytes = buffer.get(..read).unwrap_or_default();
        self.line += read_bytes.iter().filter(|b| **b == b'\n').count() as u64;
        Ok(read)
    }
}
