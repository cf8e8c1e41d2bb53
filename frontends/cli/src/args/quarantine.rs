//! The command line of `ntsb quarantine`.

use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Map, Value};

use super::EXIT_CODES;

/// See and decide what the gates refused
///
/// A refused row waits, as it stood in its file, until a person stores it after all (release) or
/// says why it will not be stored (discard).
#[derive(Debug, Subcommand)]
pub enum QuarantineCommand {
    List(ListArgs),
    Show(ShowArgs),
    Release(ReleaseArgs),
    Discard(DiscardArgs),
}

/// List refused rows, the longest held first
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct ListArgs {
    /// What was decided about them
    #[arg(long, value_enum, default_value_t = Status::Held)]
    pub status: Status,

    /// Rows of one table, such as events
    #[arg(long, value_name = "TABLE")]
    pub table: Option<String>,

    /// Rows that one rule refused, such as events.date_in_future
    #[arg(long, value_name = "RULE")]
    pub rule: Option<String>,

    /// Rows that one load brought (ntsb status has the numbers)
    #[arg(long, value_name = "N")]
    pub batch: Option<i64>,

    /// How many rows to show
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
    /// The word in the database; none for all of them.
    pub fn as_str(self) -> Option<&'static str> {
        match self {
            Status::Held => Some("held"),
            Status::Released => Some("released"),
            Status::Discarded => Some("discarded"),
            Status::All => None,
        }
    }
}

/// Show everything about one refused row: why, its raw values, what was decided
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct ShowArgs {
    /// Number of the row, as ntsb quarantine list shows it
    pub id: i64,

    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Store a refused row after all, with values put right or rules waived
///
/// The row goes through all gates again and is logged as a batch of its own. An event takes along
/// the rows that were held back because of it. If it is refused again, nothing changes.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct ReleaseArgs {
    /// Number of the row, as ntsb quarantine list shows it
    pub id: i64,

    /// Put a raw value right, such as ev_date=2019-01-05; nothing behind the = empties it
    #[arg(long, value_name = "COLUMN=VALUE", value_parser = assignment)]
    pub set: Vec<Assignment>,

    /// Put raw values right, as a JSON object; --set goes before it
    #[arg(long, value_name = "JSON", value_parser = object)]
    pub patch: Option<Map<String, Value>>,

    /// A rule not to apply this time, such as events.date_before_1962
    #[arg(long, value_name = "RULE")]
    pub waive: Vec<String>,

    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

impl ReleaseArgs {
    /// All new values, as the database takes them.
    pub fn values(&self) -> Value {
        let mut values = self.patch.clone().unwrap_or_default();
        values.extend(self.set.iter().map(|a| (a.column.clone(), a.value.clone().into())));
        Value::Object(values)
    }
}

/// Decide that a refused row will not be stored; it is kept with the reason
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct DiscardArgs {
    /// Number of the row, as ntsb quarantine list shows it
    pub id: i64,

    /// Why it will not be stored
    #[arg(long, value_name = "TEXT")]
    pub reason: String,

    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// A new value of a column; none empties it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    pub column: String,
    pub value: Option<String>,
}

fn assignment(text: &str) -> Result<Assignment, String> {
    match text.split_once('=') {
        Some((column, value)) if !column.trim().is_empty() => Ok(Assignment {
            column: column.trim().to_ascii_lowercase(),
            value: (!value.is_empty()).then(|| value.to_owned()),
        }),
        _ => Err("write COLUMN=VALUE, such as ev_date=2019-01-05".to_owned()),
    }
}

fn object(text: &str) -> Result<Map<String, Value>, String> {
    let wanted = r#"write a JSON object, such as {"ev_date": "2019-01-05", "ev_city": null}"#;
    match serde_json::from_str(text) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(wanted.to_owned()),
        Err(error) => Err(format!("{error}; {wanted}")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use serde_json::json;

    #[test]
    fn an_assignment_has_a_column_and_may_empty_it() {
        let of = |text: &str| assignment(text).map(|a| (a.column, a.value)).ok();
        assert_eq!(of("EV_Date=2019-01-05"), Some(("ev_date".into(), Some("2019-01-05".into()))));
        assert_eq!(of("metar=a=b"), Some(("metar".into(), Some("a=b".into()))));
        assert_eq!(of("ev_city="), Some(("ev_city".into(), None)));
        assert_eq!((of("ev_city"), of("=x"), of("")), (None, None, None));
    }

    #[test]
    fn a_patch_is_an_object() {
        assert!(object(r#"{"ev_year": 2019}"#).is_ok());
        for wrong in ["[1]", "7", "{", "ev_year=2019", ""] {
            assert!(object(wrong).unwrap_err().contains("write a JSON object"), "{wrong}");
        }
    }

    #[test]
    fn what_is_set_goes_before_the_patch() {
        let args = ReleaseArgs {
            id: 1,
            set: vec![assignment("ev_city=Dayton").unwrap(), assignment("ev_state=").unwrap()],
            patch: object(r#"{"ev_city": "Paris", "ev_year": 2019}"#).ok(),
            waive: Vec::new(),
            json: false,
        };
        let expected = json!({"ev_city": "Dayton", "ev_state": null, "ev_year": 2019});
        assert_eq!(args.values(), expected);
    }
}
