//! `ntsb load --shards`: loads a file onto all shards of a coordinator, or onto none.
//!
//! Two-phase commit: each shard prepares its part as a transaction, the coordinator records the decision in
//! `ntsb.distributed_load`, and then each shard commits. The SQL functions that keep the record are in
//! sql/functions/shards/loads.sql; `ntsb_resolve_distributed_loads()` ends what this process did not.

use std::path::Path;
use std::time::Instant;

use tokio_postgres::Transaction;

use super::batch::Batch;
use super::report::Report;
use super::{base_name, choose_mode, open, refresh};
use crate::args::LoadArgs;
use crate::database::{ActiveSession, Database, connect_shard, connect_with_attempts};
use crate::failure::Failure;
use crate::output::Terminal;

/// Makes ntsb_ingest do without temporary tables and NOTIFY, which cannot be prepared. The names of the transactions
/// are made by the coordinator, of letters, digits, `_` and `-`.
const WILL_PREPARE: &str = "SET LOCAL ntsb.prepared_load = 'on'";

pub struct ShardLoader<'a> {
    pub dsn: Option<&'a str>,
    pub session: &'a ActiveSession,
    pub args: &'a LoadArgs,
    pub terminal: &'a Terminal,
}

/// A shard, its connection, and the name of its transaction.
struct Shard {
    name: String,
    gid: String,
    client: Database,
}

impl ShardLoader<'_> {
    pub async fn load_files(self) -> Result<(), Failure> {
        for path in &self.args.files {
            self.load_file(path).await?;
        }
        Ok(())
    }

    async fn load_file(&self, path: &Path) -> Result<(), Failure> {
        let (args, terminal) = (self.args, self.terminal);
        let start = Instant::now();
        let (source, digest) = open(path, args, terminal).await?;
        if source.has_cases() {
            return Err(Failure::Usage(format!(
                "{} holds cases as JSON, which cannot be loaded with --shards; load a file of tables",
                path.display()
            )));
        }
        let (mode, mode_is_guessed) = choose_mode(path, args, &source, terminal);
        drop(source);
        let coordinator = connect_with_attempts(args.attempts, self.dsn, terminal).await?;
        resolve_interrupted_loads(&coordinator).await?;
        let name = base_name(path);
        let load_id: i64 = coordinator
            .query_one(
                "SELECT ntsb_internal.begin_distributed_load($1::text, $2::text, $3::text)",
                &[&name, &mode.as_str(), &digest],
            )
            .await?
            .try_get(0)?;
        let batch = |shard: &str| Batch {
            name: format!("{name} ({shard})"),
            mode,
            mode_is_guessed,
            digest: digest.clone(),
            args,
            terminal,
            attempt: 1,
            unconfirmed_batch_id: None,
        };
        let load = DistributedLoad { loader: self, coordinator: &coordinator, load_id, path };
        let mut shards = match load.connect_shards().await {
            Ok(shards) => shards,
            Err(failure) => return Err(load.give_up(&mut [], failure).await),
        };
        let batches = shards.iter().map(|shard| batch(&shard.name)).collect();
        let mut reports = match load.prepare(&mut shards, batches).await {
            Ok(reports) => reports,
            Err(failure) => return Err(load.give_up(&mut shards, failure).await),
        };
        load.commit(&mut shards, &reports).await?;
        for report in &mut reports {
            report.seconds = start.elapsed().as_secs_f64();
            terminal.print(&if args.json { report.to_json()? } else { report.to_table() })?;
        }
        if !args.no_refresh && !args.dry_run {
            for shard in &shards {
                refresh(&shard.client, terminal).await;
            }
            refresh(&coordinator, terminal).await;
        }
        Ok(())
    }
}

/// Ends what an earlier, interrupted load left behind, so that this one can begin.
async fn resolve_interrupted_loads(coordinator: &Database) -> Result<(), Failure> {
    const ANY: &str = "SELECT EXISTS (SELECT FROM ntsb.distributed_load WHERE finished_at IS NULL)";
    if coordinator.query_one(ANY, &[]).await?.try_get(0)? {
        coordinator.batch_execute("CALL ntsb_resolve_distributed_loads()").await?;
    }
    Ok(())
}

/// A load that the coordinator has recorded.
struct DistributedLoad<'a> {
    loader: &'a ShardLoader<'a>,
    coordinator: &'a Database,
    load_id: i64,
    path: &'a Path,
}

impl DistributedLoad<'_> {
    async fn connect_shards(&self) -> Result<Vec<Shard>, Failure> {
        const SHARDS: &str = "SELECT c.shard_name, s.gid, c.host, c.port, c.dbname, c.loader, c.sslmode \
             FROM ntsb_internal.list_shard_connections() c \
             JOIN ntsb.distributed_load_shard s USING (shard_name) WHERE s.load_id = $1";
        let mut shards = Vec::new();
        for row in self.coordinator.query(SHARDS, &[&self.load_id]).await? {
            let text = |column: usize| row.try_get::<_, String>(column);
            let settings = [
                ("host", text(2)?),
                ("port", text(3)?),
                ("dbname", text(4)?),
                ("user", text(5)?),
                ("sslmode", text(6)?),
            ];
            let (args, terminal) = (self.loader.args, self.loader.terminal);
            let client = connect_shard(args.attempts, &settings, terminal).await?;
            shards.push(Shard { name: text(0)?, gid: text(1)?, client });
        }
        Ok(shards)
    }

    /// Loads each shard's part and prepares it. With `--dry-run`, rolls it back instead.
    async fn prepare(
        &self,
        shards: &mut [Shard],
        mut batches: Vec<Batch<'_>>,
    ) -> Result<Vec<Report>, Failure> {
        let args = self.loader.args;
        let mut parts = Vec::new();
        for (shard, batch) in shards.iter_mut().zip(&mut batches) {
            self.loader.session.replace(Some(shard.client.canceller()));
            let (source, _) = open(self.path, args, self.loader.terminal).await?;
            let transaction = shard.client.transaction().await?;
            transaction.batch_execute(WILL_PREPARE).await?;
            let (batch_id, source) = batch.stage(&transaction, source).await?;
            let claimed = keep_rows(&transaction, batch_id).await?;
            parts.push(Part {
                name: &shard.name,
                gid: &shard.gid,
                transaction,
                batch_id,
                claimed,
                source,
            });
        }
        settle_claims(&parts).await?;
        let mut reports = Vec::new();
        for (part, batch) in parts.iter().zip(&mut batches) {
            reports.push(self.ingest(part, batch).await?);
        }
        check_moves(&parts).await?;
        for part in parts {
            if args.dry_run {
                part.transaction.rollback().await?;
            } else {
                self.prepare_part(part).await?;
            }
        }
        Ok(reports)
    }

    /// A shard of whose years the file has no row takes part with nothing.
    async fn ingest(&self, part: &Part<'_>, batch: &mut Batch<'_>) -> Result<Report, Failure> {
        let transaction = &part.transaction;
        let any = "SELECT EXISTS (SELECT FROM ntsb.moved_event WHERE batch_id = $1) \
                   OR ntsb_internal.is_staged($1)";
        if transaction.query_one(any, &[&part.batch_id]).await?.try_get(0)? {
            batch.settle_mode(transaction, part.batch_id).await?;
            batch.ingest(transaction, part.batch_id).await?;
        } else {
            const FINISH: &str =
                "UPDATE ntsb.batch SET finished_at = clock_timestamp() WHERE batch_id = $1";
            transaction.execute(FINISH, &[&part.batch_id]).await?;
        }
        batch.report(transaction, part.batch_id, part.source.warnings.clone()).await
    }

    async fn prepare_part(&self, part: Part<'_>) -> Result<(), Failure> {
        const PREPARED: &str =
            "SELECT ntsb_internal.record_prepared($1::bigint, $2::text, $3::bigint)";
        part.transaction.batch_execute(&format!("PREPARE TRANSACTION '{}'", part.gid)).await?;
        // The transaction is no longer that of the session, so this ends nothing; it would warn of that.
        part.transaction.batch_execute("SET client_min_messages = error").await?;
        part.transaction.commit().await?;
        let values: [&(dyn tokio_postgres::types::ToSql + Sync); 3] =
            [&self.load_id, &part.name, &part.batch_id];
        self.coordinator.execute(PREPARED, &values).await?;
        Ok(())
    }

    /// Decides, and then commits on each shard.
    async fn commit(&self, shards: &mut [Shard], reports: &[Report]) -> Result<(), Failure> {
        let is_dry_run = self.loader.args.dry_run;
        let decision = if is_dry_run { "rollback" } else { "commit" };
        let decided = match self.decide(decision).await {
            Ok(decided) => decided,
            Err(failure) => return Err(self.undecided(failure)),
        };
        if decided != "commit" && !is_dry_run {
            let failure = Failure::Other(
                "the load was rolled back by CALL ntsb_resolve_distributed_loads(), because the coordinator had lost \
                 this session"
                    .to_owned(),
            );
            return Err(self.give_up(shards, failure).await);
        }
        for (shard, report) in shards.iter().zip(reports) {
            if !is_dry_run {
                let commit = format!("COMMIT PREPARED '{}'", shard.gid);
                shard.client.batch_execute(&commit).await.map_err(|e| self.unfinished(e.into()))?;
                // A hint for listeners, never a fact.
                let notify = "SELECT ntsb_internal.notify_batch($1::bigint)";
                let _ = shard.client.execute(notify, &[&report.batch_id]).await;
            }
            let outcome = if is_dry_run { "rolled back" } else { "committed" };
            self.record(shard, outcome).await.map_err(|e| self.unfinished(e))?;
        }
        self.unlock().await
    }

    async fn decide(&self, decision: &str) -> Result<String, Failure> {
        const DECIDE: &str = "SELECT ntsb_internal.decide_distributed_load($1::bigint, $2::text)";
        Ok(self.coordinator.query_one(DECIDE, &[&self.load_id, &decision]).await?.try_get(0)?)
    }

    async fn record(&self, shard: &Shard, outcome: &str) -> Result<(), Failure> {
        const RECORD: &str = "SELECT ntsb_internal.record_resolved($1::bigint, $2::text, $3::text)";
        self.coordinator.execute(RECORD, &[&self.load_id, &shard.name, &outcome]).await?;
        Ok(())
    }

    /// The lock of loads onto shards belongs to the session, which goes on with the next file.
    async fn unlock(&self) -> Result<(), Failure> {
        const UNLOCK: &str =
            "SELECT pg_advisory_unlock(x'6e747362'::int, ntsb_internal.lock_number('shards'))";
        self.coordinator.execute(UNLOCK, &[]).await?;
        Ok(())
    }

    /// Rolls back what was prepared. What cannot be reached is left to `ntsb_resolve_distributed_loads()`.
    async fn give_up(&self, shards: &mut [Shard], failure: Failure) -> Failure {
        let cause = Box::new(failure);
        let what = base_name(self.path);
        if self.decide("rollback").await.is_ok_and(|decided| decided == "rollback") {
            for shard in shards.iter() {
                // Open transactions have ended already; a part that is not prepared has no such name.
                let prepared = "SELECT EXISTS (SELECT FROM pg_prepared_xacts WHERE gid = $1)";
                let found = shard.client.query_one(prepared, &[&shard.gid]).await;
                let is_gone = match found.and_then(|row| row.try_get::<_, bool>(0)) {
                    Ok(true) => {
                        let rollback = format!("ROLLBACK PREPARED '{}'", shard.gid);
                        shard.client.batch_execute(&rollback).await.is_ok()
                    }
                    Ok(false) => true,
                    Err(_) => false,
                };
                if is_gone {
                    let _ = self.record(shard, "rolled back").await;
                }
            }
            let _ = self.unlock().await;
        }
        Failure::RolledBack { what, attempts: 1, cause }
    }

    fn undecided(&self, failure: Failure) -> Failure {
        Failure::Unreachable(format!(
            "{failure}\nthe coordinator did not confirm the decision on load {}\nhint: CALL \
             ntsb_resolve_distributed_loads() ends the load; then check ntsb.distributed_load.",
            self.load_id
        ))
    }

    fn unfinished(&self, failure: Failure) -> Failure {
        Failure::Unreachable(format!(
            "{failure}\nload {} is decided and will be stored on every shard\nhint: CALL \
             ntsb_resolve_distributed_loads() when all shards can be reached; then run ntsb refresh.",
            self.load_id
        ))
    }
}

/// One shard's part of the load, in an open transaction.
struct Part<'a> {
    name: &'a str,
    gid: &'a str,
    transaction: Transaction<'a>,
    batch_id: i64,
    /// Events whose rows no other shard may store.
    claimed: Vec<String>,
    source: crate::source::Source,
}

async fn keep_rows(transaction: &Transaction<'_>, batch_id: i64) -> Result<Vec<String>, Failure> {
    const KEEP: &str = "SELECT ntsb_internal.keep_shard_rows($1::bigint)";
    Ok(transaction.query_one(KEEP, &[&batch_id]).await?.try_get(0)?)
}

/// Each shard discards the rows of events that another one claims.
async fn settle_claims(parts: &[Part<'_>]) -> Result<(), Failure> {
    const DISCARD: &str = "SELECT ntsb_internal.discard_staged_events($1::bigint, $2::text[])";
    for part in parts {
        let others = parts.iter().filter(|other| other.name != part.name);
        let claimed: Vec<&str> =
            others.flat_map(|other| other.claimed.iter().map(String::as_str)).collect();
        part.transaction.execute(DISCARD, &[&part.batch_id, &claimed]).await?;
    }
    Ok(())
}

/// Fails if an event that one shard withdraws because it moves is stored on no other, as a rule rejects it there.
async fn check_moves(parts: &[Part<'_>]) -> Result<(), Failure> {
    const MOVED: &str = "SELECT ev_id FROM ntsb.moved_event WHERE batch_id = $1";
    const STORED: &str = "SELECT ev_id FROM ntsb.events \
         WHERE ev_id = ANY ($1) AND withdrawn_batch IS NULL";
    let mut moved: Vec<String> = Vec::new();
    for part in parts {
        for row in part.transaction.query(MOVED, &[&part.batch_id]).await? {
            moved.push(row.try_get(0)?);
        }
    }
    for part in parts {
        for row in part.transaction.query(STORED, &[&moved]).await? {
            let stored: &str = row.try_get(0)?;
            moved.retain(|ev_id| ev_id != stored);
        }
    }
    match moved.first() {
        None => Ok(()),
        Some(ev_id) => Err(Failure::Other(format!(
            "the file moves event {ev_id} to the years of another shard, which rejects it\nhint: Correct the event \
             in the file, or load the file without it."
        ))),
    }
}
