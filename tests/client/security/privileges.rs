//! Privileges in PostgreSQL match the allow-list exactly, however the extension was installed.

use ntsb_tests::database::Database;
use ntsb_tests::server::test_server;

use super::Role;

/// Functions of the extension, each with the first of its roles that may call it, or `owner`.
const ACTUAL_PRIVILEGES: &str = "
    SELECT format('%s %s', p.oid::regprocedure, coalesce(
        (SELECT r FROM unnest('{ntsb_viewer,ntsb_api_user,ntsb_analyst,ntsb_relay,ntsb_admin,ntsb_service}'::text[])
             WITH ORDINALITY o (r, n)
         WHERE has_function_privilege(r, p.oid, 'EXECUTE') ORDER BY n LIMIT 1), 'owner'))
    FROM pg_proc p
    JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
    JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'pg_ntsb'
    ORDER BY 1";

const LISTED_PRIVILEGES: &str = "
    SELECT format('%s %s', p.oid::regprocedure, coalesce(g.role, 'owner'))
    FROM pg_proc p
    JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
    JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'pg_ntsb'
    LEFT JOIN ntsb_privileges() g ON g.kind = CASE p.pronamespace::regnamespace::text WHEN 'ntsb_internal' THEN 'internal' ELSE 'function' END
        AND g.name = p.proname
    ORDER BY 1";

const CALLABLE_BY_PUBLIC: &str = "
    SELECT p.oid::regprocedure::text
    FROM pg_proc p
    JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
    JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'pg_ntsb'
    CROSS JOIN LATERAL aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
    WHERE a.grantee = 0";

fn assert_allow_list(database: &Database, when: &str) {
    assert_eq!(
        database.query_column::<String>(CALLABLE_BY_PUBLIC, &[]),
        Vec::<String>::new(),
        "{when}"
    );
    let actual: Vec<String> = database.query_column(ACTUAL_PRIVILEGES, &[]);
    assert_eq!(actual, database.query_column::<String>(LISTED_PRIVILEGES, &[]), "{when}");
    assert!(actual.len() > 150, "{when}: {} functions", actual.len());
}

#[test]
fn the_allow_list_survives_reinstallation_upgrade_and_restore() {
    let database = Database::empty_warehouse();
    database.execute("CALL ntsb_create_roles()");
    assert_allow_list(&database, "after ntsb_create_roles");

    assert_allow_list(&database.dump_and_restore(), "after dump and restore");

    database.execute("DROP EXTENSION pg_ntsb CASCADE; CREATE EXTENSION pg_ntsb");
    assert_allow_list(&database, "after a reinstallation");

    // As in the script of a later version: a new function, which PUBLIC may call by default.
    database.execute(
        "CREATE FUNCTION ntsb_band(scale text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT scale';
         ALTER EXTENSION pg_ntsb ADD FUNCTION ntsb_band(text);
         CALL ntsb_create_warehouse()",
    );
    assert_allow_list(&database, "after an upgrade");
}

#[test]
fn a_role_without_privileges_cannot_call_or_read_anything() {
    let database = Database::with_sample();
    database.execute("CALL ntsb_create_roles()");
    let role = Role::create(&database, "nobody");
    let mut client = database.connect_as(&role.name);
    for sql in [
        "SELECT * FROM ntsb_search('engine')",
        "SELECT ntsb_internal.lock_ingest()",
        "SELECT ntsb_train_model('x', 'severity')",
        "SELECT ntsb_clean_code('x')",
        "CALL ntsb_create_warehouse()",
        "SELECT count(*) FROM ntsb.events",
        "SELECT count(*) FROM ntsb_staging.events",
    ] {
        let error = client.batch_execute(sql).unwrap_err();
        assert_eq!(error.code().map(|c| c.code()), Some("42501"), "{sql}: {error:?}");
    }
    database.execute(&format!("GRANT ntsb_viewer TO {}", role.name));
    for (sql, is_allowed) in [
        ("SELECT * FROM ntsb_search('engine')", true),
        ("SELECT count(*) FROM ntsb.events", true),
        ("SELECT ntsb_internal.lock_ingest()", false),
        ("SELECT ntsb_train_model('x', 'severity')", false),
        ("SELECT * FROM ntsb_predict('{}', 'severity')", false),
        ("SELECT ntsb_model_score('{1}')", false),
        ("SELECT count(*) FROM ntsb.alert_delivery", false),
        ("SELECT count(*) FROM ntsb.api_key", false),
        (
            "INSERT INTO ntsb.alert (kind, severity, subject, message) VALUES ('drift', 'info', 'x', 'x')",
            false,
        ),
    ] {
        let result = client.batch_execute(sql);
        let state = result.as_ref().err().and_then(|e| e.code()).map(|c| c.code().to_owned());
        assert_eq!(
            state.as_deref(),
            if is_allowed { None } else { Some("42501") },
            "{sql}: {result:?}"
        );
    }
}

/// The list of privileges covers every relation of the warehouse.
#[test]
fn every_relation_is_listed() {
    let database = Database::empty_warehouse();
    let unlisted: Vec<String> = database.query_column(
        "SELECT c.relname::text FROM pg_class c
         WHERE c.relnamespace = 'ntsb'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition
           AND NOT EXISTS (SELECT FROM ntsb_privileges() g WHERE g.kind = 'table' AND g.name = c.relname)",
        &[],
    );
    assert_eq!(unlisted, Vec::<String>::new());
    let missing: Vec<String> = database.query_column(
        "SELECT g.name FROM ntsb_privileges() g
         WHERE CASE g.kind WHEN 'table' THEN to_regclass('ntsb.' || g.name) IS NULL
                    WHEN 'asrs table' THEN to_regclass('asrs.' || g.name) IS NULL
                    ELSE NOT EXISTS (SELECT FROM pg_proc p WHERE p.proname = g.name) END",
        &[],
    );
    assert_eq!(missing, Vec::<String>::new(), "listed, but missing");
}

/// The owner of a database can create and load a warehouse as a member of ntsb_admin, without superuser.
#[test]
fn a_database_owner_with_ntsb_admin_can_load() {
    let database = Database::without_extension();
    database.execute("CREATE EXTENSION pg_ntsb CASCADE; CALL ntsb_create_roles()");
    let role = Role::create(&database, "owner");
    test_server()
        .connect("postgres")
        .batch_execute(&format!("ALTER DATABASE {} OWNER TO {}", database.name, role.name))
        .unwrap();
    database.execute(&format!("GRANT ntsb_admin TO {}", role.name));
    let mut client = database.connect_as(&role.name);
    client
        .batch_execute(
            "CALL ntsb_create_warehouse();
             SELECT ntsb_begin_batch('plain.csv');
             INSERT INTO ntsb_staging.events (ev_id, ev_date, lchg_date) VALUES ('20200101X00001', '01/01/20', '01/02/20');
             CALL ntsb_ingest(1);
             CALL ntsb_refresh()",
        )
        .unwrap();
    assert_eq!(database.count_rows("ntsb.accidents"), 1);
    // Triggers that the owner put on its tables would run as the superuser who stores rows there.
    for sql in ["CALL ntsb_create_warehouse()", "CALL ntsb_ingest(1)"] {
        let error = database.connect().batch_execute(sql).unwrap_err();
        assert_eq!(error.code().map(|c| c.code()), Some("42501"), "{sql}: {error:?}");
    }
    // The viewer role can read the owner's tables.
    let mut viewer = database.connect();
    viewer.batch_execute("SET ROLE ntsb_viewer; SELECT * FROM ntsb.accidents").unwrap();
    drop((viewer, client));
    test_server()
        .connect("postgres")
        .batch_execute(&format!("ALTER DATABASE {} OWNER TO {}", database.name, "postgres"))
        .unwrap();
}
