//! The whole schema as a text under review: whatever changes in tables, views, functions, comments, marks or
//! privileges shows in the difference. BLESS=1 writes it anew.

use std::fs;
use std::path::{Path, PathBuf};

use ntsb_tests::database::Database;
use ntsb_tests::process::run_ok;

/// Each function of the extension, with its result, marks, privileges and comment.
pub const FUNCTIONS: &str = "
        SELECT format(E'%s\\n  returns %s\\n  %s\\n  %s\\n  %s\\n',
            p.oid::regprocedure, coalesce(pg_get_function_result(p.oid), 'nothing'),
            concat_ws(', ', CASE p.prokind WHEN 'f' THEN 'function' WHEN 'p' THEN 'procedure' ELSE 'aggregate' END,
                CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END,
                CASE p.proparallel WHEN 's' THEN 'parallel safe' WHEN 'r' THEN 'parallel restricted' ELSE 'parallel unsafe' END,
                CASE WHEN p.proisstrict THEN 'strict' END, CASE WHEN p.prosecdef THEN 'security definer' END,
                'cost ' || p.procost, array_to_string(p.proconfig, ', ')),
            array_to_string(ARRAY(SELECT DISTINCT a.grantee::regrole::text FROM aclexplode(p.proacl) a
                                  WHERE a.grantee <> p.proowner ORDER BY 1), ', '),
            obj_description(p.oid, 'pg_proc'))
        FROM pg_proc p
        JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
        JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'pg_ntsb'
        ORDER BY p.oid::regprocedure::text COLLATE \"C\"";

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("schema").join(name)
}

fn check(name: &str, found: &str) {
    let path = golden(name);
    if std::env::var_os("BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, found).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    for (number, (expected, found)) in expected.lines().zip(found.lines()).enumerate() {
        assert_eq!(found, expected, "line {} of {}", number + 1, path.display());
    }
    assert_eq!(found.lines().count(), expected.lines().count(), "lines of {}", path.display());
}

/// What pg_dump says that is not about the schema.
fn is_noise(line: &str) -> bool {
    let noise = ["--", "SET ", "SELECT pg_catalog.set_config", "\\restrict", "\\unrestrict"];
    line.is_empty() || noise.iter().any(|start| line.starts_with(start))
}

/// pg_dump of the schemas of the warehouse, without what varies between databases.
pub fn schema_dump(database: &Database) -> String {
    let mut dump = database.server.command("pg_dump", &database.name);
    dump.args([
        "--schema-only",
        "--no-owner",
        "--schema=ntsb",
        "--schema=ntsb_staging",
        "--schema=ntsb_internal",
        "--schema=asrs",
    ]);
    let text = run_ok(dump);
    let lines: Vec<&str> = text.lines().filter(|line| !is_noise(line)).collect();
    lines.join("\n") + "\n"
}

#[test]
fn tables_and_views_are_as_reviewed() {
    let database = Database::empty_warehouse();
    database.execute("CALL ntsb_create_roles(); CALL ntsb_create_warehouse()");
    check("warehouse.sql", &schema_dump(&database));
}

#[test]
fn functions_are_as_reviewed() {
    let database = Database::empty_warehouse();
    database.execute("CALL ntsb_create_roles()");
    let functions: Vec<String> = database.query_column(FUNCTIONS, &[]);
    assert!(functions.len() > 150);
    check("functions.txt", &functions.join("\n"));
}

/// A view whose file has changed is made anew, with those that read it; what is in tables stays.
#[test]
fn views_follow_their_files() {
    let database = Database::with_sample();
    let events = database.count_rows("ntsb.accidents");
    database.execute(
        "DROP VIEW ntsb.accidents; CREATE VIEW ntsb.accidents AS SELECT ev_id FROM ntsb.fact_accidents;
         UPDATE ntsb.schema_view SET digest = 'of an earlier file' WHERE name = 'accidents'",
    );
    database.execute("CALL ntsb_create_warehouse()");
    assert_eq!(
        database.count_rows("ntsb.accidents WHERE severity_label IS NOT NULL OR severity IS NULL"),
        events
    );
    assert!(database.count_rows("ntsb.mv_yearly_stats") > 30);
    let digests = "SELECT count(*) FROM ntsb.schema_view WHERE digest = 'of an earlier file'";
    assert_eq!(database.query_value::<i64>(digests), 0);
    // A step that was left out is applied, although later ones were.
    database.execute(
        "DROP TABLE ntsb.alert_delivery; DELETE FROM ntsb.schema_version WHERE name = 'alert_deliveries';
         DELETE FROM ntsb.schema_object WHERE name LIKE '%alert_delivery%'",
    );
    database.execute("CALL ntsb_create_warehouse()");
    assert_eq!(database.count_rows("ntsb.alert_delivery"), 0);
    assert_eq!(database.count_rows("ntsb.accidents"), events);
    // Somebody else's view is not dropped.
    database.execute(
        "CREATE VIEW public.mine AS SELECT ev_id FROM ntsb.accidents;
         UPDATE ntsb.schema_view SET digest = 'of an earlier file' WHERE name = 'accidents'",
    );
    let refused = database.connect().batch_execute("CALL ntsb_create_warehouse()").unwrap_err();
    let refused = refused.as_db_error().unwrap().clone();
    assert_eq!(refused.code().code(), "2BP01", "{refused:?}");
    assert!(refused.detail().unwrap().contains("view public.mine"), "{refused:?}");
}
