//! The destination of an export. It never shows a partial export: a file gets its name at the end, and
//! an object store shows an object when its upload is complete.

use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path as Key;
use object_store::{ObjectStoreExt, RetryConfig, WriteMultipart};
use tempfile::NamedTempFile;

use crate::args::Format;
use crate::failure::{Failure, with_causes};
use crate::output::write_stdout;

/// Size of the parts of a multipart upload. S3 allows 10,000 parts, so an object has at most 160 GB.
const PART_BYTES: usize = 16 << 20;
/// Parts that are uploaded at the same time.
const MAX_CONCURRENT_PARTS: usize = 2;

/// Bytes are written when this many are buffered.
const BUFFER_BYTES: usize = 1 << 20;

/// Time limit for retries when the store does not respond.
const RETRY_TIMEOUT: Duration = Duration::from_secs(30);

pub struct Destination {
    target: Target,
    bytes: u64,
}

enum Target {
    Stdout,
    File {
        path: PathBuf,
        part: NamedTempFile,
        overwrite: bool,
    },
    Store {
        store: Box<AmazonS3>,
        url: String,
        key: Key,
        upload: Option<WriteMultipart>,
        overwrite: bool,
    },
}

impl Destination {
    pub fn open(
        output: Option<&str>,
        format: Format,
        overwrite: bool,
    ) -> Result<Destination, Failure> {
        let target = match output {
            None if format == Format::Parquet && io::stdout().is_terminal() => {
                return Err(Failure::Usage(
                    "cannot write Parquet to a terminal: name a file with --output".to_owned(),
                ));
            }
            None => Target::Stdout,
            Some(url) if url.contains("://") => open_store(url, overwrite)?,
            Some(path) => create_file(Path::new(path), overwrite)?,
        };
        Ok(Destination { target, bytes: 0 })
    }

    /// Writes and clears the buffer if it is full.
    pub async fn write(&mut self, out: &mut Vec<u8>) -> Result<(), Failure> {
        if out.len() < BUFFER_BYTES {
            return Ok(());
        }
        self.flush(out).await
    }

    async fn flush(&mut self, out: &mut Vec<u8>) -> Result<(), Failure> {
        self.bytes += out.len() as u64;
        match &mut self.target {
            Target::Stdout => write_stdout(out)?,
            Target::File { path, part, .. } => {
                part.write_all(out).map_err(|e| write_error(path, &e))?;
            }
            Target::Store { store, url, key, upload, overwrite } => {
                if upload.is_none() {
                    check_absent(store, url, key, *overwrite).await?;
                    let started =
                        store.put_multipart(key).await.map_err(|e| store_error(url, &e))?;
                    *upload = Some(WriteMultipart::new_with_chunk_size(started, PART_BYTES));
                }
                if let Some(upload) = upload {
                    let capacity = upload.wait_for_capacity(MAX_CONCURRENT_PARTS).await;
                    capacity.map_err(|e| store_error(url, &e))?;
                    upload.write(out);
                }
            }
        }
        out.clear();
        Ok(())
    }

    /// Writes the rest and makes the export visible. Returns its size.
    pub async fn finish(mut self, mut out: Vec<u8>) -> Result<u64, Failure> {
        self.flush(&mut out).await?;
        match self.target {
            Target::Stdout => {}
            Target::File { path, part, overwrite } => persist(part, &path, overwrite)?,
            Target::Store { upload: Some(upload), url, .. } => {
                upload.finish().await.map_err(|e| store_error(&url, &e))?;
            }
            Target::Store { .. } => {}
        }
        Ok(self.bytes)
    }

    /// Removes a partial upload. A temporary file is removed on drop.
    pub async fn abort(self) {
        if let Target::Store { upload: Some(upload), .. } = self.target {
            // If this fails, the lifecycle rules of the store remove the parts.
            let _ = upload.abort().await;
        }
    }
}

fn create_file(path: &Path, overwrite: bool) -> Result<Target, Failure> {
    if path.exists() && !overwrite {
        return Err(already_exists(path));
    }
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let part = tempfile::Builder::new()
        .prefix(".ntsb-export-")
        .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666))
        .tempfile_in(folder)
        .map_err(|e| write_error(path, &e))?;
    Ok(Target::File { path: path.to_owned(), part, overwrite })
}

/// Gives the complete file its name.
fn persist(part: NamedTempFile, path: &Path, overwrite: bool) -> Result<(), Failure> {
    part.as_file().sync_all().map_err(|e| write_error(path, &e))?;
    let result = if overwrite { part.persist(path) } else { part.persist_noclobber(path) };
    result.map(drop).map_err(|e| match e.error.kind() {
        ErrorKind::AlreadyExists => already_exists(path),
        _ => write_error(path, &e.error),
    })
}

fn open_store(url: &str, overwrite: bool) -> Result<Target, Failure> {
    let invalid = || Failure::Usage(format!("the URL must be s3://BUCKET/KEY, got {url:?}"));
    let (_, key) = url.strip_prefix("s3://").and_then(|u| u.split_once('/')).ok_or_else(invalid)?;
    let key = Key::parse(key).map_err(|_| invalid())?;
    if key.as_ref().is_empty() {
        return Err(invalid());
    }
    let retry = RetryConfig { retry_timeout: RETRY_TIMEOUT, max_retries: 3, ..Default::default() };
    let store = AmazonS3Builder::from_env().with_url(url).with_retry(retry).build();
    let store = Box::new(store.map_err(|e| store_error(url, &e))?);
    Ok(Target::Store { store, url: url.to_owned(), key, upload: None, overwrite })
}

/// Fails if the object exists. Not all stores support conditional writes, so this is checked first.
async fn check_absent(
    store: &AmazonS3,
    url: &str,
    key: &Key,
    overwrite: bool,
) -> Result<(), Failure> {
    if overwrite {
        return Ok(());
    }
    match store.head(key).await {
        Err(object_store::Error::NotFound { .. }) => Ok(()),
        Err(error) => Err(store_error(url, &error)),
        Ok(_) => Err(already_exists(Path::new(url))),
    }
}

fn write_error(path: &Path, error: &io::Error) -> Failure {
    Failure::Other(format!("cannot write {}: {error}", path.display()))
}

fn already_exists(path: &Path) -> Failure {
    Failure::Usage(format!(
        "{} already exists\nhint: Use --overwrite to replace it.",
        path.display()
    ))
}

fn store_error(url: &str, error: &object_store::Error) -> Failure {
    Failure::Other(format!("cannot write {url}: {}", with_causes(error)))
}
