//! Where an export goes. Nobody sees a part of it: a file gets its name at the end, and a store shows
//! an object when all its parts are there.

use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path as Key;
use object_store::{ObjectStoreExt, RetryConfig, WriteMultipart};
use tempfile::NamedTempFile;

use crate::args::Format;
use crate::failure::{Failure, with_causes};
use crate::terminal::write_stdout;

/// Parts of an object: so many bytes each, so many under way. S3 takes 10,000 parts at most, which is
/// 160 GB.
const PART: usize = 16 << 20;
const PARTS: usize = 2;

/// What may gather before it is handed on.
const BUFFER: usize = 1 << 20;

/// How long a store that does not answer is asked again.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct Destination {
    place: Place,
    bytes: u64,
}

enum Place {
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
        let place = match output {
            None if format == Format::Parquet && io::stdout().is_terminal() => {
                return Err(Failure::Usage(
                    "Parquet is nothing for a terminal: name a file with --output".to_owned(),
                ));
            }
            None => Place::Stdout,
            Some(url) if url.contains("://") => store(url, overwrite)?,
            Some(path) => file(Path::new(path), overwrite)?,
        };
        Ok(Destination { place, bytes: 0 })
    }

    /// Takes what has gathered, once that is worth it.
    pub async fn write(&mut self, out: &mut Vec<u8>) -> Result<(), Failure> {
        if out.len() < BUFFER {
            return Ok(());
        }
        self.pass(out).await
    }

    async fn pass(&mut self, out: &mut Vec<u8>) -> Result<(), Failure> {
        self.bytes += out.len() as u64;
        match &mut self.place {
            Place::Stdout => write_stdout(out)?,
            Place::File { path, part, .. } => part.write_all(out).map_err(|e| at(path, &e))?,
            Place::Store { store, url, key, upload, overwrite } => {
                if upload.is_none() {
                    free(store, url, key, *overwrite).await?;
                    let begun = store.put_multipart(key).await.map_err(|e| refused(url, &e))?;
                    *upload = Some(WriteMultipart::new_with_chunk_size(begun, PART));
                }
                if let Some(upload) = upload {
                    upload.wait_for_capacity(PARTS).await.map_err(|e| refused(url, &e))?;
                    upload.write(out);
                }
            }
        }
        out.clear();
        Ok(())
    }

    /// Makes it seen; gives its size.
    pub async fn finish(mut self, mut out: Vec<u8>) -> Result<u64, Failure> {
        self.pass(&mut out).await?;
        match self.place {
            Place::Stdout => {}
            Place::File { path, part, overwrite } => keep(part, &path, overwrite)?,
            Place::Store { upload: Some(upload), url, .. } => {
                upload.finish().await.map_err(|e| refused(&url, &e))?;
            }
            Place::Store { .. } => {}
        }
        Ok(self.bytes)
    }

    /// What was written is of no use; a file under another name goes by itself.
    pub async fn abort(self) {
        if let Place::Store { upload: Some(upload), .. } = self.place {
            // The store removes what is left by rules of its own.
            let _ = upload.abort().await;
        }
    }
}

fn file(path: &Path, overwrite: bool) -> Result<Place, Failure> {
    if path.exists() && !overwrite {
        return Err(exists(path));
    }
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let part = tempfile::Builder::new()
        .prefix(".ntsb-export-")
        .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666))
        .tempfile_in(folder)
        .map_err(|e| at(path, &e))?;
    Ok(Place::File { path: path.to_owned(), part, overwrite })
}

fn keep(part: NamedTempFile, path: &Path, overwrite: bool) -> Result<(), Failure> {
    part.as_file().sync_all().map_err(|e| at(path, &e))?;
    let kept = if overwrite { part.persist(path) } else { part.persist_noclobber(path) };
    kept.map(drop).map_err(|e| match e.error.kind() {
        ErrorKind::AlreadyExists => exists(path),
        _ => at(path, &e.error),
    })
}

fn store(url: &str, overwrite: bool) -> Result<Place, Failure> {
    let wrong = || Failure::Usage(format!("{url:?} is no s3://BUCKET/KEY"));
    let (_, key) = url.strip_prefix("s3://").and_then(|u| u.split_once('/')).ok_or_else(wrong)?;
    let key = Key::parse(key).map_err(|_| wrong())?;
    if key.as_ref().is_empty() {
        return Err(wrong());
    }
    let retry = RetryConfig { retry_timeout: PATIENCE, max_retries: 3, ..Default::default() };
    let store = AmazonS3Builder::from_env().with_url(url).with_retry(retry).build();
    let store = Box::new(store.map_err(|e| refused(url, &e))?);
    Ok(Place::Store { store, url: url.to_owned(), key, upload: None, overwrite })
}

/// Stores replace what is there, and not all can be asked to refuse: it is asked for first.
async fn free(store: &AmazonS3, url: &str, key: &Key, overwrite: bool) -> Result<(), Failure> {
    if overwrite {
        return Ok(());
    }
    match store.head(key).await {
        Err(object_store::Error::NotFound { .. }) => Ok(()),
        Err(error) => Err(refused(url, &error)),
        Ok(_) => Err(exists(Path::new(url))),
    }
}

fn at(path: &Path, error: &io::Error) -> Failure {
    Failure::Other(format!("cannot write {}: {error}", path.display()))
}

fn exists(path: &Path) -> Failure {
    Failure::Usage(format!("{} exists\nhint: --overwrite replaces it.", path.display()))
}

fn refused(url: &str, error: &object_store::Error) -> Failure {
    Failure::Other(format!("cannot write {url}: {}", with_causes(error)))
}
