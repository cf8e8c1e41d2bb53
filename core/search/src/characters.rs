//! Characters that typesetting and word processors put in the place of those of a keyboard.
//!
//! Reports and queries hold both. SQL replaces them in the text that is indexed, by `translate` with
//! [`FROM`] and [`TO`]; [`plain`] does the same to a query.

use std::borrow::Cow;

/// What is replaced, character by character, by [`TO`]; what has no counterpart there is removed.
pub const FROM: &str = "\
‘’‚‛′‵＇“”„‟«»‹›″〝〞〟＂\
\u{2010}\u{2011}\u{2012}–\u{2212}\u{FE63}\u{FF0D}\
—\u{2015}\u{A0}\u{2000}\u{2001}\u{2002}\u{2003}\u{2004}\u{2005}\u{2006}\u{2007}\u{2008}\u{2009}\u{200A}\
\u{202F}\u{205F}\u{3000}\
\u{AD}\u{200B}\u{200C}\u{200D}\u{2060}\u{FEFF}";

/// An em dash parts words, as a space does; other dashes stand in names and ranges.
pub const TO: &str =
    concat!("'''''''", "\"\"\"\"\"\"\"\"\"\"\"\"\"", "-------", "                 ");

/// A text with the characters of a keyboard.
pub fn plain(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let replaced = |c: char| match FROM.chars().position(|from| from == c) {
        Some(at) => TO.chars().nth(at),
        None => Some(c),
    };
    Cow::Owned(text.chars().filter_map(replaced).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_dashes_and_spaces_become_those_of_a_keyboard() {
        for (text, expected) in [
            ("“engine power” \u{2013}fuel", "\"engine power\" -fuel"),
            ("„engine“ «power» ＂x＂", "\"engine\" \"power\" \"x\""),
            ("\u{2212}fuel PA\u{2011}28\u{A0}-oil", "-fuel PA-28 -oil"),
            ("pilot’s car\u{AD}buretor — é", "pilot's carburetor   é"),
            ("\u{200B}word\u{FEFF}", "word"),
        ] {
            assert_eq!(plain(text), expected);
        }
        assert!(matches!(plain("as it is"), Cow::Borrowed(_)));
    }

    #[test]
    fn only_what_nobody_sees_is_removed() {
        let removed: String = FROM.chars().skip(TO.chars().count()).collect();
        assert_eq!(removed, "\u{AD}\u{200B}\u{200C}\u{200D}\u{2060}\u{FEFF}");
        assert_eq!(FROM.chars().filter(|c| plain(&c.to_string()) == "'").count(), 7);
        assert_eq!(FROM.chars().filter(|c| plain(&c.to_string()) == "-").count(), 7);
        assert_eq!(plain("—"), " ");
        assert_eq!(plain("\u{3000}"), " ");
        assert_eq!(plain("＂"), "\"");
    }
}
