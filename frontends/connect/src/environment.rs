//! The sources of settings that a connection string omits: the service file, libpq's environment
//! variables and the password file.

use std::env;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::SettingsError;
use crate::conninfo::Pairs;

/// Looks up an environment variable. As in libpq, an empty one counts as unset.
pub type EnvLookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Looks up a variable in the environment of the process.
pub fn env_variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// The keywords and their environment variables.
pub const VARIABLES: [(&str, &str); 18] = [
    ("host", "PGHOST"),
    ("hostaddr", "PGHOSTADDR"),
    ("port", "PGPORT"),
    ("dbname", "PGDATABASE"),
    ("user", "PGUSER"),
    ("password", "PGPASSWORD"),
    ("passfile", "PGPASSFILE"),
    ("options", "PGOPTIONS"),
    ("application_name", "PGAPPNAME"),
    ("connect_timeout", "PGCONNECT_TIMEOUT"),
    ("channel_binding", "PGCHANNELBINDING"),
    ("target_session_attrs", "PGTARGETSESSIONATTRS"),
    ("load_balance_hosts", "PGLOADBALANCEHOSTS"),
    ("sslmode", "PGSSLMODE"),
    ("sslnegotiation", "PGSSLNEGOTIATION"),
    ("sslrootcert", "PGSSLROOTCERT"),
    ("sslcert", "PGSSLCERT"),
    ("sslkey", "PGSSLKEY"),
];

/// Unsupported variables. They would make the connection more secure, so ignoring them would be wrong.
pub const UNSUPPORTED_VARIABLES: [&str; 5] =
    ["PGSSLCRL", "PGSSLCRLDIR", "PGREQUIREAUTH", "PGREQUIREPEER", "PGSSLMINPROTOCOLVERSION"];

/// libpq's default file in `~/.postgresql`.
pub fn default_file(env: EnvLookup, name: &str) -> Option<PathBuf> {
    Some(Path::new(&env("HOME")?).join(".postgresql").join(name))
}

/// Reads the settings of a service from the user's service file or the system's.
pub fn read_service(name: &str, env: EnvLookup) -> Result<Pairs, SettingsError> {
    let user_file = env("PGSERVICEFILE")
        .map(PathBuf::from)
        .or_else(|| Some(Path::new(&env("HOME")?).join(".pg_service.conf")));
    let folder = env("PGSYSCONFDIR").unwrap_or_else(|| "/etc/postgresql-common".into());
    let files = user_file.into_iter().chain([Path::new(&folder).join("pg_service.conf")]);
    for file in files {
        let Ok(text) = fs::read_to_string(&file) else { continue };
        if let Some(pairs) = find_section(&text, name) {
            return pairs.ok_or(SettingsError::ServiceFile { file });
        }
    }
    Err(SettingsError::NoService { name: name.to_owned() })
}

/// The settings of a section. The inner `None` means that a line is not `keyword=value`.
fn find_section(text: &str, name: &str) -> Option<Option<Pairs>> {
    let mut lines = text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#'));
    lines.find(|line| line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) == Some(name))?;
    let pair = |line: &str| {
        let (key, value) = line.split_once('=')?;
        Some((key.trim().to_owned(), value.trim().to_owned()))
    };
    Some(lines.take_while(|line| !line.starts_with('[')).map(pair).collect())
}

/// Finds the password for a connection (host, port, database, user) in a password file. As in libpq, a
/// file that other users can read is ignored.
pub fn find_password(file: &Path, connection: [&str; 4]) -> Option<String> {
    let metadata = fs::metadata(file).ok().filter(|found| found.is_file())?;
    if metadata.mode() & 0o077 != 0 {
        return None;
    }
    let text = fs::read_to_string(file).ok()?;
    text.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
        let fields = split_fields(line);
        let (password, pattern) = fields.split_last()?;
        let is_match = pattern.len() == 4
            && pattern.iter().zip(connection).all(|(field, value)| field == "*" || field == value);
        is_match.then(|| password.clone())
    })
}

/// Splits a line of the password file at colons. A backslash escapes the next character.
fn split_fields(line: &str) -> Vec<String> {
    let (mut fields, mut characters) = (vec![String::new()], line.chars());
    while let Some(character) = characters.next() {
        let unescaped = match character {
            ':' if fields.len() < 5 => {
                fields.push(String::new());
                continue;
            }
            '\\' => characters.next(),
            other => Some(other),
        };
        if let Some(last) = fields.last_mut() {
            last.extend(unescaped);
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_a_section() {
        let text = "# all\n[a]\nhost=x\n\n[b]\nhost = y\nsslmode=require\n[c]\nnonsense\n";
        let pairs = find_section(text, "b").unwrap().unwrap();
        assert_eq!(pairs, [("host".into(), "y".into()), ("sslmode".into(), "require".into())]);
        assert!(find_section(text, "d").is_none());
        assert!(find_section(text, "c").unwrap().is_none());
    }

    #[test]
    fn fields_of_the_password_file_may_contain_escaped_colons() {
        let fields = split_fields(r"a\:b:*:db:ann:p:a\\ss");
        assert_eq!(fields, ["a:b", "*", "db", "ann", r"p:a\ss"]);
    }
}
