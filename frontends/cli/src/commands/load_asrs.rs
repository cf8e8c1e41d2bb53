//! `ntsb load-asrs`: loads voluntary reports in one transaction.

use serde_json::Value;

use super::load::base_name;
use crate::args::AsrsArgs;
use crate::database::{connect, stage_with};
use crate::failure::Failure;
use crate::output::{Terminal, group_digits};
use crate::source::asrs::{AsrsFile, COLUMNS};
use crate::source::digest::hash_files;

/// Printed after each load.
const CAVEAT: &str = "ASRS reports are voluntary and NASA does not verify them. They are stored in schema asrs, are \
never counted with accidents, and their number does not measure how often something happens.\n";

/// Rejected rows that are printed.
const MAX_REJECTIONS: usize = 10;

pub async fn run(args: &AsrsArgs, dsn: Option<&str>, terminal: &Terminal) -> Result<(), Failure> {
    let mut file = AsrsFile::open(&args.file)?;
    let digest = hash_files([args.file.as_path()])?;
    let mut client = connect(dsn, terminal).await?;
    let transaction = client.transaction().await?;
    stage_with(&transaction, "asrs_report", &COLUMNS, terminal, move |sink| file.read(sink))
        .await?;
    let report = {
        let _step = terminal.start_step("storing the reports");
        let sql = "SELECT row_to_json(a)::text FROM ntsb_adopt_asrs($1, $2) a";
        let name = base_name(&args.file);
        let row = transaction.query_one(sql, &[&name, &digest]).await?;
        let report: String = row.try_get(0)?;
        describe(&name, &serde_json::from_str(&report).unwrap_or_default())
    };
    transaction.commit().await?;
    terminal.print(&report)
}

fn describe(name: &str, report: &Value) -> String {
    let count = |what: &str| group_digits(report.get(what).and_then(Value::as_i64).unwrap_or(0));
    let mut text = format!(
        "{name}: {} rows; reports: {} new, {} changed, {} unchanged, {} rejected\n",
        count("staged"),
        count("inserted"),
        count("updated"),
        count("unchanged"),
        count("rejected"),
    );
    text.push_str(&list_rejections(report, "line"));
    text.push_str(CAVEAT);
    text
}

/// The first rejected rows with their reasons. `unit` is what a number counts: line or record.
pub fn list_rejections(report: &Value, unit: &str) -> String {
    let rejections = report.get("rejections").and_then(Value::as_array);
    let lines = rejections.into_iter().flatten().take(MAX_REJECTIONS).map(|rejection| {
        let number = rejection.get("line").map(Value::to_string).unwrap_or_default();
        let number = number.trim_matches('"');
        let reason = rejection.get("reason").and_then(Value::as_str).unwrap_or_default();
        format!("  {unit} {number}: {reason}\n")
    });
    lines.collect()
}
