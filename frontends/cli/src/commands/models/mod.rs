//! `ntsb models`, `ntsb train` and `ntsb promote`.

mod details;
mod train;
mod transfer;

use serde_json::Value;
use tokio_postgres::Client;

use crate::args::{ModelName, ModelsArgs, ModelsCommand, Output, OutputArgs, PromoteArgs};
use crate::database::{Query, connect};
use crate::failure::Failure;
use crate::output::{ResultSet, Terminal, format_value};

pub use train::run as train;

pub async fn run(args: &ModelsArgs, dsn: Option<&str>, terminal: &Terminal) -> Result<(), Failure> {
    let client = connect(dsn, terminal).await?;
    match &args.command {
        Some(ModelsCommand::Export(export)) => transfer::export(export, &client, terminal).await,
        Some(ModelsCommand::Import(import)) => transfer::import(import, &client, terminal).await,
        None => list_models(args, &client, terminal).await,
    }
}

/// Models by name or NAME:VERSION, and by target.
const FROM_WHERE: &str = "
    FROM ntsb_model_info() m
    WHERE ($1::text IS NULL OR m.name = $1 OR concat(m.name, ':', m.version) = $1)
      AND ($2::text IS NULL OR m.target = $2)";

const SELECT_TABLE_COLUMNS: &str = "
    SELECT concat(m.name, ':', m.version) AS model, m.target, m.feature_set, m.stage, m.accuracy, m.majority,
           m.rows_tested, to_char(m.created_at, 'YYYY-MM-DD HH24:MI') AS trained";

async fn list_models(
    args: &ModelsArgs,
    client: &Client,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let query = |select: &str| {
        Query::new(format!("{select} {FROM_WHERE}"))
            .bind(args.name.clone())
            .bind(args.target.clone())
    };
    let models = query("SELECT *").fetch(client).await?;
    if let (Some(name), true) = (&args.name, models.is_empty()) {
        return Err(model_not_found(name, args.target.as_deref()));
    }
    match args.output.output {
        Output::Table if models.is_empty() => {
            terminal.print("There are no models yet. To train one: ntsb train\n")
        }
        Output::Table if args.name.is_some() && models.parse_rows()?.len() == 1 => {
            details::print_details(&models, client, terminal).await
        }
        Output::Table => query(SELECT_TABLE_COLUMNS).fetch(client).await?.print_table(terminal),
        _ => models.print(args.output, terminal),
    }
}

fn model_not_found(name: &str, target: Option<&str>) -> Failure {
    let target = target.map(|target| format!(" for target {target}")).unwrap_or_default();
    Failure::Other(format!("model {name}{target} not found\nhint: ntsb models lists the models."))
}

/// The ID of a model by name, version and, if the name is ambiguous, target.
async fn find_model_id(client: &Client, model: &ModelName) -> Result<i64, Failure> {
    let full_name = format!("{}:{}", model.name, model.version);
    let sql = "SELECT m.model_id, m.target FROM ntsb_model_info() m
               WHERE m.name = $1 AND m.version = $2 AND ($3::text IS NULL OR m.target = $3)";
    let rows = client.query(sql, &[&model.name, &model.version, &model.target]).await?;
    match rows.as_slice() {
        [] => Err(model_not_found(&full_name, model.target.as_deref())),
        [row] => Ok(row.try_get(0)?),
        rows => {
            let targets = rows.iter().map(|row| row.try_get::<_, String>(1));
            let targets = targets.collect::<Result<Vec<_>, _>>()?.join(", ");
            Err(Failure::Usage(format!(
                "several models are named {full_name}\nhint: Choose one with --target: {targets}."
            )))
        }
    }
}

async fn fetch_model_info(client: &Client, model_id: i64) -> Result<ResultSet, Failure> {
    Query::new("SELECT * FROM ntsb_model_info($1)").bind(model_id).fetch(client).await
}

pub async fn promote(
    args: &PromoteArgs,
    dsn: Option<&str>,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let client = connect(dsn, terminal).await?;
    let model_id = find_model_id(&client, &args.model).await?;
    let sql = "SELECT ntsb_promote_model($1, $2)";
    let outcome: String = client.query_one(sql, &[&model_id, &args.stage]).await?.try_get(0)?;
    let info = fetch_model_info(&client, model_id).await?;
    if args.output.output != Output::Table {
        return info.print(args.output, terminal);
    }
    let ModelName { name, version, .. } = &args.model;
    let rows = info.parse_rows()?;
    let target = rows.first().map(|model| format_value(model.get("target"))).unwrap_or_default();
    terminal.print(&format!("{name}:{version} ({target}): model {outcome}\n"))
}

/// Prints a new model and how to put it into use.
async fn print_model(
    client: &Client,
    model_id: i64,
    output: OutputArgs,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let info = fetch_model_info(client, model_id).await?;
    if output.output != Output::Table {
        return info.print(output, terminal);
    }
    details::print_details(&info, client, terminal).await?;
    let rows = info.parse_rows()?;
    let Some(model) = rows.first() else { return Ok(()) };
    let field = |name: &str| format_value(model.get(name));
    let (name, version, target) = (field("name"), field("version"), field("target"));
    // A name may contain blanks and other characters that a shell interprets.
    let is_plain = name.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c));
    let name = if is_plain { name } else { Value::from(name).to_string() };
    terminal.message(&format!(
        "To use it: ntsb promote {name} {version} Staging --target {target}, then Production"
    ));
    Ok(())
}
