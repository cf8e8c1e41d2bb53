//! Export and import of models: an XGBoost file and a description file next to it.

use std::fs;
use std::path::PathBuf;

use tokio_postgres::Client;

use super::{find_model_id, print_model};
use crate::args::{ExportModelArgs, Format, ImportModelArgs};
use crate::commands::export::Destination;
use crate::failure::Failure;
use crate::output::Terminal;
use crate::source::SourceError;

pub async fn export(
    args: &ExportModelArgs,
    client: &Client,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let model_id = find_model_id(client, &args.model).await?;
    let description_file = description_path(&args.file);
    let open = |file: &str| Destination::open(Some(file), Format::Csv, args.overwrite);
    let (trees, description) = (open(&args.file)?, open(&description_file)?);
    let format = if args.ubj { "ubj" } else { "json" };
    let sql = "SELECT ntsb_export_model($1, $2), jsonb_pretty(ntsb_describe_model($1))";
    let row = client.query_one(sql, &[&model_id, &format]).await?;
    let json: String = row.try_get(1)?;
    // The description goes first: without its model file it is useless, but not misleading.
    description.finish(format!("{json}\n").into_bytes()).await?;
    let bytes = trees.finish(row.try_get(0)?).await?;
    terminal.print(&format!("{}: {bytes} bytes, description: {description_file}\n", args.file))
}

pub async fn import(
    args: &ImportModelArgs,
    client: &Client,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let trees = fs::read(&args.file).map_err(|e| SourceError::open(&args.file, e))?;
    let description = read_description(args)?;
    let sql = "SELECT ntsb_import_model($1, $2::text::jsonb)";
    let model_id = client.query_one(sql, &[&trees, &description]).await?.try_get(0)?;
    print_model(client, model_id, args.output, terminal).await
}

fn read_description(args: &ImportModelArgs) -> Result<String, Failure> {
    let default_path = || PathBuf::from(description_path(&args.file.to_string_lossy()));
    let path = args.description.clone().unwrap_or_else(default_path);
    fs::read_to_string(&path).map_err(|e| match SourceError::open(&path, e) {
        SourceError::NotFound(path) if args.description.is_none() => Failure::Usage(format!(
            "description file {} not found\nhint: ntsb models export writes it next to the model \
             file; use --description if it is elsewhere.",
            path.display()
        )),
        other => other.into(),
    })
}

/// model.description.json for model.json, model.ubj and model.
fn description_path(file: &str) -> String {
    let stem = file.strip_suffix(".json").or_else(|| file.strip_suffix(".ubj")).unwrap_or(file);
    format!("{stem}.description.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_description_is_next_to_the_model_file() {
        assert_eq!(description_path("/a.b/model.json"), "/a.b/model.description.json");
        assert_eq!(description_path("s3://bucket/model.ubj"), "s3://bucket/model.description.json");
        assert_eq!(description_path("model"), "model.description.json");
    }
}
