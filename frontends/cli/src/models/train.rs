//! Training, which takes long: Ctrl-C stops it in the server.

use serde_json::Value;
use tokio_postgres::error::SqlState;

use super::told;
use crate::args::TrainArgs;
use crate::connect::{Database, connect};
use crate::failure::Failure;
use crate::interrupt::{Session, heeding};
use crate::terminal::Terminal;

const TRAIN: &str = "SELECT ntsb_train_model($1, $2, $3, $4::text::jsonb)";

pub async fn run(args: &TrainArgs, dsn: Option<&str>, terminal: &Terminal) -> Result<(), Failure> {
    let session = Session::default();
    let trained = heeding(&session, terminal, train(args, dsn, terminal, &session)).await;
    let (client, model) = trained.map_err(|failure| match failure {
        Failure::Interrupted { signal, undone } => Failure::Stopped { signal, left: left(undone) },
        other => other,
    })?;
    told(&client, model, args.output, terminal).await
}

fn left(undone: bool) -> &'static str {
    if undone {
        "no model was stored"
    } else {
        "the server has not answered: `ntsb models` says whether the model is there"
    }
}

async fn train(
    args: &TrainArgs,
    dsn: Option<&str>,
    terminal: &Terminal,
    session: &Session,
) -> Result<(Database, i64), Failure> {
    let options = Value::Object(args.options().map_err(Failure::Usage)?).to_string();
    let client = connect(dsn, terminal).await?;
    session.replace(Some(client.canceller()));
    let step = terminal.step(format!("training {}", args.name));
    let done =
        client.query_one(TRAIN, &[&args.name, &args.target, &args.feature_set, &options]).await;
    drop(step);
    let row = done.map_err(|error| match error.code() {
        Some(&SqlState::QUERY_CANCELED) => Failure::Undone {
            file: "the model".to_owned(),
            attempts: 1,
            cause: Box::new(error.into()),
        },
        _ => error.into(),
    })?;
    Ok((client, row.try_get(0)?))
}
