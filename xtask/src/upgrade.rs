//! Composes the upgrade script between two installers.
//!
//! A function that both installers define equally is left out. All comments, settings and privileges are
//! applied again, because the last steps of an installer complete them. A function whose declaration is unchanged is
//! replaced in place, so that views and indexes on it stay. A function that is gone, or declared
//! differently, is dropped first; the generated views of schema `ntsb` that need it are dropped before
//! that, and `ntsb_create_warehouse()` creates them anew. A view of a user that needs such a function
//! makes the upgrade fail and is named by PostgreSQL: dropping it is not ours to decide.

use std::collections::BTreeMap;

use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, Tokenizer};

/// Drops the generated views, the last created first: a later one may read an earlier one. What the
/// warehouse records of them is changed accordingly, so that `ntsb_create_warehouse()` applies their files
/// again instead of restoring the old definitions.
const DROP_GENERATED_VIEWS: &str = r"DO $$
DECLARE
    view record;
BEGIN
    IF to_regclass('ntsb.schema_view') IS NULL THEN
        RETURN;
    END IF;
    FOR view IN
        SELECT o.name, c.oid, CASE c.relkind WHEN 'm' THEN 'materialized view' ELSE 'view' END AS kind
        FROM ntsb.schema_view v
        CROSS JOIN LATERAL unnest(v.objects) WITH ORDINALITY o (name, place)
        JOIN pg_class c ON c.oid = to_regclass(o.name)
        ORDER BY v.position DESC, o.place DESC
    LOOP
        DELETE FROM ntsb.schema_object o
        WHERE o.kind = view.kind AND o.name = view.name
           OR o.kind = 'index' AND o.name IN (SELECT i.indexrelid::regclass::text FROM pg_index i
                                              WHERE i.indrelid = view.oid);
        EXECUTE format('DROP %s %s', view.kind, view.name);
    END LOOP;
    UPDATE ntsb.schema_view SET digest = '', objects = '{}';
END
$$;
";

/// The script that takes a database from `old` to `new`, both the texts of installers.
pub fn compose(old: &str, new: &str) -> Result<String, String> {
    let old = split(old)?;
    let new = split(new)?;
    let before: BTreeMap<&str, &Routine> = old.iter().filter_map(Statement::routine).collect();
    let after: BTreeMap<&str, &Routine> = new.iter().filter_map(Statement::routine).collect();

    let dropped: Vec<&Routine> = before
        .iter()
        .filter(|(identity, routine)| {
            after.get(*identity).is_none_or(|r| r.declaration != routine.declaration)
        })
        .map(|(_, routine)| *routine)
        .collect();
    let mut script =
        String::from("-- Written by `xtask upgrade` from the installers of both versions.\n");
    if !dropped.is_empty() {
        script.push_str(DROP_GENERATED_VIEWS);
    }
    for routine in &dropped {
        script.push_str(&format!("DROP {} {};\n", routine.kind, routine.identity));
    }
    let unchanged: Vec<&str> = old.iter().map(|s| s.text.as_str()).collect();
    for statement in &new {
        let is_dropped = |routine: &Routine| dropped.iter().any(|r| r.name == routine.name);
        let is_kept = statement.routine.as_ref().is_some_and(|routine| {
            !is_dropped(routine) && unchanged.contains(&statement.text.as_str())
        });
        if !is_kept {
            script.push_str(&statement.repeatable());
            script.push('\n');
        }
    }
    Ok(script)
}

/// A statement of an installer, with its final semicolon and without the comments before it.
struct Statement {
    text: String,
    /// What a CREATE FUNCTION, PROCEDURE or AGGREGATE declares.
    routine: Option<Routine>,
}

/// A function, procedure or aggregate.
struct Routine {
    kind: &'static str,
    name: String,
    /// Name and arguments as DROP takes them: without defaults.
    identity: String,
    /// What CREATE OR REPLACE cannot change: name, arguments, defaults and result.
    declaration: String,
}

impl Statement {
    fn routine(&self) -> Option<(&str, &Routine)> {
        self.routine.as_ref().map(|r| (r.identity.as_str(), r))
    }

    /// The statement in a form that also works where its object exists.
    fn repeatable(&self) -> String {
        for (create, replace) in [
            ("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"),
            ("CREATE PROCEDURE", "CREATE OR REPLACE PROCEDURE"),
            ("CREATE AGGREGATE", "CREATE OR REPLACE AGGREGATE"),
            ("CREATE SCHEMA ", "CREATE SCHEMA IF NOT EXISTS "),
        ] {
            if let Some(rest) = self.text.strip_prefix(create)
                && !rest.starts_with("IF NOT EXISTS")
            {
                return format!("{replace}{rest}");
            }
        }
        self.text.clone()
    }
}

/// The statements of a script.
fn split(script: &str) -> Result<Vec<Statement>, String> {
    let tokens = Tokenizer::new(&PostgreSqlDialect {}, script)
        .with_unescape(false)
        .tokenize()
        .map_err(|e| format!("cannot read the installer: {e}"))?;
    let mut statements = Vec::new();
    let mut current: Vec<Token> = Vec::new();
    for token in tokens {
        let ends = token == Token::SemiColon;
        if !(current.is_empty() && matches!(token, Token::Whitespace(_))) {
            current.push(token);
        }
        if ends {
            statements.push(statement(&std::mem::take(&mut current))?);
        }
    }
    match current.iter().find(|t| !matches!(t, Token::Whitespace(_))) {
        None => Ok(statements),
        Some(token) => Err(format!("the installer ends inside a statement, at {token}")),
    }
}

fn statement(tokens: &[Token]) -> Result<Statement, String> {
    let text: String = tokens.iter().map(Token::to_string).collect();
    let words: Vec<&Token> = tokens.iter().filter(|t| !matches!(t, Token::Whitespace(_))).collect();
    let mut statement = Statement { text, routine: None };
    if !words.first().is_some_and(|word| is(word, Keyword::CREATE)) {
        return Ok(statement);
    }
    // pgrx writes CREATE OR REPLACE for some functions.
    let kind_at = if words.get(1).is_some_and(|w| is(w, Keyword::OR)) { 3 } else { 1 };
    let Some(kind) = words.get(kind_at).and_then(|word| routine_kind(word)) else {
        return Ok(statement);
    };
    let open =
        words.iter().position(|t| **t == Token::LParen).ok_or("a routine has no argument list")?;
    let name: String = words[kind_at + 1..open].iter().map(|t| t.to_string()).collect();
    statement.routine = Some(routine(kind, &name, &words, open));
    Ok(statement)
}

fn routine(kind: &'static str, name: &str, words: &[&Token], open: usize) -> Routine {
    let close = closing(words, open);
    let end = words.iter().position(|t| is(t, Keyword::LANGUAGE)).unwrap_or(words.len());
    let arguments = arguments(&words[open + 1..close]);
    Routine {
        kind,
        name: name.to_owned(),
        identity: format!("{name}({})", arguments.join(", ")),
        // An aggregate has no LANGUAGE: its whole definition counts.
        declaration: join(&words[..end.max(close + 1)]),
    }
}

/// The arguments without their defaults.
fn arguments(tokens: &[&Token]) -> Vec<String> {
    let mut arguments = Vec::new();
    let (mut depth, mut kept, mut in_default) = (0, Vec::new(), false);
    for &token in tokens {
        match token {
            Token::LParen | Token::LBracket => depth += 1,
            Token::RParen | Token::RBracket => depth -= 1,
            Token::Comma if depth == 0 => {
                arguments.push(join(&std::mem::take(&mut kept)));
                in_default = false;
                continue;
            }
            Token::Eq if depth == 0 => in_default = true,
            word if depth == 0 && is(word, Keyword::DEFAULT) => in_default = true,
            _ => {}
        }
        if !in_default {
            kept.push(token);
        }
    }
    if !kept.is_empty() {
        arguments.push(join(&kept));
    }
    arguments
}

fn closing(words: &[&Token], open: usize) -> usize {
    let mut depth = 0;
    for (at, token) in words.iter().enumerate().skip(open) {
        match token {
            Token::LParen => depth += 1,
            Token::RParen => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    words.len().saturating_sub(1)
}

fn join(tokens: &[&Token]) -> String {
    tokens.iter().map(|t| t.to_string()).collect::<Vec<_>>().join(" ")
}

fn is(token: &Token, keyword: Keyword) -> bool {
    matches!(token, Token::Word(word) if word.keyword == keyword && word.quote_style.is_none())
}

fn routine_kind(token: &Token) -> Option<&'static str> {
    match token {
        Token::Word(word) => match word.value.to_ascii_uppercase().as_str() {
            "FUNCTION" => Some("FUNCTION"),
            "PROCEDURE" => Some("PROCEDURE"),
            "AGGREGATE" => Some("AGGREGATE"),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests;
