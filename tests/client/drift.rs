//! Stored predictions and their measured performance, drift detection, and alerts.

use ntsb_tests::database::Database;
use ntsb_tests::model::register_model;
use ntsb_tests::wait_for;
use postgres::error::SqlState;
use postgres::fallible_iterator::FallibleIterator;
use serde_json::Value;
use std::time::Duration;

fn database_with_model() -> Database {
    let database = Database::with_sample();
    database.execute("CALL ntsb_refresh()");
    register_model(&database, 1, "Production", 0.5);
    database
}

fn count(database: &Database, sql: &str) -> i64 {
    database.query_column(&format!("SELECT count(*) FROM {sql}"), &[]).remove(0)
}

#[test]
fn pending_events_are_predicted_once() {
    let database = database_with_model();
    let since = "2015-01-01";
    database.execute(&format!("CALL ntsb_predict_pending('{since}')"));
    let late = count(&database, &format!("ntsb.fact_accidents WHERE ev_date >= '{since}'"));
    assert_eq!(count(&database, "ntsb.predictions"), late);
    database.execute("CALL ntsb_predict_pending()");
    let all = count(&database, "ntsb.fact_accidents");
    assert!(late > 0 && all > late);
    assert_eq!(count(&database, "ntsb.predictions"), all);
    let times: Vec<String> =
        database.query_column("SELECT max(predicted_at)::text FROM ntsb.predictions", &[]);
    database.execute("CALL ntsb_predict_pending()");
    assert_eq!(
        database
            .query_column::<String>("SELECT max(predicted_at)::text FROM ntsb.predictions", &[]),
        times
    );
    let differing = "ntsb.predictions p JOIN ntsb.accident_features f USING (ev_id),
        ntsb_predict_severity(to_jsonb(f)) s
        WHERE (p.severity, p.confidence, p.decided, p.probabilities)
            IS DISTINCT FROM (s.predicted_severity, s.confidence, s.decided, s.probabilities)";
    assert_eq!(count(&database, differing), 0);
    // A new Production model predicts all events again.
    register_model(&database, 2, "Staging", 0.5);
    database.execute("UPDATE ntsb.model SET stage = 'Archived' WHERE version = 1");
    let error = database.connect().batch_execute("CALL ntsb_predict_pending()").unwrap_err();
    assert_eq!(error.code(), Some(&SqlState::UNDEFINED_OBJECT));
    database.execute("UPDATE ntsb.model SET stage = 'Production' WHERE version = 2");
    database.execute("CALL ntsb_predict_pending()");
    assert_eq!(count(&database, "ntsb.predictions"), 2 * all);
}

#[test]
fn an_aborted_procedure_resumes_where_it_stopped() {
    let database = database_with_model();
    let refuse = "
        CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF (SELECT count(*) FROM ntsb.predictions) >= 100 THEN RAISE 'enough'; END IF;
            RETURN new;
        END $$;
        CREATE TRIGGER refuse BEFORE INSERT ON ntsb.predictions FOR EACH ROW EXECUTE FUNCTION public.refuse()";
    database.execute(refuse);
    let aborted = database.connect().batch_execute("CALL ntsb_predict_pending(unit => 40)");
    assert!(aborted.unwrap_err().to_string().contains("db error"));
    assert_eq!(count(&database, "ntsb.predictions"), 80, "only complete units are stored");
    database.execute("DROP TRIGGER refuse ON ntsb.predictions");
    database.execute("CALL ntsb_predict_pending(unit => 40)");
    let (events, predictions) = ("ntsb.fact_accidents", "ntsb.predictions");
    assert_eq!(count(&database, predictions), count(&database, events));
    let error =
        database.connect().batch_execute("CALL ntsb_predict_pending(unit => 0)").unwrap_err();
    assert_eq!(error.code(), Some(&SqlState::INVALID_PARAMETER_VALUE));
}

#[test]
fn model_performance_matches_a_recount() {
    let database = database_with_model();
    database.execute("CALL ntsb_predict_pending()");
    let recount = "
        SELECT count(*) FROM ntsb.model_performance v
        WHERE (v.predictions, v.known, round((v.accuracy * v.known)::numeric, 6), round((v.coverage * v.known)::numeric, 6))
            IS DISTINCT FROM (SELECT (count(*), count(f.severity), round(sum((p.severity = f.severity)::int), 6),
                                      round(sum((p.decided AND f.severity IS NOT NULL)::int), 6))
                              FROM ntsb.predictions p JOIN ntsb.fact_accidents f USING (ev_id)
                              WHERE date_trunc('month', f.ev_date) = v.month)
          AND v.known > 0";
    assert_eq!(database.query_column::<i64>(recount, &[]), [0]);
    let sums = "SELECT sum(predictions)::bigint FROM ntsb.model_performance";
    assert_eq!(database.query_column::<i64>(sums, &[]), [count(&database, "ntsb.predictions")]);
    let bounds = "ntsb.model_performance WHERE accuracy > 1 OR accuracy < 0 OR majority_accuracy > 1 OR log_loss < 0";
    assert_eq!(count(&database, bounds), 0);
}

const WINDOWS: &str = "'[1982-01-01,2012-01-01)', '[2012-01-01,2026-01-01)'";

fn drifted_features(database: &Database) -> Vec<String> {
    let sql = format!("SELECT feature FROM ntsb_detect_drift({WINDOWS}) WHERE drifted ORDER BY 1");
    database.query_column(&sql, &[])
}

#[test]
fn an_injected_shift_is_detected_reported_and_notified() {
    let database = database_with_model();
    database.execute("CALL ntsb_predict_pending()");
    // Shuffle the dates over the events, so that the windows do not differ.
    database.execute(
        "UPDATE ntsb.fact_accidents f SET ev_date = d.ev_date FROM (
             SELECT a.ev_id, b.ev_date
             FROM (SELECT ev_id, row_number() OVER (ORDER BY md5(ev_id)) n FROM ntsb.fact_accidents) a
             JOIN (SELECT ev_date, row_number() OVER (ORDER BY ev_id) n FROM ntsb.fact_accidents) b USING (n)) d
         WHERE f.ev_id = d.ev_id",
    );
    assert_eq!(drifted_features(&database), Vec::<String>::new());
    let alerts = "ntsb.alert WHERE kind = 'drift'";
    assert_eq!(count(&database, alerts), 0);

    let mut listener = database.connect();
    listener.batch_execute("LISTEN ntsb_alert").unwrap();
    database.execute(
        "UPDATE ntsb.fact_accidents SET wx_cond_basic = 'IMC'
         WHERE ev_date >= '2012-01-01' AND md5(ev_id || 'any half') < '8';
         UPDATE ntsb.fact_accidents SET lat = lat - 8 WHERE ev_date >= '2012-01-01'",
    );
    assert_eq!(drifted_features(&database), ["lat", "wx_cond_basic"]);
    let reports =
        "ntsb.drift_report WHERE drifted AND feature IN ('lat', 'wx_cond_basic') AND psi >= 0.1";
    assert_eq!(count(&database, reports), 2);
    let row = database
        .query_rows(
            "SELECT kind, severity, subject, details FROM ntsb.alert WHERE kind = 'drift'",
            &[],
        )
        .remove(0);
    let (kind, severity, subject): (String, String, String) = (row.get(0), row.get(1), row.get(2));
    assert_eq!(
        (kind.as_str(), severity.as_str(), subject.as_str()),
        ("drift", "warning", "model fixture:1")
    );
    let notification = wait_for("notification", 10, || {
        listener.notifications().timeout_iter(Duration::from_millis(200)).next().unwrap()
    });
    let payload: Value = serde_json::from_str(notification.payload()).unwrap();
    let alert_id: i64 = database.query_value("SELECT max(alert_id) FROM ntsb.alert");
    assert_eq!(
        (payload["kind"].as_str(), payload["alert_id"].as_i64()),
        (Some("drift"), Some(alert_id))
    );

    // The model's confidence drifts, too, once it has predicted again.
    database.execute("DELETE FROM ntsb.predictions");
    database.execute("CALL ntsb_predict_pending()");
    assert!(
        drifted_features(&database).contains(&"(confidence)".to_owned()),
        "{:?}",
        drifted_features(&database)
    );
}

#[test]
fn invalid_windows_are_refused() {
    let database = database_with_model();
    let mut client = database.connect();
    for arguments in [
        "'empty', '[2012-01-01,2013-01-01)'",
        "'[2010-01-01,2013-01-01)', '[2012-01-01,2014-01-01)'",
        "NULL, '[2012-01-01,2014-01-01)'",
        "'[2010-01-01,2011-01-01)', '[2012-01-01,2014-01-01)', alarm_rate => 2",
        "'[2010-01-01,2011-01-01)', '[2012-01-01,2014-01-01)', min_psi => NULL",
    ] {
        let error = client
            .query(&format!("SELECT * FROM ntsb_detect_drift({arguments})"), &[])
            .unwrap_err();
        assert_eq!(
            error.code(),
            Some(&SqlState::INVALID_PARAMETER_VALUE),
            "{arguments}: {error:?}"
        );
    }
    // A window without events has no drift.
    let sql =
        "SELECT * FROM ntsb_detect_drift('[1900-01-01,1901-01-01)', '[2012-01-01,2014-01-01)')";
    assert!(client.query(sql, &[]).unwrap().is_empty());
}

#[test]
fn alerts_are_acknowledged_once() {
    let database = Database::empty_warehouse();
    let raise = "SELECT ntsb_raise_alert('test', 'info', 'nothing', 'Nothing happened.')";
    assert_eq!(database.query_column::<i64>(raise, &[]), [1]);
    let acknowledge = "SELECT ntsb_acknowledge_alert(1)";
    assert_eq!(database.query_column::<bool>(acknowledge, &[]), [true]);
    assert_eq!(database.query_column::<bool>(acknowledge, &[]), [false]);
    assert_eq!(count(&database, "ntsb.alert WHERE acknowledged_by = session_user"), 1);
    let mut client = database.connect();
    let unknown = client.query("SELECT ntsb_acknowledge_alert(7)", &[]).unwrap_err();
    assert_eq!(unknown.code().map(SqlState::code), Some("P0002"));
    let invalid_severity =
        client.query("SELECT ntsb_raise_alert('test', 'loud', 'x', 'y')", &[]).unwrap_err();
    assert_eq!(invalid_severity.code(), Some(&SqlState::INVALID_PARAMETER_VALUE));
}
