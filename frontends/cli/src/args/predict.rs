//! The command lines of what is asked of a model.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::{Map, Value};

use super::{EXIT_CODES, OutputArgs, ev_id};

const MANY: &str = "\
Many at once: --input names a file of facts, or - for stdin, in JSON (an array, or one object a line) or in CSV
with the names of facts in its first line, such as dec_latitude,acft_make. There is an answer or an error for
each row, in the order of the rows, while they are read. A row that holds an ev_id and nothing else asks about
that event of the warehouse; an ev_id beside facts says that they are a row of ntsb.accident_features, which is
taken as it is, unless --id ev_id says that it is but a name. JSON and CSV stream; a table is printed at the end.";

/// Ask a model how severe an accident is likely to be, by facts, by event, or for many at once
///
/// Facts are told by as many of the options as are known, in NTSB's codes and units; what is left out
/// is missing, and never zero. The model in Production answers. An answer that is undecided is a guess,
/// which is said.
#[derive(Debug, Args)]
#[command(after_help = format!("{MANY}\n\n{EXIT_CODES}"))]
pub struct PredictArgs {
    #[command(flatten)]
    pub facts: FactArgs,

    /// An event of the warehouse, instead of facts
    #[arg(long, value_name = "EV_ID", value_parser = ev_id, conflicts_with_all = ["FactArgs", "input"])]
    pub event: Option<String>,

    /// A file of many rows of facts, or - for stdin
    #[arg(long, value_name = "FILE|-", conflicts_with = "FactArgs")]
    pub input: Option<PathBuf>,

    /// What the file is (default: as its name or its first character says)
    #[arg(long, value_enum, requires = "input")]
    pub format: Option<InputFormat>,

    /// The column of the file that is no fact but names the row, which the answer repeats
    #[arg(long, value_name = "COLUMN", requires = "input")]
    pub id: Option<String>,

    /// Instead of severity: fatal, cause_category or cause_event
    #[arg(long, value_name = "TARGET", conflicts_with = "causes")]
    pub target: Option<String>,

    /// Instead, the likeliest causes: categories of the first finding and defining events
    #[arg(long)]
    pub causes: bool,

    /// How many causes of each kind
    #[arg(long, value_name = "K", default_value_t = 3, requires = "causes")]
    pub top: i32,

    /// A model by NAME, or by NAME:VERSION in any stage (default: the one in Production)
    #[arg(long, value_name = "MODEL")]
    pub model: Option<String>,

    #[command(flatten)]
    pub output: OutputArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum InputFormat {
    /// An array of objects, or one object a line
    Json,
    /// With a line of names
    Csv,
}

/// Show why a model finds a severity likely: what each fact adds (exact SHAP values)
///
/// Facts and events as for ntsb predict. What weighs most comes first, after (base), with which an event
/// begins of which nothing is known. A contribution says what the model made of a value, and not what
/// caused the accident.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct ExplainArgs {
    #[command(flatten)]
    pub facts: FactArgs,

    /// An event of the warehouse, instead of facts
    #[arg(long, value_name = "EV_ID", value_parser = ev_id, conflicts_with = "FactArgs")]
    pub event: Option<String>,

    /// The severity to explain: FATL, SERS, MINR or NONE (default: the likeliest)
    #[arg(long, value_name = "CODE")]
    pub severity: Option<String>,

    /// A model by NAME, or by NAME:VERSION in any stage (default: the one in Production)
    #[arg(long, value_name = "MODEL")]
    pub model: Option<String>,

    /// How many features to show (default: all)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..))]
    pub limit: Option<i64>,

    #[command(flatten)]
    pub output: OutputArgs,
}

/// Texts, as whether a value can be is the database's to say.
#[derive(Debug, Default, Args)]
pub struct FactArgs {
    /// Day of the accident, such as 2024-07-04
    #[arg(long, value_name = "DATE")]
    pub date: Option<String>,

    /// Local time of day, such as 1430
    #[arg(long, value_name = "HHMM")]
    pub time: Option<String>,

    /// Degrees north
    #[arg(long, visible_alias = "latitude", value_name = "LAT", allow_negative_numbers = true)]
    pub lat: Option<String>,

    /// Degrees east, such as -149.9
    #[arg(long, visible_alias = "longitude", value_name = "LON", allow_negative_numbers = true)]
    pub lon: Option<String>,

    /// Maker of the aircraft, in any spelling
    #[arg(long, value_name = "MAKE")]
    pub make: Option<String>,

    /// Model of the aircraft, such as 172N
    #[arg(long, value_name = "TYPE")]
    pub acft_model: Option<String>,

    /// Hours that the pilot has flown
    #[arg(long, value_name = "HOURS")]
    pub pilot_hours: Option<String>,

    /// VMC or IMC
    #[arg(long, value_name = "CODE")]
    pub weather: Option<String>,

    /// Degrees Celsius
    #[arg(long, value_name = "CELSIUS", allow_negative_numbers = true)]
    pub temperature: Option<String>,

    /// Light, such as DAYL or NDRK
    #[arg(long, value_name = "CODE")]
    pub light: Option<String>,

    /// Purpose of the flight, such as PERS
    #[arg(long, value_name = "CODE")]
    pub purpose: Option<String>,

    /// Damage to the aircraft: NONE, MINR, SUBS or DEST (for models of the set scene)
    #[arg(long, value_name = "CODE")]
    pub damage: Option<String>,

    /// Phase of flight, such as Landing (for models of the set scene)
    #[arg(long, value_name = "PHASE")]
    pub phase: Option<String>,

    /// Any other fact of ntsb.feature, such as num_eng=2; may be given several times
    #[arg(long = "fact", value_name = "NAME=VALUE", value_parser = super::pair)]
    pub others: Vec<(String, String)>,
}

impl FactArgs {
    fn named(&self) -> impl Iterator<Item = (&str, &String)> {
        let named = [
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
        let named = named.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
        named.chain(self.others.iter().map(|(name, value)| (name.as_str(), value)))
    }

    /// By the names that SQL knows; refuses a fact that is told twice.
    pub fn told(&self) -> Result<Map<String, Value>, String> {
        let mut told = Map::new();
        for (name, value) in self.named() {
            if told.insert(name.to_owned(), value.clone().into()).is_some() {
                return Err(format!("{name} is told twice: tell it once"));
            }
        }
        Ok(told)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::args::pair;
    use serde_json::json;

    #[test]
    fn facts_have_the_names_of_columns() {
        let mut facts = FactArgs {
            lat: Some("-1.5".to_owned()),
            others: vec![pair("far_part=091").unwrap()],
            ..FactArgs::default()
        };
        let expected = json!({"dec_latitude": "-1.5", "far_part": "091"});
        assert_eq!(Value::Object(facts.told().unwrap()), expected);
        facts.others.push(pair("dec_latitude=7").unwrap());
        assert!(facts.told().unwrap_err().contains("dec_latitude is told twice"));
        assert!(FactArgs::default().told().unwrap().is_empty());
    }
}
