//! Read-only functions return the same rows on a hot standby as on its primary.

use ntsb_tests::cli::load;
use ntsb_tests::cluster::Cluster;
use ntsb_tests::database::Database;
use ntsb_tests::fixture;
use ntsb_tests::model::{register_model, register_model_for};
use ntsb_tests::wait_for;

const READ_ONLY_CALLS: &[&str] = &[
    "ntsb_predict_severity(ev_date => '2019-07-04', dec_latitude => 61.2, acft_make => 'CESSNA', wx_cond_basic => 'IMC')",
    "ntsb_predict_severity('{\"acft_make\": \"CESSNA\", \"wx_temp_c\": 3}'::jsonb)",
    "ntsb_predict_severity('20240914902470'::text)",
    "ntsb_predict_causes('{\"acft_make\": \"CESSNA\"}'::jsonb, 2)",
    "ntsb_predict_batch('[{}, {\"dec_latitude\": 91}]')",
    "ntsb_explain_severity('20240914902470'::text)",
    "ntsb_feature_importance('fixture:1')",
    "ntsb_model_info()",
    "ntsb_search('engine power', max_rows => 5)",
    "ntsb_search_advanced('fatalities > 3', 'ev_date', 5)",
    "ntsb_cluster_summary(50, 5)",
    "ntsb_accidents_near(61.2, -149.9, 100, 5)",
    "ntsb_forecast('events', 'year', 3)",
    "ntsb_event_history('20240914902470')",
];

fn call_as_json(database: &Database, call: &str) -> String {
    database
        .query_value(&format!("SELECT coalesce(json_agg(to_json(a)), '[]')::text FROM {call} a"))
}

#[test]
fn a_hot_standby_returns_the_results_of_its_primary() {
    let primary = Cluster::start(&[]);
    let database = primary.warehouse();
    load(&database, &["--full"], &fixture("sample.zip"));
    register_model(&database, 1, "Production", 0.4);
    register_model_for("cause_category", &database, 1, "Production", 0.4);
    let cluster = primary.start_standby();
    let standby = cluster.warehouse();
    assert!(standby.query_value::<bool>("SELECT pg_is_in_recovery()"));
    for call in READ_ONLY_CALLS {
        let expected = call_as_json(&database, call);
        assert_ne!(expected, "[]", "{call}");
        assert_eq!(call_as_json(&standby, call), expected, "{call}");
    }
    let metric = |database: &Database, name: &str| {
        database.query_column::<f64>("SELECT value FROM ntsb_metrics() WHERE name = $1", &[&name])
    };
    assert_eq!(metric(&standby, "ntsb_in_recovery"), [1.0]);
    assert_eq!(metric(&standby, "ntsb_events"), metric(&database, "ntsb_events"));
    assert_eq!(metric(&database, "ntsb_standbys"), [1.0]);
    assert_eq!(metric(&database, "ntsb_replication_lag_seconds").len(), 1);
    assert!(metric(&database, "ntsb_standby_lag_seconds").is_empty());
    wait_for("the standby to be current", 20, || {
        (metric(&standby, "ntsb_standby_lag_seconds") == [0.0]).then_some(())
    });
    // Procedures that write are not an error, so that primary and standby can have the same schedule.
    standby.execute("CALL ntsb_predict_pending(); CALL ntsb_refresh()");

    // A promotion invalidates the model cache of a session on the standby.
    let mut session = standby.connect();
    let version = "SELECT model_version FROM ntsb_predict_severity('{}'::jsonb)";
    assert_eq!(session.query_one(version, &[]).unwrap().get::<_, String>(0), "fixture:1");
    let second = register_model(&database, 2, "Staging", 0.4);
    database.execute(&format!("SELECT ntsb_promote_model({second}, 'Production')"));
    wait_for("promotion on the standby", 20, || {
        let current: String = session.query_one(version, &[]).unwrap().get(0);
        (current == "fixture:2").then_some(())
    });
}
