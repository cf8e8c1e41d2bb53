//! Filters: SQL conditions over one row, written by users.
//!
//! A condition is parsed over the columns of a [`Scope`]. It is then either evaluated here, row by row
//! ([`Predicate::eval`]), or rendered as parameterized SQL for PostgreSQL ([`render`]).
//!
//! A full SQL parser parses the text, and an allow-listed expression ([`Expr`]) is built from the
//! result. Constructs that are not on the list have no representation, so a condition cannot reach
//! anything but the row. Types are checked during parsing: a condition either means the same as in
//! PostgreSQL or is rejected with an error that names the construct.
//!
//! Evaluation follows PostgreSQL's three-valued logic. Where PostgreSQL would raise an error on a
//! value (division by zero, numeric overflow), the result is unknown, because one unusual row must
//! not abort a load. Text is ordered by its bytes (collation `C`). Numbers with a decimal point are
//! double precision.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

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
pub use render::{SqlCondition, render};
pub use scope::Scope;
pub use types::Type;

use ntsb_schema::clean::Value;

/// Maximum length of a condition, in characters.
pub const MAX_CHARS: usize = 2000;

/// Maximum nesting depth of expressions. Keeps the parser from overflowing the stack: a level takes up
/// to 50 kB in a debug build, and a thread may have only 2 MB.
pub const MAX_DEPTH: usize = 16;

/// Maximum number of expressions in a condition, including those added for type conversion.
pub const MAX_NODES: usize = 2000;

/// Maximum length of the rendered SQL, in bytes. PostgreSQL plans it for each query.
pub const MAX_SQL_BYTES: usize = 64 << 10;

/// A constant that is compared with a column and is not one of the column's codes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{column} has no code {value:?}{}", format_suggestion(*nearest))]
pub struct UnknownCode {
    /// Name of the column.
    pub column: &'static str,
    /// The constant.
    pub value: String,
    /// The most similar code, if one is similar enough.
    pub nearest: Option<&'static str>,
}

fn format_suggestion(nearest: Option<&str>) -> String {
    nearest.map(|code| format!("; did you mean {code:?}?")).unwrap_or_default()
}

/// Why a condition is invalid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// The text is longer than [`MAX_CHARS`].
    #[error("the condition must have at most {MAX_CHARS} characters; shorten it")]
    TooLong,
    /// Expressions are nested deeper than [`MAX_DEPTH`].
    #[error("the condition is nested more than {MAX_DEPTH} levels deep; split it")]
    TooDeep,
    /// The condition has more than [`MAX_NODES`] expressions.
    #[error("the condition has more than {MAX_NODES} operators, names and constants; split it")]
    TooManyNodes,
    /// The rendered SQL is longer than [`MAX_SQL_BYTES`].
    #[error(
        "the condition needs more than {MAX_SQL_BYTES} bytes of SQL; split it or use fewer columns"
    )]
    TooMuchSql,
    /// The parser needs too many steps for an ambiguous text.
    #[error("the condition is too ambiguous to parse; split it or remove parentheses")]
    TooManySteps,
    /// The text is not a SQL expression.
    #[error("syntax error in the condition: {0}")]
    Syntax(String),
    /// The text contains a construct that is not on the allow-list.
    #[error("{0} cannot be used in a condition")]
    NotAllowed(String),
    /// The scope has no such column.
    #[error("{table} has no column \"{column}\"")]
    NoSuchColumn {
        /// Name of the scope.
        table: &'static str,
        /// The unknown column.
        column: String,
    },
    /// The function is not on the allow-list.
    #[error("function {name} cannot be used in a condition; allowed: {}", Function::list_names())]
    NoSuchFunction {
        /// Name of the function.
        name: String,
    },
    /// The function does not accept this number of arguments.
    #[error("{function} does not take {count} arguments")]
    ArgumentCount {
        /// Name of the function.
        function: &'static str,
        /// The number of arguments.
        count: usize,
    },
    /// The operands have no common type.
    #[error("{operation} cannot combine {left} and {right}")]
    TypeMismatch {
        /// The operator or function.
        operation: &'static str,
        /// Type of the left operand.
        left: Type,
        /// Type of the right operand.
        right: Type,
    },
    /// An operand has the wrong type.
    #[error("{operand} must be {expected}, got {found}")]
    WrongType {
        /// Description of the operand.
        operand: String,
        /// Its type.
        found: Type,
        /// Description of the allowed types.
        expected: &'static str,
    },
    /// A constant is not a code of the column that it is compared with.
    #[error(transparent)]
    UnknownCode(#[from] UnknownCode),
    /// A string that is compared with a date or timestamp is not one.
    #[error("\"{0}\" is not a {1}; write 2020-12-31 or 2020-12-31 23:59:59")]
    InvalidDate(String, Type),
}

/// A condition bound to the columns of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Predicate {
    expr: Expr,
    columns: Vec<usize>,
}

impl Predicate {
    /// Parses a condition over the columns of a scope. The columns of a table include its derived
    /// columns.
    pub fn parse(text: &str, scope: &dyn Scope) -> Result<Predicate, FilterError> {
        Predicate::parse_with_poll(text, scope, &|| ())
    }

    /// Like [`Predicate::parse`], but calls `poll` for each expression. `poll` may unwind.
    pub fn parse_with_poll(
        text: &str,
        scope: &dyn Scope,
        poll: &dyn Fn(),
    ) -> Result<Predicate, FilterError> {
        Ok(Predicate::from(parse::parse_condition(text, scope, poll)?))
    }

    /// The parsed expression.
    pub fn expr(&self) -> &Expr {
        &self.expr
    }

    /// Positions of the columns that the condition uses, each once.
    pub fn columns(&self) -> &[usize] {
        &self.columns
    }

    /// Evaluates the condition on the cleaned values of one row. `None` is unknown.
    pub fn eval(&self, values: &[Value]) -> Option<bool> {
        eval::eval_bool(&self.expr, values)
    }
}

impl From<Expr> for Predicate {
    fn from(expr: Expr) -> Self {
        let mut columns = Vec::new();
        expr.collect_columns(&mut columns);
        Predicate { expr, columns }
    }
}
