//! Cleans text: padding, control characters and XML entities.
//!
//! Nearly every value is clean already, so each function first scans the bytes and borrows the value
//! if nothing needs to change.

use super::{DefectKind, DefectKinds, Value};
use std::borrow::Cow;

/// Classes of bytes, as bits.
pub(super) mod class {
    /// C0 controls other than tab and line feed, and DEL.
    pub const CONTROL: u8 = 1;
    /// Tab and line feed, which are allowed in long text but not in a code or a name.
    pub const LINE: u8 = 2;
    /// An ampersand, which may start an entity.
    pub const AMPERSAND: u8 = 4;
    /// Part of a non-ASCII character.
    pub const NON_ASCII: u8 = 8;
    pub const BLANK: u8 = 16;
    pub const LOWER: u8 = 32;
}

const CLASS: [u8; 256] = {
    let mut table = [0; 256];
    let mut b = 0;
    while b < 256 {
        table[b] = match b as u8 {
            b'\t' | b'\n' => class::LINE,
            0..0x20 | 0x7F => class::CONTROL,
            b' ' => class::BLANK,
            b'&' => class::AMPERSAND,
            b'a'..=b'z' => class::LOWER,
            0x80.. => class::NON_ASCII,
            _ => 0,
        };
        b += 1;
    }
    table
};

/// The union of the classes of all bytes.
pub(super) fn classes(raw: &str) -> u8 {
    raw.bytes().fold(0, |all, b| all | CLASS[usize::from(b)])
}

/// Cleans text that is kept literally, except for padding and control characters.
pub fn clean_literal<'a>(raw: &'a str, defects: &mut DefectKinds) -> Value<'a> {
    Value::from_text(strip(raw, defects))
}

/// Removes control characters, and blanks around the text.
pub(super) fn strip<'a>(raw: &'a str, defects: &mut DefectKinds) -> Cow<'a, str> {
    let found = classes(raw);
    if found & class::NON_ASCII != 0 {
        check_lost_characters(raw, defects);
    }
    if found & (class::CONTROL | class::LINE) == 0 {
        return Cow::Borrowed(trim(raw, defects));
    }
    defects.add(DefectKind::ControlCharacter);
    let text: String = raw
        .replace("\r\n", " ")
        .chars()
        .filter_map(|c| match c {
            '\t' | '\n' | '\r' => Some(' '),
            c => (!is_control(c)).then_some(c),
        })
        .collect();
    Cow::Owned(trim(&text, defects).to_owned())
}

/// Whether a character is an ASCII control character. U+0080 to U+009F are kept: where they occur
/// they are letters of another encoding, and removing them would lose them for good.
pub(super) fn is_control(c: char) -> bool {
    c.is_ascii_control()
}

pub(super) fn check_lost_characters(text: &str, defects: &mut DefectKinds) {
    if text.contains(char::REPLACEMENT_CHARACTER) {
        defects.add(DefectKind::LostCharacter);
    }
}

fn trim<'a>(raw: &'a str, defects: &mut DefectKinds) -> &'a str {
    let text = raw.trim();
    if text.len() != raw.len() {
        defects.add(DefectKind::Padding);
    }
    text
}

/// Cleans long free text: decodes entities once, converts line ends to `\n` and removes control
/// characters.
///
/// Entities are decoded only once because `&amp;lt;` means the text `&lt;`, not `<`.
pub fn clean_prose<'a>(raw: &'a str, defects: &mut DefectKinds) -> Value<'a> {
    let found = classes(raw);
    if found & class::NON_ASCII != 0 {
        check_lost_characters(raw, defects);
    }
    if found & (class::CONTROL | class::AMPERSAND) == 0 {
        return Value::from_text(Cow::Borrowed(trim(raw, defects)));
    }
    let mut changes = DefectKinds::default();
    let repaired = repair_prose(raw, &mut changes);
    if changes.is_empty() {
        return Value::from_text(Cow::Borrowed(trim(raw, defects)));
    }
    defects.add_all(changes);
    Value::from_text(Cow::Owned(trim(&repaired, defects).to_owned()))
}

fn repair_prose(raw: &str, defects: &mut DefectKinds) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut after_return = false;
    let mut has_control = false;
    for c in decode_entities(raw, defects) {
        match c {
            '\n' if after_return => {}
            '\r' => out.push('\n'),
            '\n' | '\t' => out.push(c),
            c if is_control(c) => has_control = true,
            c => out.push(c),
        }
        after_return = c == '\r';
    }
    defects.add_if(has_control || raw.contains('\r'), DefectKind::ControlCharacter);
    out
}

/// The characters of a text, with XML entities decoded.
pub(super) fn decode_entities<'t>(
    raw: &'t str,
    defects: &'t mut DefectKinds,
) -> impl Iterator<Item = char> + use<'t> {
    let mut rest = raw;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let (c, length) = match first {
            '&' => match parse_entity(rest) {
                Some(entity) => {
                    defects.add(DefectKind::XmlEntity);
                    entity
                }
                None => (first, 1),
            },
            _ => (first, first.len_utf8()),
        };
        rest = rest.get(length..).unwrap_or("");
        Some(c)
    })
}

/// Maximum length of an entity: `&#x10FFFF;`, with room for leading zeros.
const MAX_ENTITY_BYTES: usize = 12;

/// Parses the entity at the start of `text`. Returns its character and its length.
fn parse_entity(text: &str) -> Option<(char, usize)> {
    let end = text.bytes().take(MAX_ENTITY_BYTES).position(|b| b == b';')?;
    let c = match text.get(1..end)? {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        other => parse_character_number(other.strip_prefix('#')?)?,
    };
    Some((c, end + 1))
}

fn parse_character_number(digits: &str) -> Option<char> {
    let (radix, digits) = match digits.strip_prefix(['x', 'X']) {
        Some(hex) => (16, hex),
        None => (10, digits),
    };
    if digits.starts_with('+') {
        return None;
    }
    char::from_u32(u32::from_str_radix(digits, radix).ok()?)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub fn clean<'a>(
        rule: fn(&'a str, &mut DefectKinds) -> Value<'a>,
        raw: &'a str,
    ) -> (Value<'a>, Vec<DefectKind>) {
        let mut defects = DefectKinds::default();
        let value = rule(raw, &mut defects);
        (value, defects.iter().collect())
    }

    pub fn some(text: &str) -> Value<'_> {
        Value::Text(Cow::Borrowed(text))
    }

    #[test]
    fn cleans_prose() {
        use DefectKind::*;
        for (raw, text, defects) in [
            ("The pilot said so.", "The pilot said so.", vec![]),
            ("One&#x0D;\nTwo", "One\nTwo", vec![XmlEntity]),
            ("One&#13;&#10;Two", "One\nTwo", vec![XmlEntity]),
            ("One\r\nTwo\rThree\n\nFour", "One\nTwo\nThree\n\nFour", vec![ControlCharacter]),
            (
                "A&amp;P, A&P & &bogus; &#xZZ; &#55296;",
                "A&P, A&P & &bogus; &#xZZ; &#55296;",
                vec![XmlEntity],
            ),
            ("A&P & so on", "A&P & so on", vec![]),
            (
                "&amp;lt;&lt;&gt;&quot;&apos;&#8217;&#x2019;",
                "&lt;<>\"'\u{2019}\u{2019}",
                vec![XmlEntity],
            ),
            ("a\u{1E}b\0c\u{7F}\td", "abc\td", vec![ControlCharacter]),
            ("a&#0;b", "ab", vec![ControlCharacter, XmlEntity]),
            ("  text \n", "text", vec![Padding]),
            ("pilot\u{2019}s \u{201C}word\u{201D}", "pilot\u{2019}s \u{201C}word\u{201D}", vec![]),
            ("pilot\u{FFFD}s", "pilot\u{FFFD}s", vec![LostCharacter]),
        ] {
            assert_eq!(clean(clean_prose, raw), (some(text), defects), "{raw:?}");
        }
        assert_eq!(clean(clean_prose, " \r\n"), (Value::Null, vec![Padding, ControlCharacter]));
    }

    #[test]
    fn cleans_literals() {
        use DefectKind::*;
        for (raw, text, defects) in [
            ("UNK", "UNK", vec![]),
            ("PLT ", "PLT", vec![Padding]),
            ("a\tb\r\nc\u{7F}", "a b c", vec![ControlCharacter]),
            ("a  b &amp; c", "a  b &amp; c", vec![]),
        ] {
            assert_eq!(clean(clean_literal, raw), (some(text), defects), "{raw:?}");
        }
    }

    #[test]
    fn long_narrative_takes_linear_time() {
        let raw = "A&P said &amp;#; \r\n&#x0D;".repeat(400_000);
        let (value, _) = clean(clean_prose, &raw);
        assert!(matches!(value, Value::Text(text) if text.len() > 5_000_000));
    }
}
