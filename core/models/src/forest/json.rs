//! JSON as XGBoost writes it, which knows NaN and infinity.

use std::borrow::Cow;

/// No number of a model is so large; what is, counts as none.
pub const LARGEST: f32 = 3.4e38;

/// What stands in place of each. A split by categories, at which XGBoost writes NaN, does not read it;
/// everything else refuses it.
const WORDS: [(&[u8], &[u8]); 2] = [(b"NaN", b"3.4e38"), (b"Infinity", b"3.4e38")];

/// The text without NaN and infinity, in texts apart; as it is where it has none.
pub fn without_nan(text: &[u8]) -> Cow<'_, [u8]> {
    let mut plain = Vec::new();
    let (mut copied, mut at, mut in_text) = (0, 0, false);
    while let Some(byte) = text.get(at) {
        match byte {
            b'\\' if in_text => at += 1,
            b'"' => in_text = !in_text,
            b'N' | b'I' if !in_text => {
                let rest = text.get(at..).unwrap_or_default();
                if let Some((word, number)) = WORDS.iter().find(|(word, _)| rest.starts_with(word))
                {
                    plain.extend_from_slice(text.get(copied..at).unwrap_or_default());
                    plain.extend_from_slice(number);
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
    plain.extend_from_slice(text.get(copied..).unwrap_or_default());
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::without_nan;

    #[test]
    fn numbers_become_json_and_texts_stay() {
        for (text, plain) in [
            ("[NaN,-Infinity,1]", "[3.4e38,-3.4e38,1]"),
            (r#"{"NaN":"a\"NaN","b":NaN}"#, r#"{"NaN":"a\"NaN","b":3.4e38}"#),
            ("[Na", "[Na"),
            (r#""\"#, r#""\"#),
            ("", ""),
        ] {
            assert_eq!(without_nan(text.as_bytes()), plain.as_bytes(), "{text}");
        }
    }
}
