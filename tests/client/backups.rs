//! Records of backups and restore drills: what pgBackRest's info becomes, repeated and refused input.

use ntsb_tests::database::Database;
use serde_json::{Value, json};

/// pgbackrest info with a full backup of 2024-09-14 02:15 to 02:20 UTC and an incremental one an hour later.
fn info(database: &Database) -> Value {
    let identifier: i64 = database.query_value("SELECT system_identifier FROM pg_control_system()");
    let backup = |label: &str, kind: &str, start: i64, size: i64, stored: i64| {
        json!({
            "archive": {"start": "000000010000000000000002", "stop": "000000010000000000000003"},
            "backrest": {"format": 5, "version": "2.45"}, "database": {"id": 1, "repo-key": 1},
            "error": false, "label": label, "type": kind, "timestamp": {"start": start, "stop": start + 300},
            "info": {"size": size, "delta": size, "repository": {"size": stored, "delta": stored}}
        })
    };
    json!([{
        "name": "ntsb", "cipher": "aes-256-cbc",
        "db": [{"id": 1, "repo-key": 1, "system-id": identifier, "version": "15"}],
        "repo": [{"cipher": "aes-256-cbc", "key": 1, "status": {"code": 0, "message": "ok"}}],
        "status": {"code": 0, "message": "ok"},
        "backup": [
            backup("20240914-021500F", "full", 1_726_280_100, 90_000_000, 12_000_000),
            backup("20240914-021500F_20240914-031500I", "incr", 1_726_283_700, 91_000_000, 400_000),
        ]
    }])
}

fn record(database: &Database, info: &Value) -> i32 {
    let row = database.connect().query_one("SELECT ntsb_record_backups($1)", &[info]).unwrap();
    row.get(0)
}

fn error_of(database: &Database, sql: &str, info: &Value) -> (String, String) {
    let error = database.connect().query(sql, &[info]).unwrap_err();
    let error = error.as_db_error().unwrap();
    (
        error.code().code().to_owned(),
        format!("{} {}", error.message(), error.detail().unwrap_or("")),
    )
}

#[test]
fn backups_of_the_info_are_stored_once() {
    let database = Database::empty_warehouse();
    let mut info = info(&database);
    assert_eq!(record(&database, &info), 2);
    let stored = database.query_json(
        "SELECT repository, label, type, started_at AT TIME ZONE 'UTC' AS started,
             extract(epoch FROM finished_at - started_at)::int AS seconds, size_bytes, stored_bytes, wal_start,
             wal_stop, error, expired_at FROM ntsb.backup ORDER BY started_at",
    );
    let expected = |label: &str, kind: &str, started: &str, size: i64, stored: i64| {
        json!({"repository": 1, "label": label, "type": kind, "started": started, "seconds": 300,
            "size_bytes": size, "stored_bytes": stored, "wal_start": "000000010000000000000002",
            "wal_stop": "000000010000000000000003", "error": null, "expired_at": null})
    };
    let full = expected("20240914-021500F", "full", "2024-09-14T02:15:00", 90_000_000, 12_000_000);
    let incremental = expected(
        "20240914-021500F_20240914-031500I",
        "incremental",
        "2024-09-14T03:15:00",
        91_000_000,
        400_000,
    );
    assert_eq!(stored, json!([full, incremental]));
    assert_eq!(record(&database, &info), 0, "a repetition changes nothing");

    // The full backup had page errors after all, and the incremental one has expired.
    info[0]["backup"][0]["error"] = json!(true);
    info[0]["backup"].as_array_mut().unwrap().pop();
    assert_eq!(record(&database, &info), 2);
    assert_eq!(database.count_rows("ntsb.backup WHERE error LIKE 'page checksums%'"), 1);
    assert_eq!(database.count_rows("ntsb.backup WHERE expired_at IS NOT NULL"), 1);
    assert_eq!(record(&database, &info), 0);
}

#[test]
fn an_unreachable_repository_expires_nothing() {
    let database = Database::empty_warehouse();
    let mut info = info(&database);
    record(&database, &info);
    info[0]["backup"] = json!([]);
    info[0]["repo"][0]["status"] = json!({"code": 99, "message": "other"});
    assert_eq!(record(&database, &info), 0);
    assert_eq!(database.count_rows("ntsb.backup WHERE expired_at IS NULL"), 2);
}

#[test]
fn backups_of_another_cluster_are_left_out() {
    let database = Database::empty_warehouse();
    let mut info = info(&database);
    let own = info[0].clone();
    info[0]["db"][0]["system-id"] = json!(1);
    let (code, text) = error_of(&database, "SELECT ntsb_record_backups($1)", &info);
    assert_eq!(code, "22023");
    assert!(text.contains("no stanza of this cluster"), "{text}");
    assert!(text.contains("ntsb (system identifier [1])"), "{text}");
    let mut other = info[0].clone();
    other["name"] = json!("other");
    assert_eq!(record(&database, &json!([other, own])), 2);
    assert_eq!(database.count_rows("ntsb.backup WHERE stanza = 'ntsb'"), 2);
}

#[test]
fn info_that_pgbackrest_does_not_write_is_refused() {
    let database = Database::empty_warehouse();
    let right = info(&database);
    let mut wrong = vec![json!(null), json!({}), json!("x"), json!([]), json!([1]), json!([{}])];
    for (path, value) in [
        ("/0/backup/1/label", json!("../../etc/passwd")),
        ("/0/backup/1/label", json!(null)),
        ("/0/backup/1/type", json!("copy")),
        ("/0/backup/1/timestamp/start", json!("yesterday")),
        ("/0/backup/1/timestamp/start", json!(1e300)),
        ("/0/backup/1/timestamp/stop", json!(0)),
        ("/0/backup/1/info/size", json!(-1)),
        ("/0/backup/1/info/size", json!(1e30)),
        ("/0/backup/1/archive/start", json!("'; DROP TABLE ntsb.events; --")),
        ("/0/backup/1/error", json!("perhaps")),
    ] {
        let mut info = right.clone();
        *info.pointer_mut(path).unwrap() = value;
        wrong.push(info);
    }
    for info in wrong {
        let (code, text) = error_of(&database, "SELECT ntsb_record_backups($1)", &info);
        assert_eq!(code, "22023", "{info}: {text}");
        assert_eq!(database.count_rows("ntsb.backup"), 0, "{info}");
    }
}

#[test]
fn failures_and_verifications_are_kept_and_raise_alerts() {
    let database = Database::empty_warehouse();
    record(&database, &info(&database));
    database.execute(
        "SELECT ntsb_record_backup_failure('ntsb', 1, 'full', now() - interval '1 min', 'ERROR: [041]: no space')",
    );
    let failed =
        "ntsb.backup WHERE label IS NULL AND error LIKE '%no space' AND finished_at > started_at";
    assert_eq!(database.count_rows(failed), 1);
    database.execute("SELECT ntsb_record_backup_verification('ntsb', 1)");
    assert_eq!(database.count_rows("ntsb.backup WHERE verified_at IS NOT NULL"), 2);
    database.execute("SELECT ntsb_record_backup_verification('ntsb', 1, 'checksum mismatch: 1')");
    assert_eq!(database.count_rows("ntsb.backup WHERE verification_error LIKE 'checksum%'"), 2);
    let alerts: Vec<String> = database.query_column(
        "SELECT message FROM ntsb.alert WHERE kind = 'backup' AND severity = 'critical' ORDER BY alert_id",
        &[],
    );
    assert_eq!(alerts.len(), 2, "{alerts:?}");
    assert!(alerts[0].contains("full backup to repository 1 failed"), "{alerts:?}");
    assert!(alerts[1].contains("damaged or missing files"), "{alerts:?}");
    for (sql, code) in [
        ("SELECT ntsb_record_backup_failure('', 1, 'full', now(), 'x')", "22023"),
        ("SELECT ntsb_record_backup_failure('ntsb', 0, 'full', now(), 'x')", "22023"),
        ("SELECT ntsb_record_backup_failure('ntsb', 1, 'incr', now(), 'x')", "22023"),
        ("SELECT ntsb_record_backup_failure('ntsb', 1, 'full', 'infinity', 'x')", "22023"),
        ("SELECT ntsb_record_backup_failure(NULL, NULL, NULL, NULL, NULL)", "22023"),
        ("SELECT ntsb_record_backup_verification('other', 1)", "P0002"),
        ("SELECT ntsb_record_backup_verification(NULL, NULL)", "P0002"),
    ] {
        let error = database.connect().batch_execute(sql).unwrap_err();
        assert_eq!(error.code().unwrap().code(), code, "{sql}");
    }
}

#[test]
fn a_drill_passes_only_if_everything_compared_is_equal() {
    let database = Database::empty_warehouse();
    let state = |rows: i64| json!({"rows": rows, "hash": "17"});
    let equal = json!({"expected": state(2), "restored": state(2)});
    let different = json!({"expected": state(2), "restored": state(1)});
    let sql = "SELECT (ntsb_record_restore_drill('20240914-021500F', '2024-09-14 04:00Z', 12.5, 3, $1, $2, $3)).passed";
    for (comparison, problems, error, passes) in [
        (json!({"events": equal, "aircraft": equal}), Some(0_i64), None, true),
        (json!({"events": equal, "aircraft": different}), Some(0), None, false),
        (json!({"events": {"expected": null, "restored": null}}), Some(0), None, false),
        (json!({"events": {}}), Some(0), None, false),
        (json!({}), Some(0), None, false),
        (json!({"events": equal}), Some(1), None, false),
        (json!({"events": equal}), None, None, false),
        (json!({}), None, Some("ERROR: [056]: unable to find a backup"), false),
    ] {
        let row = database.connect().query_one(sql, &[&comparison, &problems, &error]).unwrap();
        assert_eq!(row.get::<_, bool>(0), passes, "{comparison} {problems:?} {error:?}");
    }
    assert_eq!(database.count_rows("ntsb.restore_drill WHERE passed"), 1);
    let counts = "ntsb.restore_drill WHERE tables_compared = 2 AND tables_different = 1";
    assert_eq!(database.count_rows(counts), 1);
    assert_eq!(database.count_rows("ntsb.alert WHERE kind = 'restore_drill'"), 7);
    let message: String =
        database.query_value("SELECT min(message) FROM ntsb.alert WHERE message LIKE '%1 of 2%'");
    assert!(message.contains("the first is aircraft"), "{message}");
    for arguments in [
        "'', NULL, 1, 1, '{}', 0",
        "'x', NULL, -1, 1, '{}', 0",
        "'x', NULL, 'NaN', 1, '{}', 0",
        "'x', NULL, 1, 'infinity', '{}', 0",
        "'x', NULL, 1, 1, '[]', 0",
        "'x', NULL, 1, 1, '{\"events\": 1}', 0",
        "'x', NULL, 1, 1, NULL, 0",
        "'x', NULL, 1, 1, '{}', -1",
        "'x', NULL, 1, 1, '{}', 0, NULL, '[]'",
    ] {
        let sql = format!("SELECT ntsb_record_restore_drill({arguments})");
        let error = database.connect().batch_execute(&sql).unwrap_err();
        assert_eq!(error.code().unwrap().code(), "22023", "{sql}");
    }
}

/// A member of ntsb_admin that owns nothing may record; a viewer may only read.
#[test]
fn ntsb_admin_records_and_a_viewer_reads() {
    let database = Database::empty_warehouse();
    database.execute("CALL ntsb_create_roles()");
    let info = info(&database);
    let mut client = database.connect();
    client.batch_execute("SET ROLE ntsb_admin").unwrap();
    client.query("SELECT ntsb_record_backups($1)", &[&info]).unwrap();
    client
        .batch_execute(
            "SELECT ntsb_record_backup_failure('ntsb', 1, 'full', now() - interval '1 s', 'x');
             SELECT ntsb_record_backup_verification('ntsb', 1);
             SELECT ntsb_record_restore_drill('x', NULL, 1, 1, '{}', 0)",
        )
        .unwrap();
    assert!(client.batch_execute("DELETE FROM ntsb.backup").is_err());
    client
        .batch_execute("SET ROLE ntsb_viewer; SELECT FROM ntsb.backup, ntsb.restore_drill")
        .unwrap();
    for sql in [
        "SELECT ntsb_record_backups('[]')",
        "SELECT ntsb_record_restore_drill('x', NULL, 1, 1, '{}', 0)",
        "INSERT INTO ntsb.backup (stanza, repository, type, started_at, finished_at, error)
         VALUES ('x', 1, 'full', now(), now(), 'x')",
    ] {
        let error = client.batch_execute(sql).unwrap_err();
        assert_eq!(error.code().unwrap().code(), "42501", "{sql}");
    }
}
