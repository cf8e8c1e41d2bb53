//! Checks the integrity of downloads.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::HeaderMap;
use zip::ZipArchive;

use super::cache::FileInfo;
use crate::runtime::reader_thread::run_on_reader_thread;
use crate::source::digest;

/// Maximum total size of the unpacked entries of a zip.
const MAX_UNPACKED_BYTES: u64 = 16 << 30;

/// The SHA-256 of the response headers `Repr-Digest` (RFC 9530) or `Digest` (its predecessor).
pub fn parse_digest(headers: &HeaderMap) -> Option<Vec<u8>> {
    ["repr-digest", "digest"].iter().find_map(|name| {
        let text = headers.get(*name)?.to_str().ok()?;
        let (_, value) = text
            .split(',')
            .filter_map(|part| part.trim().split_once('='))
            .find(|(kind, _)| kind.eq_ignore_ascii_case("sha-256"))?;
        STANDARD.decode(value.trim_matches(':')).ok()
    })
}

/// Compares a file with the server's digest and verifies the checksums of a zip. Stores the SHA-256 in
/// `info`.
pub async fn check_file(
    path: &Path,
    name: &str,
    expected_digest: Option<Vec<u8>>,
    info: &mut FileInfo,
) -> Result<(), String> {
    let (path, is_zip) = (PathBuf::from(path), name.ends_with(".zip"));
    let check = run_on_reader_thread(move || {
        let sha256 = digest::hash_files([path.as_path()]).map_err(|e| e.to_string())?;
        if is_zip { check_zip(&path).map(|()| sha256) } else { Ok(sha256) }
    });
    info.sha256 = check.await.map_err(|e| e.to_string())??;
    match expected_digest.map(|d| d.iter().map(|b| format!("{b:02x}")).collect::<String>()) {
        Some(expected) if expected != info.sha256 => {
            Err(format!("SHA-256 mismatch: got {}, the server sent {expected}", info.sha256))
        }
        _ => Ok(()),
    }
}

fn check_zip(path: &Path) -> Result<(), String> {
    let damaged = |e: &dyn std::fmt::Display| format!("the zip is damaged: {e}");
    let file = File::open(path).map_err(|e| damaged(&e))?;
    let mut archive = ZipArchive::new(file).map_err(|e| damaged(&e))?;
    let mut remaining = MAX_UNPACKED_BYTES;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|e| damaged(&e))?;
        let bytes = io::copy(&mut entry.by_ref().take(remaining + 1), &mut io::sink());
        let bytes = bytes.map_err(|e| damaged(&e))?;
        remaining = remaining.checked_sub(bytes).ok_or("the zip unpacks to more than 16 GiB")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_digest_headers_are_parsed() {
        let parse = |name: &'static str, value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(name, value.parse().unwrap());
            parse_digest(&headers)
        };
        assert_eq!(parse("repr-digest", "md5=:AA==:, sha-256=:AQID:"), Some(vec![1, 2, 3]));
        assert_eq!(parse("digest", "SHA-256=AQID"), Some(vec![1, 2, 3]));
        assert_eq!(parse("digest", "md5=AA=="), None);
    }
}
