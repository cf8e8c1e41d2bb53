//! Predictions from facts, from JSON or for an event, and scores of encoded rows.

use super::cache::{self, CachedModel};
use super::error::ModelsError;
use super::history;
use crate::epoch;
use crate::error::require_argument;
use crate::json_argument::JsonArgument;
use crate::spi::require_table;
use ntsb_models::features::Facts;
use ntsb_models::input::PredictionInput;
use pgrx::JsonB;
use pgrx::datum::Date;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::SpiClient;
use serde_json::{Map, Value as Json};

const SEVERITY: &str = "severity";

type PredictionRow = (String, f64, JsonB, bool, String);

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
    let mut input = PredictionInput::default();
    input.set_date("ev_date", ev_date.map(|date| date.to_pg_epoch_days() + epoch::OFFSET_DAYS));
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
    numbers.into_iter().for_each(|(fact, value)| input.set_number(fact, value));
    texts.into_iter().for_each(|(fact, value)| input.set_text(fact, value));
    let input = input.validate().map_err(ModelsError::from)?;
    Ok(TableIterator::once(predict(SEVERITY, model, &history::add_history(input)?)?))
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
    let row =
        facts.map(|facts| predict(SEVERITY, model, &facts_from_json(&facts.0)?)).transpose()?;
    Ok(TableIterator::new(row))
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
    let row = ev_id.map(|id| predict(SEVERITY, model, &facts_of_event(id)?)).transpose()?;
    Ok(TableIterator::new(row))
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
    let target = require_argument(target, "target")?;
    let row = facts.map(|facts| predict(target, model, &facts_from_json(&facts.0)?)).transpose()?;
    Ok(TableIterator::new(row))
}

/// Returns the facts of an event in the form that models take.
#[pg_extern(stable, strict, parallel_safe, cost = 500)]
fn ntsb_event_facts(ev_id: &str) -> Result<JsonB, ErrorReport> {
    Ok(JsonB(Spi::connect(|client| select_features_row(client, ev_id))?))
}

#[pg_extern(stable, parallel_safe, cost = 10)]
fn ntsb_model_score(
    row: Option<Array<f32>>,
    model: default!(Option<&str>, "NULL"),
    target: default!(Option<&str>, "'severity'"),
) -> Result<Option<Vec<f64>>, ErrorReport> {
    let Some(row) = row else { return Ok(None) };
    let cached = cache::find_model(require_argument(target, "target")?, model)?;
    let probabilities = match row.as_slice() {
        Ok(row) => cached.model.score(row),
        Err(_) => {
            let row: Vec<f32> = row.iter().map(|value| value.unwrap_or(f32::NAN)).collect();
            cached.model.score(&row)
        }
    };
    Ok(Some(probabilities.map_err(ModelsError::from)?))
}

#[pg_extern(stable, parallel_safe, cost = 50)]
fn ntsb_model_encode(
    facts: Option<JsonArgument>,
    model: default!(Option<&str>, "NULL"),
    target: default!(Option<&str>, "'severity'"),
) -> Result<Option<Vec<f32>>, ErrorReport> {
    let Some(facts) = facts else { return Ok(None) };
    let cached = cache::find_model(require_argument(target, "target")?, model)?;
    Ok(Some(cached.model.encoder().encode(&facts_from_json(&facts.0)?)))
}

#[pg_extern(stable, parallel_safe, cost = 10)]
fn ntsb_model_classes(
    model: default!(Option<&str>, "NULL"),
    target: default!(Option<&str>, "'severity'"),
) -> Result<Vec<String>, ErrorReport> {
    Ok(cache::find_model(require_argument(target, "target")?, model)?.model.classes().to_vec())
}

#[pg_extern(stable, parallel_safe, cost = 10, schema = "ntsb_internal", name = "find_model")]
fn ntsb_find_model(target: Option<&str>, model: Option<&str>) -> Result<i64, ErrorReport> {
    Ok(cache::find_model(require_argument(target, "target")?, model)?.model_id)
}

/// Lists the cause targets for which a model is found. Fails if there is none.
#[pg_extern(
    stable,
    parallel_safe,
    cost = 10,
    schema = "ntsb_internal",
    name = "list_cause_targets"
)]
fn ntsb_list_cause_targets(model: Option<&str>) -> Result<Vec<String>, ErrorReport> {
    let (mut targets, mut missing) = (Vec::new(), None);
    for target in ["cause_category", "cause_event"] {
        match cache::find_model(target, model) {
            Ok(_) => targets.push(target.to_owned()),
            Err(error @ ModelsError::NoModel { .. }) => missing = Some(error),
            Err(error) => return Err(error.into()),
        }
    }
    match missing {
        Some(error) if targets.is_empty() => Err(error.into()),
        _ => Ok(targets),
    }
}

fn predict(target: &str, model: Option<&str>, facts: &Facts) -> Result<PredictionRow, ModelsError> {
    let cached = cache::find_model(target, model)?;
    let prediction = cached.model.predict(facts)?;
    let class = cached.model.classes().get(prediction.class).cloned().unwrap_or_default();
    let probabilities = probabilities_to_json(&cached, &prediction.probabilities);
    let version = cached.version.clone();
    Ok((class, prediction.confidence, probabilities, prediction.decided, version))
}

fn probabilities_to_json(cached: &CachedModel, probabilities: &[f64]) -> JsonB {
    let classes = cached.model.classes().iter().cloned();
    let entries = classes.zip(probabilities.iter().map(|p| Json::from(*p)));
    JsonB(Json::Object(entries.collect::<Map<_, _>>()))
}

/// Reads facts from JSON and adds their history.
pub fn facts_from_json(json: &Json) -> Result<Facts, ModelsError> {
    history::add_history(PredictionInput::from_json(json)?)
}

/// Reads the facts of an event from the warehouse.
pub fn facts_of_event(ev_id: &str) -> Result<Facts, ModelsError> {
    let row = Spi::connect(|client| select_features_row(client, ev_id))?;
    Ok(PredictionInput::from_json(&row)?.facts().clone())
}

fn select_features_row(client: &SpiClient, ev_id: &str) -> Result<Json, ModelsError> {
    let sql = "SELECT pg_catalog.to_jsonb(f)::text FROM ntsb.accident_features f
               WHERE f.ev_id OPERATOR(pg_catalog.=) $1";
    require_table(client, "ntsb.accident_features")?;
    let rows = client.select(sql, Some(1), &[ev_id.into()])?;
    let row: Option<String> = if rows.is_empty() { None } else { rows.first().get(1)? };
    let row = row.ok_or_else(|| ModelsError::NoSuchEvent(ev_id.to_owned()))?;
    Ok(serde_json::from_str(&row)?)
}
