//! What had happened to the type of aircraft, and at the place, as `ntsb.accident_features` has it.

use crate::epoch;
use crate::error::Error;
use crate::spi::need;
use ntsb_models::features::{Facts, Value, position};
use ntsb_models::question::Question;
use pgrx::prelude::*;
use pgrx::spi::{OwnedPreparedStatement, SpiClient};
use std::cell::RefCell;
use std::rc::Rc;

/// In the order of the columns of the statement below.
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

/// The facts of a question, with what it does not tell and the warehouse knows. One question to the
/// warehouse: each costs more than its four probes.
pub fn complete(question: Question) -> Result<Facts, Error> {
    let mut facts = question.facts().clone();
    let (of_type, of_place) = (question.lacks_history(), question.lacks_place());
    let Some(day) = of_type.map(|(.., day)| day).or(of_place.map(|(.., day)| day)) else {
        return Ok(facts);
    };
    Spi::connect(|client| -> Result<(), Error> {
        let Some(statement) = statement(client)? else { return Ok(()) };
        let of = [
            of_type.map(|(make, ..)| make).into(),
            of_type.map(|(_, model, _)| model.unwrap_or_default()).into(),
            of_place.map(|(lat, ..)| lat).into(),
            of_place.map(|(_, lon, _)| lon).into(),
            epoch::date(day).into(),
        ];
        for row in client.select(&*statement, Some(1), &of)? {
            for (column, fact) in FACTS.iter().enumerate() {
                if let (Some(place), Some(value)) = (position(fact), row.get::<f64>(column + 1)?) {
                    facts.set(place, Value::Number(value));
                }
            }
        }
        Ok(())
    })?;
    Ok(facts)
}

/// Prepared once for each backend; none in a warehouse that keeps no history.
fn statement(client: &SpiClient) -> Result<Option<Rc<OwnedPreparedStatement>>, Error> {
    if let Some(statement) = STATEMENT.with_borrow(Clone::clone) {
        return Ok(Some(statement));
    }
    if need(client, "ntsb.place_history").is_err() {
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
    STATEMENT.with_borrow_mut(|kept| *kept = Some(statement.clone()));
    Ok(Some(statement))
}
