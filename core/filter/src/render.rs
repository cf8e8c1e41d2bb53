//! A condition as SQL again: made of our own words, the SQL of columns, and parameters.
//!
//! Nothing that a person wrote stands in the result; constants become `$1`, `$2`, … whose values
//! go beside it. It means in PostgreSQL what [`super::Predicate::eval`] means here: division by
//! zero is unknown and text is ordered by its bytes. A number that grows out of its type is the one
//! exception: PostgreSQL ends the statement with 22003.

use super::expr::{Arithmetic, Comparison, Expr, Field, Function, Literal};
use super::types::Type;
use super::{FilterError, MOST_SQL};
use std::fmt::Write;

/// SQL and the values of its parameters.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rendered {
    pub sql: String,
    /// Never null and never a truth value: these are written as words.
    pub values: Vec<Literal>,
}

/// The condition as SQL. `column` gives the SQL and the type of a column; parameters are numbered
/// from `first`.
pub fn render<'c>(
    expr: &Expr,
    column: &dyn Fn(usize) -> (&'c str, Type),
    first: usize,
) -> Result<Rendered, FilterError> {
    let mut writer = Writer { column, first, out: Rendered::default() };
    writer.expr(expr);
    if writer.is_full() { Err(FilterError::TooMuchSql) } else { Ok(writer.out) }
}

struct Writer<'w, 'c> {
    column: &'w dyn Fn(usize) -> (&'c str, Type),
    first: usize,
    out: Rendered,
}

impl Writer<'_, '_> {
    fn word(&mut self, word: &str) {
        self.out.sql.push_str(word);
    }

    /// What goes beyond the bound is refused, so no more is written.
    fn is_full(&self) -> bool {
        self.out.sql.len() > MOST_SQL
    }

    fn parameter(&mut self, value: &Literal) {
        self.out.values.push(value.clone());
        let number = self.first + self.out.values.len() - 1;
        // Writing into a string does not fail.
        let _ = write!(self.out.sql, "${number}");
    }

    /// Every expression in brackets, so that precedence is never a question.
    fn expr(&mut self, expr: &Expr) {
        if self.is_full() {
            return;
        }
        if is_null(expr) {
            return self.word("NULL");
        }
        match expr {
            Expr::Column(at) => {
                let sql = (self.column)(*at).0;
                self.word(sql);
            }
            Expr::Literal(Literal::Bool(true)) => self.word("TRUE"),
            Expr::Literal(Literal::Bool(false)) => self.word("FALSE"),
            Expr::Literal(value) => self.parameter(value),
            _ => {
                self.word("(");
                self.node(expr);
                self.word(")");
            }
        }
    }

    fn node(&mut self, expr: &Expr) {
        match expr {
            Expr::Column(_) | Expr::Literal(_) => {}
            Expr::All(list) => self.list(list, " AND "),
            Expr::Any(list) => self.list(list, " OR "),
            Expr::Not(a) => self.around("NOT ", a, ""),
            Expr::Compare(how, a, b) => self.compare(*how, a, b),
            Expr::Distinct(a, b, negated) => {
                let not = if *negated { " IS NOT DISTINCT FROM " } else { " IS DISTINCT FROM " };
                self.between(a, not, b);
            }
            Expr::Null(a, negated) => {
                self.around("", a, if *negated { " IS NOT NULL" } else { " IS NULL" });
            }
            Expr::Is(a, wanted, negated) => {
                let truth = match (negated, wanted) {
                    (false, true) => " IS TRUE",
                    (false, false) => " IS FALSE",
                    (true, true) => " IS NOT TRUE",
                    (true, false) => " IS NOT FALSE",
                };
                self.around("", a, truth);
            }
            Expr::In(a, list, negated) => {
                self.around("", a, if *negated { " NOT IN (" } else { " IN (" });
                self.list(list, ", ");
                self.word(")");
            }
            Expr::Between { value, low, high, negated } => {
                let not = if *negated { " NOT BETWEEN " } else { " BETWEEN " };
                self.ordered(value);
                self.word(not);
                self.between(low, " AND ", high);
            }
            Expr::Like { value, pattern, any_case, negated } => {
                let like = match (negated, any_case) {
                    (false, false) => " LIKE ",
                    (false, true) => " ILIKE ",
                    (true, false) => " NOT LIKE ",
                    (true, true) => " NOT ILIKE ",
                };
                self.between(value, like, pattern);
            }
            Expr::Arithmetic(op, a, b) => self.arithmetic(*op, a, b),
            Expr::Negative(a) => {
                self.word("- ");
                self.wide(a);
            }
            Expr::Case { operand, whens, other } => {
                self.case(operand.as_deref(), whens, other.as_deref());
            }
            Expr::Extract(field, a) => {
                self.word("extract(");
                self.word(field.name());
                // A date has no hour in PostgreSQL.
                self.around(" FROM ", a, "::timestamp)::double precision");
            }
            Expr::Call(function, args) => self.call(*function, args),
        }
    }

    fn list(&mut self, list: &[Expr], between: &str) {
        for (at, expr) in list.iter().enumerate() {
            if at > 0 {
                self.word(between);
            }
            self.expr(expr);
        }
    }

    fn around(&mut self, before: &str, expr: &Expr, after: &str) {
        self.word(before);
        self.expr(expr);
        self.word(after);
    }

    fn between(&mut self, a: &Expr, word: &str, b: &Expr) {
        self.expr(a);
        self.around(word, b, "");
    }

    fn compare(&mut self, how: Comparison, a: &Expr, b: &Expr) {
        let word = match how {
            Comparison::Equal => " = ",
            Comparison::NotEqual => " <> ",
            Comparison::Less => " < ",
            Comparison::LessOrEqual => " <= ",
            Comparison::Greater => " > ",
            Comparison::GreaterOrEqual => " >= ",
        };
        if matches!(how, Comparison::Equal | Comparison::NotEqual) {
            return self.between(a, word, b);
        }
        self.ordered(a);
        self.around(word, b, "");
    }

    /// Text by its bytes, whatever the database's collation.
    fn ordered(&mut self, expr: &Expr) {
        self.expr(expr);
        if self.kind(expr) == Type::Text {
            self.word(" COLLATE \"C\"");
        }
    }

    fn arithmetic(&mut self, op: Arithmetic, a: &Expr, b: &Expr) {
        let dates = (self.kind(a) == Type::Date, self.kind(b) == Type::Date);
        match dates {
            (true, true) => {
                self.word("(");
                self.between(a, " - ", b);
                self.word(")::bigint");
            }
            (true, false) => {
                self.around("", a, if op == Arithmetic::Minus { " - " } else { " + " });
                self.whole(b);
            }
            (false, true) => {
                self.whole(a);
                self.around(" + ", b, "");
            }
            (false, false) => self.calculation(op, a, b),
        }
    }

    fn calculation(&mut self, op: Arithmetic, a: &Expr, b: &Expr) {
        let (word, divides) = match op {
            Arithmetic::Plus => (" + ", false),
            Arithmetic::Minus => (" - ", false),
            Arithmetic::Times => (" * ", false),
            Arithmetic::Divide => (" / ", true),
            Arithmetic::Modulo => (" % ", true),
        };
        self.wide(a);
        self.word(word);
        if divides {
            self.word("nullif(");
        }
        self.wide(b);
        if divides {
            self.word(", 0)");
        }
    }

    /// Whole numbers are calculated with in 64 bits.
    fn wide(&mut self, expr: &Expr) {
        self.expr(expr);
        if self.kind(expr) == Type::Int {
            self.word("::bigint");
        }
    }

    fn whole(&mut self, expr: &Expr) {
        self.around("", expr, "::integer");
    }

    /// An operand that is null equals nothing, and PostgreSQL could not tell its type.
    fn case(&mut self, operand: Option<&Expr>, whens: &[(Expr, Expr)], other: Option<&Expr>) {
        let never = operand.is_some_and(is_null);
        self.word("CASE");
        if let Some(operand) = operand.filter(|_| !never) {
            self.around(" ", operand, "");
        }
        for (when, result) in whens {
            if never {
                self.word(" WHEN NULL THEN ");
            } else {
                self.around(" WHEN ", when, " THEN ");
            }
            self.expr(result);
        }
        if let Some(other) = other {
            self.around(" ELSE ", other, "");
        }
        self.word(" END");
    }

    fn call(&mut self, function: Function, args: &[Expr]) {
        let name = match function {
            Function::Trim => "btrim",
            other => other.name(),
        };
        self.word(name);
        self.word("(");
        for (at, arg) in args.iter().enumerate() {
            if at > 0 {
                self.word(", ");
            }
            self.argument(function, at, arg);
        }
        self.word(")");
        if function == Function::Length {
            self.word("::bigint");
        }
    }

    fn argument(&mut self, function: Function, at: usize, arg: &Expr) {
        match (function, at) {
            (Function::Greatest | Function::Least, _) => self.ordered(arg),
            (Function::Abs, _) => self.wide(arg),
            (Function::Ceil | Function::Floor | Function::Round, _) => {
                self.around("", arg, "::double precision");
            }
            // A negative count is an error in PostgreSQL; greatest() passes over null.
            (Function::Substr, 2) => {
                self.around("nullif(greatest(", arg, ", -1), -1)::integer");
            }
            (Function::Left | Function::Right, 1) | (Function::Substr, 1) => self.whole(arg),
            _ => self.expr(arg),
        }
    }

    fn kind(&self, expr: &Expr) -> Type {
        Type::of_expr(expr, &|at| (self.column)(at).1)
    }
}

impl Field {
    fn name(self) -> &'static str {
        match self {
            Field::Year => "year",
            Field::Month => "month",
            Field::Day => "day",
            Field::Hour => "hour",
            Field::Minute => "minute",
            Field::Second => "second",
        }
    }
}

/// Whether an expression is null whatever the row: PostgreSQL could not tell the type of its parts.
fn is_null(expr: &Expr) -> bool {
    match expr {
        Expr::Literal(literal) => *literal == Literal::Null,
        Expr::Negative(a) | Expr::Extract(_, a) => is_null(a),
        Expr::Arithmetic(_, a, b) => is_null(a) || is_null(b),
        Expr::Case { whens, other, .. } => {
            whens.iter().all(|(_, result)| is_null(result)) && other.as_deref().is_none_or(is_null)
        }
        Expr::Call(Function::Coalesce | Function::Greatest | Function::Least, args) => {
            args.iter().all(is_null)
        }
        Expr::Call(Function::Nullif, args) => args.first().is_some_and(is_null),
        Expr::Call(_, args) => args.iter().any(is_null),
        _ => false,
    }
}
