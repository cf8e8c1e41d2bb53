//! Arguments of `ntsb quarantine`.

use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Map, Value};

use super::EXIT_CODES;

/// Review quarantined rows: list, show, release, discard
///
/// A quarantined row keeps its raw values until somebody stores it (release) or rejects it with a
/// reason (discard).
#[derive(Debug, Subcommand)]
pub enum QuarantineCommand {
    List(ListArgs),
    Show(ShowArgs),
    Release(ReleaseArgs),
    Discard(DiscardArgs),
}

/// List quarantined rows, oldest first
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct ListArgs {
    /// Status of the rows
    #[arg(long, value_enum, default_value_t = Status::Held)]
    pub status: Status,

    /// Only rows of this table, such as events
    #[arg(long, value_name = "TABLE")]
    pub table: Option<String>,

    /// Only rows that violate this rule, such as events.date_in_future
    #[arg(long, value_name = "RULE")]
    pub rule: Option<String>,

    /// Only rows of this batch (ntsb status lists the batches)
    #[arg(long, value_name = "N")]
    pub batch: Option<i64>,

    /// Maximum number of rows to show
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: u32,

    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Status {
    Held,
    Released,
    Discarded,
    All,
}

impl Status {
    /// The value of `ntsb.staging_quarantine.status`, or `None` for all.
    pub fn as_str(self) -> Option<&'static str> {
        match self {
            Status::Held => Some("held"),
            Status::Released => Some("released"),
            Status::Discarded => Some("discarded"),
            Status::All => None,
        }
    }
}

/// Show one quarantined row: the reason, its raw values and the decision
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct ShowArgs {
    /// ID of the row, as shown by ntsb quarantine list
    pub id: i64,

    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Release a quarantined row into the warehouse, with corrected values or waived rules
///
/// The row passes all gates again and is logged as a batch of its own. Releasing an event also
/// releases the rows that were quarantined because of it. If a rule still rejects the row, nothing
/// changes.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct ReleaseArgs {
    /// ID of the row, as shown by ntsb quarantine list
    pub id: i64,

    /// Replace a raw value, such as ev_date=2019-01-05; an empty VALUE sets it to null (repeatable)
    #[arg(long, value_name = "COLUMN=VALUE", value_parser = parse_assignment)]
    pub set: Vec<Assignment>,

    /// Replace raw values, as a JSON object; --set takes precedence
    #[arg(long, value_name = "JSON", value_parser = parse_json_object)]
    pub patch: Option<Map<String, Value>>,

    /// Rule to waive for this row, such as events.date_before_1962 (repeatable)
    #[arg(long, value_name = "RULE")]
    pub waive: Vec<String>,

    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

impl ReleaseArgs {
    /// All new values as a JSON object, as `ntsb_release_quarantine` expects them.
    pub fn merged_patch(&self) -> Value {
        let mut values = self.patch.clone().unwrap_or_default();
        values.extend(self.set.iter().map(|a| (a.column.clone(), a.value.clone().into())));
        Value::Object(values)
    }
}

/// Discard a quarantined row; it stays in the quarantine table with the reason
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct DiscardArgs {
    /// ID of the row, as shown by ntsb quarantine list
    pub id: i64,

    /// Reason for not storing the row
    #[arg(long, value_name = "TEXT")]
    pub reason: String,

    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// A new value of a column; `None` is null.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    pub column: String,
    pub value: Option<String>,
}

fn parse_assignment(text: &str) -> Result<Assignment, String> {
    match text.split_once('=') {
        Some((column, value)) if !column.trim().is_empty() => Ok(Assignment {
            column: column.trim().to_ascii_lowercase(),
            value: (!value.is_empty()).then(|| value.to_owned()),
        }),
        _ => Err("expected COLUMN=VALUE, such as ev_date=2019-01-05".to_owned()),
    }
}

fn parse_json_object(text: &str) -> Result<Map<String, Value>, String> {
    const EXPECTED: &str =
        r#"expected a JSON object, such as {"ev_date": "2019-01-05", "ev_city": null}"#;
    match serde_json::from_str(text) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(EXPECTED.to_owned()),
        Err(error) => Err(format!("{error}; {EXPECTED}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_assignment_needs_a_column_and_may_set_null() {
        let parse = |text: &str| parse_assignment(text).map(|a| (a.column, a.value)).ok();
        let expected = Some(("ev_date".into(), Some("2019-01-05".into())));
        assert_eq!(parse("EV_Date=2019-01-05"), expected);
        assert_eq!(parse("metar=a=b"), Some(("metar".into(), Some("a=b".into()))));
        assert_eq!(parse("ev_city="), Some(("ev_city".into(), None)));
        assert_eq!((parse("ev_city"), parse("=x"), parse("")), (None, None, None));
    }

    #[test]
    fn a_patch_must_be_an_object() {
        assert!(parse_json_object(r#"{"ev_year": 2019}"#).is_ok());
        for invalid in ["[1]", "7", "{", "ev_year=2019", ""] {
            let error = parse_json_object(invalid).unwrap_err();
            assert!(error.contains("expected a JSON object"), "{invalid}");
        }
    }

    #[test]
    fn set_takes_precedence_over_patch() {
        let set = ["ev_city=Dayton", "ev_state="].map(|text| parse_assignment(text).unwrap());
        let args = ReleaseArgs {
            id: 1,
            set: set.to_vec(),
            patch: parse_json_object(r#"{"ev_city": "Paris", "ev_year": 2019}"#).ok(),
            waive: Vec::new(),
            json: false,
        };
        let expected = json!({"ev_city": "Dayton", "ev_state": null, "ev_year": 2019});
        assert_eq!(args.merged_patch(), expected);
    }
}
