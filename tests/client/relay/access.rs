//! The role ntsb_relay, and arguments of the SQL functions.

use ntsb_tests::database::Database;
use ntsb_tests::process::run;
use ntsb_tests::redis_server::RedisServer;

use super::{add_changes, raise_alert, relay_command};

/// A login role of one test.
struct Login<'a> {
    name: String,
    database: &'a Database,
}

impl<'a> Login<'a> {
    fn create(database: &'a Database, role: &str) -> Login<'a> {
        let name = format!("relay_{role}_{}", database.name);
        database
            .execute(&format!("CALL ntsb_create_roles(); CREATE ROLE {name} LOGIN IN ROLE {role}"));
        Login { name, database }
    }
}

impl Drop for Login<'_> {
    fn drop(&mut self) {
        let sql = format!("DROP OWNED BY {0} CASCADE; DROP ROLE {0}", self.name);
        if let Err(error) = self.database.connect().batch_execute(&sql) {
            eprintln!("cannot drop role {}: {error:?}", self.name);
        }
    }
}

fn sql_state(result: Result<(), postgres::Error>) -> Option<String> {
    result.err().and_then(|error| error.code().map(|code| code.code().to_owned()))
}

#[test]
fn the_relay_role_may_relay_and_nothing_else() {
    let (database, redis) = (Database::empty_warehouse(), RedisServer::start());
    let login = Login::create(&database, "ntsb_relay");
    add_changes(&database, 3);
    raise_alert(&mut database.connect(), "look");
    database.execute("SELECT ntsb_create_api_key('dashboard')");
    let mut command = relay_command(&database, &["--to", &redis.url(), "--once"]);
    command.env("PGUSER", &login.name);
    let output = run(command);
    assert_eq!(output.code, Some(0), "{}", output.all_output());
    assert_eq!(redis.stream_length("ntsb"), 4);
    let stream = redis.cli(&["XRANGE", "ntsb", "-", "+"]);
    assert!(!stream.contains("dashboard") && !stream.contains("ntsb_api"), "{stream}");

    let mut client = database.connect_as(&login.name);
    for (sql, is_allowed) in [
        ("SELECT * FROM ntsb_relay_status()", true),
        ("DELETE FROM ntsb.relay_cursor WHERE target = 'gone'", true),
        ("SELECT count(*) FROM ntsb.change_log", true),
        ("SELECT count(*) FROM ntsb.api_key", false),
        ("SELECT count(*) FROM ntsb.alert_delivery", false),
        ("SELECT count(*) FROM ntsb.staging_quarantine", false),
        ("SELECT count(*) FROM ntsb_staging.events", false),
        ("UPDATE ntsb.change_log SET action = 'insert'", false),
        ("DELETE FROM ntsb.alert", false),
        ("DELETE FROM ntsb.relay_alert", false),
        ("SELECT ntsb_raise_alert('drift', 'info', 'x', 'x')", false),
        ("SELECT * FROM ntsb_predict('{}', 'severity')", false),
        ("SELECT ntsb_create_api_key('mine')", false),
    ] {
        let state = sql_state(client.batch_execute(sql));
        assert_eq!(state.as_deref(), if is_allowed { None } else { Some("42501") }, "{sql}");
    }
}

#[test]
fn a_viewer_may_not_relay() {
    let (database, redis) = (Database::empty_warehouse(), RedisServer::start());
    let login = Login::create(&database, "ntsb_viewer");
    let mut client = database.connect_as(&login.name);
    for sql in [
        "SELECT ntsb_begin_relay('x', 'changes')",
        "SELECT * FROM ntsb_relay_batch('x', 'changes')",
        "SELECT ntsb_advance_relay('x', 'changes', 1, 'x')",
        "SELECT * FROM ntsb_relay_status()",
        "SELECT * FROM ntsb.relay_cursor",
    ] {
        assert_eq!(sql_state(client.batch_execute(sql)).as_deref(), Some("42501"), "{sql}");
    }
    let mut command = relay_command(&database, &["--to", &redis.url(), "--once"]);
    command.env("PGUSER", &login.name);
    let output = run(command);
    assert_eq!(output.code, Some(1), "{}", output.all_output());
    assert!(output.stderr.contains("ntsb_relay"), "the needed role: {}", output.stderr);
}

#[test]
fn wrong_arguments_are_refused() {
    let database = Database::empty_warehouse();
    let mut client = database.connect();
    add_changes(&database, 2);
    for (sql, state) in [
        ("SELECT ntsb_begin_relay('', 'changes')", "22023"),
        ("SELECT ntsb_begin_relay(NULL, 'changes')", "22023"),
        ("SELECT ntsb_begin_relay(repeat('x', 201), 'changes')", "22023"),
        ("SELECT ntsb_begin_relay(E'a\\nb', 'changes')", "22023"),
        ("SELECT ntsb_begin_relay('x', 'api_key')", "22023"),
        ("SELECT ntsb_begin_relay('x', NULL)", "22023"),
        ("SELECT ntsb_begin_relay('x', 'changes', 'yesterday')", "22023"),
        ("SELECT * FROM ntsb_relay_batch('x', 'changes')", "P0002"),
        (
            "SELECT ntsb_begin_relay('x', 'changes'); SELECT * FROM ntsb_relay_batch('x', 'changes', 0)",
            "22023",
        ),
        ("SELECT * FROM ntsb_relay_batch('x', 'changes', 10001)", "22023"),
        ("SELECT ntsb_advance_relay('x', 'changes', 3, 'id')", "22023"),
        ("SELECT ntsb_advance_relay('x', 'changes', NULL, 'id')", "22023"),
        ("SELECT ntsb_advance_relay('y', 'changes', 1, 'id')", "55000"),
        (
            "SELECT ntsb_advance_relay('x', 'changes', 2, NULL); SELECT ntsb_advance_relay('x', 'changes', 1, NULL)",
            "55000",
        ),
    ] {
        let found = sql_state(client.batch_execute(sql));
        assert_eq!(found.as_deref(), Some(state), "{sql}");
    }
}
