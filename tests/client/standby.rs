//! What only reads is answered by a hot standby as by its primary; what writes says why it does not.

use ntsb_tests::cluster::Cluster;
use ntsb_tests::database::Database;
use ntsb_tests::fixture;
use ntsb_tests::model::{register, register_for};
use ntsb_tests::ntsb::load;
use ntsb_tests::wait_for;

const ASKED: &[&str] = &[
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

fn answer(database: &Database, asked: &str) -> String {
    database.one(&format!("SELECT coalesce(json_agg(to_json(a)), '[]')::text FROM {asked} a"))
}

#[test]
fn a_hot_standby_answers_what_its_primary_answers() {
    let primary = Cluster::start(&[]);
    let database = primary.warehouse();
    load(&database, &["--full"], &fixture("sample.zip"));
    register(&database, 1, "Production", 0.4);
    register_for("cause_category", &database, 1, "Production", 0.4);
    let cluster = primary.standby();
    let standby = cluster.warehouse();
    assert!(standby.one::<bool>("SELECT pg_is_in_recovery()"));
    for asked in ASKED {
        let expected = answer(&database, asked);
        assert_ne!(expected, "[]", "{asked}");
        assert_eq!(answer(&standby, asked), expected, "{asked}");
    }
    // Neither is an error, so that the same schedule may stand on both.
    standby.execute("CALL ntsb_predict_pending(); CALL ntsb_refresh()");

    // A promotion reaches what a session of the standby has kept.
    let mut session = standby.connect();
    let version = "SELECT model_version FROM ntsb_predict_severity('{}'::jsonb)";
    assert_eq!(session.query_one(version, &[]).unwrap().get::<_, String>(0), "fixture:1");
    let second = register(&database, 2, "Staging", 0.4);
    database.execute(&format!("SELECT ntsb_promote_model({second}, 'Production')"));
    wait_for("promotion on the standby", 20, || {
        let told: String = session.query_one(version, &[]).unwrap().get(0);
        (told == "fixture:2").then_some(())
    });
}
