//! From one warehouse to another: the trees as XGBoost's own file, and a description beside them.

use std::fs;
use std::path::{Path, PathBuf};

use tokio_postgres::Client;

use super::{find, told};
use crate::args::{ExportModelArgs, Format, ImportModelArgs};
use crate::export::Destination;
use crate::failure::Failure;
use crate::source::SourceError;
use crate::terminal::Terminal;

pub async fn export(
    args: &ExportModelArgs,
    client: &Client,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let model = find(client, &args.model).await?;
    let beside = beside(&args.file);
    let open = |file: &str| Destination::open(Some(file), Format::Csv, args.overwrite);
    let (trees, description) = (open(&args.file)?, open(&beside)?);
    let format = if args.ubj { "ubj" } else { "json" };
    let sql = "SELECT ntsb_export_model($1, $2), jsonb_pretty(ntsb_describe_model($1))";
    let row = client.query_one(sql, &[&model, &format]).await?;
    let about: String = row.try_get(1)?;
    // A description without its trees is of no use, but does not mislead either.
    description.finish(format!("{about}\n").into_bytes()).await?;
    let bytes = trees.finish(row.try_get(0)?).await?;
    terminal
        .result(&format!("{}: {bytes} bytes of trees; {beside} says what they are\n", args.file))
}

pub async fn import(
    args: &ImportModelArgs,
    client: &Client,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let trees = fs::read(&args.file).map_err(|e| SourceError::open(&args.file, e))?;
    let description = described(args)?;
    let sql = "SELECT ntsb_import_model($1, $2::text::jsonb)";
    let model = client.query_one(sql, &[&trees, &description]).await?.try_get(0)?;
    told(client, model, args.output, terminal).await
}

fn described(args: &ImportModelArgs) -> Result<String, Failure> {
    let beside = args.description.clone();
    let path = beside.unwrap_or_else(|| PathBuf::from(beside_of(&args.file)));
    fs::read_to_string(&path).map_err(|e| match SourceError::open(&path, e) {
        SourceError::NotFound(path) if args.description.is_none() => Failure::Usage(format!(
            "there is no description of the model at {}\nhint: ntsb models export writes one beside the \
             trees; say by --description where it is.",
            path.display()
        )),
        other => other.into(),
    })
}

fn beside_of(file: &Path) -> String {
    beside(&file.to_string_lossy())
}

/// model.description.json for model.json, model.ubj and model.
fn beside(file: &str) -> String {
    let stem = file.strip_suffix(".json").or_else(|| file.strip_suffix(".ubj")).unwrap_or(file);
    format!("{stem}.description.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_lies_beside_its_trees() {
        assert_eq!(beside("/a.b/model.json"), "/a.b/model.description.json");
        assert_eq!(beside("s3://bucket/model.ubj"), "s3://bucket/model.description.json");
        assert_eq!(beside("model"), "model.description.json");
    }
}
