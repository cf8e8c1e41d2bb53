//! Who may call what, as PostgreSQL has it: the allow-list and nothing beside it, however the extension
//! came into the database.

use ntsb_tests::database::Database;
use ntsb_tests::server::server;

use super::Role;

/// Functions of the extension, and the first of its roles that may call each; `owner` where none may.
const MAY_CALL: &str = "
    SELECT format('%s %s', p.oid::regprocedure, coalesce(
        (SELECT r FROM unnest('{ntsb_viewer,ntsb_api_user,ntsb_analyst,ntsb_admin,ntsb_service}'::text[])
             WITH ORDINALITY o (r, n)
         WHERE has_function_privilege(r, p.oid, 'EXECUTE') ORDER BY n LIMIT 1), 'owner'))
    FROM pg_proc p
    JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
    JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'pg_ntsb'
    ORDER BY 1";

const LISTED: &str = "
    SELECT format('%s %s', p.oid::regprocedure, coalesce(g.role, 'owner'))
    FROM pg_proc p
    JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
    JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'pg_ntsb'
    LEFT JOIN ntsb_privileges() g ON g.kind = CASE p.pronamespace::regnamespace::text WHEN 'ntsb_internal' THEN 'internal' ELSE 'function' END
        AND g.name = p.proname
    ORDER BY 1";

const OPEN_TO_ALL: &str = "
    SELECT p.oid::regprocedure::text
    FROM pg_proc p
    JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
    JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'pg_ntsb'
    CROSS JOIN LATERAL aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
    WHERE a.grantee = 0";

fn assert_allow_list(database: &Database, when: &str) {
    assert_eq!(database.column::<String>(OPEN_TO_ALL, &[]), Vec::<String>::new(), "{when}");
    let may: Vec<String> = database.column(MAY_CALL, &[]);
    assert_eq!(may, database.column::<String>(LISTED, &[]), "{when}");
    assert!(may.len() > 150, "{when}: {} functions", may.len());
}

#[test]
fn the_allow_list_survives_reinstallation_upgrade_and_restore() {
    let database = Database::blank();
    database.execute("CALL ntsb_create_roles()");
    assert_allow_list(&database, "after ntsb_create_roles");

    assert_allow_list(&database.restored(), "after dump and restore");

    database.execute("DROP EXTENSION pg_ntsb CASCADE; CREATE EXTENSION pg_ntsb");
    assert_allow_list(&database, "after CREATE EXTENSION anew");

    // What the script of a later version does: another function, open to all as PostgreSQL makes it.
    database.execute(
        "CREATE FUNCTION ntsb_band(scale text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT scale';
         ALTER EXTENSION pg_ntsb ADD FUNCTION ntsb_band(text);
         CALL ntsb_create_warehouse()",
    );
    assert_allow_list(&database, "after an upgrade");
}

#[test]
fn a_role_without_privileges_calls_and_reads_nothing() {
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
        let refused = client.batch_execute(sql).unwrap_err();
        assert_eq!(refused.code().map(|c| c.code()), Some("42501"), "{sql}: {refused:?}");
    }
    database.execute(&format!("GRANT ntsb_viewer TO {}", role.name));
    for (sql, may) in [
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
        let done = client.batch_execute(sql);
        let state = done.as_ref().err().and_then(|e| e.code()).map(|c| c.code().to_owned());
        assert_eq!(state.as_deref(), if may { None } else { Some("42501") }, "{sql}: {done:?}");
    }
}

/// Every relation of the warehouse is somebody's, or its owner's for a reason.
#[test]
fn every_relation_is_on_the_list() {
    let database = Database::blank();
    let unlisted: Vec<String> = database.column(
        "SELECT c.relname::text FROM pg_class c
         WHERE c.relnamespace = 'ntsb'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition
           AND NOT EXISTS (SELECT FROM ntsb_privileges() g WHERE g.kind = 'table' AND g.name = c.relname)",
        &[],
    );
    assert_eq!(unlisted, Vec::<String>::new());
    let gone: Vec<String> = database.column(
        "SELECT g.name FROM ntsb_privileges() g
         WHERE CASE g.kind WHEN 'table' THEN to_regclass('ntsb.' || g.name) IS NULL
                    ELSE NOT EXISTS (SELECT FROM pg_proc p WHERE p.proname = g.name) END",
        &[],
    );
    assert_eq!(gone, Vec::<String>::new(), "listed, and not there");
}

/// A role that owns its database makes and fills a warehouse as a member of ntsb_admin, no superuser.
#[test]
fn a_plain_owner_with_ntsb_admin_loads() {
    let database = Database::bare();
    database.execute("CREATE EXTENSION pg_ntsb CASCADE; CALL ntsb_create_roles()");
    let role = Role::create(&database, "owner");
    server()
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
    assert_eq!(database.count("ntsb.accidents"), 1);
    // Whatever the owner has put into its tables would run as the superuser who stores rows there.
    for sql in ["CALL ntsb_create_warehouse()", "CALL ntsb_ingest(1)"] {
        let refused = database.connect().batch_execute(sql).unwrap_err();
        assert_eq!(refused.code().map(|c| c.code()), Some("42501"), "{sql}: {refused:?}");
    }
    // The roles may read what the owner made.
    let mut viewer = database.connect();
    viewer.batch_execute("SET ROLE ntsb_viewer; SELECT * FROM ntsb.accidents").unwrap();
    drop((viewer, client));
    server()
        .connect("postgres")
        .batch_execute(&format!("ALTER DATABASE {} OWNER TO {}", database.name, "postgres"))
        .unwrap();
}
