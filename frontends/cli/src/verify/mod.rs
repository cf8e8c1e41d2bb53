//! `ntsb verify`: whether the change log is what loads wrote.
//!
//! The chain is recomputed here rather than by the database, whose owner may replace its functions.

mod chain;
mod rows;

use serde_json::json;
use tokio_postgres::{Client, IsolationLevel, Transaction};

use crate::answer::{Answer, Column, Kind};
use crate::args::{Output, OutputArgs, VerifyArgs};
use crate::connect::connect;
use crate::failure::Failure;
use crate::heads::{Head, PublicKey, read_heads};
use crate::report::grouped;
use crate::terminal::Terminal;

/// Problems that are listed; the others are only counted.
const LISTED: usize = 100;

/// What does not agree.
#[derive(Debug, Default)]
pub struct Problems {
    rows: Vec<String>,
    count: usize,
}

impl Problems {
    pub fn add(&mut self, check: &str, seq: Option<i64>, problem: impl Into<String>) {
        self.count += 1;
        if self.rows.len() < LISTED {
            let row = json!({ "check": check, "seq": seq, "problem": problem.into() });
            self.rows.push(row.to_string());
        }
    }
}

/// How much was verified.
#[derive(Debug, Default)]
struct Extent {
    entries: i64,
    heads: usize,
    has_signatures: bool,
    rows: Option<u64>,
}

pub async fn run(args: &VerifyArgs, dsn: Option<&str>, terminal: &Terminal) -> Result<(), Failure> {
    let mut client = connect(dsn, terminal).await?;
    let mut problems = Problems::default();
    let heads = kept_heads(args, &client, &mut problems).await?;
    // Loads that end meanwhile are not seen by one check and missed by another.
    let transaction = client
        .build_transaction()
        .isolation_level(IsolationLevel::RepeatableRead)
        .read_only(true)
        .start()
        .await?;
    let step = terminal.step("verifying the change log");
    let entries = chain::verify(&transaction, &heads, &mut problems).await?;
    journal(&transaction, &mut problems).await?;
    drop(step);
    let rows = match args.rows {
        true => Some(rows::verify(&transaction, terminal, &mut problems).await?),
        false => None,
    };
    let has_signatures = args.public_key.is_some();
    let extent = Extent { entries, heads: heads.len(), has_signatures, rows };
    show(&problems, &extent, args.output, terminal)
}

/// The heads of this database, of which the signatures are good where there is a key.
async fn kept_heads(
    args: &VerifyArgs,
    client: &Client,
    problems: &mut Problems,
) -> Result<Vec<Head>, Failure> {
    let Some(file) = &args.against else { return Ok(Vec::new()) };
    let key = args.public_key.as_deref().map(PublicKey::read).transpose()?;
    let name = "SELECT pg_catalog.current_database()::text";
    let database = match &args.database {
        Some(name) => name.clone(),
        None => client.query_one(name, &[]).await?.try_get(0)?,
    };
    let mut heads = Vec::new();
    for read in read_heads(file)? {
        match read {
            Err(why) => problems.add("heads", None, why),
            Ok(signed) if signed.head.database != database => {}
            Ok(signed) => {
                let text = signed.head.text();
                if key.as_ref().is_some_and(|key| !key.verifies(text.as_bytes(), &signed.signature))
                {
                    let why = format!(
                        "the signature of the head of batch {} is wrong",
                        signed.head.batch_id
                    );
                    problems.add("heads", Some(signed.head.seq), why);
                }
                heads.push(signed.head);
            }
        }
    }
    if heads.is_empty() {
        // Otherwise renaming the database would be a way around its heads.
        let why = format!("{} holds no head of database {database}", file.display());
        problems.add("heads", None, why);
    }
    Ok(heads)
}

/// What the database itself finds, comparing log and journal.
async fn journal(transaction: &Transaction<'_>, problems: &mut Problems) -> Result<(), Failure> {
    let sql = "SELECT seq, problem FROM ntsb_verify_change_log()";
    for row in transaction.query(sql, &[]).await? {
        let problem: String = row.try_get(1)?;
        problems.add("journal", row.try_get(0)?, problem);
    }
    Ok(())
}

fn show(
    problems: &Problems,
    extent: &Extent,
    output: OutputArgs,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let columns = [("check", Kind::Text), ("seq", Kind::Number), ("problem", Kind::Text)];
    let columns = columns.map(|(name, kind)| Column::new(name, kind)).into();
    let answer = Answer::of(columns, problems.rows.clone());
    if output.output != Output::Table {
        answer.show(output, terminal)?;
    } else if answer.is_empty() {
        terminal.result(&extent.sentence())?;
    } else {
        answer.show_table(terminal)?;
    }
    match problems.count {
        0 => Ok(()),
        1 => Err(Failure::Other("the change log does not agree: 1 problem, see above".to_owned())),
        n => Err(Failure::Other(format!(
            "the change log does not agree: {} problems{}, see above",
            grouped(i64::try_from(n).unwrap_or(i64::MAX)),
            if n > LISTED { format!(", of which the first {LISTED}") } else { String::new() }
        ))),
    }
}

impl Extent {
    fn sentence(&self) -> String {
        let mut text = format!("The change log is whole: {} entries.\n", grouped(self.entries));
        if self.heads > 0 {
            let signatures = if self.has_signatures {
                "their signatures are good"
            } else {
                "their signatures were not verified (--public-key)"
            };
            text += &format!("Kept heads that agree with it: {}; {signatures}.\n", self.heads);
        }
        if let Some(rows) = self.rows {
            let rows = grouped(i64::try_from(rows).unwrap_or(i64::MAX));
            text += &format!("Stored rows that agree with it: {rows}.\n");
        }
        text
    }
}
