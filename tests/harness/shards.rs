//! A coordinator and three shards, on one to three clusters.

use std::fs;
use std::path::Path;
use std::process::Command;

use postgres::Client;

use crate::cli::ntsb_command;
use crate::cluster::Cluster;
use crate::database::Database;
use crate::process::{ChildProcess, ProcessOutput, run_ok};
use crate::{fixture, wait_for};

/// The shards: name, number, first and last year.
const MEMBERS: [(&str, i16, &str, &str); 3] = [
    ("until_1989", 1, "NULL", "1989"),
    ("until_2009", 2, "1990", "2009"),
    ("from_2010", 3, "2010", "NULL"),
];

pub struct ShardedWarehouse {
    pub clusters: Vec<Cluster>,
    /// On the last cluster, which also has the shard with the last years.
    pub coordinator: Database,
    /// In the order of their years.
    pub shards: Vec<Database>,
}

impl ShardedWarehouse {
    /// Starts one to three clusters with empty shards, and attaches these.
    pub fn start(cluster_count: usize) -> ShardedWarehouse {
        let clusters: Vec<Cluster> =
            (0..cluster_count).map(|_| Cluster::start(&["max_prepared_transactions=10"])).collect();
        for cluster in &clusters {
            cluster.warehouse().execute(
                "CALL ntsb_create_roles(); CREATE ROLE ntsb_reader LOGIN IN ROLE ntsb_viewer",
            );
        }
        let last = clusters.last().unwrap();
        let coordinator = last.copy_warehouse("coordinator");
        coordinator.execute("CREATE EXTENSION postgres_fdw; CREATE EXTENSION dblink");
        let shards: Vec<Database> = MEMBERS
            .iter()
            .enumerate()
            .map(|(index, (name, ..))| clusters[index * cluster_count / 3].copy_warehouse(name))
            .collect();
        let warehouse = ShardedWarehouse { clusters, coordinator, shards };
        for (shard, (_, number, first, last)) in warehouse.shards.iter().zip(MEMBERS) {
            shard.execute(&format!("CALL ntsb_prepare_shard({number}, {first}, {last})"));
        }
        for index in 0..MEMBERS.len() {
            warehouse.attach(index);
        }
        warehouse
    }

    pub fn attach(&self, index: usize) {
        let (shard, (name, ..)) = (&self.shards[index], MEMBERS[index]);
        self.coordinator.execute(&format!(
            "CALL ntsb_attach_shard('{name}', '{}', '{}', loader => 'postgres')",
            shard.server.host(),
            shard.name
        ));
    }

    pub fn shard_name(index: usize) -> &'static str {
        MEMBERS[index].0
    }

    /// The command `ntsb load --shards OPTIONS FILE`.
    pub fn load_command(&self, options: &[&str], file: &Path) -> Command {
        let mut command = ntsb_command(&self.coordinator.server, &self.coordinator.name);
        command.args(["load", "--shards"]).args(options).arg(file);
        command
    }

    pub fn load(&self, options: &[&str], file: &Path) -> String {
        run_ok(self.load_command(options, file))
    }

    /// Ends interrupted loads.
    pub fn resolve(&self) {
        self.coordinator.execute("CALL ntsb_resolve_distributed_loads()");
    }

    /// Prepared transactions of all shards.
    pub fn count_prepared(&self) -> i64 {
        self.shards
            .iter()
            .map(|shard| shard.count_rows("pg_prepared_xacts WHERE database = current_database()"))
            .sum()
    }

    /// Current events of each shard.
    pub fn count_events(&self) -> Vec<i64> {
        let count =
            |shard: &Database| shard.count_rows("ntsb.events WHERE withdrawn_batch IS NULL");
        self.shards.iter().map(count).collect()
    }
}

/// A load that waits at a step, for a lock that the test holds.
pub struct PausedLoad {
    running: ChildProcess,
    holder: Client,
    coordinator: Database,
}

impl PausedLoad {
    /// Kills the command; what its sessions were doing ends as they notice.
    pub fn kill(self) {
        self.running.kill();
        drop(self.holder);
        remove_pause(&self.coordinator);
    }

    /// Lets it go on to its end.
    pub fn resume(self) -> ProcessOutput {
        drop(self.holder);
        let output = self.running.finish();
        remove_pause(&self.coordinator);
        output
    }
}

fn remove_pause(coordinator: &Database) {
    coordinator.execute(
        "DROP TRIGGER IF EXISTS pause ON ntsb.distributed_load;
         DROP TRIGGER IF EXISTS pause ON ntsb.distributed_load_shard",
    );
}

impl ShardedWarehouse {
    /// Starts a load and waits until it is at the step of a trigger of the coordinator, such as
    /// `BEFORE UPDATE ON ntsb.distributed_load FOR EACH ROW`.
    pub fn pause_load(&self, step: &str, trigger: &str, load: Command) -> PausedLoad {
        let coordinator = Database::attach(self.coordinator.server.clone(), &self.coordinator.name);
        coordinator.execute(&format!(
            "CREATE OR REPLACE FUNCTION public.pause() RETURNS trigger LANGUAGE plpgsql AS
                 'BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN NEW; END';
             CREATE TRIGGER pause {trigger} EXECUTE FUNCTION public.pause()"
        ));
        let mut holder = coordinator.connect();
        holder.batch_execute("SELECT pg_advisory_lock(4711)").unwrap();
        let mut running = ChildProcess::start(load);
        let waiting = "pg_locks WHERE locktype = 'advisory' AND objid = 4711 AND NOT granted";
        wait_for(step, 120, || {
            assert!(!running.has_exited(), "{step}: the load ended before this step");
            (coordinator.count_rows(waiting) > 0).then_some(())
        });
        PausedLoad { running, holder, coordinator }
    }
}

/// Fails if a question of tests/fixtures/shards has another answer on the coordinator than on one database.
pub fn assert_same_answers(one: &Database, coordinator: &Database) {
    let questions = read_questions(&fixture("shards/questions.sql"));
    assert!(questions.len() >= 30);
    let mut differ = Vec::new();
    for question in &questions {
        let (expected, found) = (one.query_csv(question), coordinator.query_csv(question));
        assert!(expected.lines().count() > 1, "no answer: {question}");
        if expected != found {
            let at = expected.lines().zip(found.lines()).find(|(a, b)| a != b);
            let (rows, found) = (expected.lines().count(), found.lines().count());
            differ
                .push(format!("{question}\n  {rows} and {found} lines; first difference: {at:?}"));
        }
    }
    assert!(differ.is_empty(), "{} differ:\n{}", differ.len(), differ.join("\n"));
}

/// Questions that a coordinator answers like one database with all events: the lines of a file, without comments.
fn read_questions(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with("--") && !line.trim().is_empty());
    lines.map(|line| line.trim_end_matches(';').to_owned()).collect()
}
