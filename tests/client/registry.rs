//! The model commands of `ntsb`: train, list, promote, export, import, predict and watch for drift.

use std::fs;
use std::time::{Duration, Instant};

use ntsb_tests::cli::{ntsb_command, run_ntsb, run_ntsb_json, run_ntsb_ok};
use ntsb_tests::database::Database;
use ntsb_tests::model::register_model;
use ntsb_tests::process::{ChildProcess, send_signal};
use ntsb_tests::wait_for;
use serde_json::{Value, json};

fn refreshed_sample() -> Database {
    let database = Database::with_sample();
    database.execute("CALL ntsb_refresh()");
    database
}

const QUICK_OPTIONS: [&str; 6] =
    ["--option", "rounds=20", "--option", "max_depth=3", "--option", "test_to=2019-12-31"];

fn train(database: &Database, target: &str, more: &[&str]) -> String {
    let arguments = [&["train", "test", "--target", target][..], &QUICK_OPTIONS, more].concat();
    run_ntsb_ok(database, &arguments)
}

#[test]
fn a_model_is_trained_listed_promoted_and_used() {
    let database = refreshed_sample();
    let card = train(&database, "severity", &["--feature-set", "pre_event"]);
    let trained = database.query_json("SELECT * FROM ntsb_model_info()");
    let model = &trained[0];
    assert_eq!((&model["name"], &model["feature_set"]), (&json!("test"), &json!("pre_event")));
    assert_eq!((&model["tested_to"], &model["stage"]), (&json!("2019-12-31"), &json!("None")));
    for (name, metric) in [("accuracy", "accuracy"), ("accuracy of majority class", "majority")] {
        let value = format!("{:.3}", model[metric].as_f64().unwrap());
        let value = value.trim_end_matches('0');
        let line = card.lines().find(|line| line.starts_with(&format!("{name} ")));
        assert!(line.is_some_and(|line| line.contains(value)), "no {name} {value} in\n{card}");
    }
    let fatal_model = train(&database, "fatal", &["-o", "json"]);
    let fatal_model: Value = serde_json::from_str(&fatal_model).unwrap();
    assert_eq!(fatal_model, database.query_json("SELECT * FROM ntsb_model_info(2)"));

    let all = run_ntsb_json(&database, &["models"]);
    assert_eq!(all, database.query_json("SELECT * FROM ntsb_model_info()"));
    assert_eq!(run_ntsb_json(&database, &["models", "test:1", "--target", "fatal"]), fatal_model);
    let list = run_ntsb_ok(&database, &["models", "test"]);
    let head: Vec<&str> = list.lines().next().unwrap().split_whitespace().collect();
    let columns = [
        "model",
        "target",
        "feature_set",
        "stage",
        "accuracy",
        "majority",
        "rows_tested",
        "trained",
    ];
    assert_eq!((head, list.lines().count()), (columns.to_vec(), 3));
    let shown = run_ntsb_ok(&database, &["models", "test:1", "--target", "severity"]);
    assert_eq!(shown, card, "the card is the one that training printed");
    let csv = run_ntsb_ok(&database, &["models", "-o", "csv"]);
    assert_eq!(csv.lines().count(), 3);

    let several = run_ntsb(&database, &["promote", "test", "1", "Staging"]);
    assert_eq!(several.code, Some(2), "{}", several.all_output());
    assert!(several.stderr.contains("Choose one with --target"), "{}", several.stderr);
    for stage in ["Staging", "Production"] {
        let output =
            run_ntsb_ok(&database, &["promote", "test", "1", stage, "--target", "severity"]);
        assert_eq!(output, format!("test:1 (severity): model 1 is in {stage}\n"));
    }
    let output = run_ntsb_json(&database, &["predict", "--make", "Cessna", "--weather", "VMC"]);
    assert_eq!(output[0]["model_version"], "test:1");
    let arguments = ["predict", "--make", "Cessna", "--target", "fatal", "--model", "test:1"];
    let expected = r#"SELECT * FROM ntsb_predict('{"acft_make": "Cessna"}', 'fatal', 'test:1')"#;
    assert_eq!(run_ntsb_json(&database, &arguments), database.query_json(expected));
}

#[test]
fn causes_are_ranked_by_probability() {
    let database = refreshed_sample();
    for target in ["cause_category", "cause_event"] {
        train(&database, target, &[]);
        for stage in ["Staging", "Production"] {
            run_ntsb_ok(&database, &["promote", "test", "1", stage, "--target", target]);
        }
    }
    let arguments = ["predict", "--make", "Piper", "--phase", "Landing", "--causes", "--top", "2"];
    let query = r#"SELECT * FROM ntsb_predict_causes('{"acft_make": "Piper", "phase": "Landing"}'::jsonb, 2)"#;
    let expected = database.query_json(query);
    assert_eq!(expected.as_array().unwrap().len(), 4);
    assert_eq!(run_ntsb_json(&database, &arguments), expected);
    let table = run_ntsb_ok(&database, &arguments);
    let decided = expected.as_array().unwrap().iter().filter(|row| row["rank"] == 1);
    let undecided = decided.filter(|row| row["decided"] == false).count();
    assert_eq!(table.matches("Undecided: ").count(), undecided, "{table}");

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("two.csv");
    fs::write(&file, "acft_make,phase\nPiper,Landing\nCessna,\n").unwrap();
    let batch = ["predict", "--causes", "--top", "2", "--input", file.to_str().unwrap()];
    let rows = run_ntsb_json(&database, &batch);
    let numbers: Vec<_> = rows.as_array().unwrap().iter().map(|row| &row["row"]).collect();
    assert_eq!(numbers, [1, 1, 1, 1, 2, 2, 2, 2]);
    assert_eq!(rows[1]["cause"], expected[1]["cause"]);
}

#[test]
fn a_model_is_exported_and_imported_in_both_formats() {
    let database = Database::empty_warehouse();
    register_model(&database, 1, "Production", 0.6);
    let other_database = Database::empty_warehouse();
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    for (name, ubj) in [("a.json", &[][..]), ("b.ubj", &["--ubj"][..])] {
        let to = file(name);
        let export = [&["models", "export", "fixture", "1", &to][..], ubj].concat();
        let output = run_ntsb_ok(&database, &export);
        assert!(output.contains("bytes, description: "), "{output}");
        let again = run_ntsb(&database, &export);
        assert_eq!(again.code, Some(2), "{}", again.all_output());
        assert!(again.stderr.contains("--overwrite"), "{}", again.stderr);
        run_ntsb_ok(&database, &[&export[..], &["--overwrite"]].concat());
        let imported = run_ntsb_json(&other_database, &["models", "import", &to]);
        assert_eq!(
            (&imported[0]["name"], &imported[0]["stage"]),
            (&json!("fixture"), &json!("None"))
        );
    }
    let there: Vec<String> =
        other_database.query_column("SELECT encode(artifact_digest, 'hex') FROM ntsb.model", &[]);
    assert_eq!(there[0], there[1], "both formats preserve every tree");
    let facts = ["--lat", "61.2", "--weather", "IMC", "--fact", "num_eng=1"];
    for version in ["fixture:1", "fixture:2"] {
        let arguments = [&["predict", "--model", version][..], &facts].concat();
        let here = run_ntsb_json(&database, &[&["predict"][..], &facts].concat());
        let there = run_ntsb_json(&other_database, &arguments);
        assert_eq!(there[0]["probabilities"], here[0]["probabilities"], "{version}");
    }
    let json: Value = serde_json::from_str(&fs::read_to_string(file("a.json")).unwrap()).unwrap();
    assert!(json["learner"].is_object(), "not a file in XGBoost's own format");

    fs::write(file("c.json"), "{\"learner\"").unwrap();
    let without_description = run_ntsb(&other_database, &["models", "import", &file("c.json")]);
    assert_eq!(without_description.code, Some(2), "{}", without_description.all_output());
    assert!(without_description.stderr.contains("--description"), "{}", without_description.stderr);
    let description = file("a.description.json");
    let unreadable = run_ntsb(
        &other_database,
        &["models", "import", &file("c.json"), "--description", &description],
    );
    assert_eq!(unreadable.code, Some(1), "{}", unreadable.all_output());
    for message in
        ["cannot read the artifact", "hint: Pass the complete result of ntsb_export_model", "22023"]
    {
        assert!(unreadable.stderr.contains(message), "no {message:?} in {}", unreadable.stderr);
    }
    let missing = run_ntsb(&other_database, &["models", "import", &file("nothing.json")]);
    assert_eq!(missing.code, Some(3), "{}", missing.all_output());
}

#[test]
fn drift_is_reported_and_fails_with_fail_on_drift() {
    let database = refreshed_sample();
    register_model(&database, 1, "Production", 0.5);
    // Shuffle the dates over the events, so that the windows do not differ.
    database.execute(
        "UPDATE ntsb.fact_accidents f SET ev_date = d.ev_date FROM (
             SELECT a.ev_id, b.ev_date
             FROM (SELECT ev_id, row_number() OVER (ORDER BY md5(ev_id)) n FROM ntsb.fact_accidents) a
             JOIN (SELECT ev_date, row_number() OVER (ORDER BY ev_id) n FROM ntsb.fact_accidents) b USING (n)) d
         WHERE f.ev_id = d.ev_id",
    );
    let windows = ["--reference", "1982-01-01..2011-12-31", "--current", "2012-01-01..2025-12-31"];
    let arguments = [&["drift"][..], &windows].concat();
    let query =
        "SELECT * FROM ntsb_detect_drift('[1982-01-01,2012-01-01)', '[2012-01-01,2026-01-01)')";
    let no_drift = run_ntsb_json(&database, &arguments);
    assert_eq!(no_drift, database.query_json(query));
    assert!(no_drift.as_array().unwrap().iter().all(|row| row["drifted"] == false), "{no_drift}");
    assert!(run_ntsb_ok(&database, &arguments).contains("No drift detected."));
    run_ntsb_ok(&database, &[&arguments[..], &["--fail-on-drift"]].concat());

    database.execute("UPDATE ntsb.fact_accidents SET lat = lat - 8 WHERE ev_date >= '2012-01-01'");
    let table = run_ntsb_ok(&database, &arguments);
    let last = table.lines().last().unwrap();
    assert!(last.starts_with("Drift detected, strongest first: lat"), "{table}");
    assert!(table.lines().nth(1).unwrap().starts_with("lat"), "{table}");
    let failed = run_ntsb(&database, &[&arguments[..], &["--fail-on-drift", "-o", "csv"]].concat());
    assert_eq!(failed.code, Some(1), "{}", failed.all_output());
    assert!(failed.stderr.contains("lat") && failed.stdout.contains("\nlat,"));
    let empty_window =
        ["drift", "--reference", "1900-01-01..1900-12-31", "--current", "2012-01-01.."];
    assert!(run_ntsb_ok(&database, &empty_window).starts_with("Nothing to compare"));
}

#[test]
fn an_interrupt_stops_the_training_on_the_server() {
    let database = refreshed_sample();
    let mut training = ntsb_command(&database.server, &database.name);
    training.args(["train", "endless", "--target", "severity"]);
    training.args(["--option", "rounds=5000", "--option", "early_stopping=5000"]);
    training.args(["--option", "max_depth=8"]);
    let running = ChildProcess::start(training);
    let busy = "pg_stat_activity WHERE query LIKE 'SELECT ntsb_train_model%' AND state = 'active'
                AND datname = current_database() AND clock_timestamp() - query_start > interval '2 s'";
    wait_for("the training", 60, || (database.count_rows(busy) > 0).then_some(()));
    assert!(send_signal(running.id(), 2), "it has ended");
    let interrupted_at = Instant::now();
    let finished = running.finish_within(Duration::from_secs(10));
    assert_eq!(finished.code, Some(130), "{}", finished.all_output());
    assert!(finished.stderr.contains("interrupted; no model was stored"), "{}", finished.stderr);
    assert!(interrupted_at.elapsed() < Duration::from_secs(5), "{:?}", interrupted_at.elapsed());
    wait_for("end of the training", 5, || (database.count_rows(busy) == 0).then_some(()));
    assert_eq!(database.count_rows("ntsb.model"), 0);
}
