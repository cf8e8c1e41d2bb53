//! Arguments of `ntsb predict` and `ntsb explain`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::{Map, Value};

use super::{EXIT_CODES, OutputArgs, parse_ev_id};

const BATCH_HELP: &str = "\
Batch prediction: --input names a file of facts (- for stdin), either JSON (an array, or one object per line)
or CSV with the names of the facts in the header, such as dec_latitude,acft_make. Each row gets a result or an
error, in input order, while the file is read. A row with only an ev_id predicts that event of the warehouse. A
row with an ev_id and facts is taken as a row of ntsb.accident_features, unless --id ev_id declares the ev_id a
mere row name. JSON and CSV output is streamed; a table is printed at the end.";

/// Predict the severity of an accident from facts, for an event, or for a file of rows
///
/// Pass the facts you know, in NTSB's codes and units. Omitted facts are unknown, not zero. The
/// Production model is used by default. An undecided prediction is marked as a guess.
#[derive(Debug, Args)]
#[command(after_help = format!("{BATCH_HELP}\n\n{EXIT_CODES}"))]
pub struct PredictArgs {
    #[command(flatten)]
    pub facts: FactArgs,

    /// Use an event of the warehouse instead of facts
    #[arg(long, value_name = "EV_ID", value_parser = parse_ev_id, conflicts_with_all = ["FactArgs", "input"])]
    pub event: Option<String>,

    /// File with rows of facts, or - for stdin
    #[arg(long, value_name = "FILE|-", conflicts_with = "FactArgs")]
    pub input: Option<PathBuf>,

    /// Format of the file (default: by its name or first character)
    #[arg(long, value_enum, requires = "input")]
    pub format: Option<InputFormat>,

    /// Column of the file that names the row; it is copied to the output and is not a fact
    #[arg(long, value_name = "COLUMN", requires = "input")]
    pub id: Option<String>,

    /// Target to predict instead of severity: fatal, cause_category or cause_event
    #[arg(long, value_name = "TARGET", conflicts_with = "causes")]
    pub target: Option<String>,

    /// Predict the most likely causes (category of the first finding and defining event) instead
    #[arg(long)]
    pub causes: bool,

    /// Number of causes of each kind
    #[arg(long, value_name = "K", default_value_t = 3, requires = "causes")]
    pub top: i32,

    /// Model as NAME, or as NAME:VERSION in any stage (default: the Production model)
    #[arg(long, value_name = "MODEL")]
    pub model: Option<String>,

    #[command(flatten)]
    pub output: OutputArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum InputFormat {
    /// Array of objects, or one object per line
    Json,
    /// CSV with a header row
    Csv,
}

/// Explain a prediction (exact SHAP values)
///
/// Takes the same facts and events as ntsb predict. The first row, (base), is the output for an event of
/// which nothing is known; the features follow by size of their contribution. A contribution describes
/// the model, not the cause of the accident.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct ExplainArgs {
    #[command(flatten)]
    pub facts: FactArgs,

    /// Use an event of the warehouse instead of facts
    #[arg(long, value_name = "EV_ID", value_parser = parse_ev_id, conflicts_with = "FactArgs")]
    pub event: Option<String>,

    /// Severity to explain: FATL, SERS, MINR or NONE (default: the most likely one)
    #[arg(long, value_name = "CODE")]
    pub severity: Option<String>,

    /// Model as NAME, or as NAME:VERSION in any stage (default: the Production model)
    #[arg(long, value_name = "MODEL")]
    pub model: Option<String>,

    /// Maximum number of features to show (default: all)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..))]
    pub limit: Option<i64>,

    #[command(flatten)]
    pub output: OutputArgs,
}

/// The facts of an accident, as text: the database parses and validates them.
#[derive(Debug, Default, Args)]
pub struct FactArgs {
    /// Date of the accident, such as 2024-07-04
    #[arg(long, value_name = "DATE")]
    pub date: Option<String>,

    /// Local time, such as 1430
    #[arg(long, value_name = "HHMM")]
    pub time: Option<String>,

    /// Latitude in degrees north
    #[arg(long, visible_alias = "latitude", value_name = "LAT", allow_negative_numbers = true)]
    pub lat: Option<String>,

    /// Longitude in degrees east, such as -149.9
    #[arg(long, visible_alias = "longitude", value_name = "LON", allow_negative_numbers = true)]
    pub lon: Option<String>,

    /// Make of the aircraft, in any spelling
    #[arg(long, value_name = "MAKE")]
    pub make: Option<String>,

    /// Model of the aircraft, such as 172N
    #[arg(long, value_name = "TYPE")]
    pub acft_model: Option<String>,

    /// Total flight hours of the pilot
    #[arg(long, value_name = "HOURS")]
    pub pilot_hours: Option<String>,

    /// Weather conditions: VMC or IMC
    #[arg(long, value_name = "CODE")]
    pub weather: Option<String>,

    /// Temperature in degrees Celsius
    #[arg(long, value_name = "CELSIUS", allow_negative_numbers = true)]
    pub temperature: Option<String>,

    /// Light conditions, such as DAYL or NDRK
    #[arg(long, value_name = "CODE")]
    pub light: Option<String>,

    /// Purpose of the flight, such as PERS
    #[arg(long, value_name = "CODE")]
    pub purpose: Option<String>,

    /// Damage to the aircraft: NONE, MINR, SUBS or DEST (only for models of feature set scene)
    #[arg(long, value_name = "CODE")]
    pub damage: Option<String>,

    /// Phase of flight, such as Landing (only for models of feature set scene)
    #[arg(long, value_name = "PHASE")]
    pub phase: Option<String>,

    /// Any other fact listed in ntsb.feature, such as num_eng=2 (repeatable)
    #[arg(long = "fact", value_name = "NAME=VALUE", value_parser = super::parse_name_value)]
    pub others: Vec<(String, String)>,
}

impl FactArgs {
    fn names_and_values(&self) -> impl Iterator<Item = (&str, &String)> {
        let options = [
            ("ev_date", &self.date),
            ("ev_time", &self.time),
            ("dec_latitude", &self.lat),
            ("dec_longitude", &self.lon),
            ("acft_make", &self.make),
            ("acft_model", &self.acft_model),
            ("pilot_tot_time", &self.pilot_hours),
            ("wx_cond_basic", &self.weather),
            ("wx_temp", &self.temperature),
            ("light_cond", &self.light),
            ("type_fly", &self.purpose),
            ("damage", &self.damage),
            ("phase", &self.phase),
        ];
        let present = options.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
        present.chain(self.others.iter().map(|(name, value)| (name.as_str(), value)))
    }

    /// The facts by their names in SQL. Fails if a fact is repeated.
    pub fn to_map(&self) -> Result<Map<String, Value>, String> {
        let mut facts = Map::new();
        for (name, value) in self.names_and_values() {
            if facts.insert(name.to_owned(), value.clone().into()).is_some() {
                return Err(format!("{name} is given more than once"));
            }
        }
        Ok(facts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::parse_name_value;
    use serde_json::json;

    #[test]
    fn facts_have_the_names_of_columns() {
        let mut facts = FactArgs {
            lat: Some("-1.5".to_owned()),
            others: vec![parse_name_value("far_part=091").unwrap()],
            ..FactArgs::default()
        };
        let expected = json!({"dec_latitude": "-1.5", "far_part": "091"});
        assert_eq!(Value::Object(facts.to_map().unwrap()), expected);
        facts.others.push(parse_name_value("dec_latitude=7").unwrap());
        assert!(facts.to_map().unwrap_err().contains("dec_latitude is given more than once"));
        assert!(FactArgs::default().to_map().unwrap().is_empty());
    }
}
