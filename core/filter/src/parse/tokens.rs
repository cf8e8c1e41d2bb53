//! What no condition holds, told by its words: the parser need not read it.

use super::{FilterError, not_allowed};
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::Token;

/// Words that begin what is not allowed, and what to call it.
const BEGINNINGS: &[(Keyword, &str)] = &[
    (Keyword::SELECT, "a subquery"),
    (Keyword::EXISTS, "a subquery"),
    (Keyword::VALUES, "a subquery"),
    (Keyword::ARRAY, "an array or a field"),
    (Keyword::CAST, "a cast"),
    (Keyword::TRY_CAST, "a cast"),
    (Keyword::INTERVAL, "an interval"),
];

/// Refuses what is certain to be refused.
pub(super) fn check(tokens: &[Token]) -> Result<(), FilterError> {
    let mut tokens =
        tokens.iter().filter(|token| !matches!(token, Token::Whitespace(_))).peekable();
    while let Some(token) = tokens.next() {
        match token {
            Token::Word(word) if word.quote_style.is_none() => {
                let found = BEGINNINGS.iter().find(|(keyword, _)| *keyword == word.keyword);
                if let Some((_, what)) = found {
                    return Err(not_allowed(*what));
                }
            }
            Token::DoubleColon => {
                let kind = tokens.peek().map_or_else(String::new, |kind| kind.to_string());
                return Err(not_allowed(format!("a cast to {}", kind.to_uppercase())));
            }
            Token::LBracket => return Err(not_allowed("an array or a field")),
            Token::LBrace => return Err(not_allowed("a brace")),
            Token::SemiColon => return Err(not_allowed("a semicolon")),
            _ => {}
        }
    }
    Ok(())
}
