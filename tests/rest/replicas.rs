//! Reads go to a healthy standby, writes to the primary.

use ntsb_tests::cli::load;
use ntsb_tests::cluster::Cluster;
use ntsb_tests::fixture;
use ntsb_tests::wait_for;
use serde_json::json;

use crate::service::{Service, create_roles};

const PATH: &str = "/api/v1/stats/summary";

#[test]
fn reads_use_a_standby_while_it_is_healthy() {
    let primary = Cluster::start(&[]);
    let database = primary.warehouse();
    load(&database, &["--full"], &fixture("sample.zip"));
    create_roles(&database);
    let mut standby = primary.start_standby();
    let host = standby.folder().display().to_string();
    let replicas = format!(r#"["host={host} port=5432 user=ntsb_rest_test dbname=ntsb"]"#);
    let settings =
        [("replicas", replicas.as_str()), ("replica_lag_seconds", "1"), ("cache_bytes", "0")];
    let service = Service::start(&database, &settings);
    let wait_for_healthy = |count: usize| {
        let line = format!("database_replicas_well {count}");
        wait_for(&line, 20, || service.get("/metrics").text().contains(&line).then_some(()));
    };
    wait_for_healthy(1);
    let second = standby.warehouse();
    let reads = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'ntsb_rest_test' AND query = 'COMMIT'";
    wait_for("reads from the standby", 10, || {
        assert_eq!(service.get(PATH).status, 200);
        (second.query_value::<i64>(reads) >= 1).then_some(())
    });

    // Writes go to the primary.
    let token = service.create_bearer(&database, "admin", "premium");
    let created =
        service.post("/api/v1/admin/api-keys", &[("authorization", &token)], &json!({"name": "x"}));
    assert_eq!(created.status, 200, "{}", created.text());

    // A standby that falls behind is not used until it has caught up.
    second.execute("SELECT pg_wal_replay_pause()");
    load(&database, &[], &fixture("up08NOV.zip"));
    wait_for_healthy(0);
    let events = database.count_rows("ntsb.fact_accidents");
    assert_eq!(service.get(PATH).json()["events"], events);
    second.execute("SELECT pg_wal_replay_resume()");
    wait_for_healthy(1);
    assert_eq!(service.get(PATH).json()["events"], events);

    standby.stop();
    assert_eq!(service.get(PATH).json()["events"], events);
    wait_for_healthy(0);
}

/// A response that was read from a standby before it replayed the load must not stay in the cache.
#[test]
fn no_stale_response_comes_from_a_standby_that_lacks_a_load() {
    let primary = Cluster::start(&[]);
    let database = primary.warehouse();
    load(&database, &["--full"], &fixture("sample.zip"));
    create_roles(&database);
    let standby = primary.start_standby();
    let host = standby.folder().display().to_string();
    let replicas = format!(r#"["host={host} port=5432 user=ntsb_rest_test dbname=ntsb"]"#);
    let settings = [("replicas", replicas.as_str()), ("replica_lag_seconds", "60")];
    let service = Service::start(&database, &settings);
    service.wait_until_listening();
    let wait_for_healthy = |count: usize| {
        let line = format!("database_replicas_well {count}");
        wait_for(&line, 20, || service.get("/metrics").text().contains(&line).then_some(()));
    };
    wait_for_healthy(1);
    let second = standby.warehouse();
    // Within replica_lag_seconds, but without the load.
    second.execute("SELECT pg_wal_replay_pause()");
    let stale = service.get(PATH).json()["events"].clone();
    std::thread::scope(|scope| {
        let loading = scope.spawn(|| load(&database, &[], &fixture("up08NOV.zip")));
        while !loading.is_finished() {
            assert_eq!(service.get(PATH).status, 200);
        }
    });
    let events = json!(database.count_rows("ntsb.fact_accidents"));
    assert_ne!(stale, events);
    wait_for("the new count", 5, || (service.get(PATH).json()["events"] == events).then_some(()));
    for n in 0..50 {
        assert_eq!(service.get(PATH).json()["events"], events, "request {n}");
        let uncached = format!("/api/v1/stats/yearly?from_year={}", 1900 + n);
        let sum_events = |rows: Vec<serde_json::Value>| -> i64 {
            rows.iter().map(|row| row["events"].as_i64().unwrap()).sum()
        };
        assert_eq!(json!(sum_events(service.get(&uncached).rows())), events, "{uncached}");
    }
    wait_for_healthy(1);
    second.execute("SELECT pg_wal_replay_resume()");
    let count = "SELECT count(*) FROM ntsb.fact_accidents";
    wait_for("the replay", 20, || {
        (json!(second.query_value::<i64>(count)) == events).then_some(())
    });
    let reads = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'ntsb_rest_test'
                 AND query_start > now() - interval '1 s' AND query = 'COMMIT'";
    wait_for("reads from the standby", 20, || {
        service.get(&format!("/api/v1/events?limit={}", 1 + fastrand::u16(..900)));
        (second.query_value::<i64>(reads) > 0).then_some(())
    });
}
