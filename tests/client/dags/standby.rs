//! Pipelines run on the primary only.

use ntsb_tests::cluster::Cluster;
use ntsb_tests::process::run;

use super::{create_log, define, log_task, logged, request, states, tick};

#[test]
fn a_standby_runs_nothing_and_says_so_and_goes_on_when_promoted() {
    let primary = Cluster::start(&[]);
    let database = primary.warehouse();
    create_log(&database);
    define(&database, "x", &log_task("a", ""));
    let run_id = request(&database, "x");
    let cluster = primary.start_standby();
    let standby = cluster.warehouse();
    for call in ["CALL ntsb_run_dags()", "CALL ntsb_run_dag('x')"] {
        let mut psql = standby.server.command("psql", &standby.name);
        psql.args(["-X", "-c", call]);
        let output = run(psql);
        assert_eq!(output.code, Some(0), "{call}: {}", output.all_output());
        assert!(
            output.stderr.contains("pipelines do not run on a standby"),
            "{call}: {}",
            output.stderr
        );
    }
    assert_eq!(database.count_rows("ntsb.task_run"), 0);
    assert!(standby.query_value::<bool>("SELECT pg_promote()"));
    tick(&standby);
    assert_eq!(states(&standby, run_id), ["a succeeded 1"]);
    assert_eq!(logged(&standby), ["a"]);
}
