//! Compares results with SciPy, pymannkendall, ruptures, statsmodels and mlxtend. `tests/golden/*.py`
//! writes the expected results.

use crate::association::{RuleParams, find_rules};
use crate::change_points::find_segments;
use crate::correlation::{Column, MISSING, compute_correlations};
use crate::forecast::{forecast, measure_accuracy};
use crate::line_fit::fit_line;
use crate::mann_kendall::mann_kendall;
use crate::season::{decompose, seasonal_indices, seasonal_strength};
use crate::series::Bucket;
use serde_json::Value;

fn read(text: &str) -> Value {
    serde_json::from_str(text).expect("a golden file")
}

fn cases() -> Vec<Value> {
    let golden = read(include_str!("../../../../tests/golden/timeseries.json"));
    golden["cases"].as_array().expect("cases").clone()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(number).collect()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

fn bucket(case: &Value) -> Bucket {
    Bucket::parse(case["bucket"].as_str().expect("a bucket")).expect("a bucket")
}

/// Asserts a relative tolerance, or that both are NaN.
fn assert_close(found: f64, expected: f64, tolerance: f64, what: &str) {
    let is_close = found.is_nan() && expected.is_nan()
        || (found - expected).abs() <= tolerance * expected.abs().max(1e-9);
    assert!(is_close, "{what}: got {found}, expected {expected}");
}

#[test]
fn trends_match_scipy_and_pymannkendall() {
    for case in cases() {
        let (name, expected) = (case["name"].as_str().expect("a name"), &case["trend"]);
        let values = numbers(&case["values"]);
        let found =
            mann_kendall(&values, bucket(&case).season_length(), 0.95, &|| {}).expect("a trend");
        for (what, value, tolerance) in [
            ("s", found.s, 0.0),
            ("variance", found.variance, 1e-12),
            ("z", found.z, 1e-12),
            ("tau", found.tau, 1e-12),
            ("slope", found.slope, 1e-12),
        ] {
            assert_close(value, number(&expected[what]), tolerance, &format!("{name}: {what}"));
        }
        // For small p-values, pymannkendall loses precision in 1 - cdf.
        let error = (found.p_value - number(&expected["p"])).abs();
        assert!(error < 1e-14 || error / found.p_value < 1e-9, "{name}: p has an error of {error}");
        if !expected["bounds"].is_null() {
            let bounds = numbers(&expected["bounds"]);
            assert_close(found.lower, bounds[0], 1e-12, &format!("{name}: lower"));
            assert_close(found.upper, bounds[1], 1e-12, &format!("{name}: upper"));
        }
        let (found, expected) =
            (fit_line(&values, 0.95).expect("a line"), numbers(&expected["line"]));
        let found = [found.slope, found.lower, found.upper, found.p_value];
        for (value, expected) in found.iter().zip(&expected) {
            assert_close(*value, *expected, 1e-8, &format!("{name}: line"));
        }
    }
}

#[test]
fn change_points_match_ruptures() {
    for case in cases() {
        let (name, expected) = (&case["name"], &case["splits"]);
        let values = numbers(&case["values"]);
        let min_length = number(&expected["shortest"]) as usize;
        let penalty = number(&expected["penalty"]);
        assert_close(crate::change_points::bic_penalty(&values), penalty, 1e-12, "penalty");
        let found = find_segments(&values, min_length, penalty, &|| {}).expect("segments");
        let starts: Vec<f64> = found.iter().skip(1).map(|s| s.start as f64).collect();
        assert_eq!(starts, numbers(&expected["dynamic"]), "{name}");
        assert_eq!(starts, numbers(&expected["pelt"]), "{name}");
    }
}

#[test]
fn seasons_match_statsmodels() {
    let mut compared = 0;
    for case in cases().iter().filter(|c| !c["season"].is_null()) {
        let (name, expected) = (&case["name"], &case["season"]);
        let (values, period) = (numbers(&case["values"]), bucket(case).season_length());
        let found = seasonal_strength(&decompose(&values, period).expect("parts"));
        assert_close(found, number(&expected["strength"]), 1e-6, &format!("{name}: strength"));
        if !expected["indices"].is_null() {
            let found = seasonal_indices(&values, period, 0).expect("indices");
            for (value, expected) in found.iter().zip(numbers(&expected["indices"])) {
                assert_close(*value, expected, 1e-10, &format!("{name}: index"));
            }
            compared += 1;
        }
    }
    assert!(compared >= 3);
}

/// The optimisers find slightly different parameters, and ours divides the squared errors by fewer
/// degrees of freedom. So the differences are measured relative to the width of the interval.
#[test]
fn forecasts_are_close_to_statsmodels() {
    let mut distances = Vec::new();
    for case in cases().iter().filter(|c| !c["ahead"].is_null()) {
        let (values, expected) = (numbers(&case["values"]), &case["ahead"]);
        let [value, lower, upper] = ["value", "lower", "upper"].map(|k| numbers(&expected[k]));
        let found = forecast(&values, bucket(case), value.len(), 0.95).expect("a forecast");
        for (i, point) in found.iter().enumerate() {
            let width = upper[i] - lower[i];
            let pairs = [(point.value, value[i]), (point.lower, lower[i]), (point.upper, upper[i])];
            distances.extend(pairs.map(|(ours, theirs)| (ours - theirs).abs() / width));
        }
    }
    distances.sort_unstable_by(f64::total_cmp);
    let (median, max) = (distances[distances.len() / 2], distances[distances.len() - 1]);
    assert!(median < 0.04 && max < 0.5, "median {median}, maximum {max}");
}

#[test]
fn errors_of_the_naive_forecast_match_the_reference() {
    for case in cases().iter().filter(|c| !c["naive"].is_null()) {
        let (values, expected) = (numbers(&case["values"]), &case["naive"]);
        let horizon = case["ahead"]["value"].as_array().expect("steps").len();
        let [_, naive] =
            measure_accuracy(&values, bucket(case), horizon, 0.9, 5, &|| {}).expect("accuracy");
        let name = case["name"].as_str().expect("a name");
        assert_eq!(naive.compared as f64, number(&expected["compared"]), "{name}");
        assert_close(naive.smape, number(&expected["smape"]), 1e-10, name);
        assert_close(naive.mase, number(&expected["mase"]), 1e-10, name);
    }
}

fn column(values: &Value) -> Column {
    let values = values.as_array().expect("values");
    if !values.iter().any(Value::is_string) {
        return Column::Number(values.iter().map(number).collect());
    }
    let mut names: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
    names.sort_unstable();
    names.dedup();
    let code = |v: &Value| match v.as_str().and_then(|s| names.binary_search(&s).ok()) {
        Some(code) => u32::try_from(code).expect("few"),
        None => MISSING,
    };
    Column::Category { codes: values.iter().map(code).collect(), levels: names.len() as u32 }
}

#[test]
fn correlations_match_scipy() {
    let golden = read(include_str!("../../../../tests/golden/correlations.json"));
    let listed = golden["columns"].as_array().expect("columns");
    let names: Vec<&str> = listed.iter().filter_map(|c| c["name"].as_str()).collect();
    let columns: Vec<Column> = listed.iter().map(|c| column(&c["values"])).collect();
    let found = compute_correlations(&columns, &|| {});
    let expected = golden["pairs"].as_array().expect("pairs");
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        let what = format!("{} and {}, {}", expected["first"], expected["second"], found.method);
        assert_eq!(names[found.first], expected["first"].as_str().expect("a name"), "{what}");
        assert_eq!(names[found.second], expected["second"].as_str().expect("a name"), "{what}");
        assert_eq!(found.method, expected["method"].as_str().expect("a method"));
        assert_eq!(found.rows as f64, number(&expected["rows"]), "{what}");
        assert_close(found.coefficient, number(&expected["coefficient"]), 1e-10, &what);
        assert_close(found.p_value, number(&expected["p"]), 1e-6, &what);
    }
}

#[test]
fn rules_match_mlxtend() {
    let golden = read(include_str!("../../../../tests/golden/association_rules.json"));
    let items = |v: &Value| numbers(v).iter().map(|n| *n as u32).collect::<Vec<u32>>();
    let events: Vec<Vec<u32>> =
        golden["events"].as_array().expect("events").iter().map(items).collect();
    for case in golden["asked"].as_array().expect("cases") {
        let params = RuleParams {
            min_support: number(&case["support"]),
            min_confidence: number(&case["confidence"]),
            max_items: number(&case["longest"]) as usize,
        };
        let mut found = find_rules(&events, &params, &|| {}).expect("rules");
        let mut expected = case["rules"].as_array().expect("rules").clone();
        let sides = |v: &Value| (items(&v["antecedent"]), items(&v["consequent"]));
        expected.sort_by_key(sides);
        found.sort_by_key(|r| (r.antecedent.clone(), r.consequent.clone()));
        assert_eq!(found.len(), expected.len(), "{params:?}");
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!((found.antecedent.clone(), found.consequent.clone()), sides(expected));
            assert_eq!(found.count as f64, number(&expected["count"]));
            assert_close(found.support, number(&expected["support"]), 1e-12, "support");
            assert_close(found.confidence, number(&expected["confidence"]), 1e-12, "confidence");
            assert_close(found.lift, number(&expected["lift"]), 1e-12, "lift");
            assert!((found.leverage - number(&expected["leverage"])).abs() < 1e-12);
        }
    }
}
