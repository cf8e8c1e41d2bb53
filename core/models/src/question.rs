//! What a caller says of an event, as a model takes it.
//!
//! NTSB's names of columns are understood beside those of the catalogue, makers and models in any
//! spelling; what cannot be is refused with what can.

use super::features::{Facts, FactsError, Value, position};
use ntsb_schema::clean::name::{standard_make, standard_model};
use serde_json::Value as Json;

/// Names of NTSB's columns for facts of the catalogue.
const SYNONYMS: &[(&str, &str)] = &[
    ("dec_latitude", "lat"),
    ("dec_longitude", "lon"),
    ("pilot_tot_time", "pilot_total_hours"),
    ("wx_temp", "wx_temp_c"),
    ("wx_dew_pt", "wx_dew_pt_c"),
];

/// What a row of `ntsb.accident_features` has beside facts. Such a row has passed the gates of the
/// warehouse, and is taken as training takes it.
const KEY: &str = "ev_id";

/// What a number can be.
struct Range {
    fact: &'static str,
    least: f64,
    most: f64,
    unit: &'static str,
}

const fn range(fact: &'static str, least: f64, most: f64, unit: &'static str) -> Range {
    Range { fact, least, most, unit }
}

#[rustfmt::skip] // one line a fact
const RANGES: &[Range] = &[
    range("lat", -90.0, 90.0, "degrees north"),
    range("lon", -180.0, 180.0, "degrees east"),
    range("ev_time", 0.0, 2359.0, "HHMM"),
    range("pilot_total_hours", 0.0, 80_000.0, "hours"),
    range("pilot_make_hours", 0.0, 80_000.0, "hours"),
    range("pilot_90_day_hours", 0.0, 1_500.0, "hours"),
    range("pilot_age", 10.0, 110.0, "years"),
    range("wx_temp_c", -70.0, 60.0, "degrees Celsius"),
    range("wx_dew_pt_c", -80.0, 40.0, "degrees Celsius"),
    range("vis_sm", 0.0, 200.0, "statute miles"),
    range("wind_vel_kts", 0.0, 250.0, "knots"),
    range("gust_kts", 0.0, 300.0, "knots"),
    range("sky_ceil_ht", 0.0, 60_000.0, "feet"),
    range("num_eng", 0.0, 12.0, "engines"),
    range("total_seats", 0.0, 1_000.0, "seats"),
    range("acft_year", 1900.0, 2100.0, "year"),
    range("afm_hrs", 0.0, 300_000.0, "hours"),
    range("cert_max_gr_wt", 0.0, 2_000_000.0, "pounds"),
    range("total_hp", 0.0, 100_000.0, "horsepower"),
    range("aircraft_count", 1.0, 20.0, "aircraft"),
];

/// Codes of which there are so few that any other is an error.
const CODES: &[(&str, &[&str])] = &[
    ("wx_cond_basic", &["VMC", "IMC"]),
    ("damage", &["NONE", "MINR", "SUBS", "DEST"]),
    ("is_domestic", &["Y", "N"]),
];

/// Codes that NTSB writes in capitals.
const CAPITALS: &[&str] = &[
    "wx_cond_basic",
    "damage",
    "is_domestic",
    "light_cond",
    "far_part",
    "type_fly",
    "acft_category",
    "acft_fire",
    "flt_plan_filed",
    "ev_state",
    "ev_country",
];

/// What stands for null, as in NTSB's files.
const UNKNOWN: &[&str] = &["UNK", "UNKN", "UNKNOWN"];

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum QuestionError {
    #[error(transparent)]
    Facts(#[from] FactsError),
    #[error("{fact} must be between {least} and {most} ({unit}), got {value}")]
    Range { fact: &'static str, value: f64, least: f64, most: f64, unit: &'static str },
    #[error("{fact} is {value:?}, which is none of {}", allowed.join(", "))]
    Code { fact: &'static str, value: String, allowed: &'static [&'static str] },
}

/// What was said, and whether it speaks of the history of the aircraft type, and of the place.
#[derive(Debug, Clone, Default)]
pub struct Question {
    facts: Facts,
    tells_history: bool,
    tells_place: bool,
}

impl Question {
    /// Of names and values; null is what is not known.
    pub fn from_json(json: &Json) -> Result<Question, QuestionError> {
        let told = json.as_object().ok_or(FactsError::NotAnObject)?;
        let named = told.iter().filter(|(name, _)| *name != KEY);
        let named = named.map(|(name, value)| (proper(name).to_owned(), value.clone()));
        let facts = Facts::from_json(&Json::Object(named.collect()))?;
        if told.contains_key(KEY) {
            return Ok(Question { facts, tells_history: true, tells_place: true });
        }
        let tells_history = told.contains_key("type_events") || told.contains_key("make_events");
        let tells_place = told.contains_key("place_events") || told.contains_key("area_events");
        Question { facts, tells_history, tells_place }.checked()
    }

    pub fn number(&mut self, fact: &str, value: Option<f64>) {
        self.set(fact, value.map(Value::Number));
    }

    pub fn text(&mut self, fact: &str, value: Option<&str>) {
        let text = value.map(str::trim).filter(|text| !text.is_empty());
        self.set(fact, text.map(|text| Value::Text(text.into())));
    }

    /// Days since 1970-01-01.
    pub fn date(&mut self, fact: &str, value: Option<i32>) {
        self.set(fact, value.map(Value::Date));
    }

    fn set(&mut self, fact: &str, value: Option<Value>) {
        if let (Some(place), Some(value)) = (position(proper(fact)), value) {
            self.facts.set(place, value);
        }
    }

    /// With names and codes in their one spelling; refuses what cannot be.
    pub fn checked(mut self) -> Result<Question, QuestionError> {
        self.spell();
        self.place();
        for range in RANGES {
            let value = self.facts.number(range.fact);
            if let Some(value) = value.filter(|v| !(range.least..=range.most).contains(v)) {
                let Range { fact, least, most, unit } = *range;
                return Err(QuestionError::Range { fact, value, least, most, unit });
            }
        }
        for (fact, allowed) in CODES {
            let value = self.facts.text(fact);
            if let Some(value) = value.filter(|v| !allowed.contains(v)) {
                return Err(QuestionError::Code { fact, value: value.to_owned(), allowed });
            }
        }
        Ok(self)
    }

    /// A country says whether it is the United States, where nobody says otherwise.
    fn place(&mut self) {
        let domestic =
            self.facts.text("ev_country").map(|code| if code == "USA" { "Y" } else { "N" });
        if self.facts.text("is_domestic").is_none() {
            self.text("is_domestic", domestic);
        }
    }

    /// Codes are written in capitals, and some stand for null.
    fn spell(&mut self) {
        for fact in CAPITALS {
            let Some(text) = self.facts.text(fact) else { continue };
            let code = text.to_ascii_uppercase();
            let known = !UNKNOWN.contains(&code.as_str());
            self.facts.remove(fact);
            self.text(fact, Some(code.as_str()).filter(|_| known));
        }
        let make = self.facts.text("acft_make").and_then(standard_make);
        let Some(make) = make else { return };
        let model = self.facts.text("acft_model").and_then(|model| standard_model(&make, model));
        self.text("acft_make", Some(&make));
        self.text("acft_model", model.as_deref());
    }

    /// Of which aircraft type, up to a year before which day, the history is missing.
    pub fn lacks_history(&self) -> Option<(&str, Option<&str>, i32)> {
        let make = self.facts.text("acft_make").filter(|_| !self.tells_history)?;
        Some((make, self.facts.text("acft_model"), self.facts.date("ev_date")?))
    }

    /// Of which place (latitude, longitude), up to a year before which day, the history is missing.
    pub fn lacks_place(&self) -> Option<(f64, f64, i32)> {
        let lat = self.facts.number("lat").filter(|_| !self.tells_place)?;
        Some((lat, self.facts.number("lon")?, self.facts.date("ev_date")?))
    }

    pub fn facts(&self) -> &Facts {
        &self.facts
    }
}

fn proper(name: &str) -> &str {
    SYNONYMS.iter().find(|(synonym, _)| *synonym == name).map_or(name, |(_, fact)| fact)
}

/// Whether there is a fact of that name; for tests of the tables above.
#[cfg(test)]
fn is_fact(name: &str) -> bool {
    super::features::find(name).is_some_and(|feature| feature.kind.is_fact())
}

#[cfg(test)]
mod tests;
