//! `ntsb apikey`: manages the keys of the REST service with SQL functions.

use clap::ValueEnum;
use tokio_postgres::{Client, Row};

use crate::args::{ApiKeyCommand, CreateKeyArgs, ListKeysArgs, RevokeKeyArgs};
use crate::database::connect;
use crate::failure::Failure;
use crate::output::align_rows;
use crate::output::{Terminal, one_line};

const CREATE: &str = "
    SELECT key_id, api_key FROM ntsb_create_api_key($1, $2, $3, make_interval(days => $4))";

const LIST: &str = "
    SELECT key_id::text, prefix, name, role, tier, created_at::date::text,
           coalesce(expires_at::date::text, 'never'),
           CASE WHEN is_valid THEN 'valid' WHEN revoked_at IS NULL THEN 'expired' ELSE 'revoked' END
    FROM ntsb_api_keys()";

const LIST_JSON: &str = "SELECT coalesce(jsonb_pretty(jsonb_agg(to_jsonb(k) ORDER BY k.key_id)), '[]') FROM ntsb_api_keys() k";

const HEADER: [&str; 8] = ["id", "prefix", "name", "role", "tier", "created", "expires", "status"];

pub async fn run(
    command: &ApiKeyCommand,
    dsn: Option<&str>,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let client = connect(dsn, terminal).await?;
    let text = match command {
        ApiKeyCommand::Create(args) => create(args, &client).await?,
        ApiKeyCommand::List(args) => list(args, &client).await?,
        ApiKeyCommand::Revoke(args) => revoke(args, &client).await?,
    };
    terminal.print(&text)
}

fn value_name<T: ValueEnum>(value: &T) -> String {
    value.to_possible_value().map(|v| v.get_name().to_owned()).unwrap_or_default()
}

async fn create(args: &CreateKeyArgs, client: &Client) -> Result<String, Failure> {
    let (role, tier) = (value_name(&args.role), value_name(&args.tier));
    let row = client.query_one(CREATE, &[&args.name, &role, &tier, &args.days]).await?;
    let (id, key): (i64, String) = (row.try_get(0)?, row.try_get(1)?);
    if args.json {
        return Ok(format!("{:#}\n", serde_json::json!({ "key_id": id, "api_key": key })));
    }
    Ok(format!("{key}\nCreated key {id}. Store it now: it cannot be shown again.\n"))
}

async fn list(args: &ListKeysArgs, client: &Client) -> Result<String, Failure> {
    if args.json {
        let text: String = client.query_one(LIST_JSON, &[]).await?.try_get(0)?;
        return Ok(format!("{text}\n"));
    }
    let rows = client.query(LIST, &[]).await?;
    if rows.is_empty() {
        return Ok("There are no keys.\n".into());
    }
    let mut table = vec![HEADER.map(str::to_owned).to_vec()];
    for row in &rows {
        table.push(format_cells(row)?);
    }
    Ok(align_rows(&table, HEADER.len()))
}

fn format_cells(row: &Row) -> Result<Vec<String>, Failure> {
    let cell = |index| Ok(one_line(row.try_get::<_, &str>(index)?).to_string());
    (0..HEADER.len()).map(cell).collect()
}

async fn revoke(args: &RevokeKeyArgs, client: &Client) -> Result<String, Failure> {
    client.query_one("SELECT ntsb_revoke_api_key($1)::text", &[&args.id]).await?;
    Ok(format!("Revoked key {} and its tokens.\n", args.id))
}
