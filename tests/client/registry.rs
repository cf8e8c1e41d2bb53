//! Models by the command line: trained, listed, promoted, carried elsewhere, watched.

use std::fs;
use std::time::{Duration, Instant};

use ntsb_tests::database::Database;
use ntsb_tests::model::register;
use ntsb_tests::ntsb::{answered, command, ntsb, printed};
use ntsb_tests::process::{Running, signal};
use ntsb_tests::wait_for;
use serde_json::{Value, json};

fn sample() -> Database {
    let database = Database::with_sample();
    database.execute("CALL ntsb_refresh()");
    database
}

const QUICK: [&str; 6] =
    ["--option", "rounds=20", "--option", "max_depth=3", "--option", "test_to=2019-12-31"];

fn train(database: &Database, target: &str, more: &[&str]) -> String {
    let asked = [&["train", "test", "--target", target][..], &QUICK, more].concat();
    printed(database, &asked)
}

#[test]
fn a_model_is_trained_listed_promoted_and_asked() {
    let database = sample();
    let card = train(&database, "severity", &["--feature-set", "pre_event"]);
    let trained = database.json("SELECT * FROM ntsb_model_info()");
    let model = &trained[0];
    assert_eq!((&model["name"], &model["feature_set"]), (&json!("test"), &json!("pre_event")));
    assert_eq!((&model["tested_to"], &model["stage"]), (&json!("2019-12-31"), &json!("None")));
    for (name, number) in [("accuracy", "accuracy"), ("of the commonest class", "majority")] {
        let value = format!("{:.3}", model[number].as_f64().unwrap());
        let value = value.trim_end_matches('0');
        let line = card.lines().find(|line| line.starts_with(&format!("{name} ")));
        assert!(line.is_some_and(|line| line.contains(value)), "no {name} {value} in\n{card}");
    }
    let scene = train(&database, "fatal", &["-o", "json"]);
    let scene: Value = serde_json::from_str(&scene).unwrap();
    assert_eq!(scene, database.json("SELECT * FROM ntsb_model_info(2)"));

    let all = answered(&database, &["models"]);
    assert_eq!(all, database.json("SELECT * FROM ntsb_model_info()"));
    assert_eq!(answered(&database, &["models", "test:1", "--target", "fatal"]), scene);
    let list = printed(&database, &["models", "test"]);
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
    let shown = printed(&database, &["models", "test:1", "--target", "severity"]);
    assert_eq!(shown, card, "the card is that of the training");
    let csv = printed(&database, &["models", "-o", "csv"]);
    assert_eq!(csv.lines().count(), 3);

    let several = ntsb(&database, &["promote", "test", "1", "Staging"]);
    assert_eq!(several.code, Some(2), "{}", several.said());
    assert!(several.stderr.contains("Say by --target which"), "{}", several.stderr);
    for stage in ["Staging", "Production"] {
        let said = printed(&database, &["promote", "test", "1", stage, "--target", "severity"]);
        assert_eq!(said, format!("test:1 (severity): model 1 is in {stage}\n"));
    }
    let said = answered(&database, &["predict", "--make", "Cessna", "--weather", "VMC"]);
    assert_eq!(said[0]["model_version"], "test:1");
    let asked = ["predict", "--make", "Cessna", "--target", "fatal", "--model", "test:1"];
    let expected = r#"SELECT * FROM ntsb_predict('{"acft_make": "Cessna"}', 'fatal', 'test:1')"#;
    assert_eq!(answered(&database, &asked), database.json(expected));
}

#[test]
fn causes_are_told_by_their_chances() {
    let database = sample();
    for target in ["cause_category", "cause_event"] {
        train(&database, target, &[]);
        for stage in ["Staging", "Production"] {
            printed(&database, &["promote", "test", "1", stage, "--target", target]);
        }
    }
    let asked = ["predict", "--make", "Piper", "--phase", "Landing", "--causes", "--top", "2"];
    let query = r#"SELECT * FROM ntsb_predict_causes('{"acft_make": "Piper", "phase": "Landing"}'::jsonb, 2)"#;
    let expected = database.json(query);
    assert_eq!(expected.as_array().unwrap().len(), 4);
    assert_eq!(answered(&database, &asked), expected);
    let table = printed(&database, &asked);
    let decided = expected.as_array().unwrap().iter().filter(|row| row["rank"] == 1);
    let undecided = decided.filter(|row| row["decided"] == false).count();
    assert_eq!(table.matches("Undecided: ").count(), undecided, "{table}");

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("two.csv");
    fs::write(&file, "acft_make,phase\nPiper,Landing\nCessna,\n").unwrap();
    let many = ["predict", "--causes", "--top", "2", "--input", file.to_str().unwrap()];
    let rows = answered(&database, &many);
    let numbers: Vec<_> = rows.as_array().unwrap().iter().map(|row| &row["row"]).collect();
    assert_eq!(numbers, [1, 1, 1, 1, 2, 2, 2, 2]);
    assert_eq!(rows[1]["cause"], expected[1]["cause"]);
}

#[test]
fn a_model_goes_by_two_files_to_another_warehouse() {
    let database = Database::blank();
    register(&database, 1, "Production", 0.6);
    let elsewhere = Database::blank();
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    for (name, ubj) in [("a.json", &[][..]), ("b.ubj", &["--ubj"][..])] {
        let to = file(name);
        let export = [&["models", "export", "fixture", "1", &to][..], ubj].concat();
        let said = printed(&database, &export);
        assert!(said.contains("description.json says what they are"), "{said}");
        let again = ntsb(&database, &export);
        assert_eq!(again.code, Some(2), "{}", again.said());
        assert!(again.stderr.contains("--overwrite"), "{}", again.stderr);
        printed(&database, &[&export[..], &["--overwrite"]].concat());
        let told = answered(&elsewhere, &["models", "import", &to]);
        assert_eq!((&told[0]["name"], &told[0]["stage"]), (&json!("fixture"), &json!("None")));
    }
    let there: Vec<String> =
        elsewhere.column("SELECT encode(artifact_digest, 'hex') FROM ntsb.model", &[]);
    assert_eq!(there[0], there[1], "both formats keep every tree");
    let facts = ["--lat", "61.2", "--weather", "IMC", "--fact", "num_eng=1"];
    for version in ["fixture:1", "fixture:2"] {
        let asked = [&["predict", "--model", version][..], &facts].concat();
        let here = answered(&database, &[&["predict"][..], &facts].concat());
        let there = answered(&elsewhere, &asked);
        assert_eq!(there[0]["probabilities"], here[0]["probabilities"], "{version}");
    }
    let json: Value = serde_json::from_str(&fs::read_to_string(file("a.json")).unwrap()).unwrap();
    assert!(json["learner"].is_object(), "it is not XGBoost's own file");

    fs::write(file("c.json"), "{\"learner\"").unwrap();
    let lonely = ntsb(&elsewhere, &["models", "import", &file("c.json")]);
    assert_eq!(lonely.code, Some(2), "{}", lonely.said());
    assert!(lonely.stderr.contains("--description"), "{}", lonely.stderr);
    let beside = file("a.description.json");
    let broken = ntsb(&elsewhere, &["models", "import", &file("c.json"), "--description", &beside]);
    assert_eq!(broken.code, Some(1), "{}", broken.said());
    for words in ["cannot be read", "hint: Pass the whole of what ntsb_export_model gave", "22023"]
    {
        assert!(broken.stderr.contains(words), "no {words:?} in {}", broken.stderr);
    }
    let gone = ntsb(&elsewhere, &["models", "import", &file("nothing.json")]);
    assert_eq!(gone.code, Some(3), "{}", gone.said());
}

#[test]
fn drift_is_told_and_fails_where_that_is_asked() {
    let database = sample();
    register(&database, 1, "Production", 0.5);
    // Events as they come, but in an order by chance: no window differs from another.
    database.execute(
        "UPDATE ntsb.fact_accidents f SET ev_date = d.ev_date FROM (
             SELECT a.ev_id, b.ev_date
             FROM (SELECT ev_id, row_number() OVER (ORDER BY md5(ev_id)) n FROM ntsb.fact_accidents) a
             JOIN (SELECT ev_date, row_number() OVER (ORDER BY ev_id) n FROM ntsb.fact_accidents) b USING (n)) d
         WHERE f.ev_id = d.ev_id",
    );
    let windows = ["--reference", "1982-01-01..2011-12-31", "--current", "2012-01-01..2025-12-31"];
    let asked = [&["drift"][..], &windows].concat();
    let query =
        "SELECT * FROM ntsb_detect_drift('[1982-01-01,2012-01-01)', '[2012-01-01,2026-01-01)')";
    let calm = answered(&database, &asked);
    assert_eq!(calm, database.json(query));
    assert!(calm.as_array().unwrap().iter().all(|row| row["drifted"] == false), "{calm}");
    assert!(printed(&database, &asked).contains("Nothing drifted."));
    printed(&database, &[&asked[..], &["--fail-on-drift"]].concat());

    database.execute("UPDATE ntsb.fact_accidents SET lat = lat - 8 WHERE ev_date >= '2012-01-01'");
    let table = printed(&database, &asked);
    let last = table.lines().last().unwrap();
    assert!(last.starts_with("Drifted, most of all first: lat"), "{table}");
    assert!(table.lines().nth(1).unwrap().starts_with("lat"), "{table}");
    let failed = ntsb(&database, &[&asked[..], &["--fail-on-drift", "-o", "csv"]].concat());
    assert_eq!(failed.code, Some(1), "{}", failed.said());
    assert!(failed.stderr.contains("lat") && failed.stdout.contains("\nlat,"));
    let none = ["drift", "--reference", "1900-01-01..1900-12-31", "--current", "2012-01-01.."];
    assert!(printed(&database, &none).starts_with("Nothing to compare"));
}

#[test]
fn an_interrupt_stops_the_training_in_the_server() {
    let database = sample();
    let mut training = command(&database.server, &database.name);
    training.args(["train", "endless", "--target", "severity"]);
    training.args(["--option", "rounds=5000", "--option", "early_stopping=5000"]);
    training.args(["--option", "max_depth=8"]);
    let running = Running::start(training);
    let busy = "pg_stat_activity WHERE query LIKE 'SELECT ntsb_train_model%' AND state = 'active'
                AND datname = current_database() AND clock_timestamp() - query_start > interval '2 s'";
    wait_for("the training", 60, || (database.count(busy) > 0).then_some(()));
    assert!(signal(running.id(), 2), "it has ended");
    let asked = Instant::now();
    let ended = running.finish_within(Duration::from_secs(10));
    assert_eq!(ended.code, Some(130), "{}", ended.said());
    assert!(ended.stderr.contains("interrupted; no model was stored"), "{}", ended.stderr);
    assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
    wait_for("end of the training", 5, || (database.count(busy) == 0).then_some(()));
    assert_eq!(database.count("ntsb.model"), 0);
}
