//! Reads the facts of events from `ntsb.accident_features`, both of one event and of all.

use super::error::ModelsError;
use crate::error::CommonError;
use crate::json_argument::JsonArgument;
use crate::spi::{require_table, select_value};
use ntsb_models::features::{CATALOGUE, Facts, FeatureKind, Value, list_facts};
use ntsb_models::leakage;
use pgrx::JsonB;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::{SpiClient, SpiHeapTupleData, quote_identifier, quote_literal};
use serde_json::{Value as Json, json};
use std::collections::HashMap;
use std::rc::Rc;

/// Returns the SELECT list of all facts over `ntsb.accident_features a`, in the order of the catalogue.
pub fn build_select_list() -> String {
    let expression = |(_, feature): (usize, &ntsb_models::features::Feature)| {
        let column = format!("a.{}", quote_identifier(feature.name));
        match feature.kind {
            // Converts a real by its text, so that it equals the number in JSON.
            FeatureKind::Number | FeatureKind::Clock => format!("{column}::text::float8"),
            FeatureKind::Date => format!("{column} - date '1970-01-01'"),
            _ => format!("{column}::text"),
        }
    };
    list_facts().map(expression).collect::<Vec<_>>().join(", ")
}

/// Reads facts from rows. Equal texts of different events share memory.
#[derive(Default)]
pub struct FactReader {
    texts: HashMap<String, Rc<str>>,
}

impl FactReader {
    /// Reads the facts of a row whose columns from `first_column` on are the select list.
    pub fn read_facts(
        &mut self,
        row: &SpiHeapTupleData,
        first_column: usize,
    ) -> Result<Facts, ModelsError> {
        let mut facts = Facts::default();
        for (offset, (index, feature)) in list_facts().enumerate() {
            let column = first_column + offset;
            let value = match feature.kind {
                FeatureKind::Number | FeatureKind::Clock => {
                    row.get::<f64>(column)?.map(Value::Number)
                }
                FeatureKind::Date => row.get::<i32>(column)?.map(Value::Date),
                _ => row.get::<String>(column)?.and_then(|text| self.shared_text(text)),
            };
            if let Some(value) = value {
                facts.set(index, value);
            }
        }
        Ok(facts)
    }

    /// Treats blank text as missing, as it is in a caller's facts.
    fn shared_text(&mut self, text: String) -> Option<Value> {
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

/// Returns the features of an event, as used in training.
#[pg_extern(stable, strict, parallel_safe)]
fn ntsb_features(ev_id: &str) -> Result<Option<JsonB>, ErrorReport> {
    let facts = Spi::connect(|client| -> Result<_, ModelsError> {
        require_table(client, "ntsb.feature")?;
        let sql = format!(
            "SELECT {} FROM ntsb.accident_features a WHERE a.ev_id = $1",
            build_select_list()
        );
        let rows = client.select(&sql, Some(1), &[ev_id.into()])?;
        let mut reader = FactReader::default();
        rows.into_iter().next().map(|row| reader.read_facts(&row, 1)).transpose()
    })?;
    Ok(facts.map(|facts| JsonB(facts.to_json())))
}

/// Returns facts with the derived features added.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_derive_features(facts: JsonArgument) -> Result<JsonB, ErrorReport> {
    let facts = Facts::from_json(&facts.0).map_err(ModelsError::from)?;
    Ok(JsonB(facts.to_json()))
}

/// Explains why a column or expression must not be a feature; null if it may be one.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_check_leakage(expression: &str) -> Option<String> {
    leakage::check_expression(expression).err().map(|error| error.to_string())
}

/// Fails if the view of features reads a denied column.
pub fn check_view_leakage(client: &SpiClient, functions: &str) -> Result<(), ModelsError> {
    let sql = format!("SELECT string_agg(column_name, ',') FROM {functions}.ntsb_feature_leaks()");
    match select_value::<String>(client, &sql)? {
        Some(leaks) => Err(ModelsError::ViewLeaks(leaks.split(',').map(str::to_owned).collect())),
        None => Ok(()),
    }
}

/// Writes the catalogue to `ntsb.feature`, and its descriptions to the comments of the view.
pub fn sync_features(client: &mut SpiClient) -> Result<(), CommonError> {
    let rows: Vec<Json> = CATALOGUE
        .iter()
        .enumerate()
        .map(|(position, f)| {
            json!({ "name": f.name, "position": position, "source": f.source, "kind": f.kind.name(),
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
    for (_, feature) in list_facts() {
        let (name, text) = (quote_identifier(feature.name), quote_literal(feature.description));
        comments += &format!("COMMENT ON COLUMN ntsb.accident_features.{name} IS {text};\n");
    }
    client.update(&comments, None, &[])?;
    Ok(())
}
