//! Adds the history of the aircraft type and of the location to the facts of a prediction, computed as in
//! `ntsb.accident_features`.

use super::error::ModelsError;
use crate::epoch;
use crate::spi::require_table;
use ntsb_models::features::{Facts, Value, feature_index};
use ntsb_models::input::PredictionInput;
use pgrx::prelude::*;
use pgrx::spi::{OwnedPreparedStatement, SpiClient};
use std::cell::RefCell;
use std::rc::Rc;

/// In the order of the columns of history.sql.
const FACTS: [&str; 11] = [
    "type_events",
    "type_fatal_share",
    "type_injury_share",
    "make_events",
    "make_fatal_share",
    "place_events",
    "place_fatal_share",
    "place_injury_share",
    "area_events",
    "area_fatal_share",
    "area_injury_share",
];

thread_local! {
    static STATEMENT: RefCell<Option<Rc<OwnedPreparedStatement>>> = const { RefCell::new(None) };
}

/// Returns the facts of the input with missing history filled in from the warehouse. Uses a single query,
/// because each query costs more than its four index lookups.
pub fn add_history(input: PredictionInput) -> Result<Facts, ModelsError> {
    let mut facts = input.facts().clone();
    let (aircraft_type, place) = (input.missing_type_history(), input.missing_place_history());
    let day = aircraft_type.map(|(.., day)| day).or(place.map(|(.., day)| day));
    let Some(day) = day else { return Ok(facts) };
    Spi::connect(|client| -> Result<(), ModelsError> {
        let Some(statement) = history_statement(client)? else { return Ok(()) };
        let arguments = [
            aircraft_type.map(|(make, ..)| make).into(),
            aircraft_type.map(|(_, model, _)| model.unwrap_or_default()).into(),
            place.map(|(lat, ..)| lat).into(),
            place.map(|(_, lon, _)| lon).into(),
            epoch::date_from_days(day).into(),
        ];
        for row in client.select(&*statement, Some(1), &arguments)? {
            for (column, fact) in FACTS.iter().enumerate() {
                let value = row.get::<f64>(column + 1)?;
                if let (Some(index), Some(value)) = (feature_index(fact), value) {
                    facts.set(index, Value::Number(value));
                }
            }
        }
        Ok(())
    })?;
    Ok(facts)
}

/// Prepares the statement once per backend. Returns None if the warehouse is too old to have history tables.
fn history_statement(
    client: &SpiClient,
) -> Result<Option<Rc<OwnedPreparedStatement>>, ModelsError> {
    if let Some(statement) = STATEMENT.with_borrow(Clone::clone) {
        return Ok(Some(statement));
    }
    if require_table(client, "ntsb.place_history").is_err() {
        return Ok(None);
    }
    let types = [
        PgBuiltInOids::TEXTOID,
        PgBuiltInOids::TEXTOID,
        PgBuiltInOids::FLOAT8OID,
        PgBuiltInOids::FLOAT8OID,
        PgBuiltInOids::DATEOID,
    ];
    let statement = client.prepare(include_str!("history.sql"), &types.map(PgOid::from))?;
    let statement = Rc::new(statement.keep());
    STATEMENT.with_borrow_mut(|cached| *cached = Some(statement.clone()));
    Ok(Some(statement))
}
