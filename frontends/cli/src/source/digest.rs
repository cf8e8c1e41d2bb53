//! The digest that links a batch to its file.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::SourceError;

/// The SHA-256 of the concatenated files in hexadecimal, as `cat FILE... | sha256sum` prints it.
pub fn hash_files<'a>(paths: impl IntoIterator<Item = &'a Path>) -> Result<String, SourceError> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    for path in paths {
        let mut file = File::open(path).map_err(|e| SourceError::open(path, e))?;
        loop {
            let n = file.read(&mut buffer).map_err(|e| SourceError::io(path, e))?;
            if n == 0 {
                break;
            }
            hasher.update(&buffer[..n]);
        }
    }
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
