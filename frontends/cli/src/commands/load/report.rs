//! The report of a load, as a table or as JSON.

use serde::Serialize;
use serde_json::json;
use tokio_postgres::Row;

use crate::failure::Failure;
use crate::output::{align_rows, group_digits};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// The file contains every event of its period. Events missing from it are withdrawn.
    Full,
    /// The file contains changes only.
    Increment,
}

impl Mode {
    pub fn as_str(self) -> &'static str {
        match self {
            Mode::Full => "full",
            Mode::Increment => "increment",
        }
    }
}

/// The count columns of `ntsb.batch_table`, in display order.
const COUNT_NAMES: [&str; 8] =
    ["staged", "inserted", "updated", "unchanged", "stale", "withdrawn", "duplicates", "rejected"];

/// Row counts of a load by outcome, for one table or in total.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    pub staged: i64,
    pub inserted: i64,
    pub updated: i64,
    pub unchanged: i64,
    pub stale: i64,
    pub withdrawn: i64,
    pub duplicates: i64,
    pub rejected: i64,
}

impl Counts {
    /// Reads the columns by the names of the fields.
    pub fn from_row(row: &Row) -> Result<Counts, tokio_postgres::Error> {
        Ok(Counts {
            staged: row.try_get("staged")?,
            inserted: row.try_get("inserted")?,
            updated: row.try_get("updated")?,
            unchanged: row.try_get("unchanged")?,
            stale: row.try_get("stale")?,
            withdrawn: row.try_get("withdrawn")?,
            duplicates: row.try_get("duplicates")?,
            rejected: row.try_get("rejected")?,
        })
    }

    /// The counts in the order of [`COUNT_NAMES`].
    fn values(&self) -> [i64; 8] {
        [
            self.staged,
            self.inserted,
            self.updated,
            self.unchanged,
            self.stale,
            self.withdrawn,
            self.duplicates,
            self.rejected,
        ]
    }

    fn add(self, other: &Counts) -> Counts {
        Counts {
            staged: self.staged + other.staged,
            inserted: self.inserted + other.inserted,
            updated: self.updated + other.updated,
            unchanged: self.unchanged + other.unchanged,
            stale: self.stale + other.stale,
            withdrawn: self.withdrawn + other.withdrawn,
            duplicates: self.duplicates + other.duplicates,
            rejected: self.rejected + other.rejected,
        }
    }

    fn has_changes(&self) -> bool {
        self.inserted + self.updated + self.withdrawn > 0
    }
}

#[derive(Debug, Clone, Serialize)]
pub struct TableCounts {
    pub table: String,
    #[serde(flatten)]
    pub counts: Counts,
}

impl TableCounts {
    pub fn from_row(row: &Row) -> Result<TableCounts, tokio_postgres::Error> {
        Ok(TableCounts { table: row.try_get("table_name")?, counts: Counts::from_row(row)? })
    }
}

/// The outcome of loading one file.
#[derive(Debug, Clone)]
pub struct Report {
    pub source: String,
    pub mode: Mode,
    pub batch_id: i64,
    pub dry_run: bool,
    pub seconds: f64,
    pub tables: Vec<TableCounts>,
    pub warnings: Vec<String>,
}

impl Report {
    fn total(&self) -> Counts {
        self.tables.iter().fold(Counts::default(), |sum, table| sum.add(&table.counts))
    }

    /// One JSON object on one line.
    pub fn to_json(&self) -> Result<String, Failure> {
        let value = json!({
            "source": self.source,
            "mode": self.mode,
            "batch_id": self.batch_id,
            "dry_run": self.dry_run,
            "seconds": (self.seconds * 1000.0).round() / 1000.0,
            "tables": self.tables,
            "total": self.total(),
            "warnings": self.warnings,
        });
        Ok(format!("{value}\n"))
    }

    /// A table of the counts, followed by a summary.
    pub fn to_table(&self) -> String {
        let total = self.total();
        let header = ["table"].into_iter().chain(COUNT_NAMES).map(str::to_owned).collect();
        let mut rows: Vec<Vec<String>> = vec![header];
        rows.extend(self.tables.iter().map(|t| format_row(&t.table, &t.counts)));
        rows.push(format_row("total", &total));
        format!("{}{}\n", align_rows(&rows, 1), self.summary(&total))
    }

    fn summary(&self, total: &Counts) -> String {
        let Report { source, batch_id, seconds, .. } = self;
        let mode = self.mode.as_str();
        let outcome = match (self.dry_run, total.has_changes()) {
            (true, false) => {
                format!("Dry run: nothing was written; loading {source} would change nothing")
            }
            (true, true) => format!(
                "Dry run: nothing was written; the counts show what loading {source} as {mode} would do"
            ),
            (false, true) => format!("Batch {batch_id}: loaded {source} as {mode}"),
            (false, false) if total.stale > 0 => {
                format!("Nothing changed: no row of {source} is newer than the stored rows")
            }
            (false, false) if total.rejected > 0 => {
                format!("Nothing changed: every row of {source} is already stored or was rejected")
            }
            (false, false) => {
                format!("Nothing changed: every row of {source} is already stored")
            }
        };
        let rejected = match total.rejected {
            0 => String::new(),
            n if self.dry_run => format!("\nRows that would be quarantined: {}", group_digits(n)),
            n => format!("\nQuarantined rows: {} (see: ntsb quarantine list)", group_digits(n)),
        };
        format!("{outcome} ({seconds:.1} s).{rejected}")
    }
}

fn format_row(name: &str, counts: &Counts) -> Vec<String> {
    let numbers = counts.values().map(group_digits);
    std::iter::once(name.to_owned()).chain(numbers).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(counts: Counts) -> Report {
        let tables = vec![
            TableCounts { table: "events".to_owned(), counts },
            TableCounts { table: "aircraft".to_owned(), counts: Counts::default() },
        ];
        Report {
            source: "avall.zip".to_owned(),
            mode: Mode::Full,
            batch_id: 7,
            dry_run: false,
            seconds: 1.25,
            tables,
            warnings: vec!["the file has no table findings".to_owned()],
        }
    }

    #[test]
    fn numbers_are_grouped_and_right_aligned() {
        let counts = Counts { staged: 29_773, inserted: 1_234_567, ..Counts::default() };
        let text = report(counts).to_table();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(
            lines[0],
            "table     staged   inserted  updated  unchanged  stale  withdrawn  duplicates  rejected"
        );
        assert_eq!(
            lines[1],
            "events    29,773  1,234,567        0          0      0          0           0         0"
        );
        assert_eq!(
            lines[3],
            "total     29,773  1,234,567        0          0      0          0           0         0"
        );
        assert_eq!(lines[4], "Batch 7: loaded avall.zip as full (1.2 s).");
    }

    #[test]
    fn the_summary_says_when_nothing_changed() {
        let all_stored = Counts { staged: 5, unchanged: 4, duplicates: 1, ..Counts::default() };
        let text = report(all_stored).to_table();
        assert!(text.contains("every row of avall.zip is already stored ("), "{text}");
        let older = Counts { staged: 5, unchanged: 4, stale: 1, ..Counts::default() };
        let text = report(older).to_table();
        assert!(text.contains("no row of avall.zip is newer"), "{text}");
        let rejected = Counts { staged: 5, unchanged: 4, rejected: 1, ..Counts::default() };
        let text = report(rejected).to_table();
        assert!(text.contains("already stored or was rejected"), "{text}");
        assert!(text.contains("Quarantined rows: 1 (see: ntsb quarantine list)"), "{text}");
        let mut dry_run = report(Counts { staged: 5, inserted: 5, ..Counts::default() });
        dry_run.dry_run = true;
        assert!(dry_run.to_table().contains("nothing was written"));
        dry_run.tables[0].counts.rejected = 1;
        let text = dry_run.to_table();
        assert!(text.contains("Rows that would be quarantined: 1"), "{text}");
    }

    #[test]
    fn json_contains_tables_totals_and_warnings() {
        let text = report(Counts { staged: 3, updated: 2, ..Counts::default() }).to_json().unwrap();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(text.lines().count(), 1);
        assert_eq!(value["mode"], "full");
        assert_eq!(value["tables"][0]["table"], "events");
        assert_eq!(value["tables"][0]["updated"], 2);
        assert_eq!(value["total"]["staged"], 3);
        assert_eq!(value["warnings"][0], "the file has no table findings");
    }
}
