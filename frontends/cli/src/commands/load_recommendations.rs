//! `ntsb load-recommendations`: loads NTSB's safety recommendations in one transaction.

use std::path::Path;

use serde_json::Value;
use tokio_postgres::Client;

use super::load::base_name;
use super::load_asrs::list_rejections;
use crate::args::RecommendationArgs;
use crate::database::{connect, stage_with};
use crate::failure::Failure;
use crate::output::{Terminal, group_digits};
use crate::source::recommendations::{COLUMNS, RecommendationFile};

pub async fn run(
    args: &RecommendationArgs,
    dsn: Option<&str>,
    terminal: &Terminal,
) -> Result<(), Failure> {
    // Before connecting, so that a wrong path is reported without a database.
    drop(RecommendationFile::open(&args.file)?);
    let mut client = connect(dsn, terminal).await?;
    let report = load_recommendations(&args.file, &mut client, terminal).await?;
    terminal.print(&report)
}

/// Loads the recommendations of a file in one transaction. Returns a report. A page without records is not an
/// error: it changes nothing.
pub async fn load_recommendations(
    path: &Path,
    client: &mut Client,
    terminal: &Terminal,
) -> Result<String, Failure> {
    let (file, name) = (RecommendationFile::open(path)?, base_name(path));
    let transaction = client.transaction().await?;
    let staged =
        stage_with(&transaction, "safety_recommendation", &COLUMNS, terminal, move |sink| {
            file.read(sink)
        });
    if staged.await? == 0 {
        return Ok(format!("{name}: no recommendations\n"));
    }
    let _step = terminal.start_step("storing the recommendations");
    let sql = "SELECT row_to_json(a)::text FROM ntsb_adopt_recommendations($1) a";
    let report: String = transaction.query_one(sql, &[&name]).await?.try_get(0)?;
    transaction.commit().await?;
    Ok(describe(&name, &serde_json::from_str(&report).unwrap_or_default()))
}

fn describe(name: &str, report: &Value) -> String {
    let count = |what: &str| group_digits(report.get(what).and_then(Value::as_i64).unwrap_or(0));
    let mut text = format!(
        "{name}: {} records; recommendations: {} new, {} changed, {} unchanged; {} of other modes, {} rejected; \
         references to events: {} found, {} not found\n",
        count("staged"),
        count("inserted"),
        count("updated"),
        count("unchanged"),
        count("other_modes"),
        count("rejected"),
        count("linked"),
        count("unlinked"),
    );
    text.push_str(&list_rejections(report, "record"));
    let unknown = report.get("unknown").and_then(Value::as_object);
    let unknown: Vec<String> = unknown
        .into_iter()
        .flatten()
        .map(|(name, records)| format!("{name} ({records})"))
        .collect();
    if !unknown.is_empty() {
        text.push_str(&format!(
            "  not read, with the number of recommendations: {}\n",
            unknown.join(", ")
        ));
    }
    text
}
