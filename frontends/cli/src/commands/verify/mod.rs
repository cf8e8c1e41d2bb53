//! `ntsb verify`: verifies the change log.
//!
//! The client recomputes the hash chain because the database owner could replace the functions of the
//! database.

mod chain;
mod rows;

use serde_json::json;
use tokio_postgres::{Client, IsolationLevel, Transaction};

use crate::args::{Output, OutputArgs, VerifyArgs};
use crate::commands::log_heads::{LogHead, PublicKey, read_heads};
use crate::database::connect;
use crate::failure::Failure;
use crate::output::{Column, ColumnKind, ResultSet, Terminal, group_digits};

/// Problems that are listed; the others are only counted.
const MAX_LISTED_PROBLEMS: usize = 100;

/// The problems found.
#[derive(Debug, Default)]
pub struct Problems {
    rows: Vec<String>,
    count: usize,
}

impl Problems {
    pub fn add(&mut self, check: &str, seq: Option<i64>, problem: impl Into<String>) {
        self.count += 1;
        if self.rows.len() < MAX_LISTED_PROBLEMS {
            let row = json!({ "check": check, "seq": seq, "problem": problem.into() });
            self.rows.push(row.to_string());
        }
    }
}

/// What was verified.
#[derive(Debug, Default)]
struct Coverage {
    entries: i64,
    heads: usize,
    has_signatures: bool,
    rows: Option<u64>,
}

pub async fn run(args: &VerifyArgs, dsn: Option<&str>, terminal: &Terminal) -> Result<(), Failure> {
    let mut client = connect(dsn, terminal).await?;
    let mut problems = Problems::default();
    let heads = read_heads_of_database(args, &client, &mut problems).await?;
    // All checks see the same snapshot, even if a load ends meanwhile.
    let transaction = client
        .build_transaction()
        .isolation_level(IsolationLevel::RepeatableRead)
        .read_only(true)
        .start()
        .await?;
    let step = terminal.start_step("verifying the change log");
    let entries = chain::verify_chain(&transaction, &heads, &mut problems).await?;
    verify_journal(&transaction, &mut problems).await?;
    drop(step);
    let rows = match args.rows {
        true => Some(rows::verify_rows(&transaction, terminal, &mut problems).await?),
        false => None,
    };
    let has_signatures = args.public_key.is_some();
    let coverage = Coverage { entries, heads: heads.len(), has_signatures, rows };
    print_result(&problems, &coverage, args.output, terminal)
}

/// Reads the heads of this database and, if there is a public key, verifies their signatures.
async fn read_heads_of_database(
    args: &VerifyArgs,
    client: &Client,
    problems: &mut Problems,
) -> Result<Vec<LogHead>, Failure> {
    let Some(file) = &args.against else { return Ok(Vec::new()) };
    let key = args.public_key.as_deref().map(PublicKey::read).transpose()?;
    let name = "SELECT pg_catalog.current_database()::text";
    let database = match &args.database {
        Some(name) => name.clone(),
        None => client.query_one(name, &[]).await?.try_get(0)?,
    };
    let mut heads = Vec::new();
    for line in read_heads(file)? {
        match line {
            Err(error) => problems.add("heads", None, error),
            Ok(signed) if signed.head.database != database => {}
            Ok(signed) => {
                let text = signed.head.signed_text();
                let is_valid =
                    |key: &PublicKey| key.is_valid_signature(text.as_bytes(), &signed.signature);
                if key.as_ref().is_some_and(|key| !is_valid(key)) {
                    let problem = format!(
                        "the signature of the head of batch {} is invalid",
                        signed.head.batch_id
                    );
                    problems.add("heads", Some(signed.head.seq), problem);
                }
                heads.push(signed.head);
            }
        }
    }
    if heads.is_empty() {
        // Otherwise, renaming the database would bypass the check.
        let problem = format!("{} contains no head of database {database}", file.display());
        problems.add("heads", None, problem);
    }
    Ok(heads)
}

/// Adds the problems that the database finds when it compares log and journal.
async fn verify_journal(
    transaction: &Transaction<'_>,
    problems: &mut Problems,
) -> Result<(), Failure> {
    let sql = "SELECT seq, problem FROM ntsb_verify_change_log()";
    for row in transaction.query(sql, &[]).await? {
        let problem: String = row.try_get(1)?;
        problems.add("journal", row.try_get(0)?, problem);
    }
    Ok(())
}

fn print_result(
    problems: &Problems,
    coverage: &Coverage,
    output: OutputArgs,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let columns =
        [("check", ColumnKind::Text), ("seq", ColumnKind::Number), ("problem", ColumnKind::Text)];
    let columns = columns.map(|(name, kind)| Column::new(name, kind)).into();
    let result = ResultSet::new(columns, problems.rows.clone());
    if output.output != Output::Table {
        result.print(output, terminal)?;
    } else if result.is_empty() {
        terminal.print(&coverage.summary())?;
    } else {
        result.print_table(terminal)?;
    }
    match problems.count {
        0 => Ok(()),
        1 => Err(Failure::Other("verification failed: 1 problem, see above".to_owned())),
        n => {
            let count = group_digits(i64::try_from(n).unwrap_or(i64::MAX));
            let listed = if n > MAX_LISTED_PROBLEMS {
                format!(" (the first {MAX_LISTED_PROBLEMS} are listed)")
            } else {
                String::new()
            };
            Err(Failure::Other(format!("verification failed: {count} problems{listed}, see above")))
        }
    }
}

impl Coverage {
    fn summary(&self) -> String {
        let mut text =
            format!("The change log is valid: {} entries.\n", group_digits(self.entries));
        if self.heads > 0 {
            let signatures = if self.has_signatures {
                "signatures valid"
            } else {
                "signatures not verified (use --public-key)"
            };
            text += &format!("Matching heads: {}, {signatures}.\n", self.heads);
        }
        if let Some(rows) = self.rows {
            let rows = group_digits(i64::try_from(rows).unwrap_or(i64::MAX));
            text += &format!("Matching stored rows: {rows}.\n");
        }
        text
    }
}
