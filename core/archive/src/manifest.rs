//! What lies beside the files of an export: which there are, what is in them, and their digests.

use serde::{Deserialize, Serialize};

use super::{Column, Part};

pub const MANIFEST: &str = "manifest.json";

/// Of the manifest, and of how rows become files.
pub const FORMAT: u32 = 1;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub format: u32,
    pub what: String,
    pub made_by: String,
    pub rows: u64,
    pub columns: Vec<Described>,
    pub files: Vec<File>,
}

/// A column, as [`Column::of`] takes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Described {
    pub name: String,
    pub sql_type: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Within the folder of the manifest.
    pub path: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub year: Option<i32>,
    pub rows: u64,
    pub bytes: u64,
    pub sha256: String,
    pub rows_sha256: String,
}

impl Manifest {
    pub fn new(what: &str, columns: &[Column], files: Vec<File>) -> Manifest {
        let describe =
            |c: &Column| Described { name: c.name.clone(), sql_type: c.sql_type.clone() };
        Manifest {
            format: FORMAT,
            what: what.to_owned(),
            made_by: concat!("pg_ntsb ", env!("CARGO_PKG_VERSION")).to_owned(),
            rows: files.iter().map(|f| f.rows).sum(),
            columns: columns.iter().map(describe).collect(),
            files,
        }
    }

    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|f| f.bytes).sum()
    }
}

impl File {
    pub fn new(path: String, year: Option<i32>, part: &Part) -> File {
        File {
            path,
            year,
            rows: part.rows,
            bytes: part.bytes,
            sha256: part.sha256.clone(),
            rows_sha256: part.rows_sha256.clone(),
        }
    }

    /// Where the rows of a year lie, as Hive names it.
    pub fn place(has_years: bool, year: Option<i32>) -> String {
        match (has_years, year) {
            (false, _) => "part-0.parquet".to_owned(),
            (true, Some(year)) => format!("year={year}/part-0.parquet"),
            (true, None) => "year=__HIVE_DEFAULT_PARTITION__/part-0.parquet".to_owned(),
        }
    }
}
