//! Errors while archiving and attaching. They must not lose data.

use std::fs;
use std::path::PathBuf;

use ntsb_tests::database::Database;
use ntsb_tests::wait_for;
use ntsb_tests::warehouse_contents::digest_tables;
use postgres::error::SqlState;

use super::decade::{archiving_database, count_rows_of_decade};
use super::shared_folder;

/// Makes a call that must fail with a hint, and returns its SQLSTATE.
fn call_error(database: &Database, call: &str) -> SqlState {
    let error = database.connect().batch_execute(call).unwrap_err();
    assert!(error.as_db_error().unwrap().hint().is_some(), "{call}: {error:?}");
    error.code().unwrap().clone()
}

#[test]
fn damaged_files_are_not_attached() {
    let folder = shared_folder();
    let database = archiving_database(folder.path());
    database.execute("CALL ntsb_archive_decade(1990)");
    let path: String = database.query_value("SELECT path FROM ntsb.archive");
    let attach = "CALL ntsb_attach_archive(1990)";
    let before = digest_tables(&database, &[]);
    for name in ["events/year=1994/part-0.parquet", "aircraft/manifest.json"] {
        let file = PathBuf::from(&path).join(name);
        // The server owns the files. The test replaces their contents.
        let intact = fs::read(&file).unwrap();
        let mut damaged = intact.clone();
        let middle = damaged.len() / 2;
        damaged[middle] ^= 1;
        fs::write(&file, &damaged).unwrap();
        assert_eq!(call_error(&database, attach), SqlState::DATA_CORRUPTED, "{name}");
        fs::rename(&file, file.with_extension("aside")).unwrap();
        assert_eq!(call_error(&database, attach), SqlState::UNDEFINED_FILE, "{name}");
        fs::rename(file.with_extension("aside"), &file).unwrap();
        fs::write(&file, &intact).unwrap();
    }
    assert_eq!(digest_tables(&database, &[]), before);
    database.execute(attach);
    assert!(count_rows_of_decade(&database, 1990) > 0);
}

#[test]
fn invalid_archive_calls_are_refused() {
    let folder = shared_folder();
    let database = archiving_database(folder.path());
    let invalid = SqlState::INVALID_PARAMETER_VALUE;
    assert_eq!(call_error(&database, "CALL ntsb_archive_decade(1995)"), invalid);
    assert_eq!(call_error(&database, "CALL ntsb_archive_decade(NULL)"), invalid);
    assert_eq!(call_error(&database, "CALL ntsb_archive_decade(2090)"), SqlState::NO_DATA_FOUND);
    assert_eq!(call_error(&database, "CALL ntsb_attach_archive(1990)"), SqlState::NO_DATA_FOUND);
    let unset = "SET ntsb.archive_directory = ''; CALL ntsb_archive_decade(1990)";
    assert_eq!(call_error(&database, unset), SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE);
    let nowhere = "SET ntsb.archive_directory = '/no/where'; CALL ntsb_archive_decade(1990)";
    assert_eq!(call_error(&database, nowhere), SqlState::UNDEFINED_FILE);
    database.execute("ALTER TABLE ntsb.findings ADD COLUMN mine interval");
    let call = "CALL ntsb_archive_decade(1990)";
    assert_eq!(call_error(&database, call), SqlState::FEATURE_NOT_SUPPORTED);
    database.execute("ALTER TABLE ntsb.findings DROP COLUMN mine");
    // Calls that failed have left no files.
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    assert!(count_rows_of_decade(&database, 1990) > 0);
    let role = format!("{}_nobody", database.name);
    database.execute(&format!(
        "CREATE ROLE {role}; GRANT USAGE ON SCHEMA ntsb TO {role};
         GRANT ALL ON ALL TABLES IN SCHEMA ntsb TO {role};
         CALL ntsb_create_roles(); GRANT ntsb_admin TO {role}"
    ));
    let call = format!("SET ROLE {role}; CALL ntsb_archive_decade(1990)");
    assert_eq!(call_error(&database, &call), SqlState::INSUFFICIENT_PRIVILEGE);
    let call = format!("SET ROLE {role}; SET ntsb.archive_directory = '/tmp'");
    let error = database.connect().batch_execute(&format!("LOAD 'pg_ntsb'; {call}")).unwrap_err();
    assert_eq!(error.code(), Some(&SqlState::INSUFFICIENT_PRIVILEGE));
    database.execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}"));
}

/// A session that has not loaded the library does not know the extension's settings.
#[test]
fn the_hint_names_commands_that_work_in_a_new_session() {
    let database = Database::with_sample();
    let error = database.connect().batch_execute("CALL ntsb_archive_decade(1990)").unwrap_err();
    let error = error.as_db_error().unwrap();
    let Some((_, commands)) = error.hint().and_then(|hint| hint.split_once(": ")) else {
        panic!("{error:?}")
    };
    let document = std::fs::read_to_string("../docs/archive.md").unwrap();
    for text in [commands, "ALTER DATABASE name SET\nntsb.archive_directory = '/srv/archive'"] {
        let mut client = database.connect();
        assert!(text == commands || document.contains(text), "{text}");
        for command in
            text.replace("DATABASE name", &format!("DATABASE {}", database.name)).split("; ")
        {
            // Other tests run on the same server and must not see the setting.
            if !command.contains("pg_reload_conf") {
                client.batch_execute(command).unwrap();
            }
        }
    }
    let mut client = database.connect();
    client.batch_execute("LOAD 'pg_ntsb'").unwrap();
    client.batch_execute("ALTER SYSTEM RESET ntsb.archive_directory").unwrap();
    assert_eq!(database.query_value::<String>("SHOW ntsb.archive_directory"), "/srv/archive");
}

/// After a rollback or a terminated session, the rows are still in the warehouse.
#[test]
fn a_rolled_back_archive_changes_nothing() {
    let folder = shared_folder();
    let database = archiving_database(folder.path());
    let before = digest_tables(&database, &[]);
    database.execute("BEGIN; CALL ntsb_archive_decade(1990); ROLLBACK");
    assert_eq!(digest_tables(&database, &[]), before);
    // Another session locks a row, so that the archive waits while it deletes rows.
    let mut holder = database.connect();
    let mut lock = holder.transaction().unwrap();
    lock.batch_execute(
        "SELECT FROM ntsb.events WHERE ev_year = 1999 ORDER BY ev_id DESC LIMIT 1 FOR UPDATE",
    )
    .unwrap();
    let mut client = database.connect();
    let backend: i32 = client.query_one("SELECT pg_backend_pid()", &[]).unwrap().get(0);
    let archive =
        std::thread::spawn(move || client.batch_execute("CALL ntsb_archive_decade(1990)"));
    wait_for("archive that waits", 60, || {
        let waiting = "SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND wait_event_type = 'Lock'";
        database.query_rows(waiting, &[&backend]).pop()
    });
    database.query_rows("SELECT pg_terminate_backend($1)", &[&backend]);
    assert!(archive.join().unwrap().is_err());
    lock.rollback().unwrap();
    drop(holder);
    database.wait_for_other_sessions();
    assert_eq!(digest_tables(&database, &[]), before);
    database.execute("CALL ntsb_archive_decade(1990); CALL ntsb_attach_archive(1990)");
    for (table, rows) in &before {
        assert_eq!(&digest_tables(&database, &[])[table], rows, "{table}");
    }
}
