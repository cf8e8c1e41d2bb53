//! Reads go to a standby as long as it is well, writes to the primary.

use ntsb_tests::cli::load;
use ntsb_tests::cluster::Cluster;
use ntsb_tests::fixture;
use ntsb_tests::wait_for;
use serde_json::json;

use crate::service::{Service, prepare};

const PATH: &str = "/api/v1/stats/summary";

#[test]
fn reads_follow_a_standby_that_is_well() {
    let primary = Cluster::start(&[]);
    let database = primary.warehouse();
    load(&database, &["--full"], &fixture("sample.zip"));
    prepare(&database);
    let mut standby = primary.start_standby();
    let host = standby.folder().display().to_string();
    let replicas = format!(r#"["host={host} port=5432 user=ntsb_rest_test dbname=ntsb"]"#);
    let settings =
        [("replicas", replicas.as_str()), ("replica_lag_seconds", "1"), ("cache_bytes", "0")];
    let service = Service::start(&database, &settings);
    let well = |count: usize| {
        let line = format!("database_replicas_well {count}");
        wait_for(&line, 20, || service.get("/metrics").text().contains(&line).then_some(()));
    };
    well(1);
    // So many questions were asked there since the statistics began.
    let second = standby.warehouse();
    let asked = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'ntsb_rest_test' AND query = 'COMMIT'";
    wait_for("reads of the standby", 10, || {
        assert_eq!(service.get(PATH).status, 200);
        (second.query_value::<i64>(asked) >= 1).then_some(())
    });

    // What writes, writes.
    let token = service.bearer(&database, "admin", "premium");
    let made =
        service.post("/api/v1/admin/api-keys", &[("authorization", &token)], &json!({"name": "x"}));
    assert_eq!(made.status, 200, "{}", made.text());

    // One that falls behind is left out, and taken up again.
    second.execute("SELECT pg_wal_replay_pause()");
    load(&database, &[], &fixture("up08NOV.zip"));
    well(0);
    let events = database.count_rows("ntsb.fact_accidents");
    assert_eq!(service.get(PATH).json()["events"], events);
    second.execute("SELECT pg_wal_replay_resume()");
    well(1);
    assert_eq!(service.get(PATH).json()["events"], events);

    standby.stop();
    assert_eq!(service.get(PATH).json()["events"], events);
    well(0);
}

/// A response that was read from a standby before it had the load must not be kept after it.
#[test]
fn a_load_is_never_answered_from_a_standby_that_lacks_it() {
    let primary = Cluster::start(&[]);
    let database = primary.warehouse();
    load(&database, &["--full"], &fixture("sample.zip"));
    prepare(&database);
    let standby = primary.start_standby();
    let host = standby.folder().display().to_string();
    let replicas = format!(r#"["host={host} port=5432 user=ntsb_rest_test dbname=ntsb"]"#);
    let settings = [("replicas", replicas.as_str()), ("replica_lag_seconds", "60")];
    let service = Service::start(&database, &settings);
    service.hears();
    let is_read = |count: usize| {
        let line = format!("database_replicas_well {count}");
        wait_for(&line, 20, || service.get("/metrics").text().contains(&line).then_some(()));
    };
    is_read(1);
    let second = standby.warehouse();
    // Far from being left out, and without the load.
    second.execute("SELECT pg_wal_replay_pause()");
    let old = service.get(PATH).json()["events"].clone();
    std::thread::scope(|scope| {
        let loading = scope.spawn(|| load(&database, &[], &fixture("up08NOV.zip")));
        while !loading.is_finished() {
            assert_eq!(service.get(PATH).status, 200);
        }
    });
    let events = json!(database.count_rows("ntsb.fact_accidents"));
    assert_ne!(old, events);
    wait_for("new counts", 5, || (service.get(PATH).json()["events"] == events).then_some(()));
    for n in 0..50 {
        assert_eq!(service.get(PATH).json()["events"], events, "answer {n}");
        let fresh = format!("/api/v1/stats/yearly?from_year={}", 1900 + n);
        let summed = |rows: Vec<serde_json::Value>| -> i64 {
            rows.iter().map(|row| row["events"].as_i64().unwrap()).sum()
        };
        assert_eq!(json!(summed(service.get(&fresh).data())), events, "{fresh}");
    }
    is_read(1);
    second.execute("SELECT pg_wal_replay_resume()");
    let behind = "SELECT count(*) FROM ntsb.fact_accidents";
    wait_for("replay", 20, || (json!(second.query_value::<i64>(behind)) == events).then_some(()));
    let asked = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'ntsb_rest_test'
                 AND query_start > now() - interval '1 s' AND query = 'COMMIT'";
    wait_for("reads of the standby", 20, || {
        service.get(&format!("/api/v1/events?limit={}", 1 + fastrand::u16(..900)));
        (second.query_value::<i64>(asked) > 0).then_some(())
    });
}
