//! Facts of events, read from `ntsb.accident_features`: by one reader for one event and for all.

use super::error::Error;
use crate::json_argument::JsonArgument;
use crate::spi::{need, one};
use ntsb_models::features::{CATALOGUE, Facts, Kind, Value};
use ntsb_models::leakage;
use pgrx::JsonB;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::{SpiClient, SpiHeapTupleData, quote_identifier, quote_literal};
use serde_json::{Value as Json, json};
use std::collections::HashMap;
use std::rc::Rc;

/// The facts as a list of SELECT over `a`, `ntsb.accident_features`, in the order of the catalogue.
pub fn select_list() -> String {
    let of = |(_, feature): (usize, &ntsb_models::features::Feature)| {
        let column = format!("a.{}", quote_identifier(feature.name));
        match feature.kind {
            // By its text: a Single is then the number that JSON has of it, too.
            Kind::Number | Kind::Clock => format!("{column}::text::float8"),
            Kind::Date => format!("{column} - date '1970-01-01'"),
            _ => format!("{column}::text"),
        }
    };
    leakage::facts().map(of).collect::<Vec<_>>().join(", ")
}

/// Texts that many events share.
#[derive(Default)]
pub struct Reader {
    texts: HashMap<String, Rc<str>>,
}

impl Reader {
    /// Facts of a row, whose columns from `first` on are the select list.
    pub fn facts(&mut self, row: &SpiHeapTupleData, first: usize) -> Result<Facts, Error> {
        let mut facts = Facts::default();
        for (column, (place, feature)) in leakage::facts().enumerate() {
            let at = first + column;
            let value = match feature.kind {
                Kind::Number | Kind::Clock => row.get::<f64>(at)?.map(Value::Number),
                Kind::Date => row.get::<i32>(at)?.map(Value::Date),
                _ => row.get::<String>(at)?.and_then(|text| self.text(text)),
            };
            if let Some(value) = value {
                facts.set(place, value);
            }
        }
        Ok(facts)
    }

    /// As a caller's text is taken: what is blank is missing.
    fn text(&mut self, text: String) -> Option<Value> {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return None;
        }
        if let Some(known) = self.texts.get(trimmed) {
            return Some(Value::Text(known.clone()));
        }
        let shared: Rc<str> = trimmed.into();
        self.texts.insert(trimmed.to_owned(), shared.clone());
        Some(Value::Text(shared))
    }
}

/// Features of one event, as training would see them.
#[pg_extern(stable, strict, parallel_safe)]
fn ntsb_features(ev_id: &str) -> Result<Option<JsonB>, ErrorReport> {
    let facts = Spi::connect(|client| -> Result<_, Error> {
        need(client, "ntsb.feature")?;
        let sql =
            format!("SELECT {} FROM ntsb.accident_features a WHERE a.ev_id = $1", select_list());
        let rows = client.select(&sql, Some(1), &[ev_id.into()])?;
        let mut reader = Reader::default();
        rows.into_iter().next().map(|row| reader.facts(&row, 1)).transpose()
    })?;
    Ok(facts.map(|facts| JsonB(facts.to_json())))
}

/// Features of facts that a caller tells: what follows by formula is added.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_derive_features(facts: JsonArgument) -> Result<JsonB, ErrorReport> {
    let facts = Facts::from_json(&facts.0).map_err(Error::from)?;
    Ok(JsonB(facts.to_json()))
}

/// Why a column or expression may not be a feature; null where nothing speaks against it.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_check_leakage(expression: &str) -> Option<String> {
    leakage::check_expression(expression).err().map(|leak| leak.to_string())
}

/// Refuses to go on where the view of features reads a denied column.
pub fn check_view(client: &SpiClient, functions: &str) -> Result<(), Error> {
    let sql = format!("SELECT string_agg(column_name, ',') FROM {functions}.ntsb_feature_leaks()");
    match one::<String>(client, &sql)? {
        Some(leaks) => Err(Error::ViewLeaks(leaks.split(',').map(str::to_owned).collect())),
        None => Ok(()),
    }
}

/// Brings the catalogue into `ntsb.feature`, and its descriptions to the columns of the view.
pub fn synchronise(client: &mut SpiClient) -> Result<(), crate::error::Error> {
    let rows: Vec<Json> = CATALOGUE
        .iter()
        .enumerate()
        .map(|(place, f)| {
            json!({ "name": f.name, "position": place, "source": f.source, "kind": f.kind.name(),
                    "stage": f.stage.name(), "description": f.description })
        })
        .collect();
    client.update("DELETE FROM ntsb.feature", None, &[])?;
    client.update(
        "INSERT INTO ntsb.feature SELECT * FROM jsonb_populate_recordset(null::ntsb.feature, $1)",
        None,
        &[JsonB(Json::Array(rows)).into()],
    )?;
    let mut comments =
        "COMMENT ON COLUMN ntsb.accident_features.ev_id IS 'The event';\n".to_owned();
    for (_, feature) in leakage::facts() {
        let (name, text) = (quote_identifier(feature.name), quote_literal(feature.description));
        comments += &format!("COMMENT ON COLUMN ntsb.accident_features.{name} IS {text};\n");
    }
    client.update(&comments, None, &[])?;
    Ok(())
}
