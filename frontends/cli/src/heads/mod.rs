//! Heads of the change log, signed and kept in a file outside of the database: who rewrites the log
//! and the journal of loads alike cannot rewrite them.

mod key;

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use ntsb_schema::hash::canonical_json;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio_postgres::Client;

use crate::args::{HeadArgs, HeadsCommand, WriteHeadArgs};
use crate::connect::connect;
use crate::failure::Failure;
use crate::terminal::Terminal;
pub use key::PublicKey;
use key::{PrivateKey, generate};

const HEAD: &str = "
    SELECT batch_id, seq, entry_hash, pg_catalog.current_database()::text,
           pg_catalog.to_char(finished_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')
    FROM ntsb_change_log_head()";

/// The end of the change log when a load ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    pub batch_id: i64,
    pub seq: i64,
    /// Hexadecimal.
    pub entry_hash: String,
    pub finished_at: String,
    pub database: String,
}

/// A line of the file.
#[derive(Debug, Serialize, Deserialize)]
pub struct SignedHead {
    #[serde(flatten)]
    pub head: Head,
    /// Ed25519 over [`Head::text`], in base64.
    pub signature: String,
}

impl Head {
    async fn read(client: &Client) -> Result<Option<Head>, Failure> {
        let Some(row) = client.query_opt(HEAD, &[]).await? else { return Ok(None) };
        Ok(Some(Head {
            batch_id: row.try_get(0)?,
            seq: row.try_get(1)?,
            entry_hash: row.try_get(2)?,
            database: row.try_get(3)?,
            finished_at: row.try_get(4)?,
        }))
    }

    /// What is signed: Python's `json.dumps(head, sort_keys=True)`, without the signature.
    pub fn text(&self) -> String {
        canonical_json(&json!(self))
    }
}

/// Writes the head after each load.
pub struct HeadWriter<'a> {
    file: &'a Path,
    key: PrivateKey,
}

impl<'a> HeadWriter<'a> {
    /// Fails before anything is loaded where the key cannot be used.
    pub fn open(args: &'a HeadArgs) -> Result<Option<HeadWriter<'a>>, Failure> {
        let Some((file, key)) = args.file.as_deref().zip(args.key.as_deref()) else {
            return Ok(None);
        };
        Ok(Some(HeadWriter { file, key: PrivateKey::read(key)? }))
    }

    /// Appends the head as it is now; none where nothing was loaded yet.
    pub async fn write(&self, client: &Client) -> Result<Option<Head>, Failure> {
        let Some(head) = Head::read(client).await? else { return Ok(None) };
        let signature = self.key.sign(head.text().as_bytes());
        let line = json!(SignedHead { head: head.clone(), signature });
        self.append(&format!("{line}\n")).map_err(|error| {
            Failure::Other(format!(
                "cannot write the head of the change log to {}: {error}\nhint: What was loaded is \
                 stored. Mend the cause, then: ntsb heads write",
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

/// The heads of a file. A line that is none is told by its number.
pub fn read_heads(file: &Path) -> Result<Vec<Result<SignedHead, String>>, Failure> {
    let failed = |error| Failure::Usage(format!("cannot read {}: {error}", file.display()));
    let text = fs::read_to_string(file).map_err(failed)?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let read = |(at, line)| {
        serde_json::from_str(line)
            .map_err(|error| format!("line {} is not a head: {error}", at + 1))
    };
    Ok(lines.map(read).collect())
}

pub async fn run(
    command: &HeadsCommand,
    dsn: Option<&str>,
    terminal: &Terminal,
) -> Result<(), Failure> {
    match command {
        HeadsCommand::Keygen(args) => {
            let public = generate(&args.file)?;
            let (file, public) = (args.file.display(), public.display());
            terminal
                .result(&format!("{file}: signs heads, keep it secret\n{public}: verifies them\n"))
        }
        HeadsCommand::Write(args) => write(args, dsn, terminal).await,
    }
}

async fn write(
    args: &WriteHeadArgs,
    dsn: Option<&str>,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let writer = HeadWriter { file: &args.file, key: PrivateKey::read(&args.key)? };
    let client = connect(dsn, terminal).await?;
    match writer.write(&client).await? {
        Some(head) => terminal.result(&format!(
            "{}: batch {}, entry {}\n",
            args.file.display(),
            head.batch_id,
            head.seq
        )),
        None => terminal.result("Nothing was loaded yet, so that there is no head.\n"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_is_signed_can_be_written_by_python() {
        let head = Head {
            batch_id: 3,
            seq: 12,
            entry_hash: "0aff".into(),
            finished_at: "2025-01-02T03:04:05.000006Z".into(),
            database: "ntsb".into(),
        };
        assert_eq!(
            head.text(),
            r#"{"batch_id": 3, "database": "ntsb", "entry_hash": "0aff", "finished_at": "2025-01-02T03:04:05.000006Z", "seq": 12}"#
        );
        let line = json!(SignedHead { head: head.clone(), signature: "x".into() }).to_string();
        assert_eq!(serde_json::from_str::<SignedHead>(&line).unwrap().head, head);
    }
}
