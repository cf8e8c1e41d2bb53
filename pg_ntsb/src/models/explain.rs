//! Explains predictions (SHAP values) and models (feature importance).

use super::cache;
use super::error::ModelsError;
use super::predict::{facts_from_json, facts_of_event};
use crate::cancel::poll;
use crate::error::require_argument;
use crate::json_argument::JsonArgument;
use ntsb_models::features::Facts;
use ntsb_models::scored_rows::most_likely_class;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use serde_json::Value as Json;

/// Name of the row with the base value of the margin.
const BASE: &str = "(base)";

type ContributionRow = (String, String, Option<String>, f64, f64);

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
    let rows =
        facts.map(|facts| explain(&facts_from_json(&facts.0)?, severity, model)).transpose()?;
    Ok(TableIterator::new(rows.unwrap_or_default()))
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
    let rows = ev_id.map(|id| explain(&facts_of_event(id)?, severity, model)).transpose()?;
    Ok(TableIterator::new(rows.unwrap_or_default()))
}

/// Explains the margin of a severity; by default of the most likely one.
fn explain(
    facts: &Facts,
    severity: Option<&str>,
    model: Option<&str>,
) -> Result<Vec<ContributionRow>, ModelsError> {
    let cached = cache::find_model("severity", model)?;
    let probabilities = cached.model.predict(facts)?.probabilities;
    let most_likely = cached.model.classes().get(most_likely_class(&probabilities).0);
    let class = severity.or(most_likely.map(String::as_str)).unwrap_or_default();
    let explanation = cached.model.explain(facts, class, &poll)?;
    let values = facts.to_json();
    let row = |feature: String, contribution| {
        let value = values.get(&feature).map(to_text);
        (class.to_owned(), feature, value, contribution, explanation.margin)
    };
    let mut rows = vec![row(BASE.to_owned(), explanation.base)];
    rows.extend(explanation.contributions.iter().map(|c| row(c.feature.clone(), c.contribution)));
    Ok(rows)
}

fn to_text(value: &Json) -> String {
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
    let cached = cache::find_model(require_argument(target, "target")?, model)?;
    let features = cached.model.importance();
    let total_gain: f64 = features.iter().map(|(_, importance)| importance.gain).sum();
    let rows: Vec<_> = features
        .into_iter()
        .map(|(feature, importance)| {
            let splits = i64::try_from(importance.splits).unwrap_or(i64::MAX);
            let share = if total_gain > 0.0 { importance.gain / total_gain } else { 0.0 };
            let version = cached.version.clone();
            (feature, splits, importance.gain, share, importance.cover, version)
        })
        .collect();
    Ok(TableIterator::new(rows))
}
