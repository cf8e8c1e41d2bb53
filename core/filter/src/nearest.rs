//! The known name that is most like a mistyped one.

/// Below this, two names are not alike.
const ALIKE: f64 = 0.75;

/// The most similar of some names (Jaro-Winkler, whatever the case), if one is similar.
pub fn nearest<'n>(names: impl IntoIterator<Item = &'n str>, given: &str) -> Option<&'n str> {
    // A single letter is like too many.
    given.chars().nth(1)?;
    let given: String = given.chars().take(40).flat_map(char::to_lowercase).collect();
    let scored =
        names.into_iter().map(|name| (name, strsim::jaro_winkler(&name.to_lowercase(), &given)));
    scored
        .filter(|(_, score)| *score >= ALIKE)
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_mistyped_name_is_recognised() {
        let names = ["ev_state", "severity", "acft_make"];
        assert_eq!(nearest(names, "severty"), Some("severity"));
        assert_eq!(nearest(names, "EV_STATES"), Some("ev_state"));
        assert_eq!(nearest(names, "x"), None);
        assert_eq!(nearest([], "x"), None);
    }
}
