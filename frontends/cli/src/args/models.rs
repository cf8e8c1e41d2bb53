//! The command lines of what keeps models.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Map, Value};

use super::{EXIT_CODES, OutputArgs};

/// Train a model on the events of the warehouse, and say how good it is
///
/// It learns from events of the past, is set right on later ones and judged on the latest, which it has
/// not seen; it is stored in stage None, and ntsb promote puts it to use. Ctrl-C stops it in the server,
/// and nothing is stored then.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct TrainArgs {
    /// A name; models of one name and target have versions 1, 2, 3, …
    #[arg(value_name = "NAME")]
    pub name: String,

    /// What it is to tell: severity, fatal, cause_category or cause_event
    #[arg(long, value_name = "TARGET")]
    pub target: String,

    /// What it may know: pre_event (before the event) or scene (what is seen there, too)
    #[arg(long, value_name = "SET", default_value = "scene")]
    pub feature_set: String,

    /// How to train, such as max_depth=6, test_from=2015-01-01 or features=["lat","lon"]; docs/models.md
    /// lists the options
    #[arg(long = "option", value_name = "NAME=VALUE", value_parser = super::pair)]
    pub options: Vec<(String, String)>,

    #[command(flatten)]
    pub output: OutputArgs,
}

impl TrainArgs {
    /// Numbers, lists, true and false as such, all else as text; refuses an option that is given twice.
    pub fn options(&self) -> Result<Map<String, Value>, String> {
        let mut given = Map::new();
        for (name, text) in &self.options {
            let value = serde_json::from_str(text).unwrap_or_else(|_| text.clone().into());
            if given.insert(name.clone(), value).is_some() {
                return Err(format!("the option {name} is given twice: give it once"));
            }
        }
        Ok(given)
    }
}

/// List models, tell all about one, carry one from a warehouse to another
///
/// Accuracy stands beside majority, that of always naming the commonest class: it means nothing alone.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES, args_conflicts_with_subcommands = true)]
pub struct ModelsArgs {
    #[command(subcommand)]
    pub carry: Option<CarryCommand>,

    /// Models of this NAME, or the one of NAME:VERSION
    #[arg(value_name = "NAME")]
    pub name: Option<String>,

    /// Only those that tell this: severity, fatal, cause_category or cause_event
    #[arg(long, value_name = "TARGET")]
    pub target: Option<String>,

    #[command(flatten)]
    pub output: OutputArgs,
}

#[derive(Debug, Subcommand)]
pub enum CarryCommand {
    Export(ExportModelArgs),
    Import(ImportModelArgs),
}

/// Write a model as XGBoost's own file, and beside it what else the model is
///
/// Python's xgboost loads FILE. What its trees do not say (features, encoding, calibration, metrics) goes
/// into a second file, as in model.json and model.description.json: ntsb models import takes both.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct ExportModelArgs {
    #[command(flatten)]
    pub model: ModelName,

    /// A new file, or s3://BUCKET/KEY
    #[arg(value_name = "FILE")]
    pub file: String,

    /// In XGBoost's binary format, which is smaller, rather than in JSON
    #[arg(long)]
    pub ubj: bool,

    /// Take the place of files that are there
    #[arg(long)]
    pub overwrite: bool,
}

/// Take up a model that ntsb models export wrote, in stage None
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct ImportModelArgs {
    /// The trees, in JSON or in XGBoost's binary format
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// What else the model is (default: model.description.json beside model.json)
    #[arg(long, value_name = "FILE")]
    pub description: Option<PathBuf>,

    #[command(flatten)]
    pub output: OutputArgs,
}

/// Move a model to its next stage: None, Staging, Production, Archived
///
/// Of one name and target one model is in Production: the one before is archived in the same moment. Any
/// may be archived.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct PromoteArgs {
    #[command(flatten)]
    pub model: ModelName,

    /// Staging, Production or Archived
    #[arg(value_name = "STAGE")]
    pub stage: String,

    #[command(flatten)]
    pub output: OutputArgs,
}

/// What one model is called.
#[derive(Debug, Args)]
pub struct ModelName {
    /// Name of the model, as ntsb models lists it
    #[arg(value_name = "NAME")]
    pub name: String,

    /// Its version
    #[arg(value_name = "VERSION")]
    pub version: i32,

    /// What it tells, where models of several targets have this name
    #[arg(long, value_name = "TARGET")]
    pub target: Option<String>,
}

/// Say whether events of one time look like those of another, in each fact that a model sees
///
/// Also in what the model said of them (ntsb.predictions). What drifted most comes first. Where something
/// did, the database keeps an alert, which ntsb notify passes on.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct DriftArgs {
    /// First and last day of the events to compare with, such as 2010-01-01..2014-12-31
    #[arg(long, value_name = "FROM..TO", value_parser = window)]
    pub reference: String,

    /// First and last day of the events in question; nothing behind the .. means up to the last
    #[arg(long, value_name = "FROM..TO", value_parser = window)]
    pub current: String,

    /// A model by NAME, or by NAME:VERSION in any stage (default: the one in Production)
    #[arg(long, value_name = "MODEL")]
    pub model: Option<String>,

    /// How often a report may cry wolf
    #[arg(long, value_name = "SHARE", default_value_t = 0.05)]
    pub alarm_rate: f64,

    /// Differences below this population stability index are small
    #[arg(long, value_name = "PSI", default_value_t = 0.1)]
    pub least_psi: f64,

    /// End with 1 where something drifted
    #[arg(long)]
    pub fail_on_drift: bool,

    #[command(flatten)]
    pub output: OutputArgs,
}

/// A range as PostgreSQL writes it, both days included; whether they are days is the database's to say.
fn window(text: &str) -> Result<String, String> {
    match text.split_once("..") {
        Some((from, to)) if !from.trim().is_empty() || !to.trim().is_empty() => {
            Ok(format!("[{},{}]", from.trim(), to.trim()))
        }
        _ => Err("write FROM..TO, such as 2010-01-01..2014-12-31".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_window_has_two_ends() {
        assert_eq!(window("2010-01-01..2014-12-31").unwrap(), "[2010-01-01,2014-12-31]");
        assert_eq!(window("2015-01-01 .. ").unwrap(), "[2015-01-01,]");
        for wrong in ["2010-01-01", "..", "2010-01-01,2011-01-01", ""] {
            assert!(window(wrong).unwrap_err().contains("FROM..TO"), "{wrong}");
        }
    }

    #[test]
    fn options_are_numbers_lists_and_texts() {
        let pair = |text| crate::args::pair(text).unwrap();
        let mut args = TrainArgs {
            name: "test".to_owned(),
            target: "fatal".to_owned(),
            feature_set: "scene".to_owned(),
            options: ["max_depth=3", "test_from=2015-01-01", r#"features=["lat","lon"]"#]
                .map(pair)
                .to_vec(),
            output: OutputArgs { output: crate::args::Output::Table, exact_text: false },
        };
        let expected = serde_json::json!(
            {"max_depth": 3, "test_from": "2015-01-01", "features": ["lat", "lon"]});
        assert_eq!(Value::Object(args.options().unwrap()), expected);
        args.options.push(pair("max_depth=4"));
        assert!(args.options().unwrap_err().contains("max_depth is given twice"));
    }
}
