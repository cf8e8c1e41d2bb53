//! Replaces typographic quotes, dashes and spaces by their ASCII counterparts.
//!
//! Reports and queries use both. SQL replaces them in the indexed text with
//! `translate(text, FROM, TO)`. [`to_ascii_punctuation`] does the same to a query.

use std::borrow::Cow;

/// The characters to replace, each by the character at the same position of [`TO`]. Characters beyond
/// the end of [`TO`] are removed.
pub const FROM: &str = "\
‘’‚‛′‵＇“”„‟«»‹›″〝〞〟＂\
\u{2010}\u{2011}\u{2012}–\u{2212}\u{FE63}\u{FF0D}\
—\u{2015}\u{A0}\u{2000}\u{2001}\u{2002}\u{2003}\u{2004}\u{2005}\u{2006}\u{2007}\u{2008}\u{2009}\u{200A}\
\u{202F}\u{205F}\u{3000}\
\u{AD}\u{200B}\u{200C}\u{200D}\u{2060}\u{FEFF}";

/// The replacements for [`FROM`]. An em dash separates words and becomes a space. Other dashes are used
/// in names and ranges and become hyphens.
pub const TO: &str =
    concat!("'''''''", "\"\"\"\"\"\"\"\"\"\"\"\"\"", "-------", "                 ");

/// Replaces the characters of [`FROM`] in a text by those of [`TO`].
pub fn to_ascii_punctuation(text: &str) -> Cow<'_, str> {
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
    fn quotes_dashes_and_spaces_become_ascii() {
        for (text, expected) in [
            ("“engine power” \u{2013}fuel", "\"engine power\" -fuel"),
            ("„engine“ «power» ＂x＂", "\"engine\" \"power\" \"x\""),
            ("\u{2212}fuel PA\u{2011}28\u{A0}-oil", "-fuel PA-28 -oil"),
            ("pilot’s car\u{AD}buretor — é", "pilot's carburetor   é"),
            ("\u{200B}word\u{FEFF}", "word"),
        ] {
            assert_eq!(to_ascii_punctuation(text), expected);
        }
        assert!(matches!(to_ascii_punctuation("as it is"), Cow::Borrowed(_)));
    }

    #[test]
    fn only_invisible_characters_are_removed() {
        let removed: String = FROM.chars().skip(TO.chars().count()).collect();
        assert_eq!(removed, "\u{AD}\u{200B}\u{200C}\u{200D}\u{2060}\u{FEFF}");
        assert_eq!(FROM.chars().filter(|c| to_ascii_punctuation(&c.to_string()) == "'").count(), 7);
        assert_eq!(FROM.chars().filter(|c| to_ascii_punctuation(&c.to_string()) == "-").count(), 7);
        assert_eq!(to_ascii_punctuation("—"), " ");
        assert_eq!(to_ascii_punctuation("\u{3000}"), " ");
        assert_eq!(to_ascii_punctuation("＂"), "\"");
    }
}
