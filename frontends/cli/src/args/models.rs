//! Arguments of `ntsb train`, `ntsb models`, `ntsb promote` and `ntsb drift`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Map, Value};

use super::{EXIT_CODES, OutputArgs};

/// Train a model on the events of the warehouse and evaluate it
///
/// The model is trained on the oldest events, calibrated on later ones and evaluated on the latest
/// ones, which it has not seen. It is stored in stage None; ntsb promote puts it into use. Ctrl-C
/// cancels the training in the server, and nothing is stored.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct TrainArgs {
    /// Name of the model; models with the same name and target get versions 1, 2, 3, …
    #[arg(value_name = "NAME")]
    pub name: String,

    /// Prediction target: severity, fatal, cause_category or cause_event
    #[arg(long, value_name = "TARGET")]
    pub target: String,

    /// Features to use: pre_event (known before the event) or scene (also those known at the scene)
    #[arg(long, value_name = "SET", default_value = "scene")]
    pub feature_set: String,

    /// Training option, such as max_depth=6, test_from=2015-01-01 or features=["lat","lon"]
    /// (repeatable; docs/models.md lists them)
    #[arg(long = "option", value_name = "NAME=VALUE", value_parser = super::parse_name_value)]
    pub options: Vec<(String, String)>,

    #[command(flatten)]
    pub output: OutputArgs,
}

impl TrainArgs {
    /// The options as JSON: numbers, lists, true and false keep their type, everything else is text.
    /// Fails if an option is repeated.
    pub fn parse_options(&self) -> Result<Map<String, Value>, String> {
        let mut options = Map::new();
        for (name, text) in &self.options {
            let value = serde_json::from_str(text).unwrap_or_else(|_| text.clone().into());
            if options.insert(name.clone(), value).is_some() {
                return Err(format!("option {name} is given more than once"));
            }
        }
        Ok(options)
    }
}

/// List, inspect, export and import models
///
/// Compare accuracy with majority, the accuracy of always predicting the most common class.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES, args_conflicts_with_subcommands = true)]
pub struct ModelsArgs {
    #[command(subcommand)]
    pub command: Option<ModelsCommand>,

    /// Only models with this NAME, or the model NAME:VERSION
    #[arg(value_name = "NAME")]
    pub name: Option<String>,

    /// Only models that predict this target: severity, fatal, cause_category or cause_event
    #[arg(long, value_name = "TARGET")]
    pub target: Option<String>,

    #[command(flatten)]
    pub output: OutputArgs,
}

#[derive(Debug, Subcommand)]
pub enum ModelsCommand {
    Export(ExportModelArgs),
    Import(ImportModelArgs),
}

/// Export a model as an XGBoost file and a description file
///
/// FILE can be loaded with Python's xgboost. Its features, encoding, calibration and metrics go into a
/// second file (model.description.json for model.json). ntsb models import needs both files.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct ExportModelArgs {
    #[command(flatten)]
    pub model: ModelName,

    /// Output file or s3://BUCKET/KEY
    #[arg(value_name = "FILE")]
    pub file: String,

    /// Use XGBoost's binary format (UBJSON), which is smaller than JSON
    #[arg(long)]
    pub ubj: bool,

    /// Overwrite existing files
    #[arg(long)]
    pub overwrite: bool,
}

/// Import a model that ntsb models export wrote; it starts in stage None
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct ImportModelArgs {
    /// XGBoost file in JSON or UBJSON format
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Description file (default: model.description.json next to model.json)
    #[arg(long, value_name = "FILE")]
    pub description: Option<PathBuf>,

    #[command(flatten)]
    pub output: OutputArgs,
}

/// Move a model to its next stage: None, Staging, Production, Archived
///
/// At most one model per name and target is in Production. Promoting another one archives it in the
/// same transaction. A model can be archived from any stage.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct PromoteArgs {
    #[command(flatten)]
    pub model: ModelName,

    /// New stage: Staging, Production or Archived
    #[arg(value_name = "STAGE")]
    pub stage: String,

    #[command(flatten)]
    pub output: OutputArgs,
}

/// Identifies one model.
#[derive(Debug, Args)]
pub struct ModelName {
    /// Name of the model, as listed by ntsb models
    #[arg(value_name = "NAME")]
    pub name: String,

    /// Version of the model
    #[arg(value_name = "VERSION")]
    pub version: i32,

    /// Prediction target, if models with different targets share this name
    #[arg(long, value_name = "TARGET")]
    pub target: Option<String>,
}

/// Compare two periods for data drift
///
/// Compares the distribution of each feature of a model, and of its stored predictions
/// (ntsb.predictions). The strongest drift is listed first. If a feature drifted, the database raises
/// an alert, which ntsb notify sends.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct DriftArgs {
    /// First and last day of the reference period, such as 2010-01-01..2014-12-31
    #[arg(long, value_name = "FROM..TO", value_parser = parse_date_range)]
    pub reference: String,

    /// First and last day of the period to check; without TO, up to the latest event
    #[arg(long, value_name = "FROM..TO", value_parser = parse_date_range)]
    pub current: String,

    /// Model as NAME, or as NAME:VERSION in any stage (default: the Production model)
    #[arg(long, value_name = "MODEL")]
    pub model: Option<String>,

    /// False-alarm rate
    #[arg(long, value_name = "SHARE", default_value_t = 0.05)]
    pub alarm_rate: f64,

    /// Minimum population stability index (PSI) that counts as drift
    #[arg(long = "min-psi", value_name = "PSI", default_value_t = 0.1)]
    pub min_psi: f64,

    /// Exit with code 1 if a feature drifted
    #[arg(long)]
    pub fail_on_drift: bool,

    #[command(flatten)]
    pub output: OutputArgs,
}

/// Converts `FROM..TO` to PostgreSQL's range syntax, both days included. The database validates the
/// days.
fn parse_date_range(text: &str) -> Result<String, String> {
    match text.split_once("..") {
        Some((from, to)) if !from.trim().is_empty() || !to.trim().is_empty() => {
            Ok(format!("[{},{}]", from.trim(), to.trim()))
        }
        _ => Err("expected FROM..TO, such as 2010-01-01..2014-12-31".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_range_needs_at_least_one_end() {
        assert_eq!(parse_date_range("2010-01-01..2014-12-31").unwrap(), "[2010-01-01,2014-12-31]");
        assert_eq!(parse_date_range("2015-01-01 .. ").unwrap(), "[2015-01-01,]");
        for invalid in ["2010-01-01", "..", "2010-01-01,2011-01-01", ""] {
            assert!(parse_date_range(invalid).unwrap_err().contains("FROM..TO"), "{invalid}");
        }
    }

    #[test]
    fn options_are_numbers_lists_or_text() {
        let pair = |text| crate::args::parse_name_value(text).unwrap();
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
        assert_eq!(Value::Object(args.parse_options().unwrap()), expected);
        args.options.push(pair("max_depth=4"));
        assert!(args.parse_options().unwrap_err().contains("max_depth is given more than once"));
    }
}
