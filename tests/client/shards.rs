//! A coordinator answers like one database with all events, and a load onto its shards is stored on all of them or on
//! none, wherever it breaks off.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use ntsb_tests::database::Database;
use ntsb_tests::process::{run, run_ok};
use ntsb_tests::server::test_server;
use ntsb_tests::shards::{ShardedWarehouse, assert_same_answers};
use ntsb_tests::{count_sample_events, fixture};
use tempfile::tempdir;

/// A step of a load, the trigger that stops it there, and whether the load is stored all the same.
struct Step {
    name: &'static str,
    trigger: &'static str,
    is_stored: bool,
    prepared: i64,
}

const fn step(name: &'static str, trigger: &'static str, is_stored: bool, prepared: i64) -> Step {
    Step { name, trigger, is_stored, prepared }
}

const PREPARED: &str = "BEFORE UPDATE ON ntsb.distributed_load_shard FOR EACH ROW
    WHEN (NEW.prepared_at IS NOT NULL AND OLD.prepared_at IS NULL AND NEW.shard_name = 'until_1989')";
const ALL_PREPARED: &str = "BEFORE UPDATE ON ntsb.distributed_load_shard FOR EACH ROW
    WHEN (NEW.prepared_at IS NOT NULL AND OLD.prepared_at IS NULL AND NEW.shard_name = 'from_2010')";
const DECIDED: &str =
    "BEFORE UPDATE ON ntsb.distributed_load FOR EACH ROW WHEN (NEW.decision = 'commit')";
const COMMITTED: &str = "BEFORE UPDATE ON ntsb.distributed_load_shard FOR EACH ROW
    WHEN (NEW.resolved_at IS NOT NULL AND OLD.resolved_at IS NULL AND NEW.shard_name = 'until_1989')";

/// The first two break off before the decision. The backend of the third commits the decision, though the command
/// that sent it is dead.
const STEPS: [Step; 4] = [
    step("between prepares", PREPARED, false, 1),
    step("before the decision", ALL_PREPARED, false, 3),
    step("after the decision", DECIDED, true, 3),
    step("between commits", COMMITTED, true, 2),
];

fn kill_at(warehouse: &ShardedWarehouse, step: &Step, load: Command) {
    warehouse.pause_load(step.name, step.trigger, load).kill();
    warehouse.coordinator.wait_for_other_sessions();
    for shard in &warehouse.shards {
        shard.wait_for_other_sessions();
    }
}

fn explain(coordinator: &Database, query: &str) -> String {
    let plan: Vec<String> =
        coordinator.query_column(&format!("EXPLAIN (VERBOSE, COSTS OFF) {query}"), &[]);
    plan.join("\n")
}

/// Queries, the number of shards that they may ask, and what must be computed there.
const PUSHED_DOWN: [(&str, usize, &str); 6] = [
    ("SELECT count(*) FROM ntsb.fact_accidents WHERE ev_year = 2005", 1, "(ev_year = 2005)"),
    (
        "SELECT count(*) FROM ntsb.events WHERE ev_year BETWEEN 1984 AND 1988",
        1,
        "(ev_year >= 1984)",
    ),
    ("SELECT ev_year, count(*) FROM ntsb.events WHERE ev_year < 1985 GROUP BY 1", 1, "count(*)"),
    (
        "SELECT ev_year, severity, count(*) FROM ntsb.fact_accidents WHERE ev_year >= 2000 GROUP BY 1, 2",
        2,
        "GROUP BY",
    ),
    (
        "SELECT ev_year, count(*), sum(fatalities) FROM ntsb.fact_accidents GROUP BY 1",
        3,
        "GROUP BY",
    ),
    (
        "SELECT ev_id FROM ntsb.accidents WHERE ev_year = 2015 AND ev_state = 'AK' AND severity = 'FATL'",
        1,
        "ev_state = 'AK'",
    ),
];

fn assert_pushed_down(coordinator: &Database) {
    for (query, shards, remote) in PUSHED_DOWN {
        let plan = explain(coordinator, query);
        let asked = plan
            .lines()
            .filter(|line| line.contains("Remote SQL") && line.contains("ntsb."))
            .filter(|line| line.contains("ntsb.events") || line.contains("ntsb.fact_accidents"));
        let asked: Vec<_> = asked.collect();
        assert_eq!(asked.len(), shards, "{query}\n{plan}");
        assert!(asked.iter().all(|sql| sql.contains(remote)), "{query}\n{plan}");
    }
}

#[test]
fn a_coordinator_answers_like_one_database() {
    let warehouse = ShardedWarehouse::start(2);
    let coordinator = &warehouse.coordinator;
    warehouse.load(&["--full"], &fixture("sample.zip"));
    assert_eq!(warehouse.count_events().iter().sum::<i64>(), count_sample_events());
    assert_same_answers(&Database::with_sample(), coordinator);
    assert_pushed_down(coordinator);
    assert_refused(&warehouse);
    coordinator.execute("CALL ntsb_create_warehouse()");
    assert_eq!(coordinator.count_rows("ntsb_missing_objects()"), 0);
}

#[test]
fn killed_loads_are_stored_on_all_shards_or_none_and_events_move_between_shards() {
    let warehouse = ShardedWarehouse::start(1);
    assert_killed_loads_are_whole(&warehouse);
    assert_events_move(&warehouse);
    for shard in &warehouse.shards {
        assert_eq!(shard.count_rows("ntsb_verify_change_log()"), 0);
    }
}

/// Writes a folder of CSV files with events of all shards.
fn generate(events: u32, folder: &Path) -> PathBuf {
    let out = folder.join(format!("events_{events}"));
    let (events, out_text) = (events.to_string(), out.to_str().unwrap().to_owned());
    let mut command = Command::new(test_server().ntsb_binary());
    command.args(["generate", "--seed", "77", "--words", "20", "--clean", "--events", &events]);
    command.args(["--out", &out_text]);
    run_ok(command);
    out
}

fn assert_killed_loads_are_whole(warehouse: &ShardedWarehouse) {
    let coordinator = &warehouse.coordinator;
    let folder = tempdir().unwrap();
    let mut batches = 0;
    for (number, step) in (1_u32..).zip(&STEPS) {
        let file = generate(20 * number, folder.path());
        kill_at(warehouse, step, warehouse.load_command(&["--increment"], &file));
        assert_eq!(warehouse.count_prepared(), step.prepared, "{}", step.name);
        warehouse.resolve();
        assert_eq!(warehouse.count_prepared(), 0, "{}", step.name);
        let sql = "SELECT l.decision || ': ' || string_agg(DISTINCT s.outcome, ', ')
             FROM ntsb.distributed_load l JOIN ntsb.distributed_load_shard s USING (load_id)
             WHERE l.load_id = (SELECT max(load_id) FROM ntsb.distributed_load) AND l.finished_at IS NOT NULL
             GROUP BY l.decision";
        let outcome: String = coordinator.query_value(sql);
        let expected = if step.is_stored { "commit: committed" } else { "rollback: rolled back" };
        assert_eq!(outcome, expected, "{}", step.name);
        batches += i64::from(step.is_stored);
        let mut events = 0;
        for shard in &warehouse.shards {
            assert_eq!(shard.count_rows("ntsb.batch"), batches, "{}: {}", step.name, shard.name);
            assert_eq!(shard.count_rows("ntsb_staging.events"), 0, "{}", step.name);
            events += shard.query_value::<i64>(
                "SELECT coalesce(sum(staged), 0)::bigint FROM ntsb.batch_table
                 WHERE batch_id = (SELECT max(batch_id) FROM ntsb.batch) AND table_name = 'events'",
            );
        }
        if step.is_stored {
            assert_eq!(events, i64::from(20 * number), "{}", step.name);
        }
    }
}

/// A coordinator takes no load of its own, a shard no event of other years, and a reader no write.
fn assert_refused(warehouse: &ShardedWarehouse) {
    let coordinator = &warehouse.coordinator;
    let error = |database: &Database, sql: &str| {
        let error = database.connect().batch_execute(sql).unwrap_err();
        error.as_db_error().map(|e| e.message().to_owned()).unwrap_or_else(|| error.to_string())
    };
    let plain = error(coordinator, "SELECT ntsb_begin_batch('x.zip')");
    assert!(plain.contains("this database is a coordinator"), "{plain}");
    let write = error(coordinator, "DELETE FROM ntsb.fact_accidents WHERE ev_year = 2005");
    assert!(write.contains("permission denied"), "{write}");
    let again = error(coordinator, "CALL ntsb_attach_shard('until_1989', 'localhost', 'x')");
    assert!(again.contains("shard until_1989 is attached"), "{again}");
    let name = error(coordinator, "CALL ntsb_attach_shard('A; DROP', 'localhost', 'x')");
    assert!(name.contains("lower-case letters"), "{name}");
    let years = error(&warehouse.shards[0], "CALL ntsb_prepare_shard(1, NULL, 1983)");
    assert!(years.contains("belongs to another shard"), "{years}");
    let number = error(&warehouse.shards[0], "CALL ntsb_prepare_shard(21, NULL, 1989)");
    assert!(number.contains("shard_number must be between 1 and 20, got 21"), "{number}");
    let member = error(coordinator, "CALL ntsb_prepare_shard(4, NULL, 1989)");
    assert!(member.contains("this database is a coordinator"), "{member}");
    let plain_load = ntsb_tests::cli::load_command(
        &warehouse.shards[0],
        &["--full", "--recheck"],
        &fixture("sample.zip"),
    );
    let output = run(plain_load);
    assert_eq!(output.code, Some(1), "{}", output.all_output());
    assert!(output.stderr.contains("belongs to another shard"), "{}", output.stderr);
    let cases = run(warehouse.load_command(&[], &fixture("cases.json")));
    assert_eq!(cases.code, Some(2), "{}", cases.all_output());
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("notes.txt"), "no NTSB file").unwrap();
    let wrong = run(warehouse.load_command(&[], &folder.path().join("notes.txt")));
    assert_eq!(wrong.code, Some(3), "{}", wrong.all_output());
    assert_eq!(coordinator.count_rows("ntsb.distributed_load WHERE finished_at IS NULL"), 0);
}

/// Writes the rows of an event as CSV files, with another year and change date.
fn write_rows(one: &Database, ev_id: &str, year: i16, changed: &str, folder: &Path) {
    let tables: Vec<String> = one.query_column(
        "SELECT DISTINCT table_name FROM ntsb_source_columns()
         WHERE NOT reference AND NOT derived AND column_name = 'ev_id'",
        &[],
    );
    for table in tables {
        let columns: String = one.query_value(&format!(
            "SELECT string_agg(CASE
                WHEN '{table}' = 'events' AND column_name = 'ev_date'
                    THEN 'to_char(ev_date + make_interval(years => {year} - ev_year), ''MM/DD/YY'') || '' 00:00:00'' AS ev_date'
                WHEN '{table}' = 'events' AND column_name = 'ev_year' THEN '{year} AS ev_year'
                WHEN column_name = 'lchg_date' THEN '''{changed}'' AS lchg_date'
                ELSE quote_ident(column_name) END, ', ' ORDER BY position)
             FROM ntsb_source_columns() WHERE table_name = '{table}' AND NOT derived"
        ));
        let rows = one.query_csv(&format!(
            "SELECT {columns} FROM ntsb.{table} WHERE ev_id = '{ev_id}' AND withdrawn_batch IS NULL"
        ));
        if rows.lines().count() > 1 {
            fs::write(folder.join(format!("{table}.csv")), rows).unwrap();
        }
    }
}

/// A corrected date moves an event from one shard to another, in one step, and back.
fn assert_events_move(warehouse: &ShardedWarehouse) {
    let (first, second) = (&warehouse.shards[0], &warehouse.shards[1]);
    let ev_id: String = first.query_value(
        "SELECT ev_id FROM ntsb.events WHERE withdrawn_batch IS NULL ORDER BY 1 LIMIT 1",
    );
    let before = warehouse.count_events();
    let folder = tempdir().unwrap();
    write_rows(first, &ev_id, 1990, "06/01/26 00:00:00", folder.path());
    warehouse.load(&["--increment"], folder.path());
    let after = warehouse.count_events();
    assert_eq!(after, [before[0] - 1, before[1] + 1, before[2]]);
    let years: Vec<i16> = warehouse
        .coordinator
        .query_column("SELECT ev_year FROM ntsb.fact_accidents WHERE ev_id = $1", &[&ev_id]);
    assert_eq!(years, [1990]);
    let log: Vec<String> = first.query_column(
        "SELECT action FROM ntsb.change_log WHERE ev_id = $1 AND table_name = 'events' ORDER BY seq",
        &[&ev_id],
    );
    assert_eq!(log, ["insert", "withdraw"]);
    // The older version is stale on the shard that has the newer one, and new nowhere.
    let older = tempdir().unwrap();
    write_rows(second, &ev_id, 1989, "12/31/89 00:00:00", older.path());
    warehouse.load(&["--increment"], older.path());
    assert_eq!(warehouse.count_events(), after);
    // And back, with all its rows.
    let back = tempdir().unwrap();
    write_rows(second, &ev_id, 1989, "06/02/26 00:00:00", back.path());
    warehouse.load(&["--increment"], back.path());
    assert_eq!(warehouse.count_events(), before);
    // A file with the event alone would lose its aircraft on the way.
    fs::remove_file(folder.path().join("aircraft.csv")).unwrap();
    write_rows(first, &ev_id, 1990, "06/03/26 00:00:00", folder.path());
    fs::remove_file(folder.path().join("aircraft.csv")).unwrap();
    let output = run(warehouse.load_command(&["--increment"], folder.path()));
    assert_eq!(output.code, Some(1), "{}", output.all_output());
    assert!(output.stderr.contains("has no rows of table aircraft"), "{}", output.stderr);
    assert_eq!(warehouse.count_events(), before);
    assert_eq!(warehouse.count_prepared(), 0);
}
