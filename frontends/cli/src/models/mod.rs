//! `ntsb models`, `ntsb train` and `ntsb promote`: what models there are, how good each is, where it stands.

mod card;
mod carry;
mod train;

use serde_json::Value;
use tokio_postgres::Client;

use crate::answer::{Answer, Question, cell};
use crate::args::{CarryCommand, ModelName, ModelsArgs, Output, OutputArgs, PromoteArgs};
use crate::connect::connect;
use crate::failure::Failure;
use crate::terminal::Terminal;

pub use train::run as train;

pub async fn run(args: &ModelsArgs, dsn: Option<&str>, terminal: &Terminal) -> Result<(), Failure> {
    let client = connect(dsn, terminal).await?;
    match &args.carry {
        Some(CarryCommand::Export(export)) => carry::export(export, &client, terminal).await,
        Some(CarryCommand::Import(import)) => carry::import(import, &client, terminal).await,
        None => list(args, &client, terminal).await,
    }
}

/// Models by name or NAME:VERSION, and by target.
const CHOSEN: &str = "
    FROM ntsb_model_info() m
    WHERE ($1::text IS NULL OR m.name = $1 OR concat(m.name, ':', m.version) = $1)
      AND ($2::text IS NULL OR m.target = $2)";

const SHOWN: &str = "
    SELECT concat(m.name, ':', m.version) AS model, m.target, m.feature_set, m.stage, m.accuracy, m.majority,
           m.rows_tested, to_char(m.created_at, 'YYYY-MM-DD HH24:MI') AS trained";

async fn list(args: &ModelsArgs, client: &Client, terminal: &Terminal) -> Result<(), Failure> {
    let chosen = |select: &str| {
        Question::new(format!("{select} {CHOSEN}"))
            .with(args.name.clone())
            .with(args.target.clone())
    };
    let all = chosen("SELECT *").ask(client).await?;
    if let (Some(name), true) = (&args.name, all.is_empty()) {
        return Err(no_model(name, args.target.as_deref()));
    }
    match args.output.output {
        Output::Table if all.is_empty() => {
            terminal.result("There is no model yet: ntsb train makes one.\n")
        }
        Output::Table if args.name.is_some() && all.objects()?.len() == 1 => {
            card::show(&all, client, terminal).await
        }
        Output::Table => chosen(SHOWN).ask(client).await?.show_table(terminal),
        _ => all.show(args.output, terminal),
    }
}

fn no_model(name: &str, target: Option<&str>) -> Failure {
    let telling = target.map(|target| format!(" that tells {target}")).unwrap_or_default();
    Failure::Other(format!("there is no model {name}{telling}\nhint: ntsb models lists them."))
}

/// The number of the one model of a name and version, and of a target where several are called so.
async fn find(client: &Client, model: &ModelName) -> Result<i64, Failure> {
    let called = format!("{}:{}", model.name, model.version);
    let sql = "SELECT m.model_id, m.target FROM ntsb_model_info() m
               WHERE m.name = $1 AND m.version = $2 AND ($3::text IS NULL OR m.target = $3)";
    let rows = client.query(sql, &[&model.name, &model.version, &model.target]).await?;
    match rows.as_slice() {
        [] => Err(no_model(&called, model.target.as_deref())),
        [one] => Ok(one.try_get(0)?),
        several => {
            let targets = several.iter().map(|row| row.try_get::<_, String>(1));
            let targets = targets.collect::<Result<Vec<_>, _>>()?.join(", ");
            Err(Failure::Usage(format!(
                "{called} is the name of several models\nhint: Say by --target which of them: {targets}."
            )))
        }
    }
}

async fn info(client: &Client, model: i64) -> Result<Answer, Failure> {
    Question::new("SELECT * FROM ntsb_model_info($1)").with(model).ask(client).await
}

pub async fn promote(
    args: &PromoteArgs,
    dsn: Option<&str>,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let client = connect(dsn, terminal).await?;
    let model = find(&client, &args.model).await?;
    let sql = "SELECT ntsb_promote_model($1, $2)";
    let said: String = client.query_one(sql, &[&model, &args.stage]).await?.try_get(0)?;
    let answer = info(&client, model).await?;
    if args.output.output != Output::Table {
        return answer.show(args.output, terminal);
    }
    let ModelName { name, version, .. } = &args.model;
    let target = answer.objects()?.first().map(|m| cell(m.get("target"))).unwrap_or_default();
    terminal.result(&format!("{name}:{version} ({target}): model {said}\n"))
}

/// What a command about one model says of it: all, or that it is there, and what comes next.
async fn told(
    client: &Client,
    model: i64,
    output: OutputArgs,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let answer = info(client, model).await?;
    if output.output != Output::Table {
        return answer.show(output, terminal);
    }
    card::show(&answer, client, terminal).await?;
    let objects = answer.objects()?;
    let Some(made) = objects.first() else { return Ok(()) };
    let of = |name: &str| cell(made.get(name));
    let (name, version, target) = (of("name"), of("version"), of("target"));
    // Names hold what people like.
    let is_plain = name.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c));
    let name = if is_plain { name } else { Value::from(name).to_string() };
    terminal.line(&format!(
        "To put it to use: ntsb promote {name} {version} Staging --target {target}, then Production"
    ));
    Ok(())
}
