//! Predictions written down, held against what became known; drift; alerts.

use ntsb_tests::database::Database;
use ntsb_tests::model::register;
use ntsb_tests::wait_for;
use postgres::error::SqlState;
use postgres::fallible_iterator::FallibleIterator;
use serde_json::Value;
use std::time::Duration;

fn predicting() -> Database {
    let database = Database::with_sample();
    database.execute("CALL ntsb_refresh()");
    register(&database, 1, "Production", 0.5);
    database
}

fn count(database: &Database, sql: &str) -> i64 {
    database.column(&format!("SELECT count(*) FROM {sql}"), &[]).remove(0)
}

#[test]
fn pending_events_are_predicted_once() {
    let database = predicting();
    let since = "2015-01-01";
    database.execute(&format!("CALL ntsb_predict_pending('{since}')"));
    let late = count(&database, &format!("ntsb.fact_accidents WHERE ev_date >= '{since}'"));
    assert_eq!(count(&database, "ntsb.predictions"), late);
    database.execute("CALL ntsb_predict_pending()");
    let all = count(&database, "ntsb.fact_accidents");
    assert!(late > 0 && all > late);
    assert_eq!(count(&database, "ntsb.predictions"), all);
    let times: Vec<String> =
        database.column("SELECT max(predicted_at)::text FROM ntsb.predictions", &[]);
    database.execute("CALL ntsb_predict_pending()");
    assert_eq!(
        database.column::<String>("SELECT max(predicted_at)::text FROM ntsb.predictions", &[]),
        times
    );
    let differing = "ntsb.predictions p JOIN ntsb.accident_features f USING (ev_id),
        ntsb_predict_severity(to_jsonb(f)) s
        WHERE (p.severity, p.confidence, p.decided, p.probabilities)
            IS DISTINCT FROM (s.predicted_severity, s.confidence, s.decided, s.probabilities)";
    assert_eq!(count(&database, differing), 0);
    // Another model in Production is asked about all of them anew.
    register(&database, 2, "Staging", 0.5);
    database.execute("UPDATE ntsb.model SET stage = 'Archived' WHERE version = 1");
    let refused = database.connect().batch_execute("CALL ntsb_predict_pending()").unwrap_err();
    assert_eq!(refused.code(), Some(&SqlState::UNDEFINED_OBJECT));
    database.execute("UPDATE ntsb.model SET stage = 'Production' WHERE version = 2");
    database.execute("CALL ntsb_predict_pending()");
    assert_eq!(count(&database, "ntsb.predictions"), 2 * all);
}

#[test]
fn a_procedure_broken_off_goes_on_where_it_was() {
    let database = predicting();
    let refuse = "
        CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF (SELECT count(*) FROM ntsb.predictions) >= 100 THEN RAISE 'enough'; END IF;
            RETURN new;
        END $$;
        CREATE TRIGGER refuse BEFORE INSERT ON ntsb.predictions FOR EACH ROW EXECUTE FUNCTION public.refuse()";
    database.execute(refuse);
    let broken_off = database.connect().batch_execute("CALL ntsb_predict_pending(unit => 40)");
    assert!(broken_off.unwrap_err().to_string().contains("db error"));
    assert_eq!(count(&database, "ntsb.predictions"), 80, "whole units");
    database.execute("DROP TRIGGER refuse ON ntsb.predictions");
    database.execute("CALL ntsb_predict_pending(unit => 40)");
    let (all, said) = ("ntsb.fact_accidents", "ntsb.predictions");
    assert_eq!(count(&database, said), count(&database, all));
    let error =
        database.connect().batch_execute("CALL ntsb_predict_pending(unit => 0)").unwrap_err();
    assert_eq!(error.code(), Some(&SqlState::INVALID_PARAMETER_VALUE));
}

#[test]
fn performance_is_that_of_a_recount() {
    let database = predicting();
    database.execute("CALL ntsb_predict_pending()");
    let recount = "
        SELECT count(*) FROM ntsb.model_performance v
        WHERE (v.predictions, v.known, round((v.accuracy * v.known)::numeric, 6), round((v.coverage * v.known)::numeric, 6))
            IS DISTINCT FROM (SELECT (count(*), count(f.severity), round(sum((p.severity = f.severity)::int), 6),
                                      round(sum((p.decided AND f.severity IS NOT NULL)::int), 6))
                              FROM ntsb.predictions p JOIN ntsb.fact_accidents f USING (ev_id)
                              WHERE date_trunc('month', f.ev_date) = v.month)
          AND v.known > 0";
    assert_eq!(database.column::<i64>(recount, &[]), [0]);
    let sums = "SELECT sum(predictions)::bigint FROM ntsb.model_performance";
    assert_eq!(database.column::<i64>(sums, &[]), [count(&database, "ntsb.predictions")]);
    let bounds = "ntsb.model_performance WHERE accuracy > 1 OR accuracy < 0 OR majority_accuracy > 1 OR log_loss < 0";
    assert_eq!(count(&database, bounds), 0);
}

const WINDOWS: &str = "'[1982-01-01,2012-01-01)', '[2012-01-01,2026-01-01)'";

fn drifted(database: &Database) -> Vec<String> {
    let sql = format!("SELECT feature FROM ntsb_detect_drift({WINDOWS}) WHERE drifted ORDER BY 1");
    database.column(&sql, &[])
}

#[test]
fn a_planted_shift_is_found_reported_and_announced() {
    let database = predicting();
    database.execute("CALL ntsb_predict_pending()");
    // Events as they come, but in an order by chance: no window differs from another.
    database.execute(
        "UPDATE ntsb.fact_accidents f SET ev_date = d.ev_date FROM (
             SELECT a.ev_id, b.ev_date
             FROM (SELECT ev_id, row_number() OVER (ORDER BY md5(ev_id)) n FROM ntsb.fact_accidents) a
             JOIN (SELECT ev_date, row_number() OVER (ORDER BY ev_id) n FROM ntsb.fact_accidents) b USING (n)) d
         WHERE f.ev_id = d.ev_id",
    );
    assert_eq!(drifted(&database), Vec::<String>::new());
    let alerts = "ntsb.alert WHERE kind = 'drift'";
    assert_eq!(count(&database, alerts), 0);

    let mut listener = database.connect();
    listener.batch_execute("LISTEN ntsb_alert").unwrap();
    database.execute(
        "UPDATE ntsb.fact_accidents SET wx_cond_basic = 'IMC'
         WHERE ev_date >= '2012-01-01' AND md5(ev_id || 'any half') < '8';
         UPDATE ntsb.fact_accidents SET lat = lat - 8 WHERE ev_date >= '2012-01-01'",
    );
    assert_eq!(drifted(&database), ["lat", "wx_cond_basic"]);
    let reports =
        "ntsb.drift_report WHERE drifted AND feature IN ('lat', 'wx_cond_basic') AND psi >= 0.1";
    assert_eq!(count(&database, reports), 2);
    let row = database
        .rows("SELECT kind, severity, subject, details FROM ntsb.alert WHERE kind = 'drift'", &[])
        .remove(0);
    let (kind, severity, subject): (String, String, String) = (row.get(0), row.get(1), row.get(2));
    assert_eq!(
        (kind.as_str(), severity.as_str(), subject.as_str()),
        ("drift", "warning", "model fixture:1")
    );
    let heard = wait_for("notification", 10, || {
        listener.notifications().timeout_iter(Duration::from_millis(200)).next().unwrap()
    });
    let heard: Value = serde_json::from_str(heard.payload()).unwrap();
    let raised: i64 = database.one("SELECT max(alert_id) FROM ntsb.alert");
    assert_eq!((heard["kind"].as_str(), heard["alert_id"].as_i64()), (Some("drift"), Some(raised)));

    // What the model says drifts with it, once it was asked anew.
    database.execute("DELETE FROM ntsb.predictions");
    database.execute("CALL ntsb_predict_pending()");
    assert!(drifted(&database).contains(&"(confidence)".to_owned()), "{:?}", drifted(&database));
}

#[test]
fn windows_that_cannot_be_compared_are_refused() {
    let database = predicting();
    let mut client = database.connect();
    for arguments in [
        "'empty', '[2012-01-01,2013-01-01)'",
        "'[2010-01-01,2013-01-01)', '[2012-01-01,2014-01-01)'",
        "NULL, '[2012-01-01,2014-01-01)'",
        "'[2010-01-01,2011-01-01)', '[2012-01-01,2014-01-01)', alarm_rate => 2",
        "'[2010-01-01,2011-01-01)', '[2012-01-01,2014-01-01)', least_psi => NULL",
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
    // A window without events has nothing to say.
    let sql =
        "SELECT * FROM ntsb_detect_drift('[1900-01-01,1901-01-01)', '[2012-01-01,2014-01-01)')";
    assert!(client.query(sql, &[]).unwrap().is_empty());
}

#[test]
fn alerts_are_acknowledged_once() {
    let database = Database::blank();
    let raise = "SELECT ntsb_raise_alert('test', 'info', 'nothing', 'Nothing happened.')";
    assert_eq!(database.column::<i64>(raise, &[]), [1]);
    let acknowledge = "SELECT ntsb_acknowledge_alert(1)";
    assert_eq!(database.column::<bool>(acknowledge, &[]), [true]);
    assert_eq!(database.column::<bool>(acknowledge, &[]), [false]);
    assert_eq!(count(&database, "ntsb.alert WHERE acknowledged_by = session_user"), 1);
    let mut client = database.connect();
    let unknown = client.query("SELECT ntsb_acknowledge_alert(7)", &[]).unwrap_err();
    assert_eq!(unknown.code().map(SqlState::code), Some("P0002"));
    let wrong = client.query("SELECT ntsb_raise_alert('test', 'loud', 'x', 'y')", &[]).unwrap_err();
    assert_eq!(wrong.code(), Some(&SqlState::INVALID_PARAMETER_VALUE));
}
