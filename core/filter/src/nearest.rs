//! Suggestions for mistyped names.

/// Minimum Jaro-Winkler similarity of two names that count as similar.
const MIN_SIMILARITY: f64 = 0.75;

/// Finds the known name that is most similar to a mistyped one (Jaro-Winkler, case-insensitive).
/// Returns `None` if no name is similar enough.
pub fn find_nearest<'n>(
    names: impl IntoIterator<Item = &'n str>,
    mistyped: &str,
) -> Option<&'n str> {
    // A single letter is similar to too many names.
    mistyped.chars().nth(1)?;
    let mistyped: String = mistyped.chars().take(40).flat_map(char::to_lowercase).collect();
    let scored =
        names.into_iter().map(|name| (name, strsim::jaro_winkler(&name.to_lowercase(), &mistyped)));
    scored
        .filter(|(_, score)| *score >= MIN_SIMILARITY)
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::find_nearest;

    #[test]
    fn finds_the_nearest_name() {
        let names = ["ev_state", "severity", "acft_make"];
        assert_eq!(find_nearest(names, "severty"), Some("severity"));
        assert_eq!(find_nearest(names, "EV_STATES"), Some("ev_state"));
        assert_eq!(find_nearest(names, "x"), None);
        assert_eq!(find_nearest([], "x"), None);
    }
}
