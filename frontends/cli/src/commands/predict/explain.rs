//! `ntsb explain`: the contribution of each feature to a prediction.

use serde_json::{Map, Value};

use super::Subject;
use crate::args::{ExplainArgs, Output};
use crate::database::Query;
use crate::failure::Failure;
use crate::output::{Terminal, format_value};

pub async fn run(
    args: &ExplainArgs,
    dsn: Option<&str>,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let subject = Subject::from_args(args.event.as_deref(), &args.facts)?;
    // The row (base) is not a feature.
    let limit = args.limit.map(|features| features.saturating_add(1));
    let query = Query::new(format!(
        "SELECT * FROM ntsb_explain_severity({}, $3::text, $2::text) LIMIT $4::bigint",
        subject.facts_sql()
    ))
    .bind(subject.value())
    .bind(args.model.clone())
    .bind(args.severity.clone())
    .bind(limit);
    let result = query.run(dsn, terminal).await?;
    if args.output.output != Output::Table {
        return result.print(args.output, terminal);
    }
    let summary = result.parse_rows()?.first().map(summarize).unwrap_or_default();
    result.select_columns(&["feature", "value", "contribution"]).print_table(terminal)?;
    terminal.print(&summary)
}

fn summarize(row: &Map<String, Value>) -> String {
    let severity = format_value(row.get("severity"));
    let margin = format_value(row.get("margin"));
    format!(
        "\nContributions toward {severity} (above 0) and against it; all of them add up to its margin, \
         {margin}.\n"
    )
}
