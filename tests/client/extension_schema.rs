//! The extension may be in any schema.

use ntsb_tests::database::Database;
use ntsb_tests::fixture;
use ntsb_tests::ntsb::{command, ntsb};
use ntsb_tests::process::run;

/// A name that has to be quoted.
const SCHEMA: &str = "\"Tools, public; x\"";

fn elsewhere() -> Database {
    let database = Database::bare();
    database.execute(&format!(
        "CREATE SCHEMA gis; CREATE EXTENSION postgis SCHEMA gis; CREATE EXTENSION btree_gist SCHEMA gis;
         CREATE SCHEMA {SCHEMA}; CREATE EXTENSION pg_ntsb SCHEMA {SCHEMA};
         CALL {SCHEMA}.ntsb_create_warehouse()"
    ));
    database
}

#[test]
fn every_command_finds_the_functions() {
    let database = elsewhere();
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
        let done = ntsb(&database, arguments);
        assert_eq!(done.code, Some(0), "{arguments:?}: {}", done.said());
    }
    // A search_path of the user's own does not hide them.
    let mut command = command(&database.server, &database.name);
    command.env("PGOPTIONS", "-c search_path=ntsb").args(["search", "engine"]);
    let done = run(command);
    assert_eq!(done.code, Some(0), "{}", done.said());
}

#[test]
fn what_is_missing_is_named() {
    let database = Database::bare();
    let done = ntsb(&database, &["search", "engine"]);
    assert_eq!(done.code, Some(1), "{}", done.said());
    assert!(done.stderr.contains("CREATE EXTENSION pg_ntsb CASCADE"), "{}", done.stderr);

    let database = elsewhere();
    let role = format!("{}_stranger", database.name);
    database.execute(&format!("CREATE ROLE {role} LOGIN"));
    let mut command = command(&database.server, &database.name);
    command.env("PGUSER", &role).args(["search", "engine"]);
    let done = run(command);
    database.execute(&format!("DROP ROLE {role}"));
    assert_eq!(done.code, Some(1), "{}", done.said());
    assert!(done.stderr.contains("GRANT USAGE ON SCHEMA"), "{}", done.stderr);
}
