//! What a person looks for, as PostgreSQL understood it: the text of a tsquery.

/// A tsquery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Query {
    /// A word, by its place among the terms.
    Word(usize),
    All(Vec<Query>),
    Any(Vec<Query>),
    Not(Box<Query>),
    /// Words one after another; where they stand is for PostgreSQL to say.
    Phrase(Vec<Query>),
}

/// A query and its words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Question {
    /// `None` if nothing is asked for.
    pub query: Option<Query>,
    /// Each word once, in order of its bytes.
    pub terms: Vec<String>,
}

/// Not the text of a tsquery that a person can have asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a query")]
pub struct NoQuery;

impl Question {
    /// Reads the text of a tsquery: `'fuel' & !( 'tank' | 'left' <-> 'wing' )`.
    pub fn parse(text: &str) -> Result<Question, NoQuery> {
        let mut parser = Parser { rest: text.trim(), terms: Vec::new(), depth: 0 };
        if parser.rest.is_empty() {
            return Ok(Question::default());
        }
        let mut query = parser.any()?;
        if !parser.rest.is_empty() {
            return Err(NoQuery);
        }
        // The order of terms is the order in which their shares of a rank are added.
        let mut terms = parser.terms.clone();
        terms.sort_unstable();
        terms.dedup();
        query.rename(&|at| {
            let term = parser.terms.get(at);
            term.and_then(|t| terms.binary_search(t).ok()).unwrap_or(usize::MAX)
        });
        Ok(Question { query: Some(query), terms })
    }

    /// Whether the words alone decide, and no order of words.
    pub fn is_exact(&self) -> bool {
        self.query.as_ref().is_none_or(Query::is_exact)
    }

    /// The places of terms whose presence is asked for, not their absence.
    pub fn wanted(&self) -> Vec<usize> {
        let mut wanted = Vec::new();
        if let Some(query) = &self.query {
            query.wanted(true, &mut wanted);
        }
        wanted.sort_unstable();
        wanted.dedup();
        wanted
    }
}

impl Query {
    fn parts_mut(&mut self) -> &mut [Query] {
        match self {
            Query::Word(_) => &mut [],
            Query::Not(part) => std::slice::from_mut(part),
            Query::All(parts) | Query::Any(parts) | Query::Phrase(parts) => parts,
        }
    }

    fn rename(&mut self, name: &dyn Fn(usize) -> usize) {
        if let Query::Word(at) = self {
            *at = name(*at);
        }
        self.parts_mut().iter_mut().for_each(|part| part.rename(name));
    }

    fn is_exact(&self) -> bool {
        match self {
            Query::Word(_) => true,
            Query::Not(part) => part.is_exact(),
            Query::All(parts) | Query::Any(parts) => parts.iter().all(Query::is_exact),
            Query::Phrase(_) => false,
        }
    }

    fn wanted(&self, yes: bool, found: &mut Vec<usize>) {
        match self {
            Query::Word(at) if yes => found.push(*at),
            Query::Word(_) => {}
            Query::Not(part) => part.wanted(!yes, found),
            Query::All(parts) | Query::Any(parts) | Query::Phrase(parts) => {
                parts.iter().for_each(|part| part.wanted(yes, found));
            }
        }
    }
}

/// Deeper than any query that comes of words, quotes, OR and minus.
const DEEPEST: usize = 100;

struct Parser<'t> {
    rest: &'t str,
    terms: Vec<String>,
    depth: usize,
}

impl Parser<'_> {
    fn take(&mut self, token: &str) -> bool {
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest.trim_start();
                true
            }
            None => false,
        }
    }

    fn any(&mut self) -> Result<Query, NoQuery> {
        self.chain("|", Parser::all, Query::Any)
    }

    fn all(&mut self) -> Result<Query, NoQuery> {
        self.chain("&", Parser::phrase, Query::All)
    }

    fn chain(
        &mut self,
        operator: &str,
        part: fn(&mut Self) -> Result<Query, NoQuery>,
        whole: fn(Vec<Query>) -> Query,
    ) -> Result<Query, NoQuery> {
        let first = part(self)?;
        let mut parts = vec![first];
        while self.take(operator) {
            parts.push(part(self)?);
        }
        Ok(one_or(parts, whole))
    }

    fn phrase(&mut self) -> Result<Query, NoQuery> {
        let mut parts = vec![self.one()?];
        while self.rest.starts_with('<') {
            let (_, rest) = self.rest.split_once('>').ok_or(NoQuery)?;
            self.rest = rest.trim_start();
            parts.push(self.one()?);
        }
        Ok(one_or(parts, Query::Phrase))
    }

    fn one(&mut self) -> Result<Query, NoQuery> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(NoQuery);
        }
        let one = if self.take("!") {
            Query::Not(Box::new(self.one()?))
        } else if self.take("(") {
            let inner = self.any()?;
            if !self.take(")") {
                return Err(NoQuery);
            }
            inner
        } else {
            self.word()?
        };
        self.depth -= 1;
        Ok(one)
    }

    /// In quotes, where `''` is a quote and `\\` a backslash. Weights and prefixes are not asked for.
    fn word(&mut self) -> Result<Query, NoQuery> {
        let mut chars = self.rest.strip_prefix('\'').ok_or(NoQuery)?.chars();
        let mut word = String::new();
        loop {
            match chars.next().ok_or(NoQuery)? {
                '\'' => match chars.as_str().strip_prefix('\'') {
                    Some(rest) => {
                        word.push('\'');
                        chars = rest.chars();
                    }
                    None => break,
                },
                '\\' => word.push(chars.next().ok_or(NoQuery)?),
                c => word.push(c),
            }
        }
        self.rest = chars.as_str().trim_start();
        self.terms.push(word);
        Ok(Query::Word(self.terms.len() - 1))
    }
}

fn one_or(mut parts: Vec<Query>, whole: fn(Vec<Query>) -> Query) -> Query {
    match (parts.pop(), parts.is_empty()) {
        (Some(only), true) => only,
        (last, _) => {
            parts.extend(last);
            whole(parts)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parsed(text: &str) -> Question {
        Question::parse(text).unwrap_or_else(|e| panic!("{text}: {e}"))
    }

    #[test]
    fn operators_bind_as_in_postgresql() {
        use Query::{All, Any, Not, Phrase, Word};
        let of = parsed("'tank' & !'fuel' | 'left' <-> 'wing' <2> 'fuel'");
        assert_eq!(of.terms, ["fuel", "left", "tank", "wing"]);
        let negative = All(vec![Word(2), Not(Box::new(Word(0)))]);
        let phrase = Phrase(vec![Word(1), Word(3), Word(0)]);
        assert_eq!(of.query, Some(Any(vec![negative, phrase])));
        assert_eq!(of.wanted(), [0, 1, 2, 3]);
        assert!(!of.is_exact());
        let of = parsed("'a' & !( 'b' | !'c' )");
        assert_eq!((of.wanted(), of.is_exact()), (vec![0, 2], true));
        assert_eq!(parsed("").query, None);
    }

    #[test]
    fn quotes_and_backslashes_in_words() {
        assert_eq!(parsed(r"'it''s' & 'back\\slash'").terms, [r"back\slash", "it's"]);
        for wrong in ["'a", "a", "'a' &", "'a' 'b'", "( 'a'", "'a' <", "!", "'a' <-> ", "\\"] {
            assert_eq!(Question::parse(wrong), Err(NoQuery), "{wrong}");
        }
        assert_eq!(Question::parse(&"!".repeat(10_000)), Err(NoQuery));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[a'&|!<>() \\\\-]{0,40}") {
            let _ = Question::parse(&text);
        }
    }
}
