//! Calls every function with hostile arguments, by a role with all privileges.

use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, Instant};

use fastrand::Rng;
use ntsb_tests::announce;
use ntsb_tests::database::Database;
use ntsb_tests::model::register_model;
use postgres::Client;

use super::Role;
use super::literals::{cast_argument, literals_of_type};

const CALLS: usize = 20_000;
/// Time limit per function. Slow functions get fewer calls, and fast ones more.
const MAX_TIME_PER_FUNCTION: Duration = Duration::from_secs(4);
const MAX_GROWTH_KB: u64 = 512 * 1024;

struct Function {
    name: String,
    is_procedure: bool,
    arguments: Vec<String>,
}

fn list_functions(database: &Database) -> Vec<Function> {
    let sql = "
        SELECT p.oid::regproc::text, p.prokind = 'p',
               ARRAY(SELECT format_type(t, NULL) FROM unnest(p.proargtypes) WITH ORDINALITY a (t, n) ORDER BY n)
        FROM pg_proc p
        JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
        JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'pg_ntsb'
        WHERE p.prokind IN ('f', 'p')
        ORDER BY p.oid::regprocedure::text";
    let rows = database.query_rows(sql, &[]);
    let read = |row: &postgres::Row| Function {
        name: row.get(0),
        is_procedure: row.get(1),
        arguments: row.get(2),
    };
    rows.iter().map(read).collect()
}

impl Function {
    fn random_call(&self, rng: &mut Rng) -> String {
        let arguments: Vec<String> = self
            .arguments
            .iter()
            .map(|name| {
                let literals = literals_of_type(name);
                cast_argument(literals[rng.usize(..literals.len())], name)
            })
            .collect();
        self.call_with(&arguments)
    }

    fn call_with(&self, arguments: &[String]) -> String {
        let verb = if self.is_procedure { "CALL" } else { "SELECT * FROM" };
        format!("{verb} {}({})", self.name, arguments.join(", "))
    }

    fn takes(&self, name: &str) -> bool {
        self.arguments.iter().any(|argument| argument == name)
    }
}

/// Creates the attacking role. It may call every function and change every table, but owns nothing.
fn create_hostile_role<'a>(database: &'a Database) -> Role<'a> {
    let role = Role::create(database, "hostile");
    database.execute(&format!(
        "GRANT ALL ON ALL FUNCTIONS IN SCHEMA public TO {0};
         GRANT ALL ON ALL PROCEDURES IN SCHEMA public TO {0};
         GRANT ALL ON SCHEMA ntsb, ntsb_staging TO {0};
         GRANT ALL ON ALL TABLES IN SCHEMA ntsb, ntsb_staging TO {0};
         GRANT CREATE ON SCHEMA public TO {0}",
        role.name
    ));
    role
}

fn open_session(database: &Database, role: &Role) -> Client {
    let mut client = database.connect_as(&role.name);
    client
        .batch_execute(
            "SET statement_timeout = '400ms'; SET client_min_messages = error;
             CREATE TEMP TABLE IF NOT EXISTS hostile_rows AS SELECT '100'::text AS code, 1 AS meaning;
             DO $$ BEGIN CREATE TYPE pg_temp.hostile_shape AS (code integer, ev_id bigint, content_hash integer);
             EXCEPTION WHEN duplicate_object THEN NULL; END $$",
        )
        .unwrap();
    client
}

fn resident_kb(client: &mut Client) -> u64 {
    let pid: i32 = client.query_one("SELECT pg_backend_pid()", &[]).unwrap().get(0);
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("RssAnon:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// The results of calls: how often each SQLSTATE occurred, and internal errors.
#[derive(Default)]
struct Outcome {
    states: BTreeMap<String, usize>,
    internal_errors: Vec<String>,
}

impl Outcome {
    fn calls(&self) -> usize {
        self.states.values().sum()
    }

    /// Makes a call and rolls it back.
    fn try_call(&mut self, client: &mut Client, sql: &str) {
        let shown: String = sql.chars().take(400).collect();
        let state = match client.batch_execute(&format!("BEGIN; {sql}")) {
            Ok(()) => "00000".to_owned(),
            Err(error) => match error.as_db_error() {
                Some(error) => {
                    let code = error.code().code().to_owned();
                    if code.starts_with("XX") {
                        self.internal_errors.push(format!("{shown}\n    {}", error.message()));
                    }
                    code
                }
                None => panic!("the connection was lost by {shown}: {error}"),
            },
        };
        *self.states.entry(state).or_default() += 1;
        client.batch_execute("ROLLBACK").unwrap_or_else(|e| panic!("after {shown}: {e}"));
    }
}

fn seed() -> u64 {
    let seed = std::env::var("NTSB_TEST_SEED").ok();
    let seed = seed.map_or_else(|| fastrand::u64(..), |seed| seed.parse().unwrap());
    announce(&format!("seed: hostile calls: NTSB_TEST_SEED={seed}"));
    seed
}

#[test]
fn hostile_arguments_at_most_raise_an_error() {
    let database = Database::with_sample();
    register_model(&database, 1, "Production", 0.4);
    let role = create_hostile_role(&database);
    let mut bystander = database.connect();
    let mut client = open_session(&database, &role);
    let before = resident_kb(&mut client);
    let (functions, mut rng) = (list_functions(&database), Rng::with_seed(seed()));
    let mut outcome = Outcome::default();
    let mut spent = vec![Duration::ZERO; functions.len()];
    let mut round = 0;
    while outcome.calls() < CALLS {
        for (function, spent) in functions.iter().zip(&mut spent) {
            let has_arguments = !function.arguments.is_empty();
            if *spent > MAX_TIME_PER_FUNCTION || round > 0 && !has_arguments {
                continue;
            }
            let start = Instant::now();
            outcome.try_call(&mut client, &function.random_call(&mut rng));
            *spent += start.elapsed();
        }
        round += 1;
    }
    let growth = resident_kb(&mut client).saturating_sub(before);
    announce(&format!(
        "figure: hostile calls: {} of {} functions, {growth} kB more in the session, {:?}",
        outcome.calls(),
        functions.len(),
        outcome.states
    ));
    assert_eq!(outcome.internal_errors, Vec::<String>::new());
    assert!(growth < MAX_GROWTH_KB, "the session grew by {growth} kB");
    bystander.batch_execute("SELECT 1").expect("the server restarted");
}

/// Passes 200 MB to each function with a text argument, and nearly 1 GB, the maximum of PostgreSQL, to fast
/// functions.
#[test]
fn enormous_values_do_not_crash_the_server() {
    let database = Database::with_sample();
    register_model(&database, 1, "Production", 0.4);
    let role = create_hostile_role(&database);
    let mut bystander = database.connect();
    let mut client = open_session(&database, &role);
    client
        .batch_execute(
            "SET statement_timeout = '60s'; CREATE TEMP TABLE enormous AS SELECT repeat('(x', 100000000) AS text;
             SET statement_timeout = '3s'",
        )
        .unwrap();
    let mut outcome = Outcome::default();
    for function in list_functions(&database).iter().filter(|f| f.takes("text") && !f.is_procedure)
    {
        let arguments: Vec<String> = function
            .arguments
            .iter()
            .map(|name| match name.as_str() {
                "text" => "(SELECT e.text FROM pg_temp.enormous e)".to_owned(),
                name => {
                    cast_argument(literals_of_type(name)[1 % literals_of_type(name).len()], name)
                }
            })
            .collect();
        outcome.try_call(&mut client, &function.call_with(&arguments));
    }
    let longest = "repeat('x', 1073741000)";
    for call in ["ntsb_clean_text", "ntsb_clean_code", "ntsb_check_leakage", "ntsb_search_query"] {
        outcome.try_call(&mut client, &format!("SELECT length({call}({longest})::text)"));
    }
    outcome.try_call(&mut client, &format!("SELECT * FROM ntsb_search({longest})"));
    announce(&format!("figure: enormous values: {} calls, {:?}", outcome.calls(), outcome.states));
    assert_eq!(outcome.internal_errors, Vec::<String>::new());
    bystander.batch_execute("SELECT 1").expect("the server restarted");
}
