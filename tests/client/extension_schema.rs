//! The extension can be installed in any schema.

use ntsb_tests::cli::{ntsb_command, run_ntsb};
use ntsb_tests::database::Database;
use ntsb_tests::fixture;
use ntsb_tests::process::run;

/// A name that has to be quoted.
const SCHEMA: &str = "\"Tools, public; x\"";

fn database_with_extension_in_schema() -> Database {
    let database = Database::without_extension();
    database.execute(&format!(
        "CREATE SCHEMA gis; CREATE EXTENSION postgis SCHEMA gis; CREATE EXTENSION btree_gist SCHEMA gis;
         CREATE SCHEMA {SCHEMA}; CREATE EXTENSION pg_ntsb SCHEMA {SCHEMA};
         CALL {SCHEMA}.ntsb_create_warehouse()"
    ));
    database
}

#[test]
fn every_command_finds_the_extension() {
    let database = database_with_extension_in_schema();
    let (sample, ev_id) = (fixture("up08NOV.zip"), "20251031902489");
    let commands: &[&[&str]] = &[
        &["load", sample.to_str().unwrap()],
        &["refresh"],
        &["status"],
        &["search", "engine"],
        &["search", "--where", "ev_year > 1990"],
        &["near", "61", "-150"],
        &["cluster", "--min-points", "2"],
        &["stats", "year"],
        &["history", ev_id],
        &["quarantine", "list"],
        &["export", "events", "--format", "csv"],
        &["export", "events", "--format", "geojson"],
        &["models"],
        &["apikey", "list"],
        &["verify", "--rows"],
    ];
    for arguments in commands {
        let finished = run_ntsb(&database, arguments);
        assert_eq!(finished.code, Some(0), "{arguments:?}: {}", finished.all_output());
    }
    // A search_path set by the user does not hide them.
    let mut command = ntsb_command(&database.server, &database.name);
    command.env("PGOPTIONS", "-c search_path=ntsb").args(["search", "engine"]);
    let finished = run(command);
    assert_eq!(finished.code, Some(0), "{}", finished.all_output());
}

#[test]
fn errors_name_the_missing_extension_or_privilege() {
    let database = Database::without_extension();
    let finished = run_ntsb(&database, &["search", "engine"]);
    assert_eq!(finished.code, Some(1), "{}", finished.all_output());
    assert!(finished.stderr.contains("CREATE EXTENSION pg_ntsb CASCADE"), "{}", finished.stderr);

    let database = database_with_extension_in_schema();
    let role = format!("{}_unprivileged", database.name);
    database.execute(&format!("CREATE ROLE {role} LOGIN"));
    let mut command = ntsb_command(&database.server, &database.name);
    command.env("PGUSER", &role).args(["search", "engine"]);
    let finished = run(command);
    database.execute(&format!("DROP ROLE {role}"));
    assert_eq!(finished.code, Some(1), "{}", finished.all_output());
    assert!(finished.stderr.contains("GRANT USAGE ON SCHEMA"), "{}", finished.stderr);
}
