//! `ntsb drift`: compares two periods for data drift.

use serde_json::{Map, Value};

use crate::args::{DriftArgs, Output};
use crate::database::Query;
use crate::failure::Failure;
use crate::output::Terminal;
use crate::output::{ResultSet, format_value};

const DETECT: &str =
    "SELECT * FROM ntsb_detect_drift($1::text::daterange, $2::text::daterange, $3, $4, $5)";

pub async fn run(args: &DriftArgs, dsn: Option<&str>, terminal: &Terminal) -> Result<(), Failure> {
    let result = Query::new(DETECT)
        .bind(args.reference.clone())
        .bind(args.current.clone())
        .bind(args.model.clone())
        .bind(args.alarm_rate)
        .bind(args.min_psi)
        .run(dsn, terminal)
        .await?;
    let drifted = drifted_features(&result)?;
    let fails = args.fail_on_drift && !drifted.is_empty();
    match args.output.output {
        Output::Table if result.is_empty() => {
            terminal.print("Nothing to compare: one of the periods has no events.\n")?;
        }
        Output::Table => {
            result.print_table(terminal)?;
            if !fails {
                terminal.print(&format!("\n{}\n", summarize(&drifted)))?;
            }
        }
        _ => result.print(args.output, terminal)?,
    }
    if fails { Err(Failure::Other(summarize(&drifted))) } else { Ok(()) }
}

fn drifted_features(result: &ResultSet) -> Result<Vec<String>, Failure> {
    let is_drifted = |row: &&Map<String, Value>| row.get("drifted") == Some(&Value::Bool(true));
    let rows = result.parse_rows()?;
    Ok(rows.iter().filter(is_drifted).map(|row| format_value(row.get("feature"))).collect())
}

fn summarize(drifted: &[String]) -> String {
    match drifted {
        [] => "No drift detected.".to_owned(),
        features => format!("Drift detected, strongest first: {}", features.join(", ")),
    }
}
