//! `ntsb train`. Training takes long, so Ctrl-C cancels it in the server.

use serde_json::Value;
use tokio_postgres::error::SqlState;

use super::print_model;
use crate::args::TrainArgs;
use crate::database::{ActiveSession, Database, connect, run_until_signal};
use crate::failure::Failure;
use crate::output::Terminal;

const TRAIN: &str = "SELECT ntsb_train_model($1, $2, $3, $4::text::jsonb)";

pub async fn run(args: &TrainArgs, dsn: Option<&str>, terminal: &Terminal) -> Result<(), Failure> {
    let session = ActiveSession::default();
    let trained = run_until_signal(&session, terminal, train(args, dsn, terminal, &session)).await;
    let (client, model_id) = trained.map_err(|failure| match failure {
        Failure::Interrupted { signal, is_rolled_back } => {
            Failure::OperationInterrupted { signal, outcome: describe_outcome(is_rolled_back) }
        }
        other => other,
    })?;
    print_model(&client, model_id, args.output, terminal).await
}

fn describe_outcome(is_rolled_back: bool) -> &'static str {
    if is_rolled_back {
        "no model was stored"
    } else {
        "the server did not respond, so the model may or may not be stored\nhint: Check with ntsb \
         models."
    }
}

async fn train(
    args: &TrainArgs,
    dsn: Option<&str>,
    terminal: &Terminal,
    session: &ActiveSession,
) -> Result<(Database, i64), Failure> {
    let options = Value::Object(args.parse_options().map_err(Failure::Usage)?).to_string();
    let client = connect(dsn, terminal).await?;
    session.replace(Some(client.canceller()));
    let step = terminal.start_step(format!("training {}", args.name));
    let result =
        client.query_one(TRAIN, &[&args.name, &args.target, &args.feature_set, &options]).await;
    drop(step);
    let row = result.map_err(|error| match error.code() {
        Some(&SqlState::QUERY_CANCELED) => Failure::RolledBack {
            what: "the model".to_owned(),
            attempts: 1,
            cause: Box::new(error.into()),
        },
        _ => error.into(),
    })?;
    Ok((client, row.try_get(0)?))
}
