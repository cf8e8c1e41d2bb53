//! Arguments of `ntsb dag` and `ntsb run-dags`.

use clap::{Args, Subcommand};

use super::{EXIT_CODES, OutputArgs};

/// List, run and draw pipelines
#[derive(Debug, Subcommand)]
pub enum DagCommand {
    List(ListDagsArgs),
    Run(RunDagArgs),
    Graph(GraphArgs),
}

/// List pipelines with their last and next run
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct ListDagsArgs {
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Run a pipeline now
///
/// A failed task that is tried again later is left to ntsb run-dags. Exits with code 1 if the run failed.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct RunDagArgs {
    /// Name of the pipeline, as in ntsb dag list
    pub name: String,

    /// Only request the run; ntsb run-dags or pg_cron runs it
    #[arg(long)]
    pub queue: bool,

    #[command(flatten)]
    pub output: OutputArgs,
}

/// Print the tasks of a pipeline as a Mermaid graph
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct GraphArgs {
    /// Name of the pipeline; without it, all pipelines
    pub name: Option<String>,
}

/// Run the tasks of pipelines that are due
///
/// For servers without pg_cron: call it each minute, as a systemd timer or a CronJob does. Several calls at
/// once share the tasks. Exits with code 1 if a run failed in the meantime.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct RunDagsArgs {
    /// Number of tasks that may run at once, each on a connection of its own
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=32))]
    pub parallel: u16,

    /// Go on until no run is unfinished, and wait for tasks that are tried again later
    #[arg(long)]
    pub until_idle: bool,

    #[command(flatten)]
    pub output: OutputArgs,
}
