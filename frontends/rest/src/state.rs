//! What all requests share.

use std::sync::Arc;
use std::sync::RwLock;
use std::time::Duration;

use axum::http::HeaderValue;
use tokio::sync::watch;

use crate::ask::Question;
use crate::auth::{Caller, Tokens};
use crate::budget::ByteBudget;
use crate::cache::Cache;
use crate::config::Settings;
use crate::encode::Form;
use crate::handlers::health::LastCheck;
use crate::limit::Limiter;
use crate::live::Hub;
use crate::metrics::Metrics;
use crate::pools::Pools;
use crate::shares::Shares;

/// What NTSB has finished of the last years, and a sentence about it.
const COMPLETENESS: &str = "
    SELECT ev_year::int4 AS year, events, completeness::float8 AS completeness
    FROM ntsb.year_completeness ORDER BY ev_year DESC LIMIT 5";

const SENTENCE: &str = "Recent years are incomplete: NTSB finishes an investigation a year or two \
     after the accident, and events abroad come late.";

pub struct App {
    pub settings: Settings,
    pub pools: Pools,
    pub tokens: Tokens,
    pub limiter: Limiter,
    pub metrics: Metrics,
    pub cache: Cache,
    pub live: Hub,
    /// Of request bodies, and of responses that wait for their readers.
    pub bodies: Arc<ByteBudget>,
    pub responses: Arc<ByteBudget>,
    pub shares: Shares,
    pub exports: Shares,
    pub last_check: LastCheck,
    ending: watch::Sender<bool>,
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
        let patience = Duration::from_millis(settings.pool_wait_ms);
        let budget = || ByteBudget::new(settings.max_bytes_in_flight, settings.max_caller_bytes);
        Ok(Arc::new(App {
            pools: Pools::new(&settings)?,
            tokens: Tokens::new(&settings)?,
            limiter: Limiter::new(&settings).await?,
            metrics: Metrics::new().map_err(|e| e.to_string())?,
            cache: Cache::new(settings.cache_bytes),
            bodies: budget(),
            responses: budget(),
            shares: Shares::new(settings.max_caller_queries, patience),
            exports: Shares::new(settings.max_caller_exports, patience),
            last_check: LastCheck::default(),
            ending: watch::Sender::new(false),
            live: Hub::new(settings.socket_queue),
            caveat: RwLock::new(None),
            settings,
        }))
    }

    /// A load changed something.
    pub fn forget(&self) {
        self.cache.forget();
        self.forget_caveat();
    }

    /// Whether news arrive. While they do not, nothing is kept.
    pub fn listens(&self, is_told: bool) {
        self.cache.listens(is_told);
        self.forget_caveat();
    }

    fn forget_caveat(&self) {
        if let Ok(mut caveat) = self.caveat.write() {
            *caveat = None;
        }
    }

    /// Asks those who follow what happens to come again elsewhere.
    pub fn shut_down(&self) {
        self.ending.send_replace(true);
    }

    pub async fn until_shutdown(&self) {
        let mut ending = self.ending.subscribe();
        // Fails only where nobody can end the service any more.
        let _ = ending.wait_for(|is_ending| *is_ending).await;
    }

    /// What a minute's quiet has left over.
    pub fn sweep(&self) {
        self.limiter.sweep();
        self.shares.sweep();
        self.exports.sweep();
    }

    /// Says the sentence alone where the years cannot be asked for.
    pub async fn caveat(&self, caller: &Caller) -> Arc<Caveat> {
        if let Some(caveat) = self.caveat.read().ok().and_then(|c| c.clone()) {
            return caveat;
        }
        let epoch = self.cache.epoch();
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
        if known
            && let Ok(mut kept) = self.caveat.write()
            && self.cache.may_keep(epoch)
        {
            *kept = Some(caveat.clone());
        }
        caveat
    }
}
