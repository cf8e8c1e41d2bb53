//! `ntsb_metrics()`: the right values, nothing for what is unknown, and no more than a viewer may see.

use std::collections::BTreeMap;

use ntsb_tests::database::Database;
use ntsb_tests::model::register_model;
use ntsb_tests::{count_sample_events, read_manifest};

/// Values by name and labels, such as `ntsb_load_rows outcome=staged`.
type Values = BTreeMap<String, f64>;

const METRICS: &str = "
    SELECT concat_ws(' ', name, (SELECT string_agg(key || '=' || value, ' ' ORDER BY key) FROM jsonb_each_text(labels))), value
    FROM ntsb_metrics()";

fn read_as(database: &Database, role: &str) -> Values {
    let mut client = database.connect();
    client.batch_execute(&format!("SET ROLE {role}")).unwrap();
    let rows = client.query(METRICS, &[]).unwrap();
    let values: Values = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    // Prometheus refuses a time series that appears twice.
    assert_eq!(values.len(), rows.len());
    values
}

fn read(database: &Database) -> Values {
    read_as(database, "postgres")
}

fn assert_value(values: &Values, name: &str, expected: f64) {
    let value = values.get(name).unwrap_or_else(|| panic!("{name} is missing in {values:?}"));
    // Ages are up to 20 s older by the time they are read.
    let tolerance = if name.contains("age_seconds") { 20.0 } else { 1e-9 };
    assert!(
        *value >= expected - 1e-9 && *value <= expected + tolerance,
        "{name} is {value}, expected {expected}"
    );
}

fn names(values: &Values) -> Vec<&str> {
    let mut names: Vec<&str> = values.keys().map(|key| key.split(' ').next().unwrap()).collect();
    names.dedup();
    names
}

#[test]
fn nothing_is_said_of_what_is_unknown() {
    let database = Database::empty_warehouse();
    let values = read(&database);
    assert_eq!(
        names(&values),
        [
            "ntsb_database_bytes",
            "ntsb_in_recovery",
            "ntsb_load_events",
            "ntsb_load_rows",
            "ntsb_quarantined_rows",
            "ntsb_source_interval_seconds",
            "ntsb_standbys"
        ]
    );
    assert_value(&values, "ntsb_quarantined_rows", 0.0);
    assert_value(&values, "ntsb_load_rows outcome=staged", 0.0);
    assert_value(&values, "ntsb_source_interval_seconds source=api_cases", 86_400.0);
    assert_value(&values, "ntsb_source_interval_seconds source=airports", 28.0 * 86_400.0);
    assert_value(&values, "ntsb_in_recovery", 0.0);
}

#[test]
fn loads_and_quarantine_are_counted() {
    let database = Database::with_sample();
    database.execute("UPDATE ntsb.batch SET started_at = now() - interval '2 days', finished_at = now() - interval '23 hours'");
    let events = count_sample_events() as f64;
    let rejected = read_manifest("sample")["planted"]["date_in_future"].as_f64().unwrap();
    let values = read(&database);
    assert_value(&values, "ntsb_events", events);
    assert_value(&values, "ntsb_load_events outcome=inserted", events);
    assert_value(&values, "ntsb_load_events outcome=rejected", rejected);
    assert_value(&values, "ntsb_load_events outcome=withdrawn", 0.0);
    assert_value(&values, "ntsb_load_duration_seconds", 25.0 * 3600.0);
    assert_value(&values, "ntsb_source_age_seconds source=access_files", 2.0 * 86_400.0);
    assert!(!values.contains_key("ntsb_source_age_seconds source=metar"));
    assert_value(&values, "ntsb_refresh_pending_entries part=star", 0.0);
    let held = database.count_rows("ntsb.staging_quarantine WHERE status = 'held'") as f64;
    assert!(held > 1.0);
    assert_value(&values, "ntsb_quarantined_rows", held);
    let by_table =
        values.iter().filter(|(key, _)| key.starts_with("ntsb_quarantined_table_rows table="));
    assert_eq!(by_table.map(|(_, value)| value).sum::<f64>(), held);

    database.execute(
        "SELECT ntsb_discard_quarantine((SELECT min(quarantine_id) FROM ntsb.staging_quarantine), 'for the test');
         UPDATE ntsb.batch SET finished_at = now() - interval '25 hours'",
    );
    let values = read(&database);
    assert_value(&values, "ntsb_quarantined_rows", held - 1.0);
    // The load is more than a day old.
    assert_value(&values, "ntsb_load_events outcome=inserted", 0.0);
    assert_value(&values, "ntsb_events", events);
}

#[test]
fn models_and_alerts_are_described() {
    let database = Database::empty_warehouse();
    let model = register_model(&database, 1, "Production", 0.4);
    register_model(&database, 2, "Staging", 0.4);
    let values = read(&database);
    assert_value(&values, "ntsb_model_age_seconds model=fixture:1 target=severity", 0.0);
    assert!(
        !values.keys().any(|key| key.contains("fixture:2") || key.contains("drift")),
        "{values:?}"
    );
    let report = |number: i32, feature: &str, age: &str, drifted: bool| {
        database.execute(&format!(
            "INSERT INTO ntsb.drift_report VALUES ({number}, '{feature}', now() - interval '{age}', {model},
             '[2010-01-01,2015-01-01)', '[2015-01-01,2016-01-01)', 100, 10, 'chi_squared', 9, 0.01, 0.2, 0.1, {drifted})"
        ));
    };
    report(1, "acft_make", "40 days", true);
    report(1, "ev_state", "40 days", true);
    report(2, "acft_make", "10 days", true);
    report(2, "ev_state", "10 days", false);
    database.execute(
        "SELECT ntsb_raise_alert('drift', 'warning', 'x', 'y'), ntsb_raise_alert('drift', 'warning', 'x', 'z'),
                ntsb_raise_alert('drift', 'critical', 'x', 'y');
         SELECT ntsb_acknowledge_alert(1)",
    );
    let values = read(&database);
    assert_value(&values, "ntsb_model_drifted_features model=fixture:1 target=severity", 1.0);
    assert_value(
        &values,
        "ntsb_model_drift_age_seconds model=fixture:1 target=severity",
        10.0 * 86_400.0,
    );
    assert_value(&values, "ntsb_alerts_open kind=drift severity=warning", 1.0);
    assert_value(&values, "ntsb_alerts_open kind=drift severity=critical", 1.0);
}

#[test]
fn pipelines_and_backups_are_described() {
    let database = Database::empty_warehouse();
    database.execute(
        "INSERT INTO ntsb.dag (dag, description, schedule, sla, next_due_at, is_enabled) VALUES
             ('nightly', 'x', '0 2 * * *', '1 hour', now() + interval '1 day', true),
             ('drift', 'x', '0 3 * * *', '1 hour', now() - interval '2 hours', true),
             ('paused', 'x', '0 3 * * *', '1 hour', now() - interval '2 hours', false);
         INSERT INTO ntsb.dag_run (dag, started_by, state, due_at, started_at, finished_at) VALUES
             ('nightly', 'schedule', 'succeeded', now() - interval '50 hours', now() - interval '50 hours', now() - interval '48 hours'),
             ('nightly', 'schedule', 'failed', now() - interval '3 hours', now() - interval '3 hours', now() - interval '150 minutes'),
             ('nightly', 'schedule', 'cancelled', now() - interval '2 hours', NULL, now() - interval '1 hour');
         INSERT INTO ntsb.backup (stanza, repository, label, type, started_at, finished_at, error, expired_at, verification_error) VALUES
             ('ntsb', 1, '20240101-000000F', 'full', now() - interval '4 hours', now() - interval '3 hours', NULL, NULL, NULL),
             ('ntsb', 1, '20240101-000000F_20240101-020000I', 'incremental', now() - interval '1 hour', now() - interval '1 hour', NULL, NULL, NULL),
             ('ntsb', 1, NULL, 'full', now() - interval '1 minute', now() - interval '1 minute', 'no space', NULL, NULL),
             ('ntsb', 1, '20230101-000000F', 'full', now() - interval '2 minutes', now() - interval '2 minutes', NULL, now(), 'lost'),
             ('ntsb', 2, '20230102-000000F', 'full', now() - interval '9 days', now() - interval '9 days', NULL, NULL, 'lost');
         INSERT INTO ntsb.restore_drill (drilled_at, source_label, rto_seconds, rpo_seconds, tables_compared, tables_different,
                                         comparison, passed, details) VALUES
             (now() - interval '30 days', '20240101-000000F', 10, 1, 1, 1, '{}', false, '{}'),
             (now() - interval '2 days', '20240101-000000F', 12.5, 3, 1, 0, '{}', true, '{}')",
    );
    let values = read(&database);
    for (name, expected) in [
        ("ntsb_dag_success_age_seconds dag=nightly", 48.0 * 3600.0),
        ("ntsb_dag_duration_seconds dag=nightly", 1800.0),
        ("ntsb_dag_failed dag=nightly", 1.0),
        ("ntsb_dag_failures dag=nightly", 1.0),
        ("ntsb_dag_late dag=nightly", 0.0),
        ("ntsb_dag_late dag=drift", 1.0),
        ("ntsb_dag_failures dag=drift", 0.0),
        ("ntsb_backup_age_seconds kind=full", 3.0 * 3600.0),
        ("ntsb_backup_age_seconds kind=any", 3600.0),
        ("ntsb_backups_damaged", 1.0),
        ("ntsb_restore_drill_age_seconds", 2.0 * 86_400.0),
        ("ntsb_restore_drill_failed", 0.0),
        ("ntsb_restore_drill_rto_seconds", 12.5),
        ("ntsb_restore_drill_rpo_seconds", 3.0),
    ] {
        assert_value(&values, name, expected);
    }
    for name in [
        "ntsb_dag_success_age_seconds dag=drift",
        "ntsb_dag_failed dag=drift",
        "ntsb_dag_late dag=paused",
    ] {
        assert!(!values.contains_key(name), "{name} is unknown");
    }
}

#[test]
fn a_viewer_gets_counts_but_not_the_rows_behind_them() {
    let database = Database::with_sample();
    database.execute("CALL ntsb_create_roles()");
    let values = read_as(&database, "ntsb_viewer");
    assert!(values["ntsb_quarantined_rows"] > 0.0);
    // Only members of pg_monitor see standbys.
    assert!(!values.contains_key("ntsb_standbys"));
    let mut client = database.connect();
    client.batch_execute("SET ROLE ntsb_viewer").unwrap();
    let error = client.query("SELECT * FROM ntsb.staging_quarantine", &[]).unwrap_err();
    assert_eq!(error.code(), Some(&postgres::error::SqlState::INSUFFICIENT_PRIVILEGE));
}

#[test]
fn the_number_of_series_is_bounded() {
    let database = Database::empty_warehouse();
    database.execute(
        "SELECT ntsb_raise_alert('kind ' || n, 'info', 'x', 'y') FROM generate_series(1, 300) n",
    );
    let values = read(&database);
    assert_eq!(values.keys().filter(|key| key.starts_with("ntsb_alerts_open")).count(), 100);
}

#[test]
fn names_kinds_and_help_follow_the_conventions_of_prometheus() {
    let database = Database::with_sample();
    let rows = database.query_rows("SELECT DISTINCT name, kind, help FROM ntsb_metrics()", &[]);
    for row in rows {
        let (name, kind, help): (String, String, String) = (row.get(0), row.get(1), row.get(2));
        assert!(
            name.starts_with("ntsb_") && name.chars().all(|c| c.is_ascii_lowercase() || c == '_'),
            "{name}"
        );
        assert_eq!(kind, if name.ends_with("_total") { "counter" } else { "gauge" }, "{name}");
        assert!(help.len() > 10 && !help.ends_with('.'), "{name}: {help}");
    }
}
