//! An upgrade leaves a database equal to a new installation, with its data.
//!
//! The older version is made from the present installer by edits of each kind that occurs between releases.
//! The upgrade script is composed as for a release, in the folder of a copy of PostgreSQL.

use std::fs;
use std::path::Path;
use std::process::Command;

use ntsb_tests::cluster::Cluster;
use ntsb_tests::database::Database;
use ntsb_tests::process::run_ok;
use ntsb_tests::{cli, fixture};

use crate::schema::{FUNCTIONS, schema_dump};

const OLD: &str = "0.4.99";
const NEW: &str = env!("CARGO_PKG_VERSION");

/// Replaces what must be there, so that an edit cannot be lost unnoticed.
fn edit(installer: &str, from: &str, to: &str) -> String {
    assert!(installer.contains(from), "the installer does not contain {from}");
    installer.replacen(from, to, 1)
}

fn older(installer: &str) -> String {
    // A function that the new version lacks, and one that the old version lacks.
    let mut old = format!(
        "{installer}\nCREATE FUNCTION ntsb_removed(a integer[] DEFAULT '{{1,2}}') RETURNS integer
         LANGUAGE sql AS 'SELECT 1';\nCOMMENT ON FUNCTION ntsb_removed(integer[]) IS 'Removed; later';\n"
    );
    let start = old.find("CREATE FUNCTION ntsb_registration_history(").unwrap();
    let comment =
        start + old[start..].find("COMMENT ON FUNCTION ntsb_registration_history").unwrap();
    let end = comment + old[comment..].find("';").unwrap() + 2;
    old.replace_range(start..end, "");
    // Another body, another default, another result of a function that views call, another comment.
    let old = edit(&old, "ORDER BY l.seq, c.key;", "ORDER BY c.key;");
    let old =
        edit(&old, "feature_set text DEFAULT 'scene'", "feature_set text DEFAULT 'pre_event'");
    let old = edit(
        &old,
        "CREATE FUNCTION ntsb_code_meaning(kind text, code text) RETURNS text",
        "CREATE FUNCTION ntsb_code_meaning(kind text, code text) RETURNS varchar",
    );
    edit(
        &old,
        "COMMENT ON FUNCTION ntsb_bands() IS\n'",
        "COMMENT ON FUNCTION ntsb_bands() IS\n'Old: ",
    )
}

fn compose(old: &Path, new: &Path, script: &Path) {
    let programs = Path::new(&std::env::var_os("NTSB_BIN").unwrap()).parent().unwrap().to_owned();
    let mut xtask = Command::new(programs.join("xtask"));
    xtask.arg("upgrade").args([old, new, script]);
    run_ok(xtask);
}

#[test]
fn an_upgraded_database_equals_a_new_one() {
    let cluster = Cluster::start_from_copy();
    let folder = cluster.extension_folder();
    let path = |version: &str| folder.join(format!("pg_ntsb--{version}.sql"));
    let installer = fs::read_to_string(path(NEW)).unwrap();
    fs::write(path(OLD), older(&installer)).unwrap();
    compose(&path(OLD), &path(NEW), &path(&format!("{OLD}--{NEW}")));

    let mut client = cluster.server().connect("postgres");
    client.batch_execute("CREATE DATABASE upgraded").unwrap();
    let upgraded = Database::attach(cluster.server(), "upgraded");
    upgraded.execute(&format!(
        "SET client_min_messages = warning; CREATE EXTENSION postgis; CREATE EXTENSION btree_gist;
         CREATE EXTENSION pg_ntsb VERSION '{OLD}'; CALL ntsb_create_roles(); CALL ntsb_create_warehouse()"
    ));
    let mut load = cli::ntsb_command(&cluster.server(), "upgraded");
    load.args(["load", "--full"]).arg(fixture("sample.zip"));
    run_ok(load);
    let facts = "SELECT md5(string_agg(f::text, '' ORDER BY ev_id)) FROM ntsb.fact_accidents f";
    let before: String = upgraded.query_value(facts);
    assert_eq!(upgraded.query_value::<i32>("SELECT ntsb_removed()"), 1);

    // A user's view on a function that is dropped stops the upgrade, and PostgreSQL names it.
    upgraded.execute("CREATE VIEW public.mine AS SELECT ntsb_removed() AS one");
    let refused = upgraded.connect().batch_execute("ALTER EXTENSION pg_ntsb UPDATE").unwrap_err();
    let refused = refused.as_db_error().unwrap().clone();
    assert_eq!(refused.code().code(), "2BP01", "{refused:?}");
    assert!(refused.detail().unwrap().contains("view mine"), "{refused:?}");
    upgraded.execute("DROP VIEW public.mine");

    upgraded.execute("ALTER EXTENSION pg_ntsb UPDATE; CALL ntsb_create_warehouse()");
    let new = cluster.warehouse();
    new.execute("CALL ntsb_create_roles()");
    let functions = |database: &Database| database.query_column::<String>(FUNCTIONS, &[]);
    let (found, expected) = (functions(&upgraded), functions(&new));
    for (found, expected) in found.iter().zip(&expected) {
        assert_eq!(found, expected);
    }
    assert_eq!(found.len(), expected.len());
    assert_eq!(schema_dump(&upgraded), schema_dump(&new));
    assert_eq!(upgraded.query_value::<String>(facts), before);
    assert_eq!(upgraded.count_rows("ntsb.accidents"), upgraded.count_rows("ntsb.fact_accidents"));
    let version = "SELECT extversion FROM pg_extension WHERE extname = 'pg_ntsb'";
    assert_eq!(upgraded.query_value::<String>(version), NEW);
}
