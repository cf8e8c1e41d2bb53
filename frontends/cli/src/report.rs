//! What a load did, as a table for people and as JSON for programs.

use console::measure_text_width;
use indicatif::HumanCount;
use serde::Serialize;
use serde_json::json;
use tokio_postgres::Row;

use crate::failure::Failure;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// The file holds every event of its time: what it lacks was withdrawn.
    Full,
    /// The file holds what changed.
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

/// The counts of `ntsb.batch_table`, in the order in which they are shown.
const COUNTS: [&str; 8] =
    ["staged", "inserted", "updated", "unchanged", "stale", "withdrawn", "duplicates", "rejected"];

/// What became of the rows of one table, or of all.
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
    /// Reads the columns of these names.
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

    /// In the order of [`COUNTS`].
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

    fn plus(self, other: &Counts) -> Counts {
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

    fn changed(&self) -> bool {
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

/// One file and what became of it.
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
        self.tables.iter().fold(Counts::default(), |sum, table| sum.plus(&table.counts))
    }

    /// One JSON object on a line of its own.
    pub fn json(&self) -> Result<String, Failure> {
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

    /// The table, and what it comes to in a sentence.
    pub fn table(&self) -> String {
        let total = self.total();
        let head = ["table"].into_iter().chain(COUNTS).map(str::to_owned).collect();
        let mut lines: Vec<Vec<String>> = vec![head];
        lines.extend(self.tables.iter().map(|t| line(&t.table, &t.counts)));
        lines.push(line("total", &total));
        format!("{}{}\n", aligned(&lines, 1), self.sentence(&total))
    }

    fn sentence(&self, total: &Counts) -> String {
        let Report { source, batch_id, seconds, .. } = self;
        let (mode, changed) = (self.mode.as_str(), total.changed());
        let outcome = match (self.dry_run, changed) {
            (true, false) => {
                format!("Dry run: nothing was written, and loading {source} would change nothing")
            }
            (true, true) => format!(
                "Dry run: nothing was written; the counts are what loading {source} as {mode} would do"
            ),
            (false, true) => format!("Batch {batch_id}: {source} was loaded as {mode}"),
            (false, false) if total.stale > 0 => {
                format!("Nothing changed: {source} brought no row newer than what was here")
            }
            (false, false) if total.rejected > 0 => {
                format!("Nothing changed: every row of {source} was already here, or rejected")
            }
            (false, false) => {
                format!("Nothing changed: every row of {source} was already here")
            }
        };
        let rejected = match total.rejected {
            0 => String::new(),
            n if self.dry_run => {
                format!("\nRejected rows ({}) would wait for a decision.", grouped(n))
            }
            n => format!(
                "\nRejected rows ({}) wait for a decision: ntsb quarantine list",
                grouped(n)
            ),
        };
        format!("{outcome} ({seconds:.1} s).{rejected}")
    }
}

fn line(name: &str, counts: &Counts) -> Vec<String> {
    let numbers = counts.values().map(grouped);
    std::iter::once(name.to_owned()).chain(numbers).collect()
}

/// 1234567 as 1,234,567.
pub fn grouped(number: i64) -> String {
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{}", HumanCount(number.unsigned_abs()))
}

/// Lines of cells as columns: the first `left` of them to the left, the others to the right.
pub fn aligned(lines: &[Vec<String>], left: usize) -> String {
    let count = lines.iter().map(Vec::len).max().unwrap_or(0);
    columns(lines, &(0..count).map(|column| column >= left).collect::<Vec<_>>())
}

/// Lines of cells as columns, each to the left or to the `right`.
pub fn columns(lines: &[Vec<String>], right: &[bool]) -> String {
    let width = |column| {
        let cells = lines.iter().filter_map(|line| line.get::<usize>(column));
        cells.map(|cell| measure_text_width(cell)).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..right.len()).map(width).collect();
    let mut text = String::new();
    for line in lines {
        let cells = line.iter().zip(&widths).zip(right).map(|((cell, width), right)| {
            let blanks = " ".repeat(width.saturating_sub(measure_text_width(cell)));
            if *right { format!("{blanks}{cell}") } else { format!("{cell}{blanks}") }
        });
        text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

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
    fn numbers_are_grouped_and_to_the_right() {
        let counts = Counts { staged: 29_773, inserted: 1_234_567, ..Counts::default() };
        let text = report(counts).table();
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
        assert_eq!(lines[4], "Batch 7: avall.zip was loaded as full (1.2 s).");
        assert_eq!(grouped(-1234), "-1,234");
    }

    #[test]
    fn the_sentence_says_when_nothing_changed() {
        let all_here = Counts { staged: 5, unchanged: 4, duplicates: 1, ..Counts::default() };
        assert!(report(all_here).table().contains("every row of avall.zip was already here ("));
        let older = Counts { staged: 5, unchanged: 4, stale: 1, ..Counts::default() };
        assert!(report(older).table().contains("no row newer than"));
        let rejected = Counts { staged: 5, unchanged: 4, rejected: 1, ..Counts::default() };
        let text = report(rejected).table();
        assert!(text.contains("already here, or rejected"), "{text}");
        assert!(
            text.contains("Rejected rows (1) wait for a decision: ntsb quarantine list"),
            "{text}"
        );
        let mut dry = report(Counts { staged: 5, inserted: 5, ..Counts::default() });
        dry.dry_run = true;
        assert!(dry.table().contains("nothing was written"));
        dry.tables[0].counts.rejected = 1;
        assert!(dry.table().contains("Rejected rows (1) would wait"), "{}", dry.table());
    }

    #[test]
    fn json_holds_tables_totals_and_warnings() {
        let text = report(Counts { staged: 3, updated: 2, ..Counts::default() }).json().unwrap();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(text.lines().count(), 1);
        assert_eq!(value["mode"], "full");
        assert_eq!(value["tables"][0]["table"], "events");
        assert_eq!(value["tables"][0]["updated"], 2);
        assert_eq!(value["total"]["staged"], 3);
        assert_eq!(value["warnings"][0], "the file has no table findings");
    }
}
