//! The PostgreSQL server and the `ntsb` command under test, as set in the environment.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use postgres::{Client, Config, NoTls};

/// Cancels a hanging statement. No statement of the tests takes nearly as long.
const STATEMENT_TIMEOUT: &str = "-c statement_timeout=120s";

#[derive(Clone)]
pub struct Server {
    host: String,
    port: String,
    user: String,
    ntsb_binary: PathBuf,
}

pub fn test_server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| Server {
        host: env_var("NTSB_TEST_HOST"),
        port: env_var("NTSB_TEST_PORT"),
        user: env_var("NTSB_TEST_USER"),
        ntsb_binary: env_var("NTSB_BIN").into(),
    })
}

pub fn env_var(name: &str) -> String {
    env::var(name).ok().filter(|value| !value.is_empty()).unwrap_or_else(|| {
        panic!(
            "{name} is not set: these tests need their own PostgreSQL server and the built ntsb command; \
             run ./dev test client"
        )
    })
}

/// The folder of real NTSB files in `NTSB_DATA`, if it exists.
pub fn real_data_dir() -> Option<PathBuf> {
    env::var_os("NTSB_DATA").map(PathBuf::from).filter(|path| path.is_dir())
}

impl Server {
    pub fn ntsb_binary(&self) -> &Path {
        &self.ntsb_binary
    }

    pub fn host(&self) -> &str {
        &self.host
    }

    /// The same user and command with another address.
    pub fn with_address(&self, host: &str, port: u16) -> Server {
        Server { host: host.to_owned(), port: port.to_string(), ..self.clone() }
    }

    /// The Unix socket on which it listens.
    pub fn socket_path(&self) -> PathBuf {
        Path::new(&self.host).join(format!(".s.PGSQL.{}", self.port))
    }

    pub fn connect(&self, database: &str) -> Client {
        self.try_connect(database).unwrap_or_else(|e| panic!("cannot connect to {database}: {e}"))
    }

    pub fn try_connect(&self, database: &str) -> Result<Client, postgres::Error> {
        self.try_connect_as(&self.user, database)
    }

    pub fn try_connect_as(&self, role: &str, database: &str) -> Result<Client, postgres::Error> {
        let mut config = Config::new();
        config.host(&self.host).port(self.port.parse().unwrap()).user(role).dbname(database);
        config.application_name("ntsb-tests").options(STATEMENT_TIMEOUT);
        config.connect_timeout(Duration::from_secs(10)).connect(NoTls)
    }

    /// A command that connects to the database by libpq variables. Other connection variables of the
    /// developer are removed.
    pub fn command(&self, program: impl AsRef<Path>, database: &str) -> Command {
        let mut command = Command::new(program.as_ref());
        for name in
            ["DATABASE_URL", "PGPASSWORD", "PGOPTIONS", "PGSERVICE", "PGAPPNAME", "PGSSLMODE"]
        {
            command.env_remove(name);
        }
        command.env("PGHOST", &self.host).env("PGPORT", &self.port).env("PGUSER", &self.user);
        command.env("PGDATABASE", database);
        command
    }
}
