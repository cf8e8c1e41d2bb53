//! LIKE and ILIKE.

/// Whether a text has the form of a pattern: `%` any characters, `_` one, `\` takes the next
/// literally. `None` if the pattern ends in `\`, which is an error in PostgreSQL.
pub fn matches(text: &str, pattern: &str, any_case: bool) -> Option<bool> {
    let pattern = tokens(pattern)?;
    let mut at = text;
    let mut next = 0;
    // Where to go on if what follows the last `%` does not match: one character further.
    let mut retry: Option<(usize, &str)> = None;
    loop {
        let step = match (pattern.get(next), at.chars().next()) {
            (Some(Token::Many), _) => {
                retry = Some((next + 1, at));
                next += 1;
                continue;
            }
            (None, None) => return Some(true),
            (Some(Token::One), Some(_)) => true,
            (Some(Token::Char(c)), Some(d)) => same(*c, d, any_case),
            _ => false,
        };
        if step {
            at = rest(at);
            next += 1;
            continue;
        }
        match retry {
            Some((token, from)) if !from.is_empty() => {
                at = rest(from);
                next = token;
                retry = Some((token, at));
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

fn tokens(pattern: &str) -> Option<Vec<Token>> {
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

fn same(a: char, b: char, any_case: bool) -> bool {
    a == b || any_case && a.to_lowercase().eq(b.to_lowercase())
}

fn rest(text: &str) -> &str {
    let mut chars = text.chars();
    chars.next();
    chars.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (text, pattern, found) in [
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
            assert_eq!(matches(text, pattern, false), Some(found), "{text} {pattern}");
        }
        assert_eq!(matches("CESSNA", "%ess%", true), Some(true));
        assert_eq!(matches("a", "a\\", false), None);
    }

    #[test]
    fn many_wildcards_take_time_in_proportion() {
        let text = "a".repeat(10_000);
        assert_eq!(matches(&text, &"a%".repeat(500), false), Some(true));
        assert_eq!(matches(&text, &format!("{}b", "%a".repeat(500)), false), Some(false));
    }
}
