//! All about one model, for people.

use console::Style;
use serde_json::{Map, Value};
use tokio_postgres::Client;

use crate::answer::{Answer, cell};
use crate::failure::Failure;
use crate::report::aligned;
use crate::terminal::{Terminal, one_line};

/// What a model rests on most.
const FEATURES: &str = "
    SELECT coalesce(string_agg(format('%s %s %%', f.feature, round(100 * f.gain_share::numeric)), ', '), '')
    FROM (SELECT feature, gain_share FROM ntsb_feature_importance($1, $2) ORDER BY gain_share DESC LIMIT 6) f";

/// Names of numbers, and what they are called.
const NUMBERS: [(&str, &str); 12] = [
    ("accuracy", "accuracy"),
    ("majority", "of the commonest class"),
    ("logistic", "of a logistic regression"),
    ("accuracy_of_surest_85", "of the surest 85 in 100"),
    ("domestic_accuracy", "within the United States"),
    ("domestic_majority", "of its commonest class"),
    ("macro_f1", "macro F1"),
    ("weighted_f1", "weighted F1"),
    ("auc", "area under ROC"),
    ("log_loss", "log loss"),
    ("brier", "Brier score"),
    ("ece", "calibration error"),
];

pub async fn show(answer: &Answer, client: &Client, terminal: &Terminal) -> Result<(), Failure> {
    for model in answer.objects()? {
        let called = format!("{}:{}", text(&model, "name"), text(&model, "version"));
        let target = text(&model, "target");
        let row = client.query_one(FEATURES, &[&called, &target]).await?;
        let title = Style::new().bold().apply_to(one_line(&called));
        terminal.result(&format!("{title}\n{}", body(&model, row.try_get(0)?)))?;
    }
    Ok(())
}

fn body(model: &Map<String, Value>, features: String) -> String {
    let of = |name: &str| text(model, name);
    let mut pairs = vec![
        ("number", of("model_id")),
        ("stage", of("stage")),
        ("tells", of("target")),
        ("knows", of("feature_set")),
        ("rests on", features),
        ("trees", format!("{}, {} rounds", of("algorithm"), of("rounds"))),
        ("trained on", part(model, "rows_trained", "trained_from", "validated_from", "to before")),
        ("judged on", part(model, "rows_tested", "tested_from", "tested_to", "to")),
        ("made", format!("{} by {}", day(&of("created_at")), of("created_by"))),
    ];
    let known = |(name, _): &&(&str, &str)| model.get(*name).is_some_and(Value::is_number);
    pairs.extend(NUMBERS.iter().filter(known).map(|(name, called)| (*called, of(name))));
    let lines = pairs.into_iter().map(|(name, value)| vec![name.to_owned(), one_line(&value)]);
    aligned(&lines.collect::<Vec<_>>(), 2)
}

fn part(model: &Map<String, Value>, rows: &str, from: &str, to: &str, until: &str) -> String {
    let of = |name: &str| text(model, name);
    format!("{} events from {} {until} {}", of(rows), of(from), of(to))
}

fn text(model: &Map<String, Value>, name: &str) -> String {
    match model.get(name) {
        Some(Value::String(text)) => text.clone(),
        other => cell(other),
    }
}

/// To the minute.
fn day(time: &str) -> String {
    time.chars().take(16).map(|c| if c == 'T' { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use serde_json::json;

    #[test]
    fn accuracy_stands_beside_that_of_the_commonest_class() {
        let model = json!({
            "model_id": 7, "stage": "None", "target": "fatal", "feature_set": "scene", "algorithm": "xgboost",
            "rounds": 20, "rows_trained": 2004, "trained_from": "1982-01-01", "validated_from": "2015-01-01",
            "rows_tested": 251, "tested_from": "2018-01-01", "tested_to": "2020-12-31", "accuracy": 0.87654321,
            "majority": 0.81, "auc": null, "created_at": "2026-11-23T10:11:12.5+00:00", "created_by": "ann",
        });
        let text = body(model.as_object().unwrap(), "damage 40 %".to_owned());
        for line in [
            "rests on                damage 40 %",
            "trained on              2004 events from 1982-01-01 to before 2015-01-01",
            "made                    2026-11-23 10:11 by ann",
            "accuracy                0.877",
            "of the commonest class  0.81",
        ] {
            assert!(text.lines().any(|found| found == line), "no {line:?} in\n{text}");
        }
        assert!(!text.contains("area under"), "{text}");
    }
}
