//! Where settings come from that a connection string leaves out: a service file, then libpq's
//! environment variables, then the password file.

use std::env;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::SettingsError;
use crate::conninfo::Pairs;

/// Looks up an environment variable; an empty one counts as unset, as with libpq.
pub type Variable<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The process's own environment.
pub fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// Keywords and the variables that stand in for them.
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

/// They would make a connection safer than it is made here: refused rather than ignored.
pub const REFUSED: [&str; 5] =
    ["PGSSLCRL", "PGSSLCRLDIR", "PGREQUIREAUTH", "PGREQUIREPEER", "PGSSLMINPROTOCOLVERSION"];

/// The file below `~/.postgresql` in which libpq looks by default.
pub fn default_file(variable: Variable, name: &str) -> Option<PathBuf> {
    Some(Path::new(&variable("HOME")?).join(".postgresql").join(name))
}

/// The settings of a service: `~/.pg_service.conf` first, then the system's file.
pub fn service(name: &str, variable: Variable) -> Result<Pairs, SettingsError> {
    let own = variable("PGSERVICEFILE")
        .map(PathBuf::from)
        .or_else(|| Some(Path::new(&variable("HOME")?).join(".pg_service.conf")));
    let folder = variable("PGSYSCONFDIR").unwrap_or_else(|| "/etc/postgresql-common".into());
    let files = own.into_iter().chain([Path::new(&folder).join("pg_service.conf")]);
    for file in files {
        let Ok(text) = fs::read_to_string(&file) else { continue };
        if let Some(pairs) = section(&text, name) {
            return pairs.ok_or(SettingsError::ServiceFile { file });
        }
    }
    Err(SettingsError::NoService { name: name.to_owned() })
}

/// The lines of one section; the inner none where a line is not `keyword=value`.
fn section(text: &str, name: &str) -> Option<Option<Pairs>> {
    let mut lines = text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#'));
    lines.find(|line| line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) == Some(name))?;
    let pair = |line: &str| {
        let (key, value) = line.split_once('=')?;
        Some((key.trim().to_owned(), value.trim().to_owned()))
    };
    Some(lines.take_while(|line| !line.starts_with('[')).map(pair).collect())
}

/// The password that the password file has for a connection. A file that others may read does not
/// count, as with libpq.
pub fn password(file: &Path, connection: [&str; 4]) -> Option<String> {
    let metadata = fs::metadata(file).ok().filter(|found| found.is_file())?;
    if metadata.mode() & 0o077 != 0 {
        return None;
    }
    let text = fs::read_to_string(file).ok()?;
    text.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
        let fields = fields(line);
        let (password, pattern) = fields.split_last()?;
        let fits = pattern.len() == 4
            && pattern.iter().zip(connection).all(|(want, have)| want == "*" || want == have);
        fits.then(|| password.clone())
    })
}

/// The parts of a line between colons; a backslash takes the next character as it is.
fn fields(line: &str) -> Vec<String> {
    let (mut all, mut characters) = (vec![String::new()], line.chars());
    while let Some(character) = characters.next() {
        let taken = match character {
            ':' if all.len() < 5 => {
                all.push(String::new());
                continue;
            }
            '\\' => characters.next(),
            other => Some(other),
        };
        if let Some(last) = all.last_mut() {
            last.extend(taken);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_service_is_a_section() {
        let text = "# all\n[a]\nhost=x\n\n[b]\nhost = y\nsslmode=require\n[c]\nnonsense\n";
        let pairs = section(text, "b").unwrap().unwrap();
        assert_eq!(pairs, [("host".into(), "y".into()), ("sslmode".into(), "require".into())]);
        assert!(section(text, "d").is_none());
        assert!(section(text, "c").unwrap().is_none());
    }

    #[test]
    fn fields_of_the_password_file_hold_colons() {
        assert_eq!(fields(r"a\:b:*:db:ann:p:a\\ss"), ["a:b", "*", "db", "ann", r"p:a\ss"]);
    }
}
