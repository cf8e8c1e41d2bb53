//! A database for one test, gone when the test ends, however it ends.

use std::io::Read;
use std::sync::atomic::{AtomicU32, Ordering};

use postgres::error::SqlState;
use postgres::types::{FromSqlOwned, ToSql};
use postgres::{Client, Row};
use serde_json::Value;
use tempfile::tempdir;

use crate::process::{run, succeed};
use crate::server::{Server, server};
use crate::{template, wait_for};

pub struct Database {
    pub name: String,
    pub server: Server,
    /// None where it ends with its server.
    _removal: Option<Removal>,
}

/// Removes the database of this name when dropped.
struct Removal(String);

impl Database {
    /// With the extension and a warehouse that holds nothing.
    pub fn blank() -> Database {
        Database::copy_of(template::blank())
    }

    /// With sample.zip loaded as batch 1.
    pub fn with_sample() -> Database {
        Database::copy_of(template::sample())
    }

    /// Without anything of ours.
    pub fn bare() -> Database {
        Database::copy_of("template0")
    }

    /// What pg_dump takes of it and pg_restore makes of that.
    pub fn restored(&self) -> Database {
        let restored = Database::bare();
        self.dump_into(&restored, &[], true);
        restored
    }

    /// What a dump with these options restores into a database that has the extension; where some of it
    /// cannot be restored, the rest is.
    pub fn restored_with(&self, options: &[&str]) -> Database {
        let restored = Database::bare();
        restored.execute("CREATE EXTENSION pg_ntsb CASCADE");
        let is_whole = options == ["--schema=ntsb"];
        self.dump_into(&restored, options, is_whole);
        restored
    }

    fn dump_into(&self, restored: &Database, options: &[&str], must_succeed: bool) {
        let folder = tempdir().unwrap();
        let file = folder.path().join("warehouse.dump");
        let mut dump = self.server.command("pg_dump", &self.name);
        dump.args(["--format=custom", "--file"]).arg(&file).args(options);
        succeed(dump);
        let mut restore = restored.server.command("pg_restore", &restored.name);
        restore.args(["--dbname", &restored.name]).arg(&file);
        if must_succeed {
            restore.arg("--exit-on-error");
            succeed(restore);
        } else {
            run(restore);
        }
    }

    fn copy_of(source: &str) -> Database {
        static NUMBER: AtomicU32 = AtomicU32::new(1);
        let name = template::name(&NUMBER.fetch_add(1, Ordering::Relaxed).to_string());
        create(&name, source);
        Database { _removal: Some(Removal(name.clone())), name, server: server().clone() }
    }

    /// One that is there already, on a server that ends with its test.
    pub fn of(server: Server, name: &str) -> Database {
        Database { name: name.to_owned(), server, _removal: None }
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

    pub fn rows(&self, sql: &str, parameters: &[&(dyn ToSql + Sync)]) -> Vec<Row> {
        self.connect().query(sql, parameters).unwrap_or_else(|e| panic!("{sql}: {e:?}"))
    }

    /// The first column of each row.
    pub fn column<T: FromSqlOwned>(&self, sql: &str, parameters: &[&(dyn ToSql + Sync)]) -> Vec<T> {
        self.rows(sql, parameters).iter().map(|row| row.get(0)).collect()
    }

    /// The only value of a query.
    pub fn one<T: FromSqlOwned>(&self, sql: &str) -> T {
        let mut values = self.column(sql, &[]);
        assert_eq!(values.len(), 1, "{sql}");
        values.remove(0)
    }

    /// The rows of a query, as PostgreSQL writes them in JSON.
    pub fn json(&self, query: &str) -> Value {
        let rows = format!("SELECT json_agg(row_to_json(x))::text FROM ({query}) x");
        let text: Option<String> = self.one(&rows);
        serde_json::from_str(text.as_deref().unwrap_or("[]")).unwrap()
    }

    /// The rows of a query, as COPY writes them in CSV.
    pub fn csv(&self, query: &str) -> String {
        let mut text = String::new();
        let copy = format!("COPY ({query}) TO STDOUT WITH (FORMAT csv, HEADER)");
        self.connect().copy_out(&copy).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    pub fn count(&self, from: &str) -> i64 {
        self.one(&format!("SELECT count(*) FROM {from}"))
    }

    /// Waits until no other session is left; what they did is then in the statistics.
    pub fn wait_until_quiet(&self) {
        let mut client = self.server.connect("postgres");
        let sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = $1";
        wait_for("end of the sessions", 60, || {
            let sessions: i64 = client.query_one(sql, &[&self.name]).unwrap().get(0);
            (sessions == 0).then_some(())
        });
    }
}

impl Drop for Removal {
    fn drop(&mut self) {
        drop_database(&self.0);
    }
}

pub fn create(name: &str, source: &str) {
    let mut client = server().connect("postgres");
    let sql = format!("CREATE DATABASE {name} TEMPLATE {source}");
    // The session that filled the template may still be on its way out.
    wait_for("copy of the template", 60, || match client.batch_execute(&sql) {
        Ok(()) => Some(()),
        Err(error) if error.code() == Some(&SqlState::OBJECT_IN_USE) => None,
        Err(error) => panic!("{sql}: {error:?}"),
    });
}

/// Also while a test fails, so that it must not fail itself.
pub fn drop_database(name: &str) {
    let sql = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    if let Err(error) = server().connect("postgres").batch_execute(&sql) {
        eprintln!("the database {name} stays: {error:?}");
    }
}
