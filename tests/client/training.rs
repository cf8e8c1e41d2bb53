//! What `ntsb` says of models is what SQL says, in every form; what cannot be asked says why.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::process::Command;

use ntsb_tests::database::Database;
use ntsb_tests::model::{fixture_model, register};
use ntsb_tests::ntsb::{answered, command, ntsb, printed};
use ntsb_tests::process::{Finished, Running};
use ntsb_tests::wait_for;
use serde_json::{Value, json};

/// Facts that the small model sees, as options and as SQL takes them.
const FACTS: [&str; 8] =
    ["--lat", "61.2", "--lon", "-149.9", "--make", "CESSNA", "--weather", "imc"];
const AS_SQL: &str = r#"'{"dec_latitude": 61.2, "dec_longitude": -149.9, "acft_make": "CESSNA", "wx_cond_basic": "IMC",
                          "num_eng": 1, "wx_temp": -8}'::jsonb"#;
const MORE: [&str; 4] = ["--fact", "num_eng=1", "--temperature", "-8"];

fn predicting() -> Database {
    let database = Database::blank();
    register(&database, 1, "Production", 0.6);
    database
}

fn sample() -> Database {
    let database = Database::with_sample();
    database.execute("CALL ntsb_refresh()");
    register(&database, 1, "Production", 0.6);
    database
}

fn fed(database: &Database, arguments: &[&str], input: &str) -> Finished {
    let mut asking = command(&database.server, &database.name);
    asking.args(arguments);
    Running::start_with(asking, input).finish()
}

#[test]
fn predictions_and_explanations_are_those_of_sql() {
    let database = sample();
    let event: String = database.one("SELECT min(ev_id) FROM ntsb.accident_features");
    let event = event.as_str();
    let told = [&FACTS[..], &MORE].concat();
    for (arguments, query) in [
        (
            [&["predict"], &told[..]].concat(),
            format!("SELECT * FROM ntsb_predict_severity({AS_SQL})"),
        ),
        (
            [&["predict", "--target", "severity", "--model", "fixture:1"], &told[..]].concat(),
            format!("SELECT * FROM ntsb_predict({AS_SQL}, 'severity')"),
        ),
        (
            vec!["predict", "--event", event],
            format!("SELECT * FROM ntsb_predict_severity('{event}'::text)"),
        ),
        (
            [&["explain"], &told[..]].concat(),
            format!("SELECT * FROM ntsb_explain_severity({AS_SQL})"),
        ),
        (
            vec!["explain", "--event", event, "--severity", "MINR", "--limit", "3"],
            format!("SELECT * FROM ntsb_explain_severity('{event}'::text, 'MINR') LIMIT 4"),
        ),
    ] {
        let expected = database.json(&query);
        assert!(!expected.as_array().unwrap().is_empty(), "{arguments:?} finds nothing");
        assert_eq!(answered(&database, &arguments), expected, "{arguments:?}");
        let csv = printed(&database, &[&arguments[..], &["-o", "csv"]].concat());
        let head = csv.lines().next().unwrap();
        let copy = database.csv(&query);
        assert_eq!(head, copy.lines().next().unwrap(), "{arguments:?}");
        assert_eq!(csv.lines().count(), copy.lines().count(), "{arguments:?}");
    }
}

#[test]
fn a_table_says_whether_the_model_is_sure() {
    let database = predicting();
    let told = [&["predict"], &FACTS[..], &MORE].concat();
    let said: String =
        database.one(&format!("SELECT predicted_severity FROM ntsb_predict_severity({AS_SQL})"));
    for (decide_at, version) in [(0.0, 2), (1.1, 3)] {
        register(&database, version, "Staging", decide_at);
        let model = format!("fixture:{version}");
        let table = printed(&database, &[&told[..], &["--model", &model]].concat());
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines[0].split_whitespace().collect::<Vec<_>>(), ["answer", "probability"]);
        assert!(lines[1].starts_with(&said), "the likeliest comes first: {table}");
        assert_eq!(lines.len(), 7, "{table}");
        let sentence = match decide_at > 1.0 {
            true => format!("Undecided: {model} is not sure enough to answer; {said} is a guess."),
            false => format!("{model} answers {said}."),
        };
        assert_eq!(lines[6], sentence);
    }
    let table = printed(&database, &[&["explain"], &FACTS[..]].concat());
    let head: Vec<&str> = table.lines().next().unwrap().split_whitespace().collect();
    assert_eq!(head, ["feature", "value", "contribution"]);
    assert!(table.lines().nth(1).unwrap().starts_with("(base)"), "{table}");
    assert!(table.contains("acft_make") && table.contains("Cessna"), "{table}");
    assert!(table.contains("all add up to its margin"), "{table}");
}

/// Rows of the fixture's facts as JSON lines, and what SQL says of each.
fn many(database: &Database) -> (Vec<Value>, Vec<Value>) {
    let facts: Vec<Value> = fixture_model()["cases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|case| case["facts"].clone())
        .collect();
    let said = facts.iter().map(|facts| {
        database.json(&format!("SELECT * FROM ntsb_predict_severity('{facts}'::jsonb)"))[0].clone()
    });
    let said = said.collect();
    (facts, said)
}

/// An answer without what says of which row it is.
fn bare(row: &Value) -> Value {
    let mut row = row.as_object().unwrap().clone();
    for name in ["row", "id", "error"] {
        row.remove(name);
    }
    Value::Object(row)
}

#[test]
fn many_rows_are_answered_in_their_order() {
    let database = predicting();
    let (facts, said) = many(&database);
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let lines: Vec<String> = facts.iter().map(Value::to_string).collect();
    let array = json!(facts).to_string();
    for input in [file("facts.json", &array), file("facts.ndjson", &lines.join("\n"))] {
        let answer = answered(&database, &["predict", "--input", &input]);
        let answer = answer.as_array().unwrap();
        assert_eq!(answer.iter().map(bare).collect::<Vec<_>>(), said, "{input}");
        let numbers: Vec<_> = answer.iter().map(|row| row["row"].as_u64().unwrap()).collect();
        assert_eq!(numbers, (1..=facts.len() as u64).collect::<Vec<_>>());
    }
    let finished = fed(&database, &["predict", "--input", "-", "-o", "csv"], &lines.join("\n"));
    assert_eq!(finished.code, Some(0), "{}", finished.said());
    let names = "row,id,predicted_severity,confidence,probabilities,decided,model_version,error";
    assert_eq!(finished.stdout.lines().next(), Some(names));
    assert_eq!(finished.stdout.lines().count(), facts.len() + 1);
    let table = printed(&database, &["predict", "--input", &file("facts", &array)]);
    assert_eq!(table.lines().count(), facts.len() + 1);
    assert!(!table.contains("probabilities") && !table.contains("error"), "{table}");
    assert!(
        printed(&database, &["predict", "--input", &file("none.json", " "), "-o", "json"])
            == "[]\n"
    );
}

#[test]
fn answers_come_while_rows_are_still_read() {
    let database = predicting();
    let folder = tempfile::tempdir().unwrap();
    let (rows, answers) = (folder.path().join("rows.ndjson"), folder.path().join("answers.json"));
    assert!(Command::new("mkfifo").arg(&rows).status().unwrap().success());
    let mut asking = database.server.command("sh", &database.name);
    asking.args(["-c", r#"exec "$0" predict --input "$1" --output json > "$2""#]);
    asking.arg(database.server.ntsb()).arg(&rows).arg(&answers);
    let running = Running::start(asking);
    // Open for both, so that it does not wait for the reader.
    let mut input = OpenOptions::new().read(true).write(true).open(&rows).unwrap();
    writeln!(input, r#"{{"lat": 1}}"#).unwrap();
    wait_for("answer to the first row", 30, || {
        let said = fs::read_to_string(&answers).unwrap_or_default();
        said.contains(r#""row":1,"#).then_some(())
    });
    // What ends with the connection shows by its code, and by JSON without an end.
    database.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'ntsb'",
    );
    writeln!(input, r#"{{"lat": 2}}"#).unwrap();
    drop(input);
    let ended = running.finish();
    assert_eq!(ended.code, Some(4), "{}", ended.said());
    let said = fs::read_to_string(&answers).unwrap();
    assert!(!said.contains(r#""row":2,"#) && !said.contains(']'), "{said}");
}

#[test]
fn csv_brings_facts_events_and_names() {
    let database = sample();
    let event: String = database.one("SELECT min(ev_id) FROM ntsb.accident_features");
    let rows = "tail,dec_latitude,acft_make,wx_temp\nN1,61.2,CESSNA,-8\nN2,,\"PIPER\",\n";
    let asked = ["predict", "--input", "-", "--id", "tail", "-o", "json"];
    let answer: Value = serde_json::from_str(&fed(&database, &asked, rows).stdout).unwrap();
    let expected = database.json(r#"SELECT p.* FROM (VALUES (1, '{"dec_latitude": 61.2, "acft_make": "Cessna", "wx_temp": -8}'::jsonb),
                                  (2, '{"acft_make": "Piper"}')) f (n, facts), ntsb_predict_severity(facts) p ORDER BY n"#,
    );
    let found: Vec<Value> = answer.as_array().unwrap().iter().map(bare).collect();
    assert_eq!(Value::Array(found), expected);
    assert_eq!((&answer[0]["id"], &answer[1]["id"]), (&json!("N1"), &json!("N2")));

    let by_event =
        fed(&database, &["predict", "--input", "-", "-o", "json"], &format!("ev_id\n{event}\n"));
    let answer: Value = serde_json::from_str(&by_event.stdout).unwrap();
    let expected = database.json(&format!("SELECT * FROM ntsb_predict_severity('{event}'::text)"));
    assert_eq!((bare(&answer[0]), &answer[0]["id"]), (expected[0].clone(), &json!(event)));
}

#[test]
fn a_bad_row_has_its_reason_and_the_others_their_answers() {
    let database = predicting();
    let rows = "{\"lat\": 1}\n{\"lat\": 91}\nnonsense\n[1]\n{\"colour\": 1}\n{\"ev_id\": \"19990101X00001\"}\n{\"lat\": 2}\n";
    let asked = ["predict", "--input", "-", "--format", "json", "-o", "json"];
    let finished = fed(&database, &asked, rows);
    assert_eq!(finished.code, Some(1), "{}", finished.said());
    let answer: Value = serde_json::from_str(&finished.stdout).unwrap();
    let reasons: Vec<&str> =
        answer.as_array().unwrap().iter().map(|row| row["error"].as_str().unwrap_or("")).collect();
    for (reason, words) in reasons.iter().zip([
        "",
        "lat must be between",
        "not JSON",
        "facts must be a JSON object",
        "unknown fact \"colour\"",
        "no event \"19990101X00001\"",
        "",
    ]) {
        assert_eq!(reason.is_empty(), words.is_empty(), "{reasons:?}");
        assert!(reason.contains(words), "no {words:?} in {reason:?}");
    }
    assert!(answer[6]["confidence"].as_f64().is_some_and(|p| p > 0.2));
    for words in
        ["5 of 7 rows failed: 2, 3, 4, 5, 6", "row 2: lat must be between", "hint: ", "22023"]
    {
        assert!(finished.stderr.contains(words), "no {words:?} in {}", finished.stderr);
    }
    // What is not the fault of a row ends it all.
    let nobody = fed(&database, &[&asked[..], &["--model", "nobody"]].concat(), rows);
    assert_eq!((nobody.code, nobody.stdout.contains("row")), (Some(1), false), "{}", nobody.said());
    assert!(nobody.stderr.contains("42704"), "{}", nobody.stderr);
    // What was read before a file ends too soon is answered.
    let cut = fed(&database, &asked, "[{\"lat\": 1}, {\"lat\"");
    assert_eq!(cut.code, Some(3), "{}", cut.said());
    assert!(cut.stdout.contains("\"row\":1,"), "{}", cut.stdout);
}

#[test]
fn what_cannot_be_asked_of_a_model_is_refused_with_its_reason() {
    let database = predicting();
    for (arguments, code, words) in [
        (&["predict"][..], 2, "--make Cessna"),
        (&["predict", "--lat", "91"], 1, "lat must be between -90 and 90"),
        (&["predict", "--temperature", "warm"], 1, "wx_temp_c must be a number, got \"warm\""),
        (
            &["predict", "--fact", "colour=red"],
            1,
            "hint: SELECT name, kind, description FROM ntsb.feature",
        ),
        (&["predict", "--fact", "colour"], 2, "NAME=VALUE"),
        (&["predict", "--lat", "1", "--fact", "dec_latitude=2"], 2, "dec_latitude is told twice"),
        (&["predict", "--event", "2022"], 2, "14 characters"),
        (&["predict", "--event", "19990101X00001"], 1, "no event \"19990101X00001\""),
        (&["predict", "--event", "19990101X00001", "--lat", "1"], 2, "cannot be used with"),
        (&["predict", "--input", "/nowhere.csv"], 3, "/nowhere.csv: no such file"),
        (&["predict", "--make", "Piper", "--target", "fatal"], 1, "tells fatal"),
        (&["predict", "--make", "Piper", "--causes"], 1, "42704"),
        (&["explain", "--make", "Piper", "--severity", "DEAD"], 1, "DEAD"),
        (&["explain"], 2, "--event"),
        (&["models", "nobody"], 1, "there is no model nobody\nhint: ntsb models"),
        (&["models", "--target", "fatal", "nobody:1"], 1, "nobody:1 that tells fatal"),
        (&["promote", "nobody", "1", "Staging"], 1, "there is no model nobody:1"),
        (&["promote", "fixture", "1", "Attic"], 1, "no stage 'Attic'"),
        (&["promote", "fixture", "1", "Staging"], 1, "cannot go from Production to Staging"),
        (&["train", "x", "--target", "weather"], 1, "hint: Targets are: severity, fatal"),
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
        let finished = ntsb(&database, arguments);
        assert_eq!(finished.code, Some(code), "{arguments:?}: {}", finished.said());
        assert!(finished.stdout.is_empty(), "{}", finished.stdout);
        assert!(finished.stderr.contains(words), "no {words:?} in: {}", finished.stderr);
    }
    let nothing = printed(&Database::blank(), &["models"]);
    assert_eq!(nothing, "There is no model yet: ntsb train makes one.\n");
}
