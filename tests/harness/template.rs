//! Template databases that tests copy. Created once per run and dropped when it ends.

use std::path::Path;
use std::process;
use std::sync::OnceLock;

use postgres::Client;

use crate::cli::ntsb_command;
use crate::database::{create_database, drop_database};
use crate::fixture;
use crate::process::run_ok;
use crate::server::test_server;

const PREFIX: &str = "ntsb_test";

pub const CREATE_WAREHOUSE: &str = "SET client_min_messages = warning;
    CREATE EXTENSION pg_ntsb CASCADE; CALL ntsb_create_warehouse()";

/// Names a database of this run.
pub fn database_name(suffix: &str) -> String {
    format!("{PREFIX}_{}_{suffix}", process::id())
}

/// The name of a database with an empty warehouse.
pub fn empty_warehouse() -> &'static str {
    static EMPTY: OnceLock<String> = OnceLock::new();
    EMPTY.get_or_init(|| {
        drop_stale_databases();
        create_template("empty", "template0", |name| {
            test_server().connect(name).batch_execute(CREATE_WAREHOUSE).unwrap();
        })
    })
}

/// The name of a database with sample.zip loaded as the first batch.
pub fn sample_warehouse() -> &'static str {
    static SAMPLE: OnceLock<String> = OnceLock::new();
    SAMPLE.get_or_init(|| {
        create_template("sample", empty_warehouse(), |name| {
            let mut load = ntsb_command(test_server(), name);
            load.args(["load", "--full"]).arg(fixture("sample.zip"));
            run_ok(load);
        })
    })
}

fn create_template(suffix: &str, source: &str, fill: impl FnOnce(&str)) -> String {
    let name = database_name(suffix);
    // An earlier attempt may have failed halfway.
    drop_database(&name);
    create_database(&name, source);
    drop_templates_at_exit();
    fill(&name);
    name
}

/// Drops the databases of killed runs, whose process no longer exists.
fn drop_stale_databases() {
    let mut client: Client = test_server().connect("postgres");
    let names = client
        .query("SELECT datname FROM pg_database WHERE datname LIKE $1 || '\\_%'", &[&PREFIX])
        .unwrap();
    for row in names {
        let name: String = row.get(0);
        let pid = name.trim_start_matches(PREFIX).split('_').nth(1).unwrap_or_default();
        if !Path::new("/proc").join(pid).exists() {
            drop_database(&name);
        }
    }
}

fn drop_templates_at_exit() {
    static ONCE: OnceLock<()> = OnceLock::new();
    ONCE.get_or_init(|| {
        // SAFETY: the callback takes no arguments, returns and does not unwind.
        unsafe { libc::atexit(drop_templates) };
    });
}

extern "C" fn drop_templates() {
    for suffix in ["empty", "sample"] {
        // With dropdb, as the postgres client needs thread-locals that the exiting thread has destroyed.
        let mut command = test_server().command("dropdb", "postgres");
        command.args(["--if-exists", "--force", &database_name(suffix)]);
        if let Err(error) = command.stderr(process::Stdio::null()).status() {
            eprintln!("cannot drop the template {}: {error}", database_name(suffix));
        }
    }
}
