//! Writes the rows of a table or view into the files of a folder, one file per year.

use std::io::{BufWriter, Write};
use std::path::PathBuf;

use ntsb_archive::{
    COLUMNS_QUERY, Column, MANIFEST_NAME, Manifest, ManifestFile, ParquetWriter, Relation,
};
use pgrx::spi::{SpiClient, SpiHeapTupleData};

use super::cursor;
use super::error::{ArchiveError, unknown_relation};
use super::output::OutputFolder;

type Output = ParquetWriter<BufWriter<std::fs::File>>;

const BUFFER_BYTES: usize = 256 * 1024;

/// Finds a table or view of schema ntsb in the system catalog.
pub fn find_relation(client: &SpiClient, name: &str) -> Result<Relation, ArchiveError> {
    let (columns, key) = list_columns(client, name, true)?;
    Ok(Relation::new(name, columns, key).with_infinity_as_null())
}

/// Returns the columns and the primary key of a relation.
pub fn list_columns(
    client: &SpiClient,
    name: &str,
    include_generated: bool,
) -> Result<(Vec<Column>, Vec<String>), ArchiveError> {
    let (mut columns, mut key) = (Vec::new(), Vec::new());
    for row in client.select(COLUMNS_QUERY, None, &[name.into()])? {
        if row.get::<bool>(6)? == Some(true) && !include_generated {
            continue;
        }
        let column = read_column(&row)?;
        if let Some(position) = row.get::<i32>(5)? {
            key.push((position, column.name.clone()));
        }
        columns.push(column);
    }
    if columns.is_empty() {
        return Err(unknown_relation(name).into());
    }
    key.sort_unstable();
    Ok((columns, key.into_iter().map(|(_, name)| name).collect()))
}

fn read_column(row: &SpiHeapTupleData) -> Result<Column, ArchiveError> {
    let text = |at| Ok::<_, ArchiveError>(row.get::<String>(at)?.unwrap_or_default());
    Ok(Column::new(&text(1)?, &text(2)?, row.get(3)?.unwrap_or(-1), &text(4)?))
}

/// Writes the rows that match the condition to files under `prefix`, and their manifest.
pub fn export_relation(
    relation: &Relation,
    postgis: &str,
    condition: &str,
    folder: &OutputFolder,
    prefix: &str,
) -> Result<Manifest, ArchiveError> {
    let mut writer = YearWriter { relation, folder, prefix, open: None, finished: Vec::new() };
    let sql = relation.select_by_year(postgis, condition);
    let widths: Vec<_> =
        [Some(4)].into_iter().chain(relation.columns.iter().map(Column::width)).collect();
    cursor::for_each_row(&sql, &widths, |row| {
        let Some((year, row)) = row.split_first() else { return Ok(()) };
        writer.write_row(year.and_then(|y| y.try_into().ok()).map(i32::from_be_bytes), row)
    })?;
    let manifest = Manifest::new(&relation.name, &relation.columns, writer.finish()?);
    if !folder.is_file {
        folder.write_file(
            &format!("{prefix}{MANIFEST_NAME}"),
            &serde_json::to_vec_pretty(&manifest)?,
        )?;
    }
    Ok(manifest)
}

/// Writes rows that are sorted by year, each year to its own file.
struct YearWriter<'a> {
    relation: &'a Relation,
    folder: &'a OutputFolder,
    prefix: &'a str,
    open: Option<OpenFile>,
    finished: Vec<ManifestFile>,
}

struct OpenFile {
    year: Option<i32>,
    name: String,
    path: PathBuf,
    writer: Output,
}

impl YearWriter<'_> {
    fn write_row(
        &mut self,
        year: Option<i32>,
        row: &[ntsb_archive::Value],
    ) -> Result<(), ArchiveError> {
        let year = year.filter(|_| !self.folder.is_file);
        if self.open.as_ref().is_none_or(|open| open.year != year) {
            self.close_file()?;
            self.open_file(year)?;
        }
        let Some(OpenFile { path, writer, .. }) = &mut self.open else { return Ok(()) };
        writer.write_row(row).map_err(ArchiveError::from_file(path))
    }

    fn open_file(&mut self, year: Option<i32>) -> Result<(), ArchiveError> {
        let by_year = self.relation.has_years() && !self.folder.is_file;
        let name = ManifestFile::partition_path(by_year, year);
        let (file, path) = self.folder.create_file(&format!("{}{name}", self.prefix))?;
        let file = BufWriter::with_capacity(BUFFER_BYTES, file);
        let writer = ParquetWriter::new(&self.relation.columns, file)
            .map_err(ArchiveError::from_file(&path))?;
        self.open = Some(OpenFile { year, name, path, writer });
        Ok(())
    }

    fn close_file(&mut self) -> Result<(), ArchiveError> {
        let Some(OpenFile { year, name, path, writer }) = self.open.take() else { return Ok(()) };
        let (mut sink, part) = writer.finish().map_err(ArchiveError::from_file(&path))?;
        sink.flush()
            .and_then(|()| sink.get_ref().sync_all())
            .map_err(ArchiveError::from_io(&path))?;
        self.finished.push(ManifestFile::new(name, year, &part));
        Ok(())
    }

    /// Writes an empty file if there are no rows and the output is not split by year.
    fn finish(mut self) -> Result<Vec<ManifestFile>, ArchiveError> {
        self.close_file()?;
        let by_year = self.relation.has_years() && !self.folder.is_file;
        if self.finished.is_empty() && !by_year {
            self.open_file(None)?;
            self.close_file()?;
        }
        Ok(self.finished)
    }
}
