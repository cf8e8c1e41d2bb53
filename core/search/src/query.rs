//! Parses the text of a tsquery, the form in which PostgreSQL returns a search query.

/// A node of a tsquery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// A word, as an index into the terms.
    Word(usize),
    /// `&`: all parts must match.
    All(Vec<Node>),
    /// `|`: at least one part must match.
    Any(Vec<Node>),
    /// `!`: the part must not match.
    Not(Box<Node>),
    /// `<->` or `<N>`: consecutive words. PostgreSQL checks the positions.
    Phrase(Vec<Node>),
}

/// A parsed search query.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SearchQuery {
    /// The root node. `None` for an empty query.
    pub root: Option<Node>,
    /// The distinct words, in byte order.
    pub terms: Vec<String>,
}

/// The text is not a tsquery of words, `&`, `|`, `!` and phrases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("malformed tsquery")]
pub struct MalformedTsquery;

impl SearchQuery {
    /// Parses the text of a tsquery: `'fuel' & !( 'tank' | 'left' <-> 'wing' )`.
    pub fn parse(text: &str) -> Result<SearchQuery, MalformedTsquery> {
        let mut parser = Parser { rest: text.trim(), terms: Vec::new(), depth: 0 };
        if parser.rest.is_empty() {
            return Ok(SearchQuery::default());
        }
        let mut root = parser.parse_or()?;
        if !parser.rest.is_empty() {
            return Err(MalformedTsquery);
        }
        // Ranks are summed in the order of the terms. Sorting makes the sums reproducible.
        let mut terms = parser.terms.clone();
        terms.sort_unstable();
        terms.dedup();
        root.renumber(&|at| {
            let term = parser.terms.get(at);
            term.and_then(|t| terms.binary_search(t).ok()).unwrap_or(usize::MAX)
        });
        Ok(SearchQuery { root: Some(root), terms })
    }

    /// Whether the query has no phrase, so that the index alone decides which documents match.
    pub fn is_exact(&self) -> bool {
        self.root.as_ref().is_none_or(Node::is_exact)
    }

    /// The terms that are not negated, as indexes into `terms`.
    pub fn positive_terms(&self) -> Vec<usize> {
        let mut found = Vec::new();
        if let Some(root) = &self.root {
            root.collect_positive_terms(true, &mut found);
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

impl Node {
    fn parts_mut(&mut self) -> &mut [Node] {
        match self {
            Node::Word(_) => &mut [],
            Node::Not(part) => std::slice::from_mut(part),
            Node::All(parts) | Node::Any(parts) | Node::Phrase(parts) => parts,
        }
    }

    fn renumber(&mut self, new_index: &dyn Fn(usize) -> usize) {
        if let Node::Word(at) = self {
            *at = new_index(*at);
        }
        self.parts_mut().iter_mut().for_each(|part| part.renumber(new_index));
    }

    fn is_exact(&self) -> bool {
        match self {
            Node::Word(_) => true,
            Node::Not(part) => part.is_exact(),
            Node::All(parts) | Node::Any(parts) => parts.iter().all(Node::is_exact),
            Node::Phrase(_) => false,
        }
    }

    fn collect_positive_terms(&self, is_positive: bool, found: &mut Vec<usize>) {
        match self {
            Node::Word(at) if is_positive => found.push(*at),
            Node::Word(_) => {}
            Node::Not(part) => part.collect_positive_terms(!is_positive, found),
            Node::All(parts) | Node::Any(parts) | Node::Phrase(parts) => {
                parts.iter().for_each(|part| part.collect_positive_terms(is_positive, found));
            }
        }
    }
}

/// Deeper than any query made of words, quotes, OR and minus.
const MAX_DEPTH: usize = 100;

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

    fn parse_or(&mut self) -> Result<Node, MalformedTsquery> {
        self.parse_chain("|", Parser::parse_and, Node::Any)
    }

    fn parse_and(&mut self) -> Result<Node, MalformedTsquery> {
        self.parse_chain("&", Parser::parse_phrase, Node::All)
    }

    fn parse_chain(
        &mut self,
        operator: &str,
        parse_part: fn(&mut Self) -> Result<Node, MalformedTsquery>,
        combine: fn(Vec<Node>) -> Node,
    ) -> Result<Node, MalformedTsquery> {
        let first = parse_part(self)?;
        let mut parts = vec![first];
        while self.take(operator) {
            parts.push(parse_part(self)?);
        }
        Ok(single_or(parts, combine))
    }

    fn parse_phrase(&mut self) -> Result<Node, MalformedTsquery> {
        let mut parts = vec![self.parse_unary()?];
        while self.rest.starts_with('<') {
            let (_, rest) = self.rest.split_once('>').ok_or(MalformedTsquery)?;
            self.rest = rest.trim_start();
            parts.push(self.parse_unary()?);
        }
        Ok(single_or(parts, Node::Phrase))
    }

    fn parse_unary(&mut self) -> Result<Node, MalformedTsquery> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(MalformedTsquery);
        }
        let node = if self.take("!") {
            Node::Not(Box::new(self.parse_unary()?))
        } else if self.take("(") {
            let inner = self.parse_or()?;
            if !self.take(")") {
                return Err(MalformedTsquery);
            }
            inner
        } else {
            self.parse_word()?
        };
        self.depth -= 1;
        Ok(node)
    }

    /// Parses a quoted word, in which `''` is a quote and `\\` a backslash. Search queries have no
    /// weights and no prefixes.
    fn parse_word(&mut self) -> Result<Node, MalformedTsquery> {
        let mut chars = self.rest.strip_prefix('\'').ok_or(MalformedTsquery)?.chars();
        let mut word = String::new();
        loop {
            match chars.next().ok_or(MalformedTsquery)? {
                '\'' => match chars.as_str().strip_prefix('\'') {
                    Some(rest) => {
                        word.push('\'');
                        chars = rest.chars();
                    }
                    None => break,
                },
                '\\' => word.push(chars.next().ok_or(MalformedTsquery)?),
                c => word.push(c),
            }
        }
        self.rest = chars.as_str().trim_start();
        self.terms.push(word);
        Ok(Node::Word(self.terms.len() - 1))
    }
}

/// Returns the only part, or combines several.
fn single_or(mut parts: Vec<Node>, combine: fn(Vec<Node>) -> Node) -> Node {
    match (parts.pop(), parts.is_empty()) {
        (Some(only), true) => only,
        (last, _) => {
            parts.extend(last);
            combine(parts)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> SearchQuery {
        SearchQuery::parse(text).unwrap_or_else(|e| panic!("{text}: {e}"))
    }

    #[test]
    fn operators_bind_as_in_postgresql() {
        use Node::{All, Any, Not, Phrase, Word};
        let query = parse("'tank' & !'fuel' | 'left' <-> 'wing' <2> 'fuel'");
        assert_eq!(query.terms, ["fuel", "left", "tank", "wing"]);
        let negative = All(vec![Word(2), Not(Box::new(Word(0)))]);
        let phrase = Phrase(vec![Word(1), Word(3), Word(0)]);
        assert_eq!(query.root, Some(Any(vec![negative, phrase])));
        assert_eq!(query.positive_terms(), [0, 1, 2, 3]);
        assert!(!query.is_exact());
        let query = parse("'a' & !( 'b' | !'c' )");
        assert_eq!((query.positive_terms(), query.is_exact()), (vec![0, 2], true));
        assert_eq!(parse("").root, None);
    }

    #[test]
    fn quotes_and_backslashes_in_words() {
        assert_eq!(parse(r"'it''s' & 'back\\slash'").terms, [r"back\slash", "it's"]);
        for invalid in ["'a", "a", "'a' &", "'a' 'b'", "( 'a'", "'a' <", "!", "'a' <-> ", "\\"] {
            assert_eq!(SearchQuery::parse(invalid), Err(MalformedTsquery), "{invalid}");
        }
        assert_eq!(SearchQuery::parse(&"!".repeat(10_000)), Err(MalformedTsquery));
    }

    proptest! {
        #[test]
        fn malformed_text_does_not_panic(text in "[a'&|!<>() \\\\-]{0,40}") {
            let _ = SearchQuery::parse(&text);
        }
    }
}
