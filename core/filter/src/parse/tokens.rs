//! Rejects forbidden tokens before parsing.

use super::{FilterError, not_allowed};
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::Token;

/// Keywords that start a forbidden construct, and the name of the construct.
const FORBIDDEN_KEYWORDS: &[(Keyword, &str)] = &[
    (Keyword::SELECT, "a subquery"),
    (Keyword::EXISTS, "a subquery"),
    (Keyword::VALUES, "a subquery"),
    (Keyword::ARRAY, "an array or a field"),
    (Keyword::CAST, "a cast"),
    (Keyword::TRY_CAST, "a cast"),
    (Keyword::INTERVAL, "an interval"),
];

/// Returns an error for tokens that no allowed condition contains.
pub(super) fn check_tokens(tokens: &[Token]) -> Result<(), FilterError> {
    let mut tokens =
        tokens.iter().filter(|token| !matches!(token, Token::Whitespace(_))).peekable();
    while let Some(token) = tokens.next() {
        match token {
            Token::Word(word) if word.quote_style.is_none() => {
                let found = FORBIDDEN_KEYWORDS.iter().find(|(k, _)| *k == word.keyword);
                if let Some((_, construct)) = found {
                    return Err(not_allowed(*construct));
                }
            }
            Token::DoubleColon => {
                let type_name = tokens.peek().map_or_else(String::new, |token| token.to_string());
                return Err(not_allowed(format!("a cast to {}", type_name.to_uppercase())));
            }
            Token::LBracket => return Err(not_allowed("an array or a field")),
            Token::LBrace => return Err(not_allowed("a brace")),
            Token::SemiColon => return Err(not_allowed("a semicolon")),
            _ => {}
        }
    }
    Ok(())
}
