//! Prints the details of one model.

use console::Style;
use serde_json::{Map, Value};
use tokio_postgres::Client;

use crate::failure::Failure;
use crate::output::{ResultSet, Terminal, align_rows, format_value, one_line};

/// The most important features of a model.
const TOP_FEATURES: &str = "
    SELECT coalesce(string_agg(format('%s %s %%', f.feature, round(100 * f.gain_share::numeric)), ', '), '')
    FROM (SELECT feature, gain_share FROM ntsb_feature_importance($1, $2) ORDER BY gain_share DESC LIMIT 6) f";

/// The metrics and their labels.
const METRICS: [(&str, &str); 12] = [
    ("accuracy", "accuracy"),
    ("majority", "accuracy of majority class"),
    ("logistic", "accuracy of logistic regression"),
    ("accuracy_of_surest_85", "accuracy of most confident 85 %"),
    ("domestic_accuracy", "accuracy in the United States"),
    ("domestic_majority", "majority class in the United States"),
    ("macro_f1", "macro F1"),
    ("weighted_f1", "weighted F1"),
    ("auc", "ROC AUC"),
    ("log_loss", "log loss"),
    ("brier", "Brier score"),
    ("ece", "expected calibration error"),
];

pub async fn print_details(
    models: &ResultSet,
    client: &Client,
    terminal: &Terminal,
) -> Result<(), Failure> {
    for model in models.parse_rows()? {
        let name = format!("{}:{}", text(&model, "name"), text(&model, "version"));
        let target = text(&model, "target");
        let row = client.query_one(TOP_FEATURES, &[&name, &target]).await?;
        let title = Style::new().bold().apply_to(one_line(&name));
        terminal.print(&format!("{title}\n{}", format_details(&model, row.try_get(0)?)))?;
    }
    Ok(())
}

fn format_details(model: &Map<String, Value>, features: String) -> String {
    let field = |name: &str| text(model, name);
    let mut rows = vec![
        ("model id", field("model_id")),
        ("stage", field("stage")),
        ("target", field("target")),
        ("feature set", field("feature_set")),
        ("top features", features),
        ("algorithm", format!("{}, {} rounds", field("algorithm"), field("rounds"))),
        (
            "trained on",
            describe_period(model, "rows_trained", "trained_from", "validated_from", "to before"),
        ),
        ("evaluated on", describe_period(model, "rows_tested", "tested_from", "tested_to", "to")),
        (
            "created",
            format!("{} by {}", date_and_minute_of(&field("created_at")), field("created_by")),
        ),
    ];
    let is_known = |(name, _): &&(&str, &str)| model.get(*name).is_some_and(Value::is_number);
    rows.extend(METRICS.iter().filter(is_known).map(|(name, label)| (*label, field(name))));
    let rows = rows.into_iter().map(|(label, value)| vec![label.to_owned(), one_line(&value)]);
    align_rows(&rows.collect::<Vec<_>>(), 2)
}

fn describe_period(
    model: &Map<String, Value>,
    rows: &str,
    from: &str,
    to: &str,
    preposition: &str,
) -> String {
    let field = |name: &str| text(model, name);
    format!("{} events from {} {preposition} {}", field(rows), field(from), field(to))
}

fn text(model: &Map<String, Value>, name: &str) -> String {
    match model.get(name) {
        Some(Value::String(text)) => text.clone(),
        other => format_value(other),
    }
}

fn date_and_minute_of(timestamp: &str) -> String {
    timestamp.chars().take(16).map(|c| if c == 'T' { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn details_list_accuracy_and_that_of_the_majority_class() {
        let model = json!({
            "model_id": 7, "stage": "None", "target": "fatal", "feature_set": "scene", "algorithm": "xgboost",
            "rounds": 20, "rows_trained": 2004, "trained_from": "1982-01-01", "validated_from": "2015-01-01",
            "rows_tested": 251, "tested_from": "2018-01-01", "tested_to": "2020-12-31", "accuracy": 0.87654321,
            "majority": 0.81, "auc": null, "created_at": "2026-11-23T10:11:12.5+00:00", "created_by": "ann",
        });
        let text = format_details(model.as_object().unwrap(), "damage 40 %".to_owned());
        for line in [
            "top features                damage 40 %",
            "trained on                  2004 events from 1982-01-01 to before 2015-01-01",
            "created                     2026-11-23 10:11 by ann",
            "accuracy                    0.877",
            "accuracy of majority class  0.81",
        ] {
            assert!(text.lines().any(|found| found == line), "no {line:?} in\n{text}");
        }
        assert!(!text.contains("ROC AUC"), "{text}");
    }
}
