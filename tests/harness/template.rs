//! Databases from which the tests copy theirs: made once per run, removed when it ends.

use std::path::Path;
use std::process;
use std::sync::OnceLock;

use postgres::Client;

use crate::database::{create, drop_database};
use crate::process::succeed;
use crate::server::server;
use crate::{fixture, ntsb};

const PREFIX: &str = "ntsb_test";

pub const CREATE_WAREHOUSE: &str = "SET client_min_messages = warning;
    CREATE EXTENSION pg_ntsb CASCADE; CALL ntsb_create_warehouse()";

/// The name of a database of this run.
pub fn name(what: &str) -> String {
    format!("{PREFIX}_{}_{what}", process::id())
}

/// A warehouse that holds nothing.
pub fn blank() -> &'static str {
    static BLANK: OnceLock<String> = OnceLock::new();
    BLANK.get_or_init(|| {
        sweep();
        made("blank", "template0", |name| {
            server().connect(name).batch_execute(CREATE_WAREHOUSE).unwrap();
        })
    })
}

/// A warehouse with sample.zip loaded as the first batch.
pub fn sample() -> &'static str {
    static SAMPLE: OnceLock<String> = OnceLock::new();
    SAMPLE.get_or_init(|| {
        made("sample", blank(), |name| {
            let mut load = ntsb::command(server(), name);
            load.args(["load", "--full"]).arg(fixture("sample.zip"));
            succeed(load);
        })
    })
}

fn made(what: &str, from: &str, fill: impl FnOnce(&str)) -> String {
    let name = name(what);
    // A first attempt may have failed halfway.
    drop_database(&name);
    create(&name, from);
    remove_at_exit();
    fill(&name);
    name
}

/// Removes what runs that were killed left behind: their process is no more.
fn sweep() {
    let mut client: Client = server().connect("postgres");
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

fn remove_at_exit() {
    static ONCE: OnceLock<()> = OnceLock::new();
    ONCE.get_or_init(|| {
        // SAFETY: the function takes nothing, returns, and does not unwind.
        unsafe { libc::atexit(remove_templates) };
    });
}

extern "C" fn remove_templates() {
    for what in ["blank", "sample"] {
        // Not by our own connection: the thread that ends has given up what it needs.
        let mut command = server().command("dropdb", "postgres");
        command.args(["--if-exists", "--force", &name(what)]);
        if let Err(error) = command.stderr(process::Stdio::null()).status() {
            eprintln!("the template {} stays: {error}", name(what));
        }
    }
}
