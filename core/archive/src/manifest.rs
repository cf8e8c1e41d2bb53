//! The manifest of an export: its columns, its files and their digests.

use serde::{Deserialize, Serialize};

use super::{Column, FileSummary};

/// The file name of the manifest.
pub const MANIFEST_NAME: &str = "manifest.json";

/// The version of the manifest and of the file layout.
pub const FORMAT_VERSION: u32 = 1;

/// Describes an exported table or view. The field names are keys of the JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The format version.
    pub format: u32,
    /// The name of the table or view.
    pub what: String,
    /// The program that wrote the files, with its version.
    pub made_by: String,
    /// The number of rows in all files.
    pub rows: u64,
    /// The columns of the files.
    pub columns: Vec<ManifestColumn>,
    /// The files.
    pub files: Vec<ManifestFile>,
}

/// A column of the files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestColumn {
    /// The column name.
    pub name: String,
    /// The type in PostgreSQL.
    pub sql_type: String,
}

/// A file of the export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestFile {
    /// The path relative to the folder of the manifest.
    pub path: String,
    /// The year of the rows, if rows are split by year.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub year: Option<i32>,
    /// The number of rows.
    pub rows: u64,
    /// The size of the file.
    pub bytes: u64,
    /// The digest of the file.
    pub sha256: String,
    /// The digest of the rows in binary COPY format.
    pub rows_sha256: String,
}

impl Manifest {
    /// Creates the manifest of the table or view `what`.
    pub fn new(what: &str, columns: &[Column], files: Vec<ManifestFile>) -> Manifest {
        let describe =
            |c: &Column| ManifestColumn { name: c.name.clone(), sql_type: c.sql_type.clone() };
        Manifest {
            format: FORMAT_VERSION,
            what: what.to_owned(),
            made_by: concat!("pg_ntsb ", env!("CARGO_PKG_VERSION")).to_owned(),
            rows: files.iter().map(|f| f.rows).sum(),
            columns: columns.iter().map(describe).collect(),
            files,
        }
    }

    /// The size of all files together.
    pub fn total_bytes(&self) -> u64 {
        self.files.iter().map(|f| f.bytes).sum()
    }
}

impl ManifestFile {
    /// Describes a file that was written.
    pub fn new(path: String, year: Option<i32>, summary: &FileSummary) -> ManifestFile {
        ManifestFile {
            path,
            year,
            rows: summary.rows,
            bytes: summary.bytes,
            sha256: summary.sha256.clone(),
            rows_sha256: summary.rows_sha256.clone(),
        }
    }

    /// The path of the file for a year, with Hive-style partition folders.
    pub fn partition_path(has_years: bool, year: Option<i32>) -> String {
        match (has_years, year) {
            (false, _) => "part-0.parquet".to_owned(),
            (true, Some(year)) => format!("year={year}/part-0.parquet"),
            (true, None) => "year=__HIVE_DEFAULT_PARTITION__/part-0.parquet".to_owned(),
        }
    }
}
