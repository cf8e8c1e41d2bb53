//! Secrets of a relay, from the environment or from files.

use std::fs;
use std::path::Path;

use crate::failure::Failure;

/// A secret file that is larger is a mistake.
const MAX_BYTES: u64 = 64 << 10;

/// Returns the contents of the file without the last line break, or else the variable. Empty text is no
/// secret.
pub fn read_secret(variable: &str, file: Option<&Path>) -> Result<Option<String>, Failure> {
    let text = match file {
        Some(path) => Some(read_file(variable, path)?),
        None => std::env::var(variable).ok(),
    };
    Ok(text.filter(|text| !text.is_empty()))
}

fn read_file(variable: &str, path: &Path) -> Result<String, Failure> {
    let fail = |reason: &str| {
        Failure::Usage(format!("cannot read {variable} from {}: {reason}", path.display()))
    };
    let size = fs::metadata(path).map_err(|e| fail(&e.to_string()))?.len();
    if size > MAX_BYTES {
        return Err(fail("it is larger than 64 KiB"));
    }
    let text = fs::read_to_string(path).map_err(|e| fail(&e.to_string()))?;
    let text = text.strip_suffix('\n').unwrap_or(&text);
    Ok(text.strip_suffix('\r').unwrap_or(text).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_loses_only_its_last_line_break() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for (text, secret) in [
            ("key\n", Some("key")),
            ("key\r\n", Some("key")),
            (" key \n\n", Some(" key \n")),
            ("", None),
        ] {
            fs::write(file.path(), text).unwrap();
            let found = read_secret("NTSB_RELAY_UNSET", Some(file.path())).unwrap();
            assert_eq!(found.as_deref(), secret);
        }
        let error = read_secret("NTSB_RELAY_TOKEN", Some(Path::new("/nowhere/key"))).unwrap_err();
        assert!(error.to_string().contains("NTSB_RELAY_TOKEN from /nowhere/key"), "{error}");
    }
}
