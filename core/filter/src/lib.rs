//! Conditions over one row, as a person writes them in SQL.
//!
//! A condition is read over the columns of a [`Scope`], and then either judged here, row by row
//! ([`Predicate::eval`]), or written out again as SQL with parameters for PostgreSQL ([`render`]).
//!
//! The text is read by a full SQL parser and rebuilt from an allow-list ([`Expr`]): what is not on
//! it does not exist here, so that nothing a person writes reaches beyond the row. Types are
//! checked when the text is read, so that a condition means the same here as in PostgreSQL or is
//! refused with the construct named.
//!
//! Meaning follows PostgreSQL's three-valued logic. Where PostgreSQL would raise an error on a
//! value (division by zero, a number that grows out of its type), the result is unknown, since one
//! odd row must not end a load. Text is ordered by its bytes (collation `C`), and numbers with a
//! point are double precision.

mod call;
mod eval;
mod expr;
mod like;
pub mod nearest;
mod parse;
mod render;
mod scope;
mod types;

#[cfg(test)]
mod tests;

pub use expr::{Arithmetic, Comparison, Expr, Field, Function, Literal};
pub use render::{Rendered, render};
pub use scope::Scope;
pub use types::Type;

use ntsb_schema::clean::Value;

/// The longest condition that is read, in characters: a page of text is a program, not a rule.
pub const LONGEST: usize = 2000;

/// How deep expressions may lie in one another, so that no condition can use up the stack: a level
/// takes the parser up to 50 kB in a debug build, and a thread may have no more than 2 MB.
pub const DEEPEST: usize = 16;

/// The most expressions that a condition consists of, those included that make types agree.
pub const MOST_NODES: usize = 2000;

/// The longest SQL that a condition becomes, in bytes: PostgreSQL plans it for each question.
pub const MOST_SQL: usize = 64 << 10;

/// A constant that is no code of its column.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{column} has no code {value:?}{}", suggestion(*nearest))]
pub struct UnknownCode {
    pub column: &'static str,
    pub value: String,
    /// The code that is most like it, if one is like it.
    pub nearest: Option<&'static str>,
}

fn suggestion(nearest: Option<&str>) -> String {
    nearest.map(|code| format!("; did you mean {code:?}?")).unwrap_or_default()
}

/// Why a condition is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    #[error("the condition is longer than {LONGEST} characters")]
    TooLong,
    #[error("expressions lie more than {DEEPEST} deep in one another; split the condition")]
    TooDeep,
    #[error("the condition has more than {MOST_NODES} operators, names and constants; split it")]
    TooManyNodes,
    #[error(
        "the condition becomes more than {MOST_SQL} bytes of SQL; split it or name fewer columns"
    )]
    TooMuchSql,
    #[error("the condition can be read in too many ways; split it or take out brackets")]
    TooManyReadings,
    #[error("not a condition in SQL: {0}")]
    Syntax(String),
    #[error("{0} cannot be used in a condition")]
    NotAllowed(String),
    #[error("{table} has no column \"{column}\"")]
    NoSuchColumn { table: &'static str, column: String },
    #[error("function {name} cannot be used in a condition, only {}", Function::names())]
    NoSuchFunction { name: String },
    #[error("{function} does not take {given} arguments")]
    Arguments { function: &'static str, given: usize },
    #[error("{operation} of {left} and {right}")]
    Mismatch { operation: &'static str, left: Type, right: Type },
    #[error("{operation} must be {wanted}, got {given}")]
    WrongType { operation: &'static str, given: Type, wanted: &'static str },
    #[error(transparent)]
    UnknownCode(#[from] UnknownCode),
    #[error("\"{0}\" is not a {1}; write 2020-12-31 or 2020-12-31 23:59:59")]
    NotADate(String, Type),
}

/// A condition bound to the columns of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Predicate {
    expr: Expr,
    columns: Vec<usize>,
}

impl Predicate {
    /// Reads a condition over the columns of a table (and those that cleaning adds to it), or of
    /// another scope.
    pub fn parse(text: &str, scope: &dyn Scope) -> Result<Predicate, FilterError> {
        Predicate::parse_polled(text, scope, &|| ())
    }

    /// As [`Predicate::parse`]; `poll` is called at each expression and may end it.
    pub fn parse_polled(
        text: &str,
        scope: &dyn Scope,
        poll: &dyn Fn(),
    ) -> Result<Predicate, FilterError> {
        Ok(Predicate::from(parse::condition(text, scope, poll)?))
    }

    /// The condition as it was understood.
    pub fn expr(&self) -> &Expr {
        &self.expr
    }

    /// Positions of the columns that the condition reads, each once.
    pub fn columns(&self) -> &[usize] {
        &self.columns
    }

    /// True, false or unknown, for the cleaned values of one row.
    pub fn eval(&self, values: &[Value]) -> Option<bool> {
        eval::truth(&self.expr, values)
    }
}

impl From<Expr> for Predicate {
    fn from(expr: Expr) -> Self {
        let mut columns = Vec::new();
        expr.columns(&mut columns);
        Predicate { expr, columns }
    }
}
