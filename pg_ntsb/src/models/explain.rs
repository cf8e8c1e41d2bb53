//! Why a model says what it says, and what it rests on.

use super::cache;
use super::predict::{of_event, of_json};
use crate::cancel::poll;
use crate::error::{Error, required};
use crate::json_argument::JsonArgument;
use ntsb_models::features::Facts;
use ntsb_models::scored::likeliest;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use serde_json::Value as Json;

/// What a margin begins with, among the features.
const BASE: &str = "(base)";

type Line = (String, String, Option<String>, f64, f64);

#[pg_extern(stable, parallel_safe, cost = 10000)]
fn ntsb_explain_severity(
    facts: Option<JsonArgument>,
    severity: default!(Option<&str>, "NULL"),
    model: default!(Option<&str>, "NULL"),
) -> Result<
    TableIterator<
        'static,
        (
            name!(severity, String),
            name!(feature, String),
            name!(value, Option<String>),
            name!(contribution, f64),
            name!(margin, f64),
        ),
    >,
    ErrorReport,
> {
    let lines = facts.map(|facts| explained(&of_json(&facts.0)?, severity, model)).transpose()?;
    Ok(TableIterator::new(lines.unwrap_or_default()))
}

#[pg_extern(name = "ntsb_explain_severity", stable, parallel_safe, cost = 10000)]
fn ntsb_explain_severity_of_event(
    ev_id: Option<&str>,
    severity: default!(Option<&str>, "NULL"),
    model: default!(Option<&str>, "NULL"),
) -> Result<
    TableIterator<
        'static,
        (
            name!(severity, String),
            name!(feature, String),
            name!(value, Option<String>),
            name!(contribution, f64),
            name!(margin, f64),
        ),
    >,
    ErrorReport,
> {
    let lines = ev_id.map(|id| explained(&of_event(id)?, severity, model)).transpose()?;
    Ok(TableIterator::new(lines.unwrap_or_default()))
}

fn explained(
    facts: &Facts,
    severity: Option<&str>,
    model: Option<&str>,
) -> Result<Vec<Line>, Error> {
    let loaded = cache::model("severity", model)?;
    let probabilities = loaded.model.predict(facts)?.probabilities;
    let likeliest = loaded.model.classes().get(likeliest(&probabilities).0);
    let class = severity.or(likeliest.map(String::as_str)).unwrap_or_default();
    let told = loaded.model.explain(facts, class, &poll)?;
    let known = facts.to_json();
    let line = |feature: String, contribution| {
        let value = known.get(&feature).map(shown);
        (class.to_owned(), feature, value, contribution, told.margin)
    };
    let mut lines = vec![line(BASE.to_owned(), told.base)];
    lines.extend(told.shares.iter().map(|s| line(s.feature.clone(), s.contribution)));
    Ok(lines)
}

fn shown(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[pg_extern(stable, parallel_safe, cost = 1000)]
fn ntsb_feature_importance(
    model: default!(Option<&str>, "NULL"),
    target: default!(Option<&str>, "'severity'"),
) -> Result<
    TableIterator<
        'static,
        (
            name!(feature, String),
            name!(splits, i64),
            name!(gain, f64),
            name!(gain_share, f64),
            name!(cover, f64),
            name!(model_version, String),
        ),
    >,
    ErrorReport,
> {
    let loaded = cache::model(required(target, "target")?, model)?;
    let found = loaded.model.importance();
    let whole: f64 = found.iter().map(|(_, of)| of.gain).sum();
    let lines: Vec<_> = found
        .into_iter()
        .map(|(feature, of)| {
            let splits = i64::try_from(of.splits).unwrap_or(i64::MAX);
            let share = if whole > 0.0 { of.gain / whole } else { 0.0 };
            (feature, splits, of.gain, share, of.cover, loaded.version.clone())
        })
        .collect();
    Ok(TableIterator::new(lines))
}
