//! The same numbers as SciPy, pymannkendall, ruptures, statsmodels and mlxtend; `tests/golden/*.py`
//! asked them.

use crate::association::{self, Wanted};
use crate::change::stretches;
use crate::correlation::{Column, MISSING, correlations};
use crate::forecast::{accuracy, forecast};
use crate::least_squares::line;
use crate::mann_kendall::mann_kendall;
use crate::season::{decompose, indices, strength};
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
    Bucket::find(case["bucket"].as_str().expect("a bucket")).expect("a bucket")
}

/// As near as the numbers of two libraries come, or both unknown.
fn near(found: f64, wanted: f64, tolerance: f64, what: &str) {
    let same = found.is_nan() && wanted.is_nan()
        || (found - wanted).abs() <= tolerance * wanted.abs().max(1e-9);
    assert!(same, "{what}: {found}, not {wanted}");
}

#[test]
fn trends_are_those_of_scipy_and_pymannkendall() {
    for case in cases() {
        let (name, wanted) = (case["name"].as_str().expect("a name"), &case["trend"]);
        let values = numbers(&case["values"]);
        let found = mann_kendall(&values, bucket(&case).season(), 0.95, &|| {}).expect("a trend");
        for (what, value, tolerance) in [
            ("s", found.s, 0.0),
            ("variance", found.variance, 1e-12),
            ("z", found.z, 1e-12),
            ("tau", found.tau, 1e-12),
            ("slope", found.slope, 1e-12),
        ] {
            near(value, number(&wanted[what]), tolerance, &format!("{name}: {what}"));
        }
        // Far out, pymannkendall takes 1 minus what is nearly 1.
        let off = (found.p_value - number(&wanted["p"])).abs();
        assert!(off < 1e-14 || off / found.p_value < 1e-9, "{name}: p is off by {off}");
        if !wanted["bounds"].is_null() {
            let bounds = numbers(&wanted["bounds"]);
            near(found.lower, bounds[0], 1e-12, &format!("{name}: lower"));
            near(found.upper, bounds[1], 1e-12, &format!("{name}: upper"));
        }
        let (found, wanted) = (line(&values, 0.95).expect("a line"), numbers(&wanted["line"]));
        let found = [found.slope, found.lower, found.upper, found.p_value];
        for (value, wanted) in found.iter().zip(&wanted) {
            near(*value, *wanted, 1e-8, &format!("{name}: line"));
        }
    }
}

#[test]
fn changes_are_where_ruptures_finds_them() {
    for case in cases() {
        let (name, wanted) = (&case["name"], &case["splits"]);
        let values = numbers(&case["values"]);
        let shortest = number(&wanted["shortest"]) as usize;
        let penalty = number(&wanted["penalty"]);
        near(crate::change::penalty(&values), penalty, 1e-12, "penalty");
        let found = stretches(&values, shortest, penalty, &|| {}).expect("stretches");
        let starts: Vec<f64> = found.iter().skip(1).map(|s| s.start as f64).collect();
        assert_eq!(starts, numbers(&wanted["dynamic"]), "{name}");
        assert_eq!(starts, numbers(&wanted["pelt"]), "{name}");
    }
}

#[test]
fn seasons_are_those_of_statsmodels() {
    let mut compared = 0;
    for case in cases().iter().filter(|c| !c["season"].is_null()) {
        let (name, wanted) = (&case["name"], &case["season"]);
        let (values, period) = (numbers(&case["values"]), bucket(case).season());
        let found = strength(&decompose(&values, period).expect("parts"));
        near(found, number(&wanted["strength"]), 1e-6, &format!("{name}: strength"));
        if !wanted["indices"].is_null() {
            let found = indices(&values, period, 0).expect("indices");
            for (value, wanted) in found.iter().zip(numbers(&wanted["indices"])) {
                near(*value, wanted, 1e-10, &format!("{name}: index"));
            }
            compared += 1;
        }
    }
    assert!(compared >= 3);
}

/// Two searches for the parameters end near each other, not at one point, and ours divides the squared
/// errors by fewer degrees of freedom: distances are told in widths of the bounds.
#[test]
fn forecasts_are_near_those_of_statsmodels() {
    let mut distances = Vec::new();
    for case in cases().iter().filter(|c| !c["ahead"].is_null()) {
        let (values, wanted) = (numbers(&case["values"]), &case["ahead"]);
        let [value, lower, upper] = ["value", "lower", "upper"].map(|k| numbers(&wanted[k]));
        let found = forecast(&values, bucket(case), value.len(), 0.95).expect("a forecast");
        for (at, step) in found.iter().enumerate() {
            let width = upper[at] - lower[at];
            let pairs = [(step.value, value[at]), (step.lower, lower[at]), (step.upper, upper[at])];
            distances.extend(pairs.map(|(ours, theirs)| (ours - theirs).abs() / width));
        }
    }
    distances.sort_unstable_by(f64::total_cmp);
    let (middle, last) = (distances[distances.len() / 2], distances[distances.len() - 1]);
    assert!(middle < 0.04 && last < 0.5, "{middle}, at most {last}");
}

#[test]
fn the_naive_forecast_errs_as_computed_elsewhere() {
    for case in cases().iter().filter(|c| !c["naive"].is_null()) {
        let (values, wanted) = (numbers(&case["values"]), &case["naive"]);
        let horizon = case["ahead"]["value"].as_array().expect("steps").len();
        let [_, naive] =
            accuracy(&values, bucket(case), horizon, 0.9, 5, &|| {}).expect("accuracy");
        let name = case["name"].as_str().expect("a name");
        assert_eq!(naive.compared as f64, number(&wanted["compared"]), "{name}");
        near(naive.smape, number(&wanted["smape"]), 1e-10, name);
        near(naive.mase, number(&wanted["mase"]), 1e-10, name);
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
fn correlations_are_those_of_scipy() {
    let golden = read(include_str!("../../../../tests/golden/correlations.json"));
    let listed = golden["columns"].as_array().expect("columns");
    let names: Vec<&str> = listed.iter().filter_map(|c| c["name"].as_str()).collect();
    let columns: Vec<Column> = listed.iter().map(|c| column(&c["values"])).collect();
    let found = correlations(&columns, &|| {});
    let wanted = golden["pairs"].as_array().expect("pairs");
    assert_eq!(found.len(), wanted.len());
    for (found, wanted) in found.iter().zip(wanted) {
        let what = format!("{} and {}, {}", wanted["first"], wanted["second"], found.method);
        assert_eq!(names[found.first], wanted["first"].as_str().expect("a name"), "{what}");
        assert_eq!(names[found.second], wanted["second"].as_str().expect("a name"), "{what}");
        assert_eq!(found.method, wanted["method"].as_str().expect("a method"));
        assert_eq!(found.rows as f64, number(&wanted["rows"]), "{what}");
        near(found.coefficient, number(&wanted["coefficient"]), 1e-10, &what);
        near(found.p_value, number(&wanted["p"]), 1e-6, &what);
    }
}

#[test]
fn rules_are_those_of_mlxtend() {
    let golden = read(include_str!("../../../../tests/golden/association_rules.json"));
    let items = |v: &Value| numbers(v).iter().map(|n| *n as u32).collect::<Vec<u32>>();
    let events: Vec<Vec<u32>> =
        golden["events"].as_array().expect("events").iter().map(items).collect();
    for asked in golden["asked"].as_array().expect("questions") {
        let wanted = Wanted {
            support: number(&asked["support"]),
            confidence: number(&asked["confidence"]),
            longest: number(&asked["longest"]) as usize,
        };
        let mut found = association::rules(&events, &wanted, &|| {}).expect("rules");
        let mut expected = asked["rules"].as_array().expect("rules").clone();
        let sides = |v: &Value| (items(&v["antecedent"]), items(&v["consequent"]));
        expected.sort_by_key(sides);
        found.sort_by_key(|r| (r.antecedent.clone(), r.consequent.clone()));
        assert_eq!(found.len(), expected.len(), "{wanted:?}");
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!((found.antecedent.clone(), found.consequent.clone()), sides(expected));
            assert_eq!(found.count as f64, number(&expected["count"]));
            near(found.support, number(&expected["support"]), 1e-12, "support");
            near(found.confidence, number(&expected["confidence"]), 1e-12, "confidence");
            near(found.lift, number(&expected["lift"]), 1e-12, "lift");
            assert!((found.leverage - number(&expected["leverage"])).abs() < 1e-12);
        }
    }
}
