//! Text: what stands around and between the letters.
//!
//! Nearly every value is clean already, so each rule first looks over the bytes and borrows the
//! value where nothing needs a change.

use super::{DefectKind, DefectKinds, Value};
use std::borrow::Cow;

/// What kinds of bytes a value holds, as bits.
pub(super) mod class {
    /// C0 controls other than tab and line feed, and DEL.
    pub const CONTROL: u8 = 1;
    /// Tab and line feed: part of long text, not of a code or a name.
    pub const LINE: u8 = 2;
    /// An ampersand, which may begin an entity.
    pub const AMPERSAND: u8 = 4;
    /// Part of a character beyond ASCII.
    pub const WIDE: u8 = 8;
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
            0x80.. => class::WIDE,
            _ => 0,
        };
        b += 1;
    }
    table
};

/// The classes of all bytes together.
pub(super) fn classes(raw: &str) -> u8 {
    raw.bytes().fold(0, |all, b| all | CLASS[usize::from(b)])
}

/// Text kept to the letter but for padding and control characters.
pub fn literal<'a>(raw: &'a str, defect_kinds: &mut DefectKinds) -> Value<'a> {
    Value::text(bare(raw, defect_kinds))
}

/// The value without control characters, and without blanks around it.
pub(super) fn bare<'a>(raw: &'a str, defect_kinds: &mut DefectKinds) -> Cow<'a, str> {
    let found = classes(raw);
    if found & class::WIDE != 0 {
        note_lost(raw, defect_kinds);
    }
    if found & (class::CONTROL | class::LINE) == 0 {
        return Cow::Borrowed(trimmed(raw, defect_kinds));
    }
    defect_kinds.add(DefectKind::ControlCharacter);
    let spaced = raw.replace("\r\n", " ");
    let kept: String = spaced
        .chars()
        .filter_map(|c| match c {
            '\t' | '\n' | '\r' => Some(' '),
            c => (!is_control(c)).then_some(c),
        })
        .collect();
    Cow::Owned(trimmed(&kept, defect_kinds).to_owned())
}

/// A control character of ASCII. U+0080 to U+009F are left alone: where they occur they are
/// letters of another encoding, and taking them out would lose them for good.
pub(super) fn is_control(c: char) -> bool {
    c.is_ascii_control()
}

pub(super) fn note_lost(text: &str, defect_kinds: &mut DefectKinds) {
    if text.contains(char::REPLACEMENT_CHARACTER) {
        defect_kinds.add(DefectKind::LostCharacter);
    }
}

fn trimmed<'a>(raw: &'a str, defect_kinds: &mut DefectKinds) -> &'a str {
    let kept = raw.trim();
    if kept.len() != raw.len() {
        defect_kinds.add(DefectKind::Padding);
    }
    kept
}

/// Long free text: entities decoded once, line ends made `\n`, control characters taken out.
///
/// Decoding once is deliberate: `&amp;lt;` means the text `&lt;`, not `<`.
pub fn prose<'a>(raw: &'a str, defect_kinds: &mut DefectKinds) -> Value<'a> {
    let found = classes(raw);
    if found & class::WIDE != 0 {
        note_lost(raw, defect_kinds);
    }
    if found & (class::CONTROL | class::AMPERSAND) == 0 {
        return Value::text(Cow::Borrowed(trimmed(raw, defect_kinds)));
    }
    let mut change = DefectKinds::default();
    let repaired = repaired(raw, &mut change);
    if change.is_empty() {
        return Value::text(Cow::Borrowed(trimmed(raw, defect_kinds)));
    }
    defect_kinds.add_all(change);
    Value::text(Cow::Owned(trimmed(&repaired, defect_kinds).to_owned()))
}

fn repaired(raw: &str, defect_kinds: &mut DefectKinds) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut after_return = false;
    let mut dropped = false;
    for c in decoded(raw, defect_kinds) {
        match c {
            '\n' if after_return => {}
            '\r' => out.push('\n'),
            '\n' | '\t' => out.push(c),
            c if is_control(c) => dropped = true,
            c => out.push(c),
        }
        after_return = c == '\r';
    }
    let raw_return = raw.contains('\r');
    defect_kinds.add_if(dropped || raw_return, DefectKind::ControlCharacter);
    out
}

/// The characters of a text, XML entities decoded.
pub(super) fn decoded<'t>(
    raw: &'t str,
    defect_kinds: &'t mut DefectKinds,
) -> impl Iterator<Item = char> + use<'t> {
    let mut rest = raw;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let (c, length) = match first {
            '&' => match entity(rest) {
                Some(found) => {
                    defect_kinds.add(DefectKind::XmlEntity);
                    found
                }
                None => (first, 1),
            },
            _ => (first, first.len_utf8()),
        };
        rest = rest.get(length..).unwrap_or("");
        Some(c)
    })
}

/// The longest entity that is looked for: `&#x10FFFF;`, with room for leading zeros.
const LONGEST_ENTITY: usize = 12;

/// The character that the entity at the start of `text` stands for, and the entity's length.
fn entity(text: &str) -> Option<(char, usize)> {
    let end = text.bytes().take(LONGEST_ENTITY).position(|b| b == b';')?;
    let c = match text.get(1..end)? {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        other => numbered(other.strip_prefix('#')?)?,
    };
    Some((c, end + 1))
}

fn numbered(digits: &str) -> Option<char> {
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
mod tests {
    use super::*;

    fn cleaned<'a>(
        rule: fn(&'a str, &mut DefectKinds) -> Value<'a>,
        raw: &'a str,
    ) -> (Value<'a>, Vec<DefectKind>) {
        let mut defect_kinds = DefectKinds::default();
        let value = rule(raw, &mut defect_kinds);
        (value, defect_kinds.iter().collect())
    }

    fn some(text: &str) -> Value<'_> {
        Value::Text(Cow::Borrowed(text))
    }

    #[test]
    fn long_text() {
        use DefectKind::*;
        for (raw, text, defect_kinds) in [
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
            assert_eq!(cleaned(prose, raw), (some(text), defect_kinds), "{raw:?}");
        }
        assert_eq!(cleaned(prose, " \r\n"), (Value::Null, vec![Padding, ControlCharacter]));
    }

    #[test]
    fn text_kept_to_the_letter() {
        use DefectKind::*;
        for (raw, text, defect_kinds) in [
            ("UNK", "UNK", vec![]),
            ("PLT ", "PLT", vec![Padding]),
            ("a\tb\r\nc\u{7F}", "a b c", vec![ControlCharacter]),
            ("a  b &amp; c", "a  b &amp; c", vec![]),
        ] {
            assert_eq!(cleaned(literal, raw), (some(text), defect_kinds), "{raw:?}");
        }
    }

    #[test]
    fn a_long_narrative_takes_time_in_proportion() {
        let raw = "A&P said &amp;#; \r\n&#x0D;".repeat(400_000);
        let (value, _) = cleaned(prose, &raw);
        assert!(matches!(value, Value::Text(text) if text.len() > 5_000_000));
    }
}
