//! Models trained on the synthetic sample: no leakage, reproducible and cancellable training, and immutable
//! stored models.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use ntsb_tests::database::Database;
use ntsb_tests::model::register_model;
use ntsb_tests::wait_for;
use postgres::error::SqlState;
use serde_json::Value;

/// Options for a small model that trains quickly.
const QUICK_OPTIONS: &str = r#"{"rounds": 20, "max_depth": 3}"#;

fn refreshed_sample() -> Database {
    let database = Database::with_sample();
    database.execute("CALL ntsb_refresh()");
    database
}

fn train(database: &Database, target: &str, feature_set: &str, options: &str) -> i64 {
    let sql = format!("SELECT ntsb_train_model('test', '{target}', '{feature_set}', '{options}')");
    database.query_value(&sql)
}

/// Runs SQL that must fail, and returns its SQLSTATE and message.
fn expect_error(database: &Database, sql: &str) -> (SqlState, String) {
    let error = database.connect().batch_execute(sql).expect_err(sql);
    let db_error = error.as_db_error().unwrap_or_else(|| panic!("{sql}: {error}"));
    (db_error.code().clone(), db_error.message().to_owned())
}

#[test]
fn features_from_facts_equal_the_features_of_the_event() {
    let database = refreshed_sample();
    let mismatches: i64 = database.count_rows(
        "ntsb.accident_features a
         WHERE abs(hashtext(a.ev_id)) % 10 = 0
           AND ntsb_features(a.ev_id) IS DISTINCT FROM ntsb_derive_features(to_jsonb(a) - 'ev_id')",
    );
    assert_eq!(mismatches, 0);
    let unknown_features: i64 = database.count_rows(
        "(SELECT jsonb_object_keys(ntsb_derive_features(to_jsonb(a) - 'ev_id')) FROM ntsb.accident_features a
          EXCEPT SELECT name FROM ntsb.feature) unknown",
    );
    assert_eq!(unknown_features, 0);
    assert!(database.count_rows("ntsb.type_history") > 100);
}

/// Compares the histories of aircraft types and areas with a recount of events at least one year older.
#[test]
fn features_use_nothing_later_than_the_event() {
    let database = refreshed_sample();
    let mismatches = database.count_rows(
        "ntsb.accident_features a
         CROSS JOIN LATERAL (
             SELECT nullif(count(*), 0) AS events,
                    count(*) FILTER (WHERE f.severity = 'FATL')::float8 / nullif(count(*), 0) AS fatal
             FROM ntsb.fact_accidents f
             WHERE f.acft_make = a.acft_make AND f.acft_model = a.acft_model AND f.severity IS NOT NULL
               AND f.ev_date <= a.ev_date - interval '1 year') h
         WHERE (a.type_events, a.type_fatal_share) IS DISTINCT FROM (h.events, h.fatal)",
    );
    assert_eq!(mismatches, 0);
    let mismatches = database.count_rows(
        "ntsb.accident_features a
         CROSS JOIN LATERAL (
             SELECT count(*) AS events, count(*) FILTER (WHERE f.severity = 'FATL')::float8 / nullif(count(*), 0) AS fatal,
                    count(*) FILTER (WHERE f.severity <> 'NONE')::float8 / nullif(count(*), 0) AS injury
             FROM ntsb.fact_accidents f
             WHERE floor(f.lat * 10) = floor(a.lat * 10) AND floor(f.lon * 10) = floor(a.lon * 10)
               AND f.severity IS NOT NULL AND f.ev_date <= a.ev_date - interval '1 year') h
         WHERE a.lat IS NOT NULL
           AND (a.area_events, a.area_fatal_share, a.area_injury_share) IS DISTINCT FROM (h.events, h.fatal, h.injury)",
    );
    assert_eq!(mismatches, 0);
    let known = "ntsb.accident_features WHERE area_events > 0 AND place_events IS NOT NULL";
    assert!(database.count_rows(known) > 10);
    let before =
        "SELECT md5(string_agg(to_jsonb(a)::text, '' ORDER BY ev_id)) FROM ntsb.accident_features a
                  WHERE ev_date <= '2001-06-30'";
    let known: String = database.query_value(before);
    database.execute(
        "UPDATE ntsb.fact_accidents SET severity = 'FATL' WHERE ev_date > '2000-06-30';
         UPDATE ntsb.refresh_state SET refreshed_at = clock_timestamp() WHERE what = 'star';
         CALL ntsb_refresh_features()",
    );
    assert_eq!(
        database.query_value::<String>(before),
        known,
        "later events changed the features of earlier ones"
    );
    let later = before.replace("<= '2001-06-30'", "> '2001-06-30'");
    let changed: String = database.query_value(&later);
    assert_ne!(changed, known);
}

#[test]
fn a_view_that_leaks_the_outcome_fails_the_training() {
    let database = refreshed_sample();
    assert_eq!(database.count_rows("ntsb_feature_leaks()"), 0);
    for (expression, column) in [
        ("(e.inj_tot_f > 0)::int::real", "inj_tot_f"),
        ("length(e.ev_highest_injury)::real", "ev_highest_injury"),
        ("(substr(e.ntsb_no, 6, 1) = 'F')::int::real", "ntsb_no"),
        ("length(e.metar)::real", "metar"),
        ("extract(year FROM e.lchg_date)::real", "lchg_date"),
        ("(SELECT count(*) FROM ntsb.injury i WHERE i.ev_id = f.ev_id)::real", "injury"),
        (
            "(SELECT max(length(n.narr_accf)) FROM ntsb.narratives n WHERE n.ev_id = f.ev_id)::real",
            "narr_accf",
        ),
    ] {
        let leaky = sample_with_view("e.apt_dist", &format!("{expression} AS apt_dist"));
        let (state, message) = expect_error(&leaky, "SELECT ntsb_train_model('leaky', 'fatal')");
        assert_eq!(state, SqlState::INSUFFICIENT_PRIVILEGE, "{expression}: {message}");
        let is_named = message.contains(column) || message.contains('*');
        assert!(is_named, "{expression}: {message}");
    }
}

/// A leak under another name is found by its predictive power.
#[test]
fn a_feature_that_predicts_alone_fails_the_training() {
    let database = sample_with_view(
        "e.apt_dist",
        "(SELECT o.sort FROM ntsb.ordinary o WHERE o.ev = f.ev_id) AS apt_dist",
    );
    assert_eq!(database.count_rows("ntsb_feature_leaks()"), 0, "the name does not reveal the leak");
    let (state, message) =
        expect_error(&database, "SELECT ntsb_train_model('leaky', 'fatal', 'scene')");
    assert_eq!(state, SqlState::INSUFFICIENT_PRIVILEGE);
    assert!(message.starts_with("apt_dist alone predicts"), "{message}");
}

/// The sample with one expression of view accident_features replaced.
fn sample_with_view(from: &str, to: &str) -> Database {
    let database = refreshed_sample();
    database.execute(
        "CREATE TABLE ntsb.ordinary AS
         SELECT ev_id AS ev, (severity = 'FATL')::int::real AS sort FROM ntsb.fact_accidents",
    );
    let view: String =
        database.query_value("SELECT pg_get_viewdef('ntsb.accident_features'::regclass)");
    assert!(view.contains(from), "{view}");
    let leaky = view.replacen(&format!("{from},"), &format!("{to},"), 1);
    database.execute(&format!("CREATE OR REPLACE VIEW ntsb.accident_features AS {leaky}"));
    database
}

#[test]
fn denied_features_are_refused_with_the_reason() {
    let database = refreshed_sample();
    for (options, state, part) in [
        (r#"{"features": ["inj_tot_f"]}"#, "42501", "it counts the injured"),
        (r#"{"features": ["coalesce(crew_tox_perf, 'N')"]}"#, "42501", "crew_tox_perf"),
        (r#"{"features": ["(far_part IS NULL)::int"]}"#, "42501", "NTSB fills it late"),
        (r#"{"features": ["colour"]}"#, "42703", "unknown feature"),
        (r#"{"colour": 1}"#, "22023", "unknown field"),
        (r#"{"max_depth": 99}"#, "22023", "between 1 and 16"),
        (r#"{"test_from": "2999-01-01"}"#, "55000", "the test part would be empty"),
        (r#"{"memory_mb": 1}"#, "54000", "needs about"),
    ] {
        let sql = format!("SELECT ntsb_train_model('test', 'fatal', 'scene', $o${options}$o$)");
        let (found, message) = expect_error(&database, &sql);
        assert_eq!(found.code(), state, "{options}: {message}");
        assert!(message.contains(part), "{options}: {message}");
    }
    let (state, message) = expect_error(&database, "SELECT ntsb_train_model('test', 'weather')");
    assert_eq!(
        (state.code(), message.as_str()),
        (
            "22023",
            "target must be one of severity, fatal, cause_category, cause_event, got \"weather\""
        )
    );
    assert_eq!(database.count_rows("ntsb.model"), 0);
}

#[test]
fn repeated_training_gives_identical_trees() {
    let database = refreshed_sample();
    for options in
        [QUICK_OPTIONS, r#"{"algorithm": "random_forest", "rounds": 10, "max_depth": 5}"#]
    {
        let models = [(); 2].map(|()| train(&database, "severity", "scene", options));
        let digests: i64 = database.count_rows(&format!(
            "(SELECT DISTINCT artifact_digest, data_digest, metrics, encoding, calibration FROM ntsb.model
              WHERE model_id IN ({}, {})) d",
            models[0], models[1]
        ));
        assert_eq!(digests, 1, "{options}");
    }
    let seeded =
        train(&database, "severity", "scene", r#"{"rounds": 20, "max_depth": 3, "seed": 7}"#);
    let same_digest = database.count_rows(&format!(
        "ntsb.model m WHERE m.artifact_digest = (SELECT artifact_digest FROM ntsb.model WHERE model_id = {seeded})"
    ));
    assert_eq!(same_digest, 1, "another seed gave the same trees");
}

#[test]
fn a_model_is_stored_with_its_metrics() {
    let database = refreshed_sample();
    for target in ["severity", "fatal", "cause_category", "cause_event"] {
        let model = train(&database, target, "pre_event", QUICK_OPTIONS);
        let sql = format!(
            "SELECT (to_jsonb(m) - 'artifact')::text FROM ntsb.model m WHERE model_id = {model}"
        );
        let row: Value = serde_json::from_str(&database.query_value::<String>(&sql)).unwrap();
        let overall = &row["metrics"]["overall"];
        for metric in
            ["accuracy", "majority_accuracy", "macro_f1", "weighted_f1", "log_loss", "brier", "ece"]
        {
            let value = overall[metric].as_f64().unwrap_or_else(|| panic!("{target}: no {metric}"));
            assert!((0.0..=5.0).contains(&value), "{target}: {metric} is {value}");
        }
        assert!(row["metrics"]["baseline"]["logistic"]["accuracy"].is_number(), "{target}");
        assert_eq!(overall["coverage"].as_array().unwrap().len(), 10, "{target}");
        assert_eq!(overall["rows"], row["rows_tested"], "{target}");
        let parts = ["rows_trained", "rows_validated", "rows_tested"];
        assert!(parts.iter().all(|part| row[part].as_i64().unwrap() > 0), "{target}");
        assert_eq!(row["stage"], "None");
        assert!(
            !row["columns"].to_string().contains("damage"),
            "{target} uses a feature of the scene"
        );
    }
    let runs = "ntsb.model_run WHERE state = 'done' AND model_id IS NOT NULL AND jsonb_array_length(curve) > 0
                AND seconds ? 'train' AND memory_mb > 0";
    assert_eq!(database.count_rows(runs), 4);
    assert_eq!(
        database
            .count_rows("ntsb_model_info() WHERE accuracy > 0 AND majority > 0 AND logistic > 0"),
        4
    );
}

#[test]
fn stages_are_ordered_and_only_one_model_is_in_production() {
    let database = refreshed_sample();
    let models = [(); 2].map(|()| train(&database, "fatal", "scene", QUICK_OPTIONS));
    let promote = |model: i64, stage: &str| {
        database.query_value::<String>(&format!("SELECT ntsb_promote_model({model}, '{stage}')"))
    };
    for skip in ["Production", "None"] {
        let sql = format!("SELECT ntsb_promote_model({}, '{skip}')", models[0]);
        let state = expect_error(&database, &sql).0;
        assert_eq!(state.code(), if skip == "None" { "22023" } else { "55000" });
    }
    for model in models {
        promote(model, "Staging");
        promote(model, "Production");
    }
    let stages: Vec<String> =
        database.query_column("SELECT stage FROM ntsb.model ORDER BY model_id", &[]);
    assert_eq!(stages, ["Archived", "Production"]);
    for change in [
        "UPDATE ntsb.model SET metrics = '{}'",
        "UPDATE ntsb.model SET artifact = 'x', artifact_digest = sha256('x')",
        "UPDATE ntsb.model SET stage = 'None'",
        "UPDATE ntsb.model SET stage = 'Staging', decide_at = 0 WHERE stage = 'Production'",
        "DELETE FROM ntsb.model",
        "TRUNCATE ntsb.model CASCADE",
    ] {
        let (state, message) = expect_error(&database, change);
        assert_eq!(state, SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, "{change}: {message}");
    }
    let not_found = expect_error(&database, "SELECT ntsb_promote_model(99)").0;
    assert_eq!(not_found, SqlState::NO_DATA_FOUND);
    let compared =
        format!("ntsb_compare_models({}, {}) WHERE better = 'equal'", models[0], models[1]);
    assert!(database.count_rows(&compared) >= 7);
}

#[test]
fn an_exported_model_imports_unchanged() {
    let database = refreshed_sample();
    let model = train(&database, "severity", "scene", QUICK_OPTIONS);
    for format in ["ubj", "json"] {
        let sql = format!(
            "SELECT ntsb_import_model(ntsb_export_model({model}, '{format}'), ntsb_describe_model({model}))"
        );
        let imported: i64 = database.query_value(&sql);
        let same = database.count_rows(&format!(
            "ntsb.model a, ntsb.model b WHERE a.model_id = {model} AND b.model_id = {imported}
             AND a.artifact_digest = b.artifact_digest AND a.encoding = b.encoding AND b.version > a.version"
        ));
        assert_eq!(same, 1, "{format}");
    }
    let other = train(&database, "fatal", "scene", QUICK_OPTIONS);
    let mixed = format!(
        "SELECT ntsb_import_model(ntsb_export_model({model}), ntsb_describe_model({other}))"
    );
    assert_eq!(expect_error(&database, &mixed).0.code(), "22023");
    let nonsense = format!("SELECT ntsb_import_model('\\x7b00', ntsb_describe_model({other}))");
    assert_eq!(expect_error(&database, &nonsense).0, SqlState::INVALID_PARAMETER_VALUE);
    let unknown = format!("SELECT ntsb_export_model({model}, 'onnx')");
    assert_eq!(expect_error(&database, &unknown).0.code(), "22023");
}

#[test]
fn training_is_cancelled_within_a_second() {
    let database = refreshed_sample();
    let endless = [
        r#"{"rounds": 5000, "early_stopping": 5000, "max_depth": 8}"#,
        r#"{"rounds": 5000, "algorithm": "random_forest", "max_depth": 12}"#,
    ];
    for options in endless {
        let mut client = database.connect();
        let cancel = client.cancel_token();
        let sql = format!("SELECT ntsb_train_model('endless', 'severity', 'scene', '{options}')");
        let training = thread::spawn(move || client.batch_execute(&sql).unwrap_err());
        wait_for("the training", 30, || {
            let busy = "pg_stat_activity WHERE query LIKE 'SELECT ntsb_train_model(''endless''%' AND state = 'active'
                        AND clock_timestamp() - query_start > interval '3 s'";
            (database.count_rows(busy) > 0).then_some(())
        });
        let cancelled_at = Instant::now();
        cancel.cancel_query(postgres::NoTls).unwrap();
        let error = training.join().unwrap();
        let took = cancelled_at.elapsed();
        assert_eq!(error.code(), Some(&SqlState::QUERY_CANCELED), "{error:?}");
        assert!(took < Duration::from_secs(1), "{options}: {took:?}");
    }
    assert_eq!(database.count_rows("ntsb.model"), 0);
}

#[test]
fn failed_scheduled_trainings_are_recorded() {
    let database = refreshed_sample();
    let (state, _) = expect_error(
        &database,
        r#"CALL ntsb_train('nightly', 'fatal', 'scene', '{"memory_mb": 1}')"#,
    );
    assert_eq!(state.code(), "54000");
    database.execute(&format!("CALL ntsb_train('nightly', 'fatal', 'scene', '{QUICK_OPTIONS}')"));
    let runs: Vec<String> = database.query_column(
        "SELECT concat_ws(' ', state, sqlstate) FROM ntsb.model_run WHERE name = 'nightly' ORDER BY run_id",
        &[],
    );
    assert_eq!(runs, ["failed 54000", "done"]);
}

/// Loading libxgboost would cost each new connection about ten milliseconds.
#[test]
fn only_training_loads_libxgboost() {
    let database = refreshed_sample();
    let mut client = database.connect();
    let backend: i32 = client.query_one("SELECT pg_backend_pid()", &[]).unwrap().get(0);
    let maps = format!("/proc/{backend}/maps");
    let has_loaded = |library: &str| fs::read_to_string(&maps).unwrap().contains(library);
    register_model(&database, 1, "Production", 0.4);
    client.batch_execute("SELECT * FROM ntsb_predict_severity('{}'::jsonb)").unwrap();
    assert!(has_loaded("pg_ntsb.so") && !has_loaded("libxgboost"));
    let train = format!("SELECT ntsb_train_model('test', 'fatal', 'pre_event', '{QUICK_OPTIONS}')");
    client.batch_execute(&train).unwrap();
    assert!(has_loaded("libxgboost"));
}

/// Predictions from facts look up the history of type and place. It must equal the history used in training.
#[test]
fn histories_are_looked_up_as_in_training() {
    let database = refreshed_sample();
    let model = train(&database, "severity", "pre_event", QUICK_OPTIONS);
    for stage in ["Staging", "Production"] {
        database.execute(&format!("SELECT ntsb_promote_model({model}, '{stage}')"));
    }
    let all_facts = "to_jsonb(a) - 'ev_id'";
    let without_history = format!(
        "{all_facts} - '{{type_events,type_fatal_share,type_injury_share,make_events,make_fatal_share,place_events,
         place_fatal_share,place_injury_share,area_events,area_fatal_share,area_injury_share}}'::text[]"
    );
    let rows = format!(
        "ntsb.accident_features a WHERE ntsb_model_encode({all_facts}) IS DISTINCT FROM ntsb_model_encode({without_history})"
    );
    assert_eq!(database.count_rows(&rows), 0);
    let known = "ntsb.accident_features WHERE type_fatal_share > 0 AND area_events > 0";
    assert!(database.count_rows(known) > 10);
}
