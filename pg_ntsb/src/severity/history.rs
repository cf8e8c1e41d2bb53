//! What had happened to the type of aircraft, and at the place, as `ntsb.accident_features` has it.

use crate::epoch;
use crate::error::Error;
use crate::spi::need;
use ntsb_core::severity::features::{Facts, Value, position};
use ntsb_core::severity::question::Question;
use pgrx::datum::DatumWithOid;
use pgrx::prelude::*;
use pgrx::spi::{OwnedPreparedStatement, SpiClient};
use std::cell::RefCell;
use std::rc::Rc;

/// A table of what was, and a statement that looks it up.
struct History {
    table: &'static str,
    sql: &'static str,
    types: [PgBuiltInOids; 3],
    /// In the order of the statement's columns.
    facts: &'static [&'static str],
}

static OF_TYPES: History = History {
    table: "ntsb.type_history",
    sql: include_str!("type_history.sql"),
    types: [PgBuiltInOids::TEXTOID, PgBuiltInOids::TEXTOID, PgBuiltInOids::DATEOID],
    facts: &[
        "type_events",
        "type_fatal_share",
        "type_injury_share",
        "make_events",
        "make_fatal_share",
    ],
};

static OF_PLACES: History = History {
    table: "ntsb.place_history",
    sql: include_str!("place_history.sql"),
    types: [PgBuiltInOids::FLOAT8OID, PgBuiltInOids::FLOAT8OID, PgBuiltInOids::DATEOID],
    facts: &[
        "place_events",
        "place_fatal_share",
        "place_injury_share",
        "area_events",
        "area_fatal_share",
        "area_injury_share",
    ],
};

type Kept = RefCell<Option<Rc<OwnedPreparedStatement>>>;

thread_local! {
    static TYPES: Kept = const { RefCell::new(None) };
    static PLACES: Kept = const { RefCell::new(None) };
}

/// The facts of a question, with what it does not tell and the warehouse knows.
pub fn complete(question: Question) -> Result<Facts, Error> {
    let mut facts = question.facts().clone();
    let (of_type, of_place) = (question.lacks_history(), question.lacks_place());
    if of_type.is_none() && of_place.is_none() {
        return Ok(facts);
    }
    Spi::connect(|client| -> Result<(), Error> {
        if let Some((make, model, day)) = of_type {
            let of = [make.into(), model.unwrap_or_default().into(), epoch::date(day).into()];
            TYPES.with(|kept| OF_TYPES.look_up(client, kept, &of, &mut facts))?;
        }
        if let Some((lat, lon, day)) = of_place {
            let of = [lat.into(), lon.into(), epoch::date(day).into()];
            PLACES.with(|kept| OF_PLACES.look_up(client, kept, &of, &mut facts))?;
        }
        Ok(())
    })?;
    Ok(facts)
}

impl History {
    fn look_up(
        &self,
        client: &SpiClient,
        kept: &Kept,
        of: &[DatumWithOid],
        facts: &mut Facts,
    ) -> Result<(), Error> {
        let Some(statement) = self.statement(client, kept)? else { return Ok(()) };
        for row in client.select(&*statement, Some(1), of)? {
            for (column, fact) in self.facts.iter().enumerate() {
                if let (Some(place), Some(value)) = (position(fact), row.get::<f64>(column + 1)?) {
                    facts.set(place, Value::Number(value));
                }
            }
        }
        Ok(())
    }

    /// Prepared once for each backend; none in a warehouse that keeps no such history.
    fn statement(
        &self,
        client: &SpiClient,
        kept: &Kept,
    ) -> Result<Option<Rc<OwnedPreparedStatement>>, Error> {
        if let Some(statement) = kept.borrow().clone() {
            return Ok(Some(statement));
        }
        if need(client, self.table).is_err() {
            return Ok(None);
        }
        let statement = client.prepare(self.sql, &self.types.map(PgOid::from))?;
        let statement = Rc::new(statement.keep());
        kept.replace(Some(statement.clone()));
        Ok(Some(statement))
    }
}
