//! Caches models in each backend.
//!
//! Loading a model takes milliseconds, a prediction microseconds. Any commit can change which model is in
//! Production, so it is looked up again for each snapshot, but only once per statement. Models are
//! immutable and stay cached by ID and digest.

use super::error::ModelsError;
use crate::spi::{require_table, with_fixed_search_path};
use ntsb_models::Model;
use ntsb_models::forest::Forest;
use ntsb_models::model::{ModelError, ModelParts};
use pgrx::pg_sys;
use pgrx::prelude::*;
use pgrx::spi::{OwnedPreparedStatement, SpiClient};
use std::cell::RefCell;
use std::rc::Rc;

/// Number of cached models per backend. A model has about 1 MB.
const MAX_MODELS: usize = 6;
/// Number of lookups that are cached per snapshot.
const MAX_LOOKUPS: usize = 8;

pub struct CachedModel {
    pub model_id: i64,
    /// NAME:VERSION.
    pub version: String,
    pub model: Model,
    digest: Vec<u8>,
}

/// A request for the model of a target: by NAME:VERSION, or the one in Production with a name or with any
/// name.
#[derive(Clone, PartialEq)]
struct ModelRequest {
    target: String,
    model: Option<String>,
}

/// Identifies a snapshot and its user. It changes if the snapshot sees another commit or another command of
/// its own transaction: transactions leave the list of running ones only by ending, and IDs are not reused.
#[derive(Clone, Copy, PartialEq)]
struct SnapshotId {
    xmin: pg_sys::TransactionId,
    xmax: pg_sys::TransactionId,
    running_count: (u32, i32),
    command: pg_sys::CommandId,
    role: pg_sys::Oid,
}

impl SnapshotId {
    fn current() -> Option<SnapshotId> {
        // SAFETY: the active snapshot, if there is one, is valid during this call.
        unsafe {
            if !pg_sys::ActiveSnapshotSet() {
                return None;
            }
            let snapshot = pg_sys::GetActiveSnapshot().as_ref()?;
            Some(SnapshotId {
                xmin: snapshot.xmin,
                xmax: snapshot.xmax,
                running_count: (snapshot.xcnt, snapshot.subxcnt),
                command: snapshot.curcid,
                role: pg_sys::GetUserId(),
            })
        }
    }
}

#[derive(Default)]
struct Cache {
    lookups: Vec<(ModelRequest, SnapshotId, Rc<CachedModel>)>,
    /// Least recently used first.
    models: Vec<Rc<CachedModel>>,
}

thread_local! {
    static CACHE: RefCell<Cache> = RefCell::default();
    static LOOKUP_STATEMENT: RefCell<Option<Rc<OwnedPreparedStatement>>> = const { RefCell::new(None) };
}

/// Finds the model that predicts `target`. `model`: NAME, NAME:VERSION, or None for the one in Production,
/// where a pre_event model takes precedence over a scene model.
pub fn find_model(target: &str, model: Option<&str>) -> Result<Rc<CachedModel>, ModelsError> {
    let snapshot = SnapshotId::current();
    if let Some(found) = snapshot.and_then(|snapshot| find_lookup(target, model, snapshot)) {
        return Ok(found);
    }
    let request = ModelRequest { target: target.to_owned(), model: model.map(str::to_owned) };
    let found = with_fixed_search_path(|| Spi::connect(|client| look_up(client, &request)))?;
    if let Some(snapshot) = snapshot {
        CACHE.with_borrow_mut(|cache| {
            cache.lookups.retain(|(r, s, _)| *r != request && *s == snapshot);
            cache.lookups.truncate(MAX_LOOKUPS - 1);
            cache.lookups.push((request, snapshot, found.clone()));
        });
    }
    Ok(found)
}

fn find_lookup(target: &str, model: Option<&str>, snapshot: SnapshotId) -> Option<Rc<CachedModel>> {
    CACHE.with_borrow(|cache| {
        let is_same = |(request, s, _): &&(ModelRequest, SnapshotId, Rc<CachedModel>)| {
            *s == snapshot && request.target == target && request.model.as_deref() == model
        };
        cache.lookups.iter().find(is_same).map(|(_, _, found)| found.clone())
    })
}

fn look_up(client: &SpiClient, request: &ModelRequest) -> Result<Rc<CachedModel>, ModelsError> {
    let (name, version) = match &request.model {
        Some(model) => parse_model(model),
        None => (None, None),
    };
    let statement = lookup_statement(client)?;
    let arguments = [request.target.as_str().into(), name.into(), version.into()];
    let Some(row) = client.select(&*statement, Some(1), &arguments)?.next() else {
        let ModelRequest { target, model } = request.clone();
        return Err(ModelsError::NoModel { target, model });
    };
    let model_id: i64 = row.get(1)?.unwrap_or_default();
    let digest: Vec<u8> = row.get(2)?.unwrap_or_default();
    match find_cached(model_id, &digest) {
        Some(found) => Ok(found),
        None => load(client, model_id, digest),
    }
}

/// Parses NAME or NAME:VERSION.
fn parse_model(model: &str) -> (Option<&str>, Option<i32>) {
    let split = model.rsplit_once(':');
    match split.and_then(|(name, version)| Some((name, version.parse().ok()?))) {
        Some((name, version)) => (Some(name), Some(version)),
        None => (Some(model), None),
    }
}

/// Prepares the statement once per backend. PostgreSQL replans it if the table was recreated.
fn lookup_statement(client: &SpiClient) -> Result<Rc<OwnedPreparedStatement>, ModelsError> {
    if let Some(statement) = LOOKUP_STATEMENT.with_borrow(Clone::clone) {
        return Ok(statement);
    }
    require_table(client, "ntsb.model")?;
    let sql = "SELECT m.model_id, m.artifact_digest FROM ntsb.model m
               WHERE m.target OPERATOR(pg_catalog.=) $1
                 AND ($2 IS NULL OR m.name OPERATOR(pg_catalog.=) $2)
                 AND CASE WHEN $3 IS NULL THEN m.stage OPERATOR(pg_catalog.=) 'Production'
                          ELSE m.version OPERATOR(pg_catalog.=) $3 END
               ORDER BY m.feature_set, m.model_id DESC LIMIT 1";
    let types = [PgBuiltInOids::TEXTOID, PgBuiltInOids::TEXTOID, PgBuiltInOids::INT4OID];
    let statement = Rc::new(client.prepare(sql, &types.map(PgOid::from))?.keep());
    LOOKUP_STATEMENT.with_borrow_mut(|cached| *cached = Some(statement.clone()));
    Ok(statement)
}

/// Finds a cached model and marks it as most recently used.
fn find_cached(model_id: i64, digest: &[u8]) -> Option<Rc<CachedModel>> {
    CACHE.with_borrow_mut(|cache| {
        let is_same = |m: &Rc<CachedModel>| m.model_id == model_id && m.digest == digest;
        let position = cache.models.iter().position(is_same)?;
        let found = cache.models.remove(position);
        cache.models.push(found.clone());
        Some(found)
    })
}

fn load(
    client: &SpiClient,
    model_id: i64,
    digest: Vec<u8>,
) -> Result<Rc<CachedModel>, ModelsError> {
    let sql = "SELECT pg_catalog.concat(m.name, ':', m.version), m.classes, m.encoding::text,
                      m.calibration::text, m.decide_at, m.artifact
               FROM ntsb.model m WHERE m.model_id OPERATOR(pg_catalog.=) $1";
    let row = client.select(sql, Some(1), &[model_id.into()])?.first();
    let version: String = row.get(1)?.unwrap_or_default();
    let classes: Vec<String> = row.get(2)?.unwrap_or_default();
    let encoding: String = row.get(3)?.unwrap_or_default();
    let calibration: String = row.get(4)?.unwrap_or_default();
    let artifact: Vec<u8> = row.get(6)?.unwrap_or_default();
    let damaged = |what: String| ModelsError::DamagedModel { version: version.clone(), what };
    let parts = ModelParts {
        encoder: serde_json::from_str(&encoding).map_err(|e| damaged(e.to_string()))?,
        forest: Forest::from_ubj(&artifact).map_err(|e| damaged(e.to_string()))?,
        calibration: serde_json::from_str(&calibration).map_err(|e| damaged(e.to_string()))?,
        classes,
        decide_at: row.get(5)?.unwrap_or_default(),
    };
    let model = Model::new(parts).map_err(|e: ModelError| damaged(e.to_string()))?;
    let cached = Rc::new(CachedModel { model_id, version, model, digest });
    CACHE.with_borrow_mut(|cache| {
        if cache.models.len() == MAX_MODELS {
            cache.models.remove(0);
        }
        cache.models.push(cached.clone());
    });
    Ok(cached)
}
