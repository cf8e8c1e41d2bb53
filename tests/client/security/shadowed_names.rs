//! A role that may create objects in `public` shadows functions, operators and types of PostgreSQL and of the
//! extension. A superuser whose search_path begins with `public` must not run them.

use std::fmt::Write;

use ntsb_tests::database::Database;
use ntsb_tests::model::register_model;
use postgres::Client;

use super::Role;

/// Each trap records the role that triggered it, except the hostile role itself.
const TRAPS: &str = "
    CREATE TABLE public.triggered (by_role pg_catalog.text, name pg_catalog.text);
    GRANT ALL ON public.triggered TO PUBLIC;
    CREATE FUNCTION public.trigger_trap(name pg_catalog.text) RETURNS pg_catalog.bool LANGUAGE plpgsql
    SET search_path = pg_catalog AS $$
    BEGIN
        IF current_user <> session_user OR NOT current_user LIKE 'shadow%' THEN
            INSERT INTO public.triggered VALUES (current_user, name);
        END IF;
        RETURN true;
    END $$;";

/// Names of pg_catalog functions to shadow, with the same argument types.
const FUNCTION_NAMES: &str = "abs array_length array_position array_to_string array_append array_cat btrim cardinality
    ceil char_length current_setting date_part date_trunc encode decode extract floor format_type generate_series
    gin_clean_pending_list has_function_privilege has_table_privilege hashtext initcap int4range jsonb_array_length
    jsonb_build_array jsonb_build_object jsonb_object_keys jsonb_strip_nulls jsonb_typeof left length ln log lower
    lpad ltrim make_date make_interval md5 mod now numnode num_nulls octet_length pg_advisory_xact_lock
    pg_advisory_lock pg_advisory_unlock pg_get_expr pg_get_indexdef pg_has_role pg_is_in_recovery pg_notify
    pg_relation_size pg_try_advisory_lock pg_try_advisory_xact_lock position power quote_ident quote_literal
    regexp_match regexp_matches regexp_replace regexp_split_to_table repeat replace reverse right round rpad rtrim
    set_bit set_config sha256 split_part sqrt starts_with string_to_array strpos strip substr substring
    timezone to_char to_date to_regclass to_regrole to_timestamp to_tsvector to_tsquery translate trim trunc
    ts_rank tsvector_to_array upper width_bucket websearch_to_tsquery clock_timestamp statement_timestamp";

const OPERATORS: &str = "= <> < > <= >= + - * / % || ~ ~* ~~ !~~ -> ->> #> && @> <@ @@ ?";
const TYPES: &str =
    "text name char int2 int4 int8 oid float4 float8 numeric bool date timestamp timestamptz
    interval jsonb bytea _text _int4 _int8 daterange regclass regrole tsquery tsvector";

/// Variadic and polymorphic functions, with likely argument types.
const VARIADIC_FUNCTIONS: &[(&str, &[&str], &str)] = &[
    ("concat", &["text", "text", "text"], "text"),
    ("concat", &["text", "text", "int4"], "text"),
    ("concat_ws", &["text", "text", "text"], "text"),
    ("concat_ws", &["text", "text"], "text"),
    ("concat_ws", &["text", "text", "int4"], "text"),
    ("format", &["text", "text"], "text"),
    ("format", &["text", "text", "text"], "text"),
    ("format", &["text", "int8"], "text"),
    ("format", &["text", "name"], "text"),
    ("jsonb_build_object", &["text", "text"], "jsonb"),
    ("jsonb_build_object", &["text", "int8"], "jsonb"),
    ("json_build_object", &["text", "int8"], "json"),
    ("to_jsonb", &["text"], "jsonb"),
    ("unnest", &["_text"], "text"),
    ("num_nonnulls", &["text", "text"], "int4"),
    ("nullif", &["text", "text"], "text"),
    ("array_agg", &["text"], "_text"),
];

/// Other types that PostgreSQL may choose for an argument without an explicit type.
fn alternative_types(name: &str) -> &'static [&'static str] {
    match name {
        "bigint" => &["integer", "smallint", "text"],
        "integer" => &["smallint", "text", "bigint"],
        "smallint" => &["integer", "text"],
        "double precision" | "real" => &["numeric", "integer", "text"],
        "text" => &["name", "character varying"],
        "date" => &["timestamp with time zone", "text"],
        "timestamp with time zone" => &["date", "text"],
        "text[]" => &["name[]", "text", "character varying[]"],
        _ => &["text"],
    }
}

struct ExtensionFunction {
    name: String,
    arguments: Vec<String>,
    defaults: usize,
}

fn extension_functions(client: &mut Client) -> Vec<ExtensionFunction> {
    let sql = "
        SELECT p.proname::text, p.pronargdefaults::int,
               ARRAY(SELECT format_type(t, NULL) FROM unnest(p.proargtypes) WITH ORDINALITY a (t, n) ORDER BY n)
        FROM pg_proc p
        JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
        JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'pg_ntsb'
        WHERE p.prokind IN ('f', 'p') ORDER BY p.oid";
    let rows = client.query(sql, &[]).unwrap();
    let read = |row: &postgres::Row| ExtensionFunction {
        name: row.get(0),
        defaults: usize::try_from(row.get::<_, i32>(1)).unwrap(),
        arguments: row.get(2),
    };
    rows.iter().map(read).collect()
}

fn create_trap(name: &str, arguments: &[String], result: &str) -> String {
    format!(
        "CREATE FUNCTION public.{name}({}) RETURNS {result} LANGUAGE plpgsql AS
         $$ BEGIN PERFORM public.trigger_trap('{name}'); RETURN NULL; END $$",
        arguments.join(", ")
    )
}

/// Creates each trap in its own transaction and ignores errors. Returns the number of traps.
fn create_traps(client: &mut Client, traps: &[String]) -> usize {
    traps.iter().filter(|sql| client.batch_execute(sql).is_ok()).count()
}

fn function_traps(client: &mut Client) -> Vec<String> {
    let sql = "
        SELECT p.proname::text, ARRAY(SELECT format('pg_catalog.%I', t.typname)
                   FROM unnest(p.proargtypes) WITH ORDINALITY a (t, n) JOIN pg_type t ON t.oid = a.t ORDER BY n),
               format('pg_catalog.%I', r.typname)
        FROM pg_proc p JOIN pg_type r ON r.oid = p.prorettype
        WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'f' AND NOT p.proretset
          AND p.proname = ANY (regexp_split_to_array($1, '\\s+')) AND p.provariadic = 0
          AND NOT EXISTS (SELECT FROM unnest(p.proargtypes) a (t) JOIN pg_type t ON t.oid = a.t WHERE t.typtype = 'p')
          AND r.typtype <> 'p'";
    let rows = client.query(sql, &[&FUNCTION_NAMES]).unwrap();
    let mut traps: Vec<String> = rows
        .iter()
        .map(|row| {
            let (name, arguments, result): (String, Vec<String>, String) =
                (row.get(0), row.get(1), row.get(2));
            create_trap(&format!("\"{name}\""), &arguments, &result)
        })
        .collect();
    for (name, arguments, result) in VARIADIC_FUNCTIONS {
        let arguments: Vec<String> = arguments.iter().map(|a| format!("pg_catalog.{a}")).collect();
        traps.push(create_trap(
            &format!("\"{name}\""),
            &arguments,
            &format!("pg_catalog.{result}"),
        ));
    }
    traps
}

fn operator_traps(client: &mut Client) -> Vec<String> {
    let sql = "
        SELECT o.oprname::text, format('pg_catalog.%I', l.typname), format('pg_catalog.%I', r.typname),
               format('pg_catalog.%I', s.typname)
        FROM pg_operator o
        JOIN pg_type l ON l.oid = o.oprleft JOIN pg_type r ON r.oid = o.oprright JOIN pg_type s ON s.oid = o.oprresult
        WHERE o.oprnamespace = 'pg_catalog'::regnamespace
          AND o.oprname = ANY (regexp_split_to_array($1, '\\s+'))
          AND l.typname = ANY (regexp_split_to_array($2, '\\s+'))
          AND r.typname = ANY (regexp_split_to_array($2, '\\s+'))";
    let rows = client.query(sql, &[&OPERATORS, &TYPES]).unwrap();
    rows.iter()
        .enumerate()
        .map(|(number, row)| {
            let (name, left, right, result): (String, String, String, String) =
                (row.get(0), row.get(1), row.get(2), row.get(3));
            let function = format!("operator_{number}");
            let mut sql = create_trap(&function, &[left.clone(), right.clone()], &result);
            write!(
                sql,
                "; CREATE OPERATOR public.{name} (LEFTARG = {left}, RIGHTARG = {right}, FUNCTION = public.{function})"
            )
            .unwrap();
            sql
        })
        .collect()
}

fn aggregate_and_type_traps() -> Vec<String> {
    let mut traps = Vec::new();
    for type_name in ["int4", "int8", "text", "date", "timestamp", "timestamptz", "float8", "bool"]
    {
        let state = format!("step_{type_name}");
        let typed = format!("pg_catalog.{type_name}");
        traps.push(create_trap(&state, &[typed.clone(), typed.clone()], &typed));
        for name in ["max", "min", "sum", "bool_or", "bool_and"] {
            traps.push(format!(
                "CREATE AGGREGATE public.{name}({typed}) (SFUNC = public.{state}, STYPE = {typed})"
            ));
        }
    }
    traps.push(create_trap("step_count", &["pg_catalog.int8".into()], "pg_catalog.int8"));
    traps.push(
        "CREATE AGGREGATE public.count_rows(*) (SFUNC = public.step_count, STYPE = pg_catalog.int8)"
            .into(),
    );
    for name in [
        "text",
        "int4",
        "int8",
        "date",
        "jsonb",
        "bytea",
        "timestamptz",
        "float8",
        "bool",
        "regclass",
    ] {
        traps.push(format!(
            "CREATE DOMAIN public.{name} AS pg_catalog.{name} CHECK (public.trigger_trap('domain {name}'))"
        ));
    }
    for table in
        ["pg_class", "pg_proc", "pg_namespace", "pg_extension", "pg_settings", "pg_stat_activity"]
    {
        traps.push(format!(
            "CREATE VIEW public.{table} AS SELECT c.* FROM pg_catalog.{table} c WHERE public.trigger_trap('{table}')"
        ));
    }
    traps
}

/// Overloads of the extension's own functions, which an untyped call might resolve to.
fn overload_traps(functions: &[ExtensionFunction]) -> Vec<String> {
    let mut traps = Vec::new();
    for function in functions {
        for fewer in 1..=function.defaults {
            let arguments = &function.arguments[..function.arguments.len() - fewer];
            traps.push(create_trap(&function.name, arguments, "pg_catalog.text"));
        }
        for (at, argument) in function.arguments.iter().enumerate() {
            for other in alternative_types(argument) {
                let mut arguments = function.arguments.clone();
                arguments[at] = (*other).to_owned();
                traps.push(create_trap(&function.name, &arguments, "pg_catalog.text"));
            }
        }
    }
    traps
}

/// Statements that a superuser runs, with explicit types.
const STATEMENTS: &[&str] = &[
    "CALL public.ntsb_create_warehouse()",
    "SELECT public.ntsb_begin_batch('more.csv'::pg_catalog.text, 'increment'::pg_catalog.text, NULL::pg_catalog.text)",
    "INSERT INTO ntsb_staging.events (ev_id, ev_date, ev_type, lchg_date)
     VALUES ('20200101X00001', '01/01/20', 'ACC', '01/02/20')",
    "INSERT INTO ntsb_staging.aircraft (ev_id, aircraft_key, acft_make) VALUES ('20200101X00001', '1', 'CESSNA')",
    "INSERT INTO ntsb_staging.narratives (ev_id, aircraft_key, narr_cause) VALUES ('20200101X00001', '1', 'engine')",
    "CALL public.ntsb_ingest(2::pg_catalog.int8, false::pg_catalog.bool, NULL::pg_catalog.int8)",
    "CALL public.ntsb_refresh()",
    "CALL public.ntsb_rebuild_star()",
    "CALL public.ntsb_rebuild_search()",
    "CALL public.ntsb_refresh_clusters(50::pg_catalog.float8, 5::pg_catalog.int4, NULL::pg_catalog.text)",
    "CALL public.ntsb_refresh_views()",
    "CALL public.ntsb_refresh_features()",
    "CALL public.ntsb_maintain(NULL::pg_catalog.text)",
    "SELECT public.ntsb_define_dag('x'::pg_catalog.text, 'A test'::pg_catalog.text, ARRAY[public.ntsb_build_task('a'::pg_catalog.text,
         'SELECT 1'::pg_catalog.text, '{}'::pg_catalog._text, 3::pg_catalog.int4, '1 minute'::pg_catalog.interval, '1 hour'::pg_catalog.interval,
         '1 minute'::pg_catalog.interval, '1 hour'::pg_catalog.interval)], '0 0 1 1 *'::pg_catalog.text, '1 hour'::pg_catalog.interval)",
    "CALL public.ntsb_run_dag('x'::pg_catalog.text)",
    "CALL public.ntsb_run_dags()",
    "SELECT public.ntsb_create_report(NULL::pg_catalog.date)",
    "CALL public.ntsb_predict_pending(NULL::pg_catalog.date, NULL::pg_catalog.text, 1000::pg_catalog.int4)",
    "SELECT * FROM public.ntsb_verify_change_log()",
    "SELECT * FROM public.ntsb_event_history('20200101X00001'::pg_catalog.text)",
    "SELECT * FROM public.ntsb_changes_since(0::pg_catalog.int8, 100::pg_catalog.int4)",
    "SELECT * FROM public.ntsb_search_advanced('fatalities > 0 AND ev_state = ''AK'''::pg_catalog.text, NULL::pg_catalog.text, 10::pg_catalog.int4, NULL::pg_catalog.text)",
    "SELECT * FROM public.ntsb_accidents_near(39::pg_catalog.float8, -105::pg_catalog.float8, 500::pg_catalog.float8, 10::pg_catalog.int4, NULL::pg_catalog.text)",
    "SELECT * FROM public.ntsb_cluster_summary(50::pg_catalog.float8, 5::pg_catalog.int4, NULL::pg_catalog.text)",
    "SELECT * FROM public.ntsb_similar_accidents('20240914902470'::pg_catalog.text, 5::pg_catalog.int4)",
    "SELECT * FROM public.ntsb_features('20240914902470'::pg_catalog.text)",
    "SELECT * FROM public.ntsb_predict_severity('20240914902470'::pg_catalog.text, NULL::pg_catalog.text)",
    "SELECT * FROM public.ntsb_predict_severity('{\"acft_make\": \"CESSNA\"}'::pg_catalog.jsonb, NULL::pg_catalog.text)",
    "SELECT * FROM public.ntsb_model_info(NULL::pg_catalog.int8)",
    "SELECT public.ntsb_export_model(1::pg_catalog.int8, 'ubj'::pg_catalog.text)",
    "SELECT * FROM public.ntsb_validate_row('events'::pg_catalog.text, '{\"ev_id\": \"20200101X00001\"}'::pg_catalog.jsonb)",
    "SELECT * FROM public.ntsb_create_api_key('mine'::pg_catalog.text, 'viewer'::pg_catalog.text, 'free'::pg_catalog.text, NULL::pg_catalog.interval)",
    "SELECT * FROM public.ntsb_missing_objects()",
    "SELECT * FROM public.ntsb_change_log_head()",
    "SELECT * FROM public.ntsb_adopt_airports('full'::pg_catalog.text, NULL::pg_catalog._text)",
    "CALL public.ntsb_archive_decade(1980::pg_catalog.int4)",
    "CALL public.ntsb_attach_archive(1980::pg_catalog.int4)",
    "CALL public.ntsb_create_roles()",
];

/// Errors of statements whose requirements the test does not meet. A trap causes any other error.
const EXPECTED_ERRORS: &[&str] = &["22023", "55000", "42501", "P0002", "42704", "58P01"];

#[test]
fn superuser_calls_never_run_shadowing_objects_in_public() {
    let database = Database::with_sample();
    register_model(&database, 1, "Production", 0.4);
    let role = Role::create(&database, "shadow");
    database.execute(&format!("GRANT CREATE ON SCHEMA public TO {}", role.name));
    let functions = extension_functions(&mut database.connect());
    let mut hostile = database.connect_as(&role.name);
    hostile.batch_execute(TRAPS).unwrap();
    let mut traps = function_traps(&mut hostile);
    traps.extend(operator_traps(&mut hostile));
    traps.extend(aggregate_and_type_traps());
    let mut count = create_traps(&mut hostile, &traps);
    assert!(count > 400, "only {count} traps for PostgreSQL's own names");
    count += create_traps(&mut hostile, &overload_traps(&functions));
    ntsb_tests::announce(&format!("figure: {count} traps in public"));

    let mut client = database.connect();
    client.batch_execute("SET search_path = public, pg_catalog").unwrap();
    let mut failed = Vec::new();
    for statement in STATEMENTS {
        if let Err(error) = client.batch_execute(statement) {
            let state = error.code().map(|c| c.code().to_owned()).unwrap_or_default();
            if !EXPECTED_ERRORS.contains(&state.as_str()) {
                failed.push(format!("{statement}: {state} {error:?}"));
            }
        }
        let triggered: Vec<String> = hostile
            .query("SELECT pg_catalog.concat(by_role, ' ', name) FROM public.triggered", &[])
            .unwrap()
            .iter()
            .map(|row| row.get(0))
            .collect();
        hostile.batch_execute("DELETE FROM public.triggered").unwrap();
        failed
            .extend(triggered.iter().map(|trap| format!("{statement}: trap triggered by {trap}")));
    }
    failed.sort();
    failed.dedup();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
