//! Predictions in SQL: every form of call gives the results of Python's XGBoost, from the model in Production.

use ntsb_tests::database::Database;
use ntsb_tests::model::{read_fixture_model, register_model};
use postgres::Client;
use postgres::error::SqlState;
use postgres::types::Json;
use serde_json::{Value, json};
use std::fs;

fn database_with_model() -> Database {
    let database = Database::empty_warehouse();
    register_model(&database, 1, "Production", 0.6);
    database
}

fn cases() -> Vec<Value> {
    read_fixture_model()["cases"].as_array().unwrap().clone()
}

/// Severity, confidence, probabilities, decided and model version.
type Prediction = (String, f64, Value, bool, String);

fn predict(client: &mut Client, sql: &str) -> Prediction {
    let row = client.query_one(sql, &[]).unwrap_or_else(|e| panic!("{sql}: {e:?}"));
    (row.get(0), row.get(1), row.get::<_, Json<Value>>(2).0, row.get(3), row.get(4))
}

#[test]
fn predictions_match_python() {
    let database = database_with_model();
    let mut client = database.connect();
    for case in cases() {
        let sql = format!("SELECT * FROM ntsb_predict_severity('{}'::jsonb)", case["facts"]);
        let (severity, confidence, probabilities, decided, version) = predict(&mut client, &sql);
        let expected = case["probabilities"].as_object().unwrap();
        let mut sum = 0.0;
        for (class, p) in expected {
            let found = probabilities[class].as_f64().unwrap();
            assert!((found - p.as_f64().unwrap()).abs() < 1e-6, "{class}: {found} {p}");
            sum += found;
        }
        assert!((sum - 1.0).abs() < 1e-12, "{sum}");
        assert_eq!(probabilities[&severity].as_f64(), Some(confidence));
        assert!(expected.values().all(|p| p.as_f64().unwrap() < confidence + 1e-6));
        assert_eq!((decided, version.as_str()), (confidence >= 0.6, "fixture:1"));
    }
}

#[test]
fn scores_of_encoded_rows_match_python() {
    let database = database_with_model();
    let sql = "SELECT ntsb_model_encode($1), ntsb_model_score($2), ntsb_model_score(ntsb_model_encode($1)), ntsb_model_classes()";
    for case in cases() {
        let expected: Vec<Option<f32>> = serde_json::from_value(case["row"].clone()).unwrap();
        let row = database.query_rows(sql, &[&Json(&case["facts"]), &expected]).remove(0);
        let encoded: Vec<f32> = row.get(0);
        let not_nan: Vec<Option<f32>> =
            encoded.iter().map(|v| Some(*v).filter(|v| !v.is_nan())).collect();
        assert_eq!(not_nan, expected);
        let (scores, rescored): (Vec<f64>, Vec<f64>) = (row.get(1), row.get(2));
        assert_eq!(scores, rescored);
        for (class, p) in row.get::<_, Vec<String>>(3).iter().zip(scores) {
            assert!((p - case["probabilities"][class].as_f64().unwrap()).abs() < 1e-6);
        }
    }
}

#[test]
fn explanations_match_python_and_sum_to_the_margin() {
    let database = database_with_model();
    let sql =
        "SELECT severity, feature, contribution, margin FROM ntsb_explain_severity($1::jsonb, $2)";
    for case in cases() {
        for (class, margin) in case["margins"].as_object().unwrap() {
            let mut sum = 0.0;
            for row in database.query_rows(sql, &[&Json(&case["facts"]), class]) {
                let (found_class, feature): (String, String) = (row.get(0), row.get(1));
                let (contribution, found_margin): (f64, f64) = (row.get(2), row.get(3));
                let expected = case["contributions"][class][&feature].as_f64().unwrap();
                assert!(
                    (contribution - expected).abs() < 1e-5,
                    "{feature}: {contribution} {expected}"
                );
                assert!((found_margin - margin.as_f64().unwrap()).abs() < 1e-5);
                assert_eq!(&found_class, class);
                sum += contribution;
            }
            assert!((sum - margin.as_f64().unwrap()).abs() < 1e-5, "{sum} {margin}");
        }
    }
}

#[test]
fn named_facts_json_and_events_give_the_same_prediction() {
    let database = Database::with_sample();
    database.execute("CALL ntsb_refresh()");
    register_model(&database, 1, "Production", 0.6);
    let mut client = database.connect();
    let by_name = "SELECT * FROM ntsb_predict_severity(dec_latitude => 61.2, dec_longitude => -149.9,
        acft_make => 'CESSNA', pilot_tot_time => 350, wx_cond_basic => 'IMC', wx_temp => -8, num_eng => 1)";
    let by_json = r#"SELECT * FROM ntsb_predict_severity('{"lat": 61.2, "lon": -149.9, "acft_make": "Cessna",
        "pilot_total_hours": 350, "wx_cond_basic": "IMC", "wx_temp_c": -8, "num_eng": 1}'::jsonb)"#;
    assert_eq!(predict(&mut client, by_name), predict(&mut client, by_json));
    let differing = "SELECT count(*) FROM ntsb.accident_features f,
            ntsb_predict_severity(f.ev_id) a, ntsb_predict_severity(to_jsonb(f)) b,
            ntsb_model_score(ntsb_model_encode(ntsb_event_facts(f.ev_id))) c
        WHERE (a, c[4]) IS DISTINCT FROM (b, (a.probabilities ->> 'FATL')::float8)";
    assert_eq!(database.query_column::<i64>(differing, &[]), [0]);
    assert!(
        database.query_column::<i64>("SELECT count(*) FROM ntsb.accident_features", &[])[0] > 100
    );
}

#[test]
fn invalid_calls_fail_with_a_hint() {
    let database = database_with_model();
    let mut client = database.connect();
    let invalid_calls = [
        ("dec_latitude => 91", "22023", "lat must be between -90 and 90 (degrees north), got 91"),
        (
            "wx_temp => 72",
            "22023",
            "wx_temp_c must be between -70 and 60 (degrees Celsius), got 72",
        ),
        (
            "pilot_tot_time => 'NaN'",
            "22023",
            "pilot_total_hours must be between 0 and 80000 (hours), got NaN",
        ),
        ("wx_cond_basic => 'FOG'", "22023", "wx_cond_basic must be one of VMC, IMC, got \"FOG\""),
        (r#"'{"inj_tot_f": 2}'::jsonb"#, "22023", "unknown fact \"inj_tot_f\""),
        ("'[1]'::jsonb", "22023", "facts must be a JSON object of names and values"),
        (
            "'19990101X00001'::text",
            "P0002",
            "event \"19990101X00001\" does not exist in ntsb.accident_features",
        ),
        (
            "acft_make => 'Cessna', model => 'other'",
            "42704",
            "no Production model other predicts severity",
        ),
        (
            "acft_make => 'Cessna', model => 'fixture:7'",
            "42704",
            "no model fixture:7 predicts severity",
        ),
    ];
    for (arguments, state, message) in invalid_calls {
        let sql = format!("SELECT * FROM ntsb_predict_severity({arguments})");
        let error = client.query(&sql, &[]).unwrap_err();
        let error = error.as_db_error().unwrap_or_else(|| panic!("{sql}: {error}"));
        assert_eq!((error.code().code(), error.message()), (state, message), "{sql}");
        assert!(error.hint().is_some_and(|hint| !hint.is_empty()), "{sql}");
    }
    for (sql, code) in [
        ("SELECT ntsb_model_score('{1,2}')", SqlState::INVALID_PARAMETER_VALUE),
        (
            "SELECT * FROM ntsb_explain_severity('{}'::jsonb, 'DEAD')",
            SqlState::INVALID_PARAMETER_VALUE,
        ),
        ("SELECT * FROM ntsb_predict('{}', 'fatal')", SqlState::UNDEFINED_OBJECT),
        ("SELECT * FROM ntsb_predict_causes('{}'::jsonb)", SqlState::UNDEFINED_OBJECT),
        ("SELECT * FROM ntsb_predict_causes('{}'::jsonb, 0)", SqlState::INVALID_PARAMETER_VALUE),
    ] {
        assert_eq!(client.query(sql, &[]).unwrap_err().code(), Some(&code), "{sql}");
    }
    let null_facts = "SELECT * FROM ntsb_predict_severity(NULL::jsonb)";
    assert!(client.query(null_facts, &[]).unwrap().is_empty());
}

fn promote(database: &Database, from: i32, to: i32) {
    database.execute(&format!(
        "BEGIN; UPDATE ntsb.model SET stage = 'Archived' WHERE version = {from};
         UPDATE ntsb.model SET stage = 'Production' WHERE version = {to}; COMMIT"
    ));
}

/// Holds for prepared statements, PL/pgSQL and rolled back changes.
#[test]
fn each_statement_uses_the_current_production_model() {
    let database = database_with_model();
    for version in 2..=9 {
        register_model(&database, version, "Staging", 0.6);
    }
    let mut client = database.connect();
    let query = "SELECT model_version FROM ntsb_predict_severity(wx_cond_basic => 'IMC')";
    let prepared = client.prepare(query).unwrap();
    let version =
        |client: &mut Client| -> String { client.query_one(&prepared, &[]).unwrap().get(0) };
    assert_eq!(version(&mut client), "fixture:1");
    for next in 2..=8 {
        promote(&database, next - 1, next);
        assert_eq!(version(&mut client), format!("fixture:{next}"));
    }
    let change = "UPDATE ntsb.model SET stage = 'Archived' WHERE version = 8;
                  UPDATE ntsb.model SET stage = 'Production' WHERE version = 9";
    client.batch_execute(&format!("BEGIN; SAVEPOINT a; {change}")).unwrap();
    assert_eq!(version(&mut client), "fixture:9");
    client.batch_execute("ROLLBACK TO a").unwrap();
    assert_eq!(version(&mut client), "fixture:8");
    client.batch_execute("ROLLBACK").unwrap();
    assert_eq!(version(&mut client), "fixture:8");
    let within = format!(
        "DO $$ DECLARE before float8[]; BEGIN
             before := ntsb_model_score(ntsb_model_encode('{{}}'));
             UPDATE ntsb.model SET stage = 'Archived' WHERE version = 8;
             BEGIN before := ntsb_model_score(ntsb_model_encode('{{}}')); RAISE 'an archived model was used';
             EXCEPTION WHEN undefined_object THEN NULL; END;
             UPDATE ntsb.model SET stage = 'Production' WHERE version = 9;
             IF ({query}) <> 'fixture:9' THEN RAISE 'the previous model was used'; END IF;
         END $$"
    );
    client.batch_execute(&within).unwrap();
    assert_eq!(version(&mut client), "fixture:9");
    let by_version = "SELECT model_version FROM ntsb_predict_severity('{}'::jsonb, 'fixture:3')";
    assert_eq!(client.query_one(by_version, &[]).unwrap().get::<_, String>(0), "fixture:3");
}

/// On a standby and in parallel workers, functions must not write or assign a transaction ID.
#[test]
fn predictions_write_nothing_and_run_in_parallel() {
    let database = database_with_model();
    let mut client = database.connect();
    let sql = "
        SET default_transaction_read_only = on;
        SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
        SET max_parallel_workers_per_gather = 2; SET enable_indexscan = off";
    database.execute(
        "CREATE TABLE public.encoded_rows AS SELECT n, ARRAY[n % 70, -100, 500, 10, 1, .1, .1, .5, .1, .1, .1]::real[] AS x
         FROM generate_series(1, 3000) n; ANALYZE public.encoded_rows",
    );
    client.batch_execute(sql).unwrap();
    let query = "SELECT sum((ntsb_model_score(x))[4]) FROM public.encoded_rows";
    let plan = client.query(&format!("EXPLAIN {query}"), &[]).unwrap();
    assert!(plan.iter().any(|line| line.get::<_, String>(0).contains("Parallel")));
    let parallel: f64 = client.query_one(query, &[]).unwrap().get(0);
    client.batch_execute("SET max_parallel_workers_per_gather = 0").unwrap();
    let serial: f64 = client.query_one(query, &[]).unwrap().get(0);
    assert!((parallel - serial).abs() < 1e-9);
    let mut transaction = client.transaction().unwrap();
    transaction
        .query(
            "SELECT * FROM ntsb_predict_severity(acft_make => 'Cessna', ev_date => '2020-01-01')",
            &[],
        )
        .unwrap();
    transaction.query("SELECT * FROM ntsb_explain_severity('{}'::jsonb)", &[]).unwrap();
    let has_transaction_id = "SELECT pg_current_xact_id_if_assigned() IS NOT NULL";
    assert!(!transaction.query_one(has_transaction_id, &[]).unwrap().get::<_, bool>(0));
}

#[test]
fn importance_is_listed_by_feature() {
    let database = database_with_model();
    let rows = database
        .query_rows("SELECT feature, splits, gain_share FROM ntsb_feature_importance()", &[]);
    let names: Vec<String> = rows.iter().map(|r| r.get(0)).collect();
    let mut expected: Vec<String> =
        serde_json::from_value(read_fixture_model()["features"].clone()).unwrap();
    let mut sorted = names.clone();
    sorted.sort();
    expected.sort();
    assert_eq!(sorted, expected);
    assert!(rows.windows(2).all(|two| two[0].get::<_, f64>(2) >= two[1].get::<_, f64>(2)));
    let total: f64 = rows.iter().map(|r| r.get::<_, f64>(2)).sum();
    assert!((total - 1.0).abs() < 1e-9);
}

/// Resident memory of a backend in KiB.
fn resident_kib(client: &mut Client) -> u64 {
    let process: i32 = client.query_one("SELECT pg_backend_pid()", &[]).unwrap().get(0);
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").trim().parse().unwrap()
}

#[test]
fn ten_thousand_predictions_do_not_leak_memory() {
    let database = database_with_model();
    let mut client = database.connect();
    let one_prediction = client.prepare("SELECT * FROM ntsb_predict_severity(dec_latitude => $1, acft_make => 'Cessna', ev_date => '2020-01-01')").unwrap();
    let many_predictions = "SELECT count(*) FROM generate_series(1, 5000) n,
        ntsb_predict_severity(jsonb_build_object('lat', n % 60, 'acft_make', 'Piper')) p";
    let predict_many = |times: u32, client: &mut Client| {
        for n in 0..times {
            client.query(&one_prediction, &[&f64::from(n % 60)]).unwrap();
        }
        client.query(many_predictions, &[]).unwrap();
        client.query("SELECT * FROM ntsb_explain_severity('{}'::jsonb)", &[]).unwrap();
    };
    predict_many(2_000, &mut client);
    let before = resident_kib(&mut client);
    predict_many(5_000, &mut client);
    let after = resident_kib(&mut client);
    assert!(after < before + 512, "{before} KiB became {after}");
    let contexts = "SELECT sum(used_bytes) < 8 << 20 FROM pg_backend_memory_contexts";
    assert!(client.query_one(contexts, &[]).unwrap().get::<_, bool>(0));
}

#[test]
fn a_damaged_model_is_an_error_and_not_a_crash() {
    let database = database_with_model();
    let mut client = database.connect();
    let insert_damaged = "INSERT INTO ntsb.model (name, version, target, feature_set, algorithm, stage, parameters, metrics,
            features, columns, classes, encoding, calibration, decide_at, rounds, trained_from, validated_from,
            tested_from, tested_to, rows_trained, rows_validated, rows_tested, data_digest, artifact, artifact_digest)
        SELECT $1, 1, target, feature_set, algorithm, 'Production', parameters, metrics, features, columns, classes,
            CASE $1 WHEN 'encoding' THEN '{}' ELSE encoding END, CASE $1 WHEN 'calibration' THEN '{}' ELSE calibration END,
            decide_at, rounds, trained_from, validated_from, tested_from, tested_to, 1, 1, 1, '', a, sha256(a)
        FROM ntsb.model, LATERAL (SELECT CASE $1 WHEN 'artifact' THEN substr(artifact, 1, 5000) ELSE artifact END) a (a)
        WHERE name = 'fixture'";
    for part in ["encoding", "calibration", "artifact"] {
        client.execute(insert_damaged, &[&part]).unwrap();
        let sql = format!("SELECT * FROM ntsb_predict_severity('{}'::jsonb, '{part}')", json!({}));
        let error = client.query(&sql, &[]).unwrap_err();
        assert_eq!(error.code(), Some(&SqlState::DATA_CORRUPTED), "{error:?}");
    }
    assert_eq!(client.query("SELECT 1", &[]).unwrap().len(), 1);
}
