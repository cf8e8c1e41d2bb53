//! What of the database's words may be shown to callers: no path of a file and no backtrace. PostgreSQL puts
//! both into DETAIL, the latter when RUST_BACKTRACE is set where the server runs.

/// The text up to where a backtrace begins, with paths left out; none where nothing is left.
pub fn presentable(text: &str) -> Option<String> {
    let lines = text.lines().take_while(|line| !begins_backtrace(line));
    let shown: Vec<String> = lines.filter(|line| !is_location(line)).map(without_paths).collect();
    let shown = shown.join("\n").trim().to_owned();
    (!shown.is_empty()).then_some(shown)
}

/// `   0: std::backtrace::Backtrace::create`, or a line that announces such.
fn begins_backtrace(line: &str) -> bool {
    let line = line.trim_start();
    let frame = line.split_once(": ").is_some_and(|(number, name)| {
        !number.is_empty()
            && number.bytes().all(|b| b.is_ascii_digit())
            && (name.contains("::") || name.contains("<unknown>") || name.starts_with("_"))
    });
    frame || line.to_ascii_lowercase().starts_with("stack backtrace")
}

/// `at src/lib.rs:12:5`, `Location: xact.c:123`.
fn is_location(line: &str) -> bool {
    let names_source = |word: &str| {
        let word = word.trim_end_matches([',', ')', '.']);
        word.split_once(".rs:")
            .or_else(|| word.split_once(".c:"))
            .is_some_and(|(_, rest)| rest.bytes().next().is_some_and(|b| b.is_ascii_digit()))
    };
    line.split_whitespace().any(names_source)
}

fn without_paths(line: &str) -> String {
    let is_path = |word: &str| {
        let bare = word.trim_start_matches(['"', '\'', '(', '`', '[', '=']);
        let parts = bare.strip_prefix('/').unwrap_or_default().split('/');
        let named = parts.filter(|part| part.starts_with(|c: char| c.is_ascii_alphanumeric()));
        bare.starts_with('/') && named.count() >= 2
    };
    let shown = |word| if is_path(word) { "(path)" } else { word };
    line.split(' ').map(shown).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backtraces_and_paths_are_left_out() {
        let detail = "the value was 7\n   0: pgrx_pg_sys::submodules::panic::do_ereport\n             at /root/.cargo/x.rs:4:2\n   1: main";
        assert_eq!(presentable(detail).as_deref(), Some("the value was 7"));
        assert_eq!(presentable("   0: std::backtrace::Backtrace::create\n   1: main"), None);
        assert_eq!(
            presentable("could not read \"/var/lib/postgresql/15/x\" now").as_deref(),
            Some("could not read (path) now")
        );
        assert_eq!(presentable("at pg_ntsb/src/error.rs:12:5"), None);
    }

    #[test]
    fn what_callers_need_stays() {
        for text in [
            "column \"a\" of 3: b",
            "km must be 0 or more",
            "Piper/PA-28, 1/2 and and/or",
            "/tiles/{z}/{x}/{y}.mvt",
            "Use {\"and\": […]} or ntsb_search('x').",
            "2: two",
        ] {
            assert_eq!(presentable(text).as_deref(), Some(text));
        }
    }
}
