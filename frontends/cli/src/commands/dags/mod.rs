//! `ntsb dag` and `ntsb run-dags`: lists, draws and runs pipelines.

mod graph;
mod run;

use crate::args::DagCommand;
use crate::database::Query;
use crate::failure::Failure;
use crate::output::Terminal;
pub use run::run_dags;

const LIST: &str = "
    SELECT dag, status, last_started_at, last_finished_at,
           round(extract(epoch FROM duration)::numeric, 1) AS seconds, rows, next_due_at, is_late, schedule,
           is_enabled, error, description
    FROM ntsb.job_status ORDER BY dag";

pub async fn run(
    command: &DagCommand,
    dsn: Option<&str>,
    terminal: &Terminal,
) -> Result<(), Failure> {
    match command {
        DagCommand::List(args) => Query::new(LIST).print(args.output, dsn, terminal).await,
        DagCommand::Run(args) => run::run_dag(args, dsn, terminal).await,
        DagCommand::Graph(args) => graph::print_graph(args, dsn, terminal).await,
    }
}
