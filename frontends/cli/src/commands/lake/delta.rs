//! The log of a Delta Lake table (<https://github.com/delta-io/delta/blob/master/PROTOCOL.md>), as far as a table
//! with one writer needs it: a version is a file of JSON lines that add and remove data files.
//!
//! The whole manifest is in `commitInfo` of each version, which readers ignore, so that one file decides what the
//! table holds.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use ntsb_archive::{Column, FileSummary, Relation, ValueType};
use ntsb_schema::hash::hex;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::PARTITION;

/// Names a table of this program in `commitInfo`.
pub const MANIFEST_KEY: &str = "ntsbManifest";

/// What a version of the table holds. Also stored as `_manifest.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableManifest {
    pub what: String,
    pub made_by: String,
    pub version: u64,
    /// The last entry of ntsb.change_log that the rows include.
    pub data_version: i64,
    pub columns: Vec<TableColumn>,
    /// By path.
    pub files: BTreeMap<String, YearFile>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableColumn {
    pub name: String,
    pub sql_type: String,
    pub delta_type: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct YearFile {
    pub path: String,
    pub year: Option<i32>,
    pub rows: u64,
    pub bytes: u64,
    pub sha256: String,
    pub rows_sha256: String,
}

impl TableManifest {
    /// A table without files.
    pub fn new(relation: &Relation, data_version: i64) -> TableManifest {
        let describe = |column: &Column| TableColumn {
            name: column.name.clone(),
            sql_type: column.sql_type.clone(),
            delta_type: delta_type(column.value_type),
        };
        let partition = TableColumn {
            name: PARTITION.to_owned(),
            sql_type: "smallint".to_owned(),
            delta_type: "integer".to_owned(),
        };
        TableManifest {
            what: relation.name.clone(),
            made_by: concat!("pg_ntsb ", env!("CARGO_PKG_VERSION")).to_owned(),
            version: 0,
            data_version,
            columns: relation.columns.iter().map(describe).chain([partition]).collect(),
            files: BTreeMap::new(),
        }
    }

    /// Rows and bytes of all files.
    pub fn totals(&self) -> (u64, u64) {
        self.files.values().fold((0, 0), |(rows, bytes), f| (rows + f.rows, bytes + f.bytes))
    }
}

impl YearFile {
    pub fn new(year: Option<i32>, version: u64, summary: &FileSummary) -> YearFile {
        let folder =
            year.map_or_else(|| "__HIVE_DEFAULT_PARTITION__".to_owned(), |year| year.to_string());
        YearFile {
            path: format!("{PARTITION}={folder}/part-{version}.parquet"),
            year,
            rows: summary.rows,
            bytes: summary.bytes,
            sha256: summary.sha256.clone(),
            rows_sha256: summary.rows_sha256.clone(),
        }
    }
}

/// The type in Delta Lake's schema.
fn delta_type(value_type: ValueType) -> String {
    match value_type {
        ValueType::Bool => "boolean",
        ValueType::Int16 => "short",
        ValueType::Int32 => "integer",
        ValueType::Int64 => "long",
        ValueType::Float32 => "float",
        ValueType::Float64 => "double",
        ValueType::Date => "date",
        ValueType::Timestamp => "timestamp_ntz",
        ValueType::TimestampTz => "timestamp",
        ValueType::Decimal(digits, scale) => return format!("decimal({digits},{scale})"),
        ValueType::Time | ValueType::Text | ValueType::Code => "string",
        ValueType::Bytes | ValueType::Geometry { .. } => "binary",
    }
    .to_owned()
}

/// A new version and the one before.
pub struct Commit<'a> {
    pub table: &'a TableManifest,
    pub previous: Option<&'a TableManifest>,
}

impl Commit<'_> {
    /// The JSON lines of the version.
    pub fn to_lines(&self) -> String {
        let now =
            SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as u64;
        let mut actions = vec![json!({ "commitInfo": {
            "timestamp": now, "operation": "WRITE", "engineInfo": self.table.made_by, MANIFEST_KEY: self.table,
        } })];
        if self.previous.is_none_or(|previous| previous.columns != self.table.columns) {
            actions.push(json!({ "protocol": self.protocol() }));
            actions.push(json!({ "metaData": self.metadata(now) }));
        }
        let none = BTreeMap::new();
        let previous = self.previous.map_or(&none, |previous| &previous.files);
        let kept = |file: &&YearFile| !self.table.files.contains_key(&file.path);
        for file in previous.values().filter(kept) {
            actions.push(json!({ "remove": {
                "path": file.path, "deletionTimestamp": now, "dataChange": true,
                "extendedFileMetadata": true, "partitionValues": partition_values(file), "size": file.bytes,
            } }));
        }
        for file in self.table.files.values().filter(|file| !previous.contains_key(&file.path)) {
            actions.push(json!({ "add": {
                "path": file.path, "partitionValues": partition_values(file), "size": file.bytes,
                "modificationTime": now, "dataChange": true,
                "stats": json!({ "numRecords": file.rows }).to_string(),
            } }));
        }
        actions.iter().map(|action| format!("{action}\n")).collect()
    }

    /// Timestamps without a time zone are a feature of their own.
    fn protocol(&self) -> Value {
        if self.table.columns.iter().any(|column| column.delta_type == "timestamp_ntz") {
            return json!({ "minReaderVersion": 3, "minWriterVersion": 7,
                "readerFeatures": ["timestampNtz"], "writerFeatures": ["timestampNtz"] });
        }
        json!({ "minReaderVersion": 1, "minWriterVersion": 2 })
    }

    fn metadata(&self, now: u64) -> Value {
        let field = |column: &TableColumn| {
            json!({ "name": column.name, "type": column.delta_type, "nullable": true,
                    "metadata": { "sql_type": column.sql_type } })
        };
        let fields: Vec<Value> = self.table.columns.iter().map(field).collect();
        json!({
            "id": table_id(&self.table.what), "name": self.table.what,
            "format": { "provider": "parquet", "options": {} },
            "schemaString": json!({ "type": "struct", "fields": fields }).to_string(),
            "partitionColumns": [PARTITION], "configuration": {}, "createdTime": now,
        })
    }
}

fn partition_values(file: &YearFile) -> Value {
    json!({ PARTITION: file.year.map(|year| year.to_string()) })
}

/// An identifier in the form of a UUID, which is the same for each version of a table.
fn table_id(what: &str) -> String {
    let digest = hex(&Sha256::digest(what.as_bytes()));
    let part = |from: usize, to: usize| digest.get(from..to).unwrap_or_default();
    format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}
