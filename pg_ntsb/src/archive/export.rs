//! Rows of a table or view into the files of a folder, one a year.

use std::io::{BufWriter, Write};
use std::path::PathBuf;

use ntsb_archive::{COLUMNS_OF, Column, File, MANIFEST, Manifest, Relation, Writer};
use pgrx::spi::{SpiClient, SpiHeapTupleData};

use super::cursor;
use super::error::Failure;
use super::folder::Folder;
use crate::error::Error;

type Output = Writer<BufWriter<std::fs::File>>;

const BUFFER: usize = 256 * 1024;

/// A table or view of schema ntsb, by the catalogue.
pub fn relation(client: &SpiClient, name: &str) -> Result<Relation, Error> {
    let (columns, key) = columns(client, name, true)?;
    Ok(Relation::new(name, columns, key).with_open_ends())
}

/// Its columns and its primary key; without columns that PostgreSQL makes itself, if so asked.
pub fn columns(
    client: &SpiClient,
    name: &str,
    generated: bool,
) -> Result<(Vec<Column>, Vec<String>), Error> {
    let (mut columns, mut key) = (Vec::new(), Vec::new());
    for row in client.select(COLUMNS_OF, None, &[name.into()])? {
        if row.get::<bool>(6)? == Some(true) && !generated {
            continue;
        }
        let column = column(&row)?;
        if let Some(place) = row.get::<i32>(5)? {
            key.push((place, column.name.clone()));
        }
        columns.push(column);
    }
    if columns.is_empty() {
        return Err(Failure::NoSuchRelation(name.to_owned()).into());
    }
    key.sort_unstable();
    Ok((columns, key.into_iter().map(|(_, name)| name).collect()))
}

fn column(row: &SpiHeapTupleData) -> Result<Column, Error> {
    let text = |at| Ok::<_, Error>(row.get::<String>(at)?.unwrap_or_default());
    Ok(Column::of(&text(1)?, &text(2)?, row.get(3)?.unwrap_or(-1), &text(4)?))
}

/// Writes the rows for which the condition holds below `prefix`, and what was written beside them.
pub fn export(
    relation: &Relation,
    postgis: &str,
    condition: &str,
    folder: &Folder,
    prefix: &str,
) -> Result<Manifest, Error> {
    let mut files = Files { relation, folder, prefix, open: None, done: Vec::new() };
    let sql = relation.by_year(postgis, condition);
    let widths: Vec<_> =
        [Some(4)].into_iter().chain(relation.columns.iter().map(Column::width)).collect();
    cursor::rows(&sql, &widths, |row| {
        let Some((year, row)) = row.split_first() else { return Ok(()) };
        files.row(year.and_then(|y| y.try_into().ok()).map(i32::from_be_bytes), row)
    })?;
    let manifest = Manifest::new(&relation.name, &relation.columns, files.finish()?);
    if !folder.is_file {
        folder.write(&format!("{prefix}{MANIFEST}"), &serde_json::to_vec_pretty(&manifest)?)?;
    }
    Ok(manifest)
}

struct Files<'a> {
    relation: &'a Relation,
    folder: &'a Folder,
    prefix: &'a str,
    open: Option<Open>,
    done: Vec<File>,
}

struct Open {
    year: Option<i32>,
    name: String,
    path: PathBuf,
    writer: Output,
}

impl Files<'_> {
    fn row(&mut self, year: Option<i32>, row: &[ntsb_archive::Value]) -> Result<(), Error> {
        let year = year.filter(|_| !self.folder.is_file);
        if self.open.as_ref().is_none_or(|open| open.year != year) {
            self.close()?;
            self.open(year)?;
        }
        let Some(Open { path, writer, .. }) = &mut self.open else { return Ok(()) };
        Ok(writer.row(row).map_err(Failure::in_file(path))?)
    }

    fn open(&mut self, year: Option<i32>) -> Result<(), Error> {
        let by_year = self.relation.has_years() && !self.folder.is_file;
        let name = File::place(by_year, year);
        let (file, path) = self.folder.create(&format!("{}{name}", self.prefix))?;
        let file = BufWriter::with_capacity(BUFFER, file);
        let writer = Writer::new(&self.relation.columns, file).map_err(Failure::in_file(&path))?;
        self.open = Some(Open { year, name, path, writer });
        Ok(())
    }

    fn close(&mut self) -> Result<(), Error> {
        let Some(Open { year, name, path, writer }) = self.open.take() else { return Ok(()) };
        let (mut sink, part) = writer.finish().map_err(Failure::in_file(&path))?;
        sink.flush().and_then(|()| sink.get_ref().sync_all()).map_err(Failure::at(&path))?;
        self.done.push(File::new(name, year, &part));
        Ok(())
    }

    /// A file also where there is no row, if it is but one.
    fn finish(mut self) -> Result<Vec<File>, Error> {
        self.close()?;
        let by_year = self.relation.has_years() && !self.folder.is_file;
        if self.done.is_empty() && !by_year {
            self.open(None)?;
            self.close()?;
        }
        Ok(self.done)
    }
}
