//! What all requests share.

use std::sync::Arc;
use std::sync::RwLock;

use axum::http::HeaderValue;

use crate::ask::Question;
use crate::auth::{Caller, Tokens};
use crate::cache::Cache;
use crate::config::Settings;
use crate::encode::Form;
use crate::limit::Limiter;
use crate::live::Hub;
use crate::metrics::Metrics;
use crate::pools::Pools;

/// What NTSB has finished of the last years, and a sentence about it.
const COMPLETENESS: &str = "
    SELECT ev_year::int4 AS year, events, completeness::float8 AS completeness
    FROM ntsb.year_completeness ORDER BY ev_year DESC LIMIT 5";

const SENTENCE: &str = "Recent years are incomplete: NTSB finishes an investigation a year or two \
     after the accident, and events abroad come late.";

pub struct App {
    pub settings: Settings,
    pub pools: Arc<Pools>,
    pub tokens: Tokens,
    pub limiter: Limiter,
    pub metrics: Metrics,
    pub cache: Cache,
    pub live: Hub,
    caveat: RwLock<Option<Arc<Caveat>>>,
}

pub struct Caveat {
    /// As JSON: a sentence, and the share of each recent year that is finished.
    pub json: String,
    /// The sentence, for a header.
    pub line: HeaderValue,
}

impl App {
    pub async fn start(settings: Settings) -> Result<Arc<App>, String> {
        Ok(Arc::new(App {
            pools: Arc::new(Pools::new(&settings)?),
            tokens: Tokens::new(&settings)?,
            limiter: Limiter::new(&settings).await?,
            metrics: Metrics::new().map_err(|e| e.to_string())?,
            cache: Cache::new(settings.cache_answers),
            live: Hub::new(settings.socket_queue),
            caveat: RwLock::new(None),
            settings,
        }))
    }

    /// A load changed something.
    pub fn forget(&self) {
        if let Ok(mut caveat) = self.caveat.write() {
            *caveat = None;
        }
        self.cache.forget();
    }

    /// Says the sentence alone where the years cannot be asked for.
    pub async fn caveat(&self, caller: &Caller) -> Arc<Caveat> {
        if let Some(caveat) = self.caveat.read().ok().and_then(|c| c.clone()) {
            return caveat;
        }
        let years = self.rows(caller, Question::new(COMPLETENESS)).await;
        let years = years.ok().and_then(|rows| Form::Json.all(&rows).ok());
        let known = years.is_some();
        let years = years.unwrap_or_else(|| b"[]".to_vec());
        let caveat = Arc::new(Caveat {
            json: format!(
                r#"{{"note":"{SENTENCE}","completeness":{}}}"#,
                String::from_utf8_lossy(&years)
            ),
            line: HeaderValue::from_static(SENTENCE),
        });
        if known && let Ok(mut kept) = self.caveat.write() {
            *kept = Some(caveat.clone());
        }
        caveat
    }
}
