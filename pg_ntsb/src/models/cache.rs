//! Models that this backend has read.
//!
//! A model takes milliseconds to read and microseconds to ask. Which model is in Production may change
//! with any commit, so that is looked up again whenever the snapshot is another one; within a statement
//! it is not. Models never change, and stay read under their number and digest.

use crate::error::Error;
use crate::spi::{need, with_fixed_path};
use ntsb_models::Model;
use ntsb_models::forest::Forest;
use ntsb_models::model::{ModelError, Parts};
use pgrx::pg_sys;
use pgrx::prelude::*;
use pgrx::spi::{OwnedPreparedStatement, SpiClient};
use std::cell::RefCell;
use std::rc::Rc;

/// Models kept by a backend, each of a megabyte or some.
const MODELS: usize = 6;
/// Questions whose answer is remembered for the length of a snapshot.
const ANSWERS: usize = 8;

/// A model as it was read.
pub struct Loaded {
    pub model_id: i64,
    /// NAME:VERSION.
    pub version: String,
    pub model: Model,
    digest: Vec<u8>,
}

/// Which model is asked for: the one in Production that tells a target, of a name or of any, or that of
/// a name and version.
#[derive(Clone, PartialEq)]
struct Wanted {
    target: String,
    model: Option<String>,
}

/// What a snapshot sees, and for whom. Another commit that it sees, or a command of its own transaction,
/// makes these differ: transactions that run leave the list only by ending, and no number comes back.
#[derive(Clone, Copy, PartialEq)]
struct Moment {
    oldest: pg_sys::TransactionId,
    next: pg_sys::TransactionId,
    running: (u32, i32),
    command: pg_sys::CommandId,
    role: pg_sys::Oid,
}

impl Moment {
    fn now() -> Option<Moment> {
        // SAFETY: reads the snapshot that this statement runs under, where there is one.
        unsafe {
            if !pg_sys::ActiveSnapshotSet() {
                return None;
            }
            let snapshot = pg_sys::GetActiveSnapshot().as_ref()?;
            Some(Moment {
                oldest: snapshot.xmin,
                next: snapshot.xmax,
                running: (snapshot.xcnt, snapshot.subxcnt),
                command: snapshot.curcid,
                role: pg_sys::GetUserId(),
            })
        }
    }
}

#[derive(Default)]
struct Cache {
    answers: Vec<(Wanted, Moment, Rc<Loaded>)>,
    /// Those used last come last.
    models: Vec<Rc<Loaded>>,
}

thread_local! {
    static CACHE: RefCell<Cache> = RefCell::default();
    static LOOKUP: RefCell<Option<Rc<OwnedPreparedStatement>>> = const { RefCell::new(None) };
}

/// The model that tells `target`. `model`: NAME, NAME:VERSION, or none for whichever is in Production,
/// one of the set pre_event before one of the scene.
pub fn model(target: &str, model: Option<&str>) -> Result<Rc<Loaded>, Error> {
    let moment = Moment::now();
    if let Some(loaded) = moment.and_then(|moment| remembered(target, model, moment)) {
        return Ok(loaded);
    }
    let wanted = Wanted { target: target.to_owned(), model: model.map(str::to_owned) };
    let loaded = with_fixed_path(|| Spi::connect(|client| look_up(client, &wanted)))?;
    if let Some(moment) = moment {
        CACHE.with_borrow_mut(|cache| {
            cache.answers.retain(|(of, when, _)| *of != wanted && *when == moment);
            cache.answers.truncate(ANSWERS - 1);
            cache.answers.push((wanted, moment, loaded.clone()));
        });
    }
    Ok(loaded)
}

fn remembered(target: &str, model: Option<&str>, moment: Moment) -> Option<Rc<Loaded>> {
    CACHE.with_borrow(|cache| {
        let of = |(wanted, when, _): &&(Wanted, Moment, Rc<Loaded>)| {
            *when == moment && wanted.target == target && wanted.model.as_deref() == model
        };
        cache.answers.iter().find(of).map(|(_, _, loaded)| loaded.clone())
    })
}

fn look_up(client: &SpiClient, wanted: &Wanted) -> Result<Rc<Loaded>, Error> {
    let (name, version) = match &wanted.model {
        Some(model) => named(model),
        None => (None, None),
    };
    let statement = lookup(client)?;
    let arguments = [wanted.target.as_str().into(), name.into(), version.into()];
    let found = client.select(&*statement, Some(1), &arguments)?.next();
    let Some(row) = found else {
        return Err(Error::NoModel { target: wanted.target.clone(), model: wanted.model.clone() });
    };
    let model_id: i64 = row.get(1)?.unwrap_or_default();
    let digest: Vec<u8> = row.get(2)?.unwrap_or_default();
    match kept(model_id, &digest) {
        Some(loaded) => Ok(loaded),
        None => load(client, model_id, digest),
    }
}

/// NAME or NAME:VERSION.
fn named(model: &str) -> (Option<&str>, Option<i32>) {
    let split = model.rsplit_once(':');
    match split.and_then(|(name, version)| Some((name, version.parse().ok()?))) {
        Some((name, version)) => (Some(name), Some(version)),
        None => (Some(model), None),
    }
}

/// Prepared once for each backend; PostgreSQL plans it anew where the table was made anew.
fn lookup(client: &SpiClient) -> Result<Rc<OwnedPreparedStatement>, Error> {
    if let Some(statement) = LOOKUP.with_borrow(Clone::clone) {
        return Ok(statement);
    }
    need(client, "ntsb.model")?;
    let sql = "SELECT m.model_id, m.artifact_digest FROM ntsb.model m
               WHERE m.target OPERATOR(pg_catalog.=) $1
                 AND ($2 IS NULL OR m.name OPERATOR(pg_catalog.=) $2)
                 AND CASE WHEN $3 IS NULL THEN m.stage OPERATOR(pg_catalog.=) 'Production'
                          ELSE m.version OPERATOR(pg_catalog.=) $3 END
               ORDER BY m.feature_set, m.model_id DESC LIMIT 1";
    let types = [PgBuiltInOids::TEXTOID, PgBuiltInOids::TEXTOID, PgBuiltInOids::INT4OID];
    let statement = Rc::new(client.prepare(sql, &types.map(PgOid::from))?.keep());
    LOOKUP.with_borrow_mut(|kept| *kept = Some(statement.clone()));
    Ok(statement)
}

fn kept(model_id: i64, digest: &[u8]) -> Option<Rc<Loaded>> {
    CACHE.with_borrow_mut(|cache| {
        let is = |loaded: &Rc<Loaded>| loaded.model_id == model_id && loaded.digest == digest;
        let place = cache.models.iter().position(is)?;
        let loaded = cache.models.remove(place);
        cache.models.push(loaded.clone());
        Some(loaded)
    })
}

fn load(client: &SpiClient, model_id: i64, digest: Vec<u8>) -> Result<Rc<Loaded>, Error> {
    let sql = "SELECT pg_catalog.concat(m.name, ':', m.version), m.classes, m.encoding::text,
                      m.calibration::text, m.decide_at, m.artifact
               FROM ntsb.model m WHERE m.model_id OPERATOR(pg_catalog.=) $1";
    let row = client.select(sql, Some(1), &[model_id.into()])?.first();
    let version: String = row.get(1)?.unwrap_or_default();
    let classes: Vec<String> = row.get(2)?.unwrap_or_default();
    let encoding: String = row.get(3)?.unwrap_or_default();
    let calibration: String = row.get(4)?.unwrap_or_default();
    let artifact: Vec<u8> = row.get(6)?.unwrap_or_default();
    let damaged = |what: String| Error::DamagedModel { version: version.clone(), what };
    let parts = Parts {
        encoder: serde_json::from_str(&encoding).map_err(|e| damaged(e.to_string()))?,
        forest: Forest::from_ubj(&artifact).map_err(|e| damaged(e.to_string()))?,
        calibration: serde_json::from_str(&calibration).map_err(|e| damaged(e.to_string()))?,
        classes,
        decide_at: row.get(5)?.unwrap_or_default(),
    };
    let model = Model::new(parts).map_err(|e: ModelError| damaged(e.to_string()))?;
    let loaded = Rc::new(Loaded { model_id, version, model, digest });
    CACHE.with_borrow_mut(|cache| {
        if cache.models.len() == MODELS {
            cache.models.remove(0);
        }
        cache.models.push(loaded.clone());
    });
    Ok(loaded)
}
