//! Removes file paths and backtraces from the messages of the database. Both can appear in DETAIL: backtraces if
//! RUST_BACKTRACE is set for the server.

/// The text up to a backtrace, without paths. None if nothing is left.
pub fn redact_message(text: &str) -> Option<String> {
    let lines = text.lines().take_while(|line| !starts_backtrace(line));
    let kept: Vec<String> =
        lines.filter(|line| !is_source_location(line)).map(redact_paths).collect();
    let kept = kept.join("\n").trim().to_owned();
    (!kept.is_empty()).then_some(kept)
}

/// Matches `   0: std::backtrace::Backtrace::create` and `stack backtrace:`.
fn starts_backtrace(line: &str) -> bool {
    let line = line.trim_start();
    let is_frame = line.split_once(": ").is_some_and(|(number, name)| {
        !number.is_empty()
            && number.bytes().all(|b| b.is_ascii_digit())
            && (name.contains("::") || name.contains("<unknown>") || name.starts_with("_"))
    });
    is_frame || line.to_ascii_lowercase().starts_with("stack backtrace")
}

/// Matches `at src/lib.rs:12:5` and `Location: xact.c:123`.
fn is_source_location(line: &str) -> bool {
    let is_source = |word: &str| {
        let word = word.trim_end_matches([',', ')', '.']);
        word.split_once(".rs:")
            .or_else(|| word.split_once(".c:"))
            .is_some_and(|(_, rest)| rest.bytes().next().is_some_and(|b| b.is_ascii_digit()))
    };
    line.split_whitespace().any(is_source)
}

fn redact_paths(line: &str) -> String {
    let is_path = |word: &str| {
        let bare = word.trim_start_matches(['"', '\'', '(', '`', '[', '=']);
        let parts = bare.strip_prefix('/').unwrap_or_default().split('/');
        let named = parts.filter(|part| part.starts_with(|c: char| c.is_ascii_alphanumeric()));
        bare.starts_with('/') && named.count() >= 2
    };
    let redact = |word| if is_path(word) { "(path)" } else { word };
    line.split(' ').map(redact).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backtraces_and_paths_are_removed() {
        let detail = "the value was 7\n   0: pgrx_pg_sys::submodules::panic::do_ereport\n             at /root/.cargo/x.rs:4:2\n   1: main";
        assert_eq!(redact_message(detail).as_deref(), Some("the value was 7"));
        assert_eq!(redact_message("   0: std::backtrace::Backtrace::create\n   1: main"), None);
        assert_eq!(
            redact_message("could not read \"/var/lib/postgresql/15/x\" now").as_deref(),
            Some("could not read (path) now")
        );
        assert_eq!(redact_message("at pg_ntsb/src/error.rs:12:5"), None);
    }

    #[test]
    fn other_text_is_unchanged() {
        for text in [
            "column \"a\" of 3: b",
            "km must be 0 or more",
            "Piper/PA-28, 1/2 and and/or",
            "/tiles/{z}/{x}/{y}.mvt",
            "Use {\"and\": […]} or ntsb_search('x').",
            "2: two",
        ] {
            assert_eq!(redact_message(text).as_deref(), Some(text));
        }
    }
}
