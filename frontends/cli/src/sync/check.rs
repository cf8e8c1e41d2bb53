//! Whether a download is what the server meant to send.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::HeaderMap;
use zip::ZipArchive;

use super::cache::Known;
use crate::reading::on_thread;
use crate::source::digest;

/// The most that the entries of a zip may unpack to, all together.
const UNPACKED: u64 = 16 << 30;

/// SHA-256 as the server states it: `Repr-Digest` (RFC 9530) or the older `Digest`.
pub fn digest(headers: &HeaderMap) -> Option<Vec<u8>> {
    ["repr-digest", "digest"].iter().find_map(|name| {
        let text = headers.get(*name)?.to_str().ok()?;
        let (_, value) = text
            .split(',')
            .filter_map(|part| part.trim().split_once('='))
            .find(|(kind, _)| kind.eq_ignore_ascii_case("sha-256"))?;
        STANDARD.decode(value.trim_matches(':')).ok()
    })
}

/// Compares with the server's digest, and reads every entry of a zip, each of which has a checksum.
/// Notes the file's SHA-256.
pub async fn file(
    path: &Path,
    name: &str,
    stated: Option<Vec<u8>>,
    facts: &mut Known,
) -> Result<(), String> {
    let (path, is_zip) = (PathBuf::from(path), name.ends_with(".zip"));
    let checked = on_thread(move || {
        let sha256 = digest::of_files([path.as_path()]).map_err(|e| e.to_string())?;
        if is_zip { whole(&path).map(|()| sha256) } else { Ok(sha256) }
    });
    facts.sha256 = checked.await.map_err(|e| e.to_string())??;
    match stated.map(|bytes| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>()) {
        Some(stated) if stated != facts.sha256 => {
            Err(format!("its SHA-256 is {}, the server says {stated}", facts.sha256))
        }
        _ => Ok(()),
    }
}

fn whole(path: &Path) -> Result<(), String> {
    let damaged = |e: &dyn std::fmt::Display| format!("it is no whole zip: {e}");
    let file = File::open(path).map_err(|e| damaged(&e))?;
    let mut archive = ZipArchive::new(file).map_err(|e| damaged(&e))?;
    let mut left = UNPACKED;
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).map_err(|e| damaged(&e))?;
        let read = io::copy(&mut entry.by_ref().take(left + 1), &mut io::sink());
        let read = read.map_err(|e| damaged(&e))?;
        left = left.checked_sub(read).ok_or("it unpacks to more than 16 GiB")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_digest_has_an_old_and_a_new_name() {
        let of = |name: &'static str, value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(name, value.parse().unwrap());
            digest(&headers)
        };
        assert_eq!(of("repr-digest", "md5=:AA==:, sha-256=:AQID:"), Some(vec![1, 2, 3]));
        assert_eq!(of("digest", "SHA-256=AQID"), Some(vec![1, 2, 3]));
        assert_eq!(of("digest", "md5=AA=="), None);
    }
}
