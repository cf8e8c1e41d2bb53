//! The input of a prediction: facts of an event as a caller passes them, normalised and validated.
//!
//! NTSB's column names are accepted beside the names of the feature catalogue. Makers and models may
//! be in any spelling. A value outside its range is an error that names the allowed range.

use super::features::{Facts, FactsError, Value, feature_index};
use ntsb_schema::clean::name::{standardize_make, standardize_model};
use serde_json::Value as Json;

/// NTSB's column names, with the fact of the catalogue that each stands for.
const SYNONYMS: &[(&str, &str)] = &[
    ("dec_latitude", "lat"),
    ("dec_longitude", "lon"),
    ("pilot_tot_time", "pilot_total_hours"),
    ("wx_temp", "wx_temp_c"),
    ("wx_dew_pt", "wx_dew_pt_c"),
];

/// The key of a row of `ntsb.accident_features`. Such a row has passed the gates of the warehouse, so
/// it is used unchanged, as in training.
const ROW_KEY: &str = "ev_id";

/// The allowed range of a numeric fact.
struct Range {
    fact: &'static str,
    min: f64,
    max: f64,
    unit: &'static str,
}

const fn range(fact: &'static str, min: f64, max: f64, unit: &'static str) -> Range {
    Range { fact, min, max, unit }
}

#[rustfmt::skip] // one fact per line
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

/// Facts with a closed list of codes. Any other code is an error.
const CLOSED_CODES: &[(&str, &[&str])] = &[
    ("wx_cond_basic", &["VMC", "IMC"]),
    ("damage", &["NONE", "MINR", "SUBS", "DEST"]),
    ("is_domestic", &["Y", "N"]),
];

/// Facts whose codes NTSB writes in upper case.
const UPPER_CASE_CODES: &[&str] = &[
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

/// Codes that mean null in NTSB's files.
const NULL_CODES: &[&str] = &["UNK", "UNKN", "UNKNOWN"];

/// Why the facts of a caller cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PredictionInputError {
    /// The facts cannot be read.
    #[error(transparent)]
    Facts(#[from] FactsError),
    /// A number is out of range.
    #[error("{fact} must be between {min} and {max} ({unit}), got {value}")]
    Range {
        /// Name of the fact.
        fact: &'static str,
        /// The value passed.
        value: f64,
        /// Smallest allowed value.
        min: f64,
        /// Largest allowed value.
        max: f64,
        /// Unit of the value.
        unit: &'static str,
    },
    /// A code is not in the list of its fact.
    #[error("{fact} must be one of {}, got {value:?}", allowed.join(", "))]
    Code {
        /// Name of the fact.
        fact: &'static str,
        /// The code passed.
        value: String,
        /// The allowed codes.
        allowed: &'static [&'static str],
    },
}

/// Facts of one event, and whether they include the history of the aircraft type and of the location.
#[derive(Debug, Clone, Default)]
pub struct PredictionInput {
    facts: Facts,
    has_type_history: bool,
    has_place_history: bool,
}

impl PredictionInput {
    /// Reads a JSON object of names and values. Null means unknown.
    pub fn from_json(json: &Json) -> Result<PredictionInput, PredictionInputError> {
        let object = json.as_object().ok_or(FactsError::NotAnObject)?;
        let entries = object.iter().filter(|(name, _)| *name != ROW_KEY);
        let entries = entries.map(|(name, value)| (fact_name(name).to_owned(), value.clone()));
        let facts = Facts::from_json(&Json::Object(entries.collect()))?;
        if object.contains_key(ROW_KEY) {
            return Ok(PredictionInput { facts, has_type_history: true, has_place_history: true });
        }
        let has_any = |names: [&str; 2]| names.iter().any(|name| object.contains_key(*name));
        let has_type_history = has_any(["type_events", "make_events"]);
        let has_place_history = has_any(["place_events", "area_events"]);
        PredictionInput { facts, has_type_history, has_place_history }.validate()
    }

    /// Sets a numeric fact, unless the value is `None`.
    pub fn set_number(&mut self, fact: &str, value: Option<f64>) {
        self.set(fact, value.map(Value::Number));
    }

    /// Sets a text or code, unless the value is `None` or blank.
    pub fn set_text(&mut self, fact: &str, value: Option<&str>) {
        let text = value.map(str::trim).filter(|text| !text.is_empty());
        self.set(fact, text.map(|text| Value::Text(text.into())));
    }

    /// Sets a date, as days since 1970-01-01, unless the value is `None`.
    pub fn set_date(&mut self, fact: &str, value: Option<i32>) {
        self.set(fact, value.map(Value::Date));
    }

    fn set(&mut self, fact: &str, value: Option<Value>) {
        if let (Some(index), Some(value)) = (feature_index(fact_name(fact)), value) {
            self.facts.set(index, value);
        }
    }

    /// Normalises names and codes, and fails on a value out of range or an unknown code.
    pub fn validate(mut self) -> Result<PredictionInput, PredictionInputError> {
        self.normalise_spelling();
        self.derive_is_domestic();
        for range in RANGES {
            let value = self.facts.number(range.fact);
            if let Some(value) = value.filter(|v| !(range.min..=range.max).contains(v)) {
                let Range { fact, min, max, unit } = *range;
                return Err(PredictionInputError::Range { fact, value, min, max, unit });
            }
        }
        for (fact, allowed) in CLOSED_CODES {
            let value = self.facts.text(fact);
            if let Some(value) = value.filter(|v| !allowed.contains(v)) {
                return Err(PredictionInputError::Code { fact, value: value.to_owned(), allowed });
            }
        }
        Ok(self)
    }

    /// Derives `is_domestic` from the country, unless the caller passed it.
    fn derive_is_domestic(&mut self) {
        let domestic =
            self.facts.text("ev_country").map(|code| if code == "USA" { "Y" } else { "N" });
        if self.facts.text("is_domestic").is_none() {
            self.set_text("is_domestic", domestic);
        }
    }

    /// Writes codes in upper case, maps null codes to null, and standardises make and model.
    fn normalise_spelling(&mut self) {
        for fact in UPPER_CASE_CODES {
            let Some(text) = self.facts.text(fact) else { continue };
            let code = text.to_ascii_uppercase();
            let is_known = !NULL_CODES.contains(&code.as_str());
            self.facts.remove(fact);
            self.set_text(fact, Some(code.as_str()).filter(|_| is_known));
        }
        let make = self.facts.text("acft_make").and_then(standardize_make);
        let Some(make) = make else { return };
        let model = self.facts.text("acft_model").and_then(|model| standardize_model(&make, model));
        self.set_text("acft_make", Some(&make));
        self.set_text("acft_model", model.as_deref());
    }

    /// The aircraft type (make, model) and event day (days since 1970-01-01) whose history the
    /// caller did not pass. History ends a year before that day.
    pub fn missing_type_history(&self) -> Option<(&str, Option<&str>, i32)> {
        let make = self.facts.text("acft_make").filter(|_| !self.has_type_history)?;
        Some((make, self.facts.text("acft_model"), self.facts.date("ev_date")?))
    }

    /// The location (latitude, longitude) and event day (days since 1970-01-01) whose history the
    /// caller did not pass. History ends a year before that day.
    pub fn missing_place_history(&self) -> Option<(f64, f64, i32)> {
        let lat = self.facts.number("lat").filter(|_| !self.has_place_history)?;
        Some((lat, self.facts.number("lon")?, self.facts.date("ev_date")?))
    }

    /// The facts.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }
}

/// The name in the catalogue for a name that a caller used.
fn fact_name(name: &str) -> &str {
    SYNONYMS.iter().find(|(synonym, _)| *synonym == name).map_or(name, |(_, fact)| fact)
}

/// Whether the catalogue has a fact of that name. Used by the tests of the tables above.
#[cfg(test)]
fn is_fact(name: &str) -> bool {
    super::features::find_feature(name).is_some_and(|feature| feature.kind.is_fact())
}

#[cfg(test)]
mod tests;
