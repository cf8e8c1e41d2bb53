//! A database for one test, dropped when the test ends, even if it panics.

use std::io::Read;
use std::sync::atomic::{AtomicU32, Ordering};

use postgres::error::SqlState;
use postgres::types::{FromSqlOwned, ToSql};
use postgres::{Client, Row};
use serde_json::Value;
use tempfile::tempdir;

use crate::process::{run, run_ok};
use crate::server::{Server, test_server};
use crate::{template, wait_for};

pub struct Database {
    pub name: String,
    pub server: Server,
    /// None if the database is removed together with its server.
    _drop_guard: Option<DropGuard>,
}

/// Drops the database of this name.
struct DropGuard(String);

impl Database {
    /// Has the extension and an empty warehouse.
    pub fn empty_warehouse() -> Database {
        Database::from_template(template::empty_warehouse())
    }

    /// Has sample.zip loaded as batch 1.
    pub fn with_sample() -> Database {
        Database::from_template(template::sample_warehouse())
    }

    /// An empty PostgreSQL database.
    pub fn without_extension() -> Database {
        Database::from_template("template0")
    }

    /// Dumps this database with pg_dump and restores it into a new one.
    pub fn dump_and_restore(&self) -> Database {
        let restored = Database::without_extension();
        self.dump_into(&restored, &[], true);
        restored
    }

    /// Dumps with these options and restores into a new database that has the extension. Errors of
    /// pg_restore are ignored unless the options name only whole schemas.
    pub fn dump_and_restore_with(&self, options: &[&str]) -> Database {
        let restored = Database::without_extension();
        restored.execute("CREATE EXTENSION pg_ntsb CASCADE");
        let must_succeed = options.iter().all(|option| option.starts_with("--schema="));
        self.dump_into(&restored, options, must_succeed);
        restored
    }

    fn dump_into(&self, restored: &Database, options: &[&str], must_succeed: bool) {
        let folder = tempdir().unwrap();
        let file = folder.path().join("warehouse.dump");
        let mut dump = self.server.command("pg_dump", &self.name);
        dump.args(["--format=custom", "--file"]).arg(&file).args(options);
        run_ok(dump);
        let mut restore = restored.server.command("pg_restore", &restored.name);
        restore.args(["--dbname", &restored.name]).arg(&file);
        if must_succeed {
            restore.arg("--exit-on-error");
            run_ok(restore);
        } else {
            run(restore);
        }
    }

    fn from_template(source: &str) -> Database {
        static NUMBER: AtomicU32 = AtomicU32::new(1);
        let name = template::database_name(&NUMBER.fetch_add(1, Ordering::Relaxed).to_string());
        create_database(&name, source);
        Database { _drop_guard: Some(DropGuard(name.clone())), name, server: test_server().clone() }
    }

    /// An existing database, on a server that is removed with its test.
    pub fn attach(server: Server, name: &str) -> Database {
        Database { name: name.to_owned(), server, _drop_guard: None }
    }

    pub fn connect(&self) -> Client {
        self.server.connect(&self.name)
    }

    pub fn connect_as(&self, role: &str) -> Client {
        self.server
            .try_connect_as(role, &self.name)
            .unwrap_or_else(|e| panic!("cannot connect to {} as {role}: {e}", self.name))
    }

    pub fn execute(&self, sql: &str) {
        self.connect().batch_execute(sql).unwrap_or_else(|e| panic!("{sql}: {e:?}"));
    }

    pub fn query_rows(&self, sql: &str, parameters: &[&(dyn ToSql + Sync)]) -> Vec<Row> {
        self.connect().query(sql, parameters).unwrap_or_else(|e| panic!("{sql}: {e:?}"))
    }

    /// The first column of each row.
    pub fn query_column<T: FromSqlOwned>(
        &self,
        sql: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Vec<T> {
        self.query_rows(sql, parameters).iter().map(|row| row.get(0)).collect()
    }

    /// The value of a query with one row and one column.
    pub fn query_value<T: FromSqlOwned>(&self, sql: &str) -> T {
        let mut values = self.query_column(sql, &[]);
        assert_eq!(values.len(), 1, "{sql}");
        values.remove(0)
    }

    /// The rows of a query as JSON, written by PostgreSQL.
    pub fn query_json(&self, query: &str) -> Value {
        let rows = format!("SELECT json_agg(row_to_json(x))::text FROM ({query}) x");
        let text: Option<String> = self.query_value(&rows);
        serde_json::from_str(text.as_deref().unwrap_or("[]")).unwrap()
    }

    /// The rows of a query as CSV, written by COPY.
    pub fn query_csv(&self, query: &str) -> String {
        let mut text = String::new();
        let copy = format!("COPY ({query}) TO STDOUT WITH (FORMAT csv, HEADER)");
        self.connect().copy_out(&copy).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    pub fn count_rows(&self, from: &str) -> i64 {
        self.query_value(&format!("SELECT count(*) FROM {from}"))
    }

    /// Waits until no other session is connected. The statistics then include what those sessions did.
    pub fn wait_for_other_sessions(&self) {
        let mut client = self.server.connect("postgres");
        let sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = $1";
        wait_for("other sessions to disconnect", 60, || {
            let sessions: i64 = client.query_one(sql, &[&self.name]).unwrap().get(0);
            (sessions == 0).then_some(())
        });
    }
}

impl Drop for DropGuard {
    fn drop(&mut self) {
        drop_database(&self.0);
    }
}

pub fn create_database(name: &str, source: &str) {
    let mut client = test_server().connect("postgres");
    let sql = format!("CREATE DATABASE {name} TEMPLATE {source}");
    // The session that filled the template may not have disconnected yet.
    wait_for("a copy of the template", 60, || match client.batch_execute(&sql) {
        Ok(()) => Some(()),
        Err(error) if error.code() == Some(&SqlState::OBJECT_IN_USE) => None,
        Err(error) => panic!("{sql}: {error:?}"),
    });
}

/// Must not panic, as it also runs while a test panics.
pub fn drop_database(name: &str) {
    let sql = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    if let Err(error) = test_server().connect("postgres").batch_execute(&sql) {
        eprintln!("cannot drop the database {name}: {error:?}");
    }
}
