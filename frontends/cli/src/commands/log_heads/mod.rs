//! `ntsb heads`: signed heads of the change log in a file outside the database. Somebody who can
//! rewrite both the log and the journal of loads cannot rewrite that file.

mod key;

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use ntsb_schema::hash::canonical_json;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio_postgres::Client;

use crate::args::{HeadsCommand, LogHeadArgs, WriteHeadArgs};
use crate::database::connect;
use crate::failure::Failure;
use crate::output::Terminal;
pub use key::PublicKey;
use key::{PrivateKey, generate_key_pair};

const CURRENT_HEAD: &str = "
    SELECT batch_id, seq, entry_hash, pg_catalog.current_database()::text,
           pg_catalog.to_char(finished_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')
    FROM ntsb_change_log_head()";

/// The last entry of the change log at the end of a load.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogHead {
    pub batch_id: i64,
    pub seq: i64,
    /// Hexadecimal.
    pub entry_hash: String,
    pub finished_at: String,
    pub database: String,
}

/// One line of the file.
#[derive(Debug, Serialize, Deserialize)]
pub struct SignedLogHead {
    #[serde(flatten)]
    pub head: LogHead,
    /// Ed25519 signature of [`LogHead::signed_text`], in base64.
    pub signature: String,
}

impl LogHead {
    async fn fetch(client: &Client) -> Result<Option<LogHead>, Failure> {
        let Some(row) = client.query_opt(CURRENT_HEAD, &[]).await? else { return Ok(None) };
        Ok(Some(LogHead {
            batch_id: row.try_get(0)?,
            seq: row.try_get(1)?,
            entry_hash: row.try_get(2)?,
            database: row.try_get(3)?,
            finished_at: row.try_get(4)?,
        }))
    }

    /// The signed text: Python's `json.dumps(head, sort_keys=True)`, without the signature.
    pub fn signed_text(&self) -> String {
        canonical_json(&json!(self))
    }
}

/// Appends signed heads to a file.
pub struct LogHeadWriter<'a> {
    file: &'a Path,
    key: PrivateKey,
}

impl<'a> LogHeadWriter<'a> {
    /// Reads the key, so that a load with an unusable key fails before it starts.
    pub fn open(args: &'a LogHeadArgs) -> Result<Option<LogHeadWriter<'a>>, Failure> {
        let Some((file, key)) = args.file.as_deref().zip(args.key.as_deref()) else {
            return Ok(None);
        };
        Ok(Some(LogHeadWriter { file, key: PrivateKey::read(key)? }))
    }

    /// Appends the current head. Returns `None` if nothing has been loaded yet.
    pub async fn write(&self, client: &Client) -> Result<Option<LogHead>, Failure> {
        let Some(head) = LogHead::fetch(client).await? else { return Ok(None) };
        let signature = self.key.sign(head.signed_text().as_bytes());
        let line = json!(SignedLogHead { head: head.clone(), signature });
        self.append(&format!("{line}\n")).map_err(|error| {
            Failure::Other(format!(
                "cannot write the head of the change log to {}: {error}\nhint: The load is stored. \
                 Fix the cause, then run: ntsb heads write",
                self.file.display()
            ))
        })?;
        Ok(Some(head))
    }

    fn append(&self, line: &str) -> std::io::Result<()> {
        let mut file = File::options().create(true).append(true).open(self.file)?;
        file.write_all(line.as_bytes())?;
        file.sync_all()
    }
}

/// Reads the heads of a file. An invalid line gives an error with its line number.
pub fn read_heads(file: &Path) -> Result<Vec<Result<SignedLogHead, String>>, Failure> {
    let failed = |error| Failure::Usage(format!("cannot read {}: {error}", file.display()));
    let text = fs::read_to_string(file).map_err(failed)?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let parse = |(index, line)| {
        serde_json::from_str(line)
            .map_err(|error| format!("line {} is not a valid head: {error}", index + 1))
    };
    Ok(lines.map(parse).collect())
}

pub async fn run(
    command: &HeadsCommand,
    dsn: Option<&str>,
    terminal: &Terminal,
) -> Result<(), Failure> {
    match command {
        HeadsCommand::Keygen(args) => {
            let public_file = generate_key_pair(&args.file)?;
            terminal.print(&format!(
                "{}: private key for signing heads, keep it secret\n{}: public key for verifying them\n",
                args.file.display(),
                public_file.display()
            ))
        }
        HeadsCommand::Write(args) => write_current_head(args, dsn, terminal).await,
    }
}

async fn write_current_head(
    args: &WriteHeadArgs,
    dsn: Option<&str>,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let writer = LogHeadWriter { file: &args.file, key: PrivateKey::read(&args.key)? };
    let client = connect(dsn, terminal).await?;
    match writer.write(&client).await? {
        Some(head) => terminal.print(&format!(
            "{}: batch {}, entry {}\n",
            args.file.display(),
            head.batch_id,
            head.seq
        )),
        None => terminal.print("There is no head because nothing has been loaded yet.\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signed_text_equals_that_of_python() {
        let head = LogHead {
            batch_id: 3,
            seq: 12,
            entry_hash: "0aff".into(),
            finished_at: "2025-01-02T03:04:05.000006Z".into(),
            database: "ntsb".into(),
        };
        assert_eq!(
            head.signed_text(),
            r#"{"batch_id": 3, "database": "ntsb", "entry_hash": "0aff", "finished_at": "2025-01-02T03:04:05.000006Z", "seq": 12}"#
        );
        let line = json!(SignedLogHead { head: head.clone(), signature: "x".into() }).to_string();
        assert_eq!(serde_json::from_str::<SignedLogHead>(&line).unwrap().head, head);
    }
}
