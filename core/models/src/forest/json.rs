//! Converts the JSON of XGBoost, which contains NaN and Infinity, to standard JSON.

use std::borrow::Cow;

/// Stands for NaN and infinity. A number of this size or larger is invalid.
pub const NOT_FINITE: f32 = 3.4e38;

/// The replacement of each word. XGBoost writes NaN for a split by categories, where the number is
/// not used. Everywhere else the replacement is rejected.
const WORDS: [(&[u8], &[u8]); 2] = [(b"NaN", b"3.4e38"), (b"Infinity", b"3.4e38")];

/// Replaces NaN and Infinity outside of strings.
pub fn replace_non_finite(text: &[u8]) -> Cow<'_, [u8]> {
    let mut standard = Vec::new();
    let (mut copied, mut at, mut in_string) = (0, 0, false);
    while let Some(byte) = text.get(at) {
        match byte {
            b'\\' if in_string => at += 1,
            b'"' => in_string = !in_string,
            b'N' | b'I' if !in_string => {
                let rest = text.get(at..).unwrap_or_default();
                if let Some((word, number)) = WORDS.iter().find(|(word, _)| rest.starts_with(word))
                {
                    standard.extend_from_slice(text.get(copied..at).unwrap_or_default());
                    standard.extend_from_slice(number);
                    at += word.len();
                    copied = at;
                    continue;
                }
            }
            _ => {}
        }
        at += 1;
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    standard.extend_from_slice(text.get(copied..).unwrap_or_default());
    Cow::Owned(standard)
}

#[cfg(test)]
mod tests {
    use super::replace_non_finite;

    #[test]
    fn numbers_are_replaced_and_strings_are_not() {
        for (text, standard) in [
            ("[NaN,-Infinity,1]", "[3.4e38,-3.4e38,1]"),
            (r#"{"NaN":"a\"NaN","b":NaN}"#, r#"{"NaN":"a\"NaN","b":3.4e38}"#),
            ("[Na", "[Na"),
            (r#""\"#, r#""\"#),
            ("", ""),
        ] {
            assert_eq!(replace_non_finite(text.as_bytes()), standard.as_bytes(), "{text}");
        }
    }
}
