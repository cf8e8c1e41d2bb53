//! How severe an event is likely to be, by facts, by JSON or by event; and scores of rows of numbers.

use super::cache::{self, Loaded};
use super::history;
use crate::epoch;
use crate::error::{Error, required};
use crate::json_argument::JsonArgument;
use crate::spi::need;
use ntsb_models::features::Facts;
use ntsb_models::question::Question;
use pgrx::JsonB;
use pgrx::datum::Date;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::SpiClient;
use serde_json::{Map, Value as Json};

const SEVERITY: &str = "severity";

type Answer = (String, f64, JsonB, bool, String);

#[pg_extern(stable, parallel_safe, cost = 50)]
#[allow(clippy::too_many_arguments)]
fn ntsb_predict_severity(
    ev_date: default!(Option<Date>, "NULL"),
    dec_latitude: default!(Option<f64>, "NULL"),
    dec_longitude: default!(Option<f64>, "NULL"),
    acft_make: default!(Option<&str>, "NULL"),
    acft_model: default!(Option<&str>, "NULL"),
    pilot_tot_time: default!(Option<f64>, "NULL"),
    wx_cond_basic: default!(Option<&str>, "NULL"),
    wx_temp: default!(Option<f64>, "NULL"),
    ev_time: default!(Option<i32>, "NULL"),
    ev_state: default!(Option<&str>, "NULL"),
    ev_country: default!(Option<&str>, "NULL"),
    acft_category: default!(Option<&str>, "NULL"),
    num_eng: default!(Option<i32>, "NULL"),
    far_part: default!(Option<&str>, "NULL"),
    type_fly: default!(Option<&str>, "NULL"),
    flt_plan_filed: default!(Option<&str>, "NULL"),
    light_cond: default!(Option<&str>, "NULL"),
    vis_sm: default!(Option<f64>, "NULL"),
    wind_vel_kts: default!(Option<f64>, "NULL"),
    pilot_age: default!(Option<i32>, "NULL"),
    damage: default!(Option<&str>, "NULL"),
    acft_fire: default!(Option<&str>, "NULL"),
    phase: default!(Option<&str>, "NULL"),
    model: default!(Option<&str>, "NULL"),
) -> Result<
    TableIterator<
        'static,
        (
            name!(predicted_severity, String),
            name!(confidence, f64),
            name!(probabilities, JsonB),
            name!(decided, bool),
            name!(model_version, String),
        ),
    >,
    ErrorReport,
> {
    let mut question = Question::default();
    question.date("ev_date", ev_date.map(|date| date.to_pg_epoch_days() + epoch::DAYS));
    let numbers = [
        ("dec_latitude", dec_latitude),
        ("dec_longitude", dec_longitude),
        ("pilot_tot_time", pilot_tot_time),
        ("wx_temp", wx_temp),
        ("ev_time", ev_time.map(f64::from)),
        ("num_eng", num_eng.map(f64::from)),
        ("vis_sm", vis_sm),
        ("wind_vel_kts", wind_vel_kts),
        ("pilot_age", pilot_age.map(f64::from)),
    ];
    let texts = [
        ("acft_make", acft_make),
        ("acft_model", acft_model),
        ("wx_cond_basic", wx_cond_basic),
        ("ev_state", ev_state),
        ("ev_country", ev_country),
        ("acft_category", acft_category),
        ("far_part", far_part),
        ("type_fly", type_fly),
        ("flt_plan_filed", flt_plan_filed),
        ("light_cond", light_cond),
        ("damage", damage),
        ("acft_fire", acft_fire),
        ("phase", phase),
    ];
    numbers.into_iter().for_each(|(fact, value)| question.number(fact, value));
    texts.into_iter().for_each(|(fact, value)| question.text(fact, value));
    let question = question.checked().map_err(Error::from)?;
    Ok(TableIterator::once(answer(SEVERITY, model, &history::complete(question)?)?))
}

#[pg_extern(name = "ntsb_predict_severity", stable, parallel_safe, cost = 50)]
fn ntsb_predict_severity_of_json(
    facts: Option<JsonArgument>,
    model: default!(Option<&str>, "NULL"),
) -> Result<
    TableIterator<
        'static,
        (
            name!(predicted_severity, String),
            name!(confidence, f64),
            name!(probabilities, JsonB),
            name!(decided, bool),
            name!(model_version, String),
        ),
    >,
    ErrorReport,
> {
    let answer = facts.map(|facts| answer(SEVERITY, model, &of_json(&facts.0)?)).transpose()?;
    Ok(TableIterator::new(answer))
}

#[pg_extern(name = "ntsb_predict_severity", stable, parallel_safe, cost = 500)]
fn ntsb_predict_severity_of_event(
    ev_id: Option<&str>,
    model: default!(Option<&str>, "NULL"),
) -> Result<
    TableIterator<
        'static,
        (
            name!(predicted_severity, String),
            name!(confidence, f64),
            name!(probabilities, JsonB),
            name!(decided, bool),
            name!(model_version, String),
        ),
    >,
    ErrorReport,
> {
    let answer = ev_id.map(|id| answer(SEVERITY, model, &of_event(id)?)).transpose()?;
    Ok(TableIterator::new(answer))
}

#[pg_extern(stable, parallel_safe, cost = 50)]
fn ntsb_predict(
    facts: Option<JsonArgument>,
    target: Option<&str>,
    model: default!(Option<&str>, "NULL"),
) -> Result<
    TableIterator<
        'static,
        (
            name!(predicted, String),
            name!(confidence, f64),
            name!(probabilities, JsonB),
            name!(decided, bool),
            name!(model_version, String),
        ),
    >,
    ErrorReport,
> {
    let target = required(target, "target")?;
    let answer = facts.map(|facts| answer(target, model, &of_json(&facts.0)?)).transpose()?;
    Ok(TableIterator::new(answer))
}

/// The facts of an event as the models take them.
#[pg_extern(stable, strict, parallel_safe, cost = 500)]
fn ntsb_event_facts(ev_id: &str) -> Result<JsonB, ErrorReport> {
    Ok(JsonB(Spi::connect(|client| row_of(client, ev_id))?))
}

#[pg_extern(stable, parallel_safe, cost = 10)]
fn ntsb_model_score(
    row: Option<Array<f32>>,
    model: default!(Option<&str>, "NULL"),
    target: default!(Option<&str>, "'severity'"),
) -> Result<Option<Vec<f64>>, ErrorReport> {
    let Some(row) = row else { return Ok(None) };
    let loaded = cache::model(required(target, "target")?, model)?;
    let probabilities = match row.as_slice() {
        Ok(row) => loaded.model.score(row),
        Err(_) => {
            let row: Vec<f32> = row.iter().map(|value| value.unwrap_or(f32::NAN)).collect();
            loaded.model.score(&row)
        }
    };
    Ok(Some(probabilities.map_err(Error::from)?))
}

#[pg_extern(stable, parallel_safe, cost = 50)]
fn ntsb_model_encode(
    facts: Option<JsonArgument>,
    model: default!(Option<&str>, "NULL"),
    target: default!(Option<&str>, "'severity'"),
) -> Result<Option<Vec<f32>>, ErrorReport> {
    let Some(facts) = facts else { return Ok(None) };
    let loaded = cache::model(required(target, "target")?, model)?;
    Ok(Some(loaded.model.encoder().encode(&of_json(&facts.0)?)))
}

#[pg_extern(stable, parallel_safe, cost = 10)]
fn ntsb_model_classes(
    model: default!(Option<&str>, "NULL"),
    target: default!(Option<&str>, "'severity'"),
) -> Result<Vec<String>, ErrorReport> {
    Ok(cache::model(required(target, "target")?, model)?.model.classes().to_vec())
}

#[pg_extern(stable, parallel_safe, cost = 10, schema = "ntsb_internal", name = "model_asked")]
fn ntsb_model_asked(target: Option<&str>, model: Option<&str>) -> Result<i64, ErrorReport> {
    Ok(cache::model(required(target, "target")?, model)?.model_id)
}

/// Which targets of causes a model tells: one of them is enough.
#[pg_extern(stable, parallel_safe, cost = 10, schema = "ntsb_internal", name = "causes_told")]
fn ntsb_causes_told(model: Option<&str>) -> Result<Vec<String>, ErrorReport> {
    let (mut told, mut missing) = (Vec::new(), None);
    for target in ["cause_category", "cause_event"] {
        match cache::model(target, model) {
            Ok(_) => told.push(target.to_owned()),
            Err(error @ Error::NoModel { .. }) => missing = Some(error),
            Err(error) => return Err(error.into()),
        }
    }
    match missing {
        Some(error) if told.is_empty() => Err(error.into()),
        _ => Ok(told),
    }
}

fn answer(target: &str, model: Option<&str>, facts: &Facts) -> Result<Answer, Error> {
    let loaded = cache::model(target, model)?;
    let prediction = loaded.model.predict(facts)?;
    let class = loaded.model.classes().get(prediction.class).cloned().unwrap_or_default();
    let probabilities = by_class(&loaded, &prediction.probabilities);
    let version = loaded.version.clone();
    Ok((class, prediction.confidence, probabilities, prediction.decided, version))
}

fn by_class(loaded: &Loaded, probabilities: &[f64]) -> JsonB {
    let classes = loaded.model.classes().iter().cloned();
    let entries = classes.zip(probabilities.iter().map(|p| Json::from(*p)));
    JsonB(Json::Object(entries.collect::<Map<_, _>>()))
}

/// Facts that a caller tells.
pub fn of_json(json: &Json) -> Result<Facts, Error> {
    history::complete(Question::from_json(json)?)
}

/// Facts that the warehouse has of an event.
pub fn of_event(ev_id: &str) -> Result<Facts, Error> {
    let row = Spi::connect(|client| row_of(client, ev_id))?;
    Ok(Question::from_json(&row)?.facts().clone())
}

fn row_of(client: &SpiClient, ev_id: &str) -> Result<Json, Error> {
    let sql = "SELECT pg_catalog.to_jsonb(f)::text FROM ntsb.accident_features f
               WHERE f.ev_id OPERATOR(pg_catalog.=) $1";
    need(client, "ntsb.accident_features")?;
    let rows = client.select(sql, Some(1), &[ev_id.into()])?;
    let row: Option<String> = if rows.is_empty() { None } else { rows.first().get(1)? };
    let row = row.ok_or_else(|| Error::NoSuchEvent(ev_id.to_owned()))?;
    Ok(serde_json::from_str(&row)?)
}
