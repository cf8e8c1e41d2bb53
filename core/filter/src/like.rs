//! LIKE and ILIKE.

/// Whether a text matches a pattern: `%` matches any characters, `_` one, and `\` escapes the next.
/// Returns `None` if the pattern ends in `\`, which is an error in PostgreSQL.
pub fn matches(text: &str, pattern: &str, case_insensitive: bool) -> Option<bool> {
    let pattern = tokenize(pattern)?;
    let mut rest = text;
    let mut next = 0;
    // The token after the last `%`, and the text where it was tried. On a mismatch it is tried one
    // character further on.
    let mut retry: Option<(usize, &str)> = None;
    loop {
        let is_match = match (pattern.get(next), rest.chars().next()) {
            (Some(Token::Many), _) => {
                retry = Some((next + 1, rest));
                next += 1;
                continue;
            }
            (None, None) => return Some(true),
            (Some(Token::One), Some(_)) => true,
            (Some(Token::Char(c)), Some(d)) => is_same(*c, d, case_insensitive),
            _ => false,
        };
        if is_match {
            rest = skip_char(rest);
            next += 1;
            continue;
        }
        match retry {
            Some((token, from)) if !from.is_empty() => {
                rest = skip_char(from);
                next = token;
                retry = Some((token, rest));
            }
            _ => return Some(false),
        }
    }
}

enum Token {
    Many,
    One,
    Char(char),
}

fn tokenize(pattern: &str) -> Option<Vec<Token>> {
    let mut chars = pattern.chars();
    let mut tokens = Vec::with_capacity(pattern.len());
    while let Some(c) = chars.next() {
        tokens.push(match c {
            '%' => Token::Many,
            '_' => Token::One,
            '\\' => Token::Char(chars.next()?),
            c => Token::Char(c),
        });
    }
    Some(tokens)
}

fn is_same(a: char, b: char, case_insensitive: bool) -> bool {
    a == b || case_insensitive && a.to_lowercase().eq(b.to_lowercase())
}

fn skip_char(text: &str) -> &str {
    let mut chars = text.chars();
    chars.next();
    chars.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_patterns() {
        for (text, pattern, expected) in [
            ("", "", true),
            ("", "%", true),
            ("a", "", false),
            ("CESSNA 172", "CESSNA%", true),
            ("CESSNA 172", "%172", true),
            ("CESSNA 172", "%ss%", false),
            ("CESSNA 172", "C_SSNA%1_2", true),
            ("abcabc", "%abc", true),
            ("ab", "a_%b", false),
            ("mississippi", "m%is%p_", true),
            ("50%", "50\\%", true),
            ("50x", "50\\%", false),
            ("\u{e9}t\u{e9}", "_t_", true),
        ] {
            assert_eq!(matches(text, pattern, false), Some(expected), "{text} {pattern}");
        }
        assert_eq!(matches("CESSNA", "%ess%", true), Some(true));
        assert_eq!(matches("a", "a\\", false), None);
    }

    #[test]
    fn many_wildcards_do_not_take_exponential_time() {
        let text = "a".repeat(10_000);
        assert_eq!(matches(&text, &"a%".repeat(500), false), Some(true));
        assert_eq!(matches(&text, &format!("{}b", "%a".repeat(500)), false), Some(false));
    }
}
