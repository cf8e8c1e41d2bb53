//! The caveat that every list carries: recent years are incomplete.

use std::sync::{Arc, PoisonError, RwLock};

use axum::http::HeaderValue;
use serde::Serialize;
use tokio_postgres::Row;
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::data_version::DataVersion;
use crate::database::{Database, Query};
use crate::error::Problem;

const COMPLETENESS: &str = "
    SELECT ev_year::int8, events::int8, completeness::float8
    FROM ntsb.year_completeness ORDER BY ev_year DESC LIMIT 5";

const NOTE: &str = "Recent years are incomplete: NTSB finishes an investigation a year or two \
     after the accident, and events abroad come late.";

/// How complete the recent years are
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Caveat {
    /// One sentence
    pub note: String,
    /// The last five years, with the share of events that NTSB has finished
    pub completeness: Vec<Completeness>,
}

/// Completeness of a year
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Completeness {
    pub year: i64,
    pub events: i64,
    /// 0 to 1
    pub completeness: Option<f64>,
}

impl Completeness {
    fn from_row(row: &Row) -> Result<Completeness, Problem> {
        let (year, events, completeness) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        Ok(Completeness { year, events, completeness })
    }
}

/// A caveat as it is sent.
pub struct CaveatText {
    pub json: String,
    /// The sentence, for a header.
    pub header: HeaderValue,
}

impl CaveatText {
    fn new(completeness: Vec<Completeness>) -> CaveatText {
        let caveat = Caveat { note: NOTE.into(), completeness };
        let json = serde_json::to_string(&caveat).unwrap_or_else(|_| "null".into());
        CaveatText { json, header: HeaderValue::from_static(NOTE) }
    }
}

/// Reads the caveat, and caches it until the data changes.
pub struct Caveats {
    database: Arc<Database>,
    version: Arc<DataVersion>,
    /// With the version of the data that it was computed from.
    cached: RwLock<Option<(u64, Arc<CaveatText>)>>,
}

impl Caveats {
    pub fn new(database: Arc<Database>, version: Arc<DataVersion>) -> Caveats {
        Caveats { database, version, cached: RwLock::new(None) }
    }

    /// Contains only the sentence if the years cannot be read.
    pub async fn get(&self, caller: &Caller) -> Arc<CaveatText> {
        let version = self.version.current();
        let cached = self.cached.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, caveat)) = cached.filter(|(of, _)| Some(*of) == version) {
            return caveat;
        }
        match self.read_completeness(caller).await {
            Ok(completeness) => {
                let caveat = Arc::new(CaveatText::new(completeness));
                let mut cached = self.cached.write().unwrap_or_else(PoisonError::into_inner);
                *cached = version.map(|version| (version, caveat.clone()));
                caveat
            }
            Err(_) => Arc::new(CaveatText::new(Vec::new())),
        }
    }

    async fn read_completeness(&self, caller: &Caller) -> Result<Vec<Completeness>, Problem> {
        let rows = self.database.rows(caller, &Query::new(COMPLETENESS)).await?;
        rows.iter().map(Completeness::from_row).collect()
    }
}
