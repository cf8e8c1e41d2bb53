//! Only the owner of the warehouse defines and runs pipelines, because commands run with its rights.

use ntsb_tests::database::Database;
use ntsb_tests::server::test_server;

use super::{database_with_log, define, fails, log_task, request, tick};
use crate::security::Role;

const WRITES: [&str; 10] = [
    "SELECT ntsb_define_dag('y', 'A test', ARRAY[ntsb_build_task('a', 'ALTER ROLE CURRENT_USER SUPERUSER')])",
    "SELECT ntsb_drop_dag('x')",
    "SELECT ntsb_enable_dag('x', false)",
    "SELECT ntsb_request_run('x')",
    "CALL ntsb_run_dag('x')",
    "CALL ntsb_run_dags()",
    "UPDATE ntsb.dag_task SET command = 'DROP TABLE ntsb.events'",
    "UPDATE ntsb.task_run SET command = 'DROP TABLE ntsb.events', state = 'waiting'",
    "INSERT INTO ntsb.dag_run (dag, started_by) VALUES ('x', 'request')",
    "DELETE FROM ntsb.dag",
];

#[test]
fn no_other_role_defines_changes_or_runs_a_task() {
    let database = database_with_log();
    database.execute("CALL ntsb_create_roles()");
    define(&database, "x", &log_task("a", ""));
    request(&database, "x");
    database.execute("SELECT ntsb_internal.start_due_runs('x')");
    for role in ["ntsb_viewer", "ntsb_api_user", "ntsb_analyst", "ntsb_admin", "ntsb_service"] {
        let mut client = database.connect();
        client.batch_execute(&format!("SET ROLE {role}")).unwrap();
        for sql in WRITES {
            assert_eq!(fails(&mut client, sql).0, "42501", "{role}: {sql}");
        }
        let may_read = role == "ntsb_analyst" || role == "ntsb_admin";
        let commands = client.query("SELECT command FROM ntsb.dag_task", &[]);
        assert_eq!(commands.is_ok(), may_read, "{role} reads commands");
        if role != "ntsb_service" {
            client.query_one("SELECT * FROM ntsb.job_status", &[]).unwrap();
        }
    }
    // A role may create objects in the schema of the extension and in temporary schemas only for itself.
    tick(&database);
    assert_eq!(database.count_rows("public.log"), 1);
}

/// A plain owner must not get its commands run by a superuser or by one of its members.
#[test]
fn a_superuser_and_a_member_do_not_run_the_commands_of_a_plain_owner() {
    let database = Database::without_extension();
    database.execute("CREATE EXTENSION pg_ntsb CASCADE; CALL ntsb_create_roles()");
    let owner = Role::create(&database, "dag_owner");
    let member = Role::create(&database, "dag_member");
    let alter = |name: &str| {
        let sql = format!("ALTER DATABASE {} OWNER TO {name}", database.name);
        test_server().connect("postgres").batch_execute(&sql).unwrap();
    };
    alter(&owner.name);
    database.execute(&format!(
        "GRANT ntsb_admin TO {0}, {1}; GRANT {0} TO {1}",
        owner.name, member.name
    ));
    let mut client = database.connect_as(&owner.name);
    client.batch_execute("CALL ntsb_create_warehouse()").unwrap();
    client
        .batch_execute(
            "SELECT ntsb_define_dag('x', 'A test', ARRAY[ntsb_build_task('a', 'ALTER ROLE CURRENT_USER SUPERUSER', max_attempts => 1)])",
        )
        .unwrap();
    for sql in ["CALL ntsb_run_dag('x')", "CALL ntsb_run_dags()", "SELECT ntsb_request_run('x')"] {
        assert_eq!(fails(&mut database.connect(), sql).0, "42501", "superuser: {sql}");
        assert_eq!(fails(&mut database.connect_as(&member.name), sql).0, "42501", "member: {sql}");
    }
    // The owner's own run has the rights of the owner.
    let (code, message) = fails(&mut client, "CALL ntsb_run_dag('x')");
    assert_eq!(code, "38000");
    assert!(message.contains("42501"), "{message}");
    let mut switched = database.connect_as(&member.name);
    switched.batch_execute(&format!("SET ROLE {}", owner.name)).unwrap();
    switched.batch_execute("CALL ntsb_run_dags()").unwrap();
    drop((client, switched));
    alter("postgres");
}

/// Names that commands use cannot be taken over by objects of other roles.
#[test]
fn commands_do_not_find_objects_of_other_roles() {
    let database = database_with_log();
    database.execute(
        "CREATE SCHEMA evil;
         CREATE FUNCTION evil.lower(text) RETURNS text LANGUAGE sql AS $$ SELECT 'evil' $$;
         CREATE TABLE evil.log (task text)",
    );
    define(
        &database,
        "x",
        "ntsb_build_task('a', $$INSERT INTO public.log (task) SELECT lower('GOOD')$$)",
    );
    request(&database, "x");
    let mut client = database.connect();
    client.batch_execute("SET search_path = evil, pg_catalog, public").unwrap();
    client.batch_execute("CALL ntsb_run_dags()").unwrap();
    assert_eq!(super::logged(&database), ["good"]);
}
