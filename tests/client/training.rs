//! Prediction commands of `ntsb`: results equal those of SQL in every output format, and errors say why.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::process::Command;

use ntsb_tests::cli::{ntsb_command, run_ntsb, run_ntsb_json, run_ntsb_ok};
use ntsb_tests::database::Database;
use ntsb_tests::model::{read_fixture_model, register_model};
use ntsb_tests::process::{ChildProcess, ProcessOutput};
use ntsb_tests::wait_for;
use serde_json::{Value, json};

/// Facts that the fixture model uses, as command-line options and as SQL.
const FACT_OPTIONS: [&str; 8] =
    ["--lat", "61.2", "--lon", "-149.9", "--make", "CESSNA", "--weather", "imc"];
const FACTS_SQL: &str = r#"'{"dec_latitude": 61.2, "dec_longitude": -149.9, "acft_make": "CESSNA", "wx_cond_basic": "IMC",
                          "num_eng": 1, "wx_temp": -8}'::jsonb"#;
const MORE_FACT_OPTIONS: [&str; 4] = ["--fact", "num_eng=1", "--temperature", "-8"];

fn database_with_model() -> Database {
    let database = Database::empty_warehouse();
    register_model(&database, 1, "Production", 0.6);
    database
}

fn sample_with_model() -> Database {
    let database = Database::with_sample();
    database.execute("CALL ntsb_refresh()");
    register_model(&database, 1, "Production", 0.6);
    database
}

/// Runs a command with `input` on stdin.
fn run_with_input(database: &Database, arguments: &[&str], input: &str) -> ProcessOutput {
    let mut command = ntsb_command(&database.server, &database.name);
    command.args(arguments);
    ChildProcess::start_with_input(command, input).finish()
}

#[test]
fn predictions_and_explanations_equal_those_of_sql() {
    let database = sample_with_model();
    let event: String = database.query_value("SELECT min(ev_id) FROM ntsb.accident_features");
    let event = event.as_str();
    let facts = [&FACT_OPTIONS[..], &MORE_FACT_OPTIONS].concat();
    for (arguments, query) in [
        (
            [&["predict"], &facts[..]].concat(),
            format!("SELECT * FROM ntsb_predict_severity({FACTS_SQL})"),
        ),
        (
            [&["predict", "--target", "severity", "--model", "fixture:1"], &facts[..]].concat(),
            format!("SELECT * FROM ntsb_predict({FACTS_SQL}, 'severity')"),
        ),
        (
            vec!["predict", "--event", event],
            format!("SELECT * FROM ntsb_predict_severity('{event}'::text)"),
        ),
        (
            [&["explain"], &facts[..]].concat(),
            format!("SELECT * FROM ntsb_explain_severity({FACTS_SQL})"),
        ),
        (
            vec!["explain", "--event", event, "--severity", "MINR", "--limit", "3"],
            format!("SELECT * FROM ntsb_explain_severity('{event}'::text, 'MINR') LIMIT 4"),
        ),
    ] {
        let expected = database.query_json(&query);
        assert!(!expected.as_array().unwrap().is_empty(), "{arguments:?} gives no rows");
        assert_eq!(run_ntsb_json(&database, &arguments), expected, "{arguments:?}");
        let csv = run_ntsb_ok(&database, &[&arguments[..], &["-o", "csv"]].concat());
        let head = csv.lines().next().unwrap();
        let copy = database.query_csv(&query);
        assert_eq!(head, copy.lines().next().unwrap(), "{arguments:?}");
        assert_eq!(csv.lines().count(), copy.lines().count(), "{arguments:?}");
    }
}

#[test]
fn a_table_says_whether_the_model_decides() {
    let database = database_with_model();
    let facts = [&["predict"], &FACT_OPTIONS[..], &MORE_FACT_OPTIONS].concat();
    let severity: String = database
        .query_value(&format!("SELECT predicted_severity FROM ntsb_predict_severity({FACTS_SQL})"));
    for (decide_at, version) in [(0.0, 2), (1.1, 3)] {
        register_model(&database, version, "Staging", decide_at);
        let model = format!("fixture:{version}");
        let table = run_ntsb_ok(&database, &[&facts[..], &["--model", &model]].concat());
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines[0].split_whitespace().collect::<Vec<_>>(), ["class", "probability"]);
        assert!(lines[1].starts_with(&severity), "the most probable class is not first: {table}");
        assert_eq!(lines.len(), 7, "{table}");
        let sentence = match decide_at > 1.0 {
            true => {
                format!("Undecided: the confidence of {model} is too low; {severity} is a guess.")
            }
            false => format!("{model} predicts {severity}."),
        };
        assert_eq!(lines[6], sentence);
    }
    let table = run_ntsb_ok(&database, &[&["explain"], &FACT_OPTIONS[..]].concat());
    let head: Vec<&str> = table.lines().next().unwrap().split_whitespace().collect();
    assert_eq!(head, ["feature", "value", "contribution"]);
    assert!(table.lines().nth(1).unwrap().starts_with("(base)"), "{table}");
    assert!(table.contains("acft_make") && table.contains("Cessna"), "{table}");
    assert!(table.contains("all of them add up to its margin"), "{table}");
}

/// The facts of the fixture's cases, and the prediction that SQL makes for each.
fn cases_with_predictions(database: &Database) -> (Vec<Value>, Vec<Value>) {
    let facts: Vec<Value> = read_fixture_model()["cases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|case| case["facts"].clone())
        .collect();
    let predictions = facts.iter().map(|facts| {
        database.query_json(&format!("SELECT * FROM ntsb_predict_severity('{facts}'::jsonb)"))[0]
            .clone()
    });
    let predictions = predictions.collect();
    (facts, predictions)
}

/// A prediction of a batch without the columns that identify its row.
fn without_row_columns(row: &Value) -> Value {
    let mut row = row.as_object().unwrap().clone();
    for name in ["row", "id", "error"] {
        row.remove(name);
    }
    Value::Object(row)
}

#[test]
fn batch_predictions_are_in_input_order() {
    let database = database_with_model();
    let (facts, predictions) = cases_with_predictions(&database);
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let lines: Vec<String> = facts.iter().map(Value::to_string).collect();
    let array = json!(facts).to_string();
    for input in [file("facts.json", &array), file("facts.ndjson", &lines.join("\n"))] {
        let rows = run_ntsb_json(&database, &["predict", "--input", &input]);
        let rows = rows.as_array().unwrap();
        assert_eq!(
            rows.iter().map(without_row_columns).collect::<Vec<_>>(),
            predictions,
            "{input}"
        );
        let numbers: Vec<_> = rows.iter().map(|row| row["row"].as_u64().unwrap()).collect();
        assert_eq!(numbers, (1..=facts.len() as u64).collect::<Vec<_>>());
    }
    let finished =
        run_with_input(&database, &["predict", "--input", "-", "-o", "csv"], &lines.join("\n"));
    assert_eq!(finished.code, Some(0), "{}", finished.all_output());
    let names = "row,id,predicted_severity,confidence,probabilities,decided,model_version,error";
    assert_eq!(finished.stdout.lines().next(), Some(names));
    assert_eq!(finished.stdout.lines().count(), facts.len() + 1);
    let table = run_ntsb_ok(&database, &["predict", "--input", &file("facts", &array)]);
    assert_eq!(table.lines().count(), facts.len() + 1);
    assert!(!table.contains("probabilities") && !table.contains("error"), "{table}");
    assert!(
        run_ntsb_ok(&database, &["predict", "--input", &file("none.json", " "), "-o", "json"])
            == "[]\n"
    );
}

#[test]
fn predictions_are_written_while_rows_are_read() {
    let database = database_with_model();
    let folder = tempfile::tempdir().unwrap();
    let (rows, output_file) =
        (folder.path().join("rows.ndjson"), folder.path().join("output.json"));
    assert!(Command::new("mkfifo").arg(&rows).status().unwrap().success());
    let mut predict = database.server.command("sh", &database.name);
    predict.args(["-c", r#"exec "$0" predict --input "$1" --output json > "$2""#]);
    predict.arg(database.server.ntsb_binary()).arg(&rows).arg(&output_file);
    let running = ChildProcess::start(predict);
    // Opens the FIFO for reading and writing, so that it does not wait for a reader.
    let mut input = OpenOptions::new().read(true).write(true).open(&rows).unwrap();
    writeln!(input, r#"{{"lat": 1}}"#).unwrap();
    wait_for("prediction for the first row", 30, || {
        let output = fs::read_to_string(&output_file).unwrap_or_default();
        output.contains(r#""row":1,"#).then_some(())
    });
    // A lost connection shows in the exit code and in the incomplete JSON.
    database.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'ntsb'",
    );
    writeln!(input, r#"{{"lat": 2}}"#).unwrap();
    drop(input);
    let finished = running.finish();
    assert_eq!(finished.code, Some(4), "{}", finished.all_output());
    let output = fs::read_to_string(&output_file).unwrap();
    assert!(!output.contains(r#""row":2,"#) && !output.contains(']'), "{output}");
}

#[test]
fn csv_input_may_have_facts_events_and_row_ids() {
    let database = sample_with_model();
    let event: String = database.query_value("SELECT min(ev_id) FROM ntsb.accident_features");
    let input = "tail,dec_latitude,acft_make,wx_temp\nN1,61.2,CESSNA,-8\nN2,,\"PIPER\",\n";
    let arguments = ["predict", "--input", "-", "--id", "tail", "-o", "json"];
    let rows: Value =
        serde_json::from_str(&run_with_input(&database, &arguments, input).stdout).unwrap();
    let expected = database.query_json(r#"SELECT p.* FROM (VALUES (1, '{"dec_latitude": 61.2, "acft_make": "Cessna", "wx_temp": -8}'::jsonb),
                                  (2, '{"acft_make": "Piper"}')) f (n, facts), ntsb_predict_severity(facts) p ORDER BY n"#,
    );
    let found: Vec<Value> = rows.as_array().unwrap().iter().map(without_row_columns).collect();
    assert_eq!(Value::Array(found), expected);
    assert_eq!((&rows[0]["id"], &rows[1]["id"]), (&json!("N1"), &json!("N2")));

    let by_event = run_with_input(
        &database,
        &["predict", "--input", "-", "-o", "json"],
        &format!("ev_id\n{event}\n"),
    );
    let rows: Value = serde_json::from_str(&by_event.stdout).unwrap();
    let expected =
        database.query_json(&format!("SELECT * FROM ntsb_predict_severity('{event}'::text)"));
    assert_eq!(
        (without_row_columns(&rows[0]), &rows[0]["id"]),
        (expected[0].clone(), &json!(event))
    );
}

#[test]
fn an_invalid_row_has_an_error_and_the_others_have_predictions() {
    let database = database_with_model();
    let input = "{\"lat\": 1}\n{\"lat\": 91}\nnonsense\n[1]\n{\"colour\": 1}\n{\"ev_id\": \"19990101X00001\"}\n{\"lat\": 2}\n";
    let arguments = ["predict", "--input", "-", "--format", "json", "-o", "json"];
    let finished = run_with_input(&database, &arguments, input);
    assert_eq!(finished.code, Some(1), "{}", finished.all_output());
    let rows: Value = serde_json::from_str(&finished.stdout).unwrap();
    let reasons: Vec<&str> =
        rows.as_array().unwrap().iter().map(|row| row["error"].as_str().unwrap_or("")).collect();
    for (reason, expected) in reasons.iter().zip([
        "",
        "lat must be between",
        "not JSON",
        "facts must be a JSON object",
        "unknown fact \"colour\"",
        "event \"19990101X00001\" does not exist",
        "",
    ]) {
        assert_eq!(reason.is_empty(), expected.is_empty(), "{reasons:?}");
        assert!(reason.contains(expected), "no {expected:?} in {reason:?}");
    }
    assert!(rows[6]["confidence"].as_f64().is_some_and(|p| p > 0.2));
    for message in
        ["5 of 7 rows failed: 2, 3, 4, 5, 6", "row 2: lat must be between", "hint: ", "22023"]
    {
        assert!(finished.stderr.contains(message), "no {message:?} in {}", finished.stderr);
    }
    // An error that no row causes ends the command.
    let unknown_model =
        run_with_input(&database, &[&arguments[..], &["--model", "nobody"]].concat(), input);
    assert_eq!(
        (unknown_model.code, unknown_model.stdout.contains("row")),
        (Some(1), false),
        "{}",
        unknown_model.all_output()
    );
    assert!(unknown_model.stderr.contains("42704"), "{}", unknown_model.stderr);
    // Rows before the end of a truncated file have predictions.
    let truncated = run_with_input(&database, &arguments, "[{\"lat\": 1}, {\"lat\"");
    assert_eq!(truncated.code, Some(3), "{}", truncated.all_output());
    assert!(truncated.stdout.contains("\"row\":1,"), "{}", truncated.stdout);
}

#[test]
fn invalid_arguments_are_refused_with_a_reason() {
    let database = database_with_model();
    for (arguments, code, message) in [
        (&["predict"][..], 2, "--make Cessna"),
        (&["predict", "--lat", "91"], 1, "lat must be between -90 and 90"),
        (&["predict", "--temperature", "warm"], 1, "wx_temp_c must be a number, got \"warm\""),
        (
            &["predict", "--fact", "colour=red"],
            1,
            "hint: SELECT name, kind, description FROM ntsb.feature",
        ),
        (&["predict", "--fact", "colour"], 2, "NAME=VALUE"),
        (
            &["predict", "--lat", "1", "--fact", "dec_latitude=2"],
            2,
            "dec_latitude is given more than once",
        ),
        (&["predict", "--event", "2022"], 2, "14 characters"),
        (&["predict", "--event", "19990101X00001"], 1, "event \"19990101X00001\""),
        (&["predict", "--event", "19990101X00001", "--lat", "1"], 2, "cannot be used with"),
        (&["predict", "--input", "/nowhere.csv"], 3, "/nowhere.csv: no such file"),
        (&["predict", "--make", "Piper", "--target", "fatal"], 1, "predicts fatal"),
        (&["predict", "--make", "Piper", "--causes"], 1, "42704"),
        (&["explain", "--make", "Piper", "--severity", "DEAD"], 1, "DEAD"),
        (&["explain"], 2, "--event"),
        (&["models", "nobody"], 1, "model nobody not found\nhint: ntsb models"),
        (
            &["models", "--target", "fatal", "nobody:1"],
            1,
            "model nobody:1 for target fatal not found",
        ),
        (&["promote", "nobody", "1", "Staging"], 1, "model nobody:1 not found"),
        (
            &["promote", "fixture", "1", "Attic"],
            1,
            "stage must be Staging, Production or Archived, got 'Attic'",
        ),
        (&["promote", "fixture", "1", "Staging"], 1, "cannot go from Production to Staging"),
        (&["train", "x", "--target", "weather"], 1, "target must be one of severity, fatal"),
        (&["train", "x", "--target", "fatal", "--option", "colour=1"], 1, "ntsb_train_model"),
        (&["train", "x", "--target", "fatal", "--option", "seed"], 2, "NAME=VALUE"),
        (&["drift", "--reference", "2010", "--current", "2011..2012"], 2, "FROM..TO"),
        (&["drift", "--reference", "soon..late", "--current", "2011-01-01..2012-01-01"], 1, "soon"),
        (
            &[
                "drift",
                "--reference",
                "2010-01-01..2012-01-01",
                "--current",
                "2011-01-01..2013-01-01",
            ],
            1,
            "must be non-empty and must not overlap",
        ),
    ] {
        let finished = run_ntsb(&database, arguments);
        assert_eq!(finished.code, Some(code), "{arguments:?}: {}", finished.all_output());
        assert!(finished.stdout.is_empty(), "{}", finished.stdout);
        assert!(finished.stderr.contains(message), "no {message:?} in: {}", finished.stderr);
    }
    let no_models = run_ntsb_ok(&Database::empty_warehouse(), &["models"]);
    assert_eq!(no_models, "There are no models yet. To train one: ntsb train\n");
}
