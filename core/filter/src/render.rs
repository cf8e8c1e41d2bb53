//! Renders a condition as parameterized SQL.
//!
//! The SQL contains no text from the user. It consists of fixed words, the SQL of columns, and
//! parameters `$1`, `$2`, … for constants. It gives the same result in PostgreSQL as
//! [`super::Predicate::eval`] gives here: division by zero is unknown, and text is ordered by its
//! bytes. The one exception is numeric overflow: PostgreSQL aborts the statement with 22003.

use super::expr::{Arithmetic, Comparison, Expr, Field, Function, Literal};
use super::types::Type;
use super::{FilterError, MAX_SQL_BYTES};
use std::fmt::Write;

/// A condition as SQL, with the values of its parameters.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SqlCondition {
    /// The SQL expression.
    pub sql: String,
    /// The parameters in order. Never null or boolean, because those are rendered as keywords.
    pub values: Vec<Literal>,
}

/// Renders a condition as SQL. `column` returns the SQL and the type of a column. Parameters are
/// numbered from `first`.
pub fn render<'c>(
    expr: &Expr,
    column: &dyn Fn(usize) -> (&'c str, Type),
    first: usize,
) -> Result<SqlCondition, FilterError> {
    let mut writer = Writer { column, first, out: SqlCondition::default() };
    writer.write(expr);
    if writer.is_full() { Err(FilterError::TooMuchSql) } else { Ok(writer.out) }
}

struct Writer<'w, 'c> {
    column: &'w dyn Fn(usize) -> (&'c str, Type),
    first: usize,
    out: SqlCondition,
}

impl Writer<'_, '_> {
    fn push(&mut self, sql: &str) {
        self.out.sql.push_str(sql);
    }

    /// Whether the SQL exceeds the limit. It will be rejected, so nothing more is written.
    fn is_full(&self) -> bool {
        self.out.sql.len() > MAX_SQL_BYTES
    }

    fn write_parameter(&mut self, value: &Literal) {
        self.out.values.push(value.clone());
        let number = self.first + self.out.values.len() - 1;
        // Writing into a string does not fail.
        let _ = write!(self.out.sql, "${number}");
    }

    /// Writes an expression in parentheses, so that operator precedence does not matter.
    fn write(&mut self, expr: &Expr) {
        if self.is_full() {
            return;
        }
        if is_null(expr) {
            return self.push("NULL");
        }
        match expr {
            Expr::Column(at) => {
                let sql = (self.column)(*at).0;
                self.push(sql);
            }
            Expr::Literal(Literal::Bool(true)) => self.push("TRUE"),
            Expr::Literal(Literal::Bool(false)) => self.push("FALSE"),
            Expr::Literal(value) => self.write_parameter(value),
            _ => {
                self.push("(");
                self.write_node(expr);
                self.push(")");
            }
        }
    }

    fn write_node(&mut self, expr: &Expr) {
        match expr {
            Expr::Column(_) | Expr::Literal(_) => {}
            Expr::And(list) => self.write_list(list, " AND "),
            Expr::Or(list) => self.write_list(list, " OR "),
            Expr::Not(a) => self.write_with("NOT ", a, ""),
            Expr::Compare(op, a, b) => self.write_comparison(*op, a, b),
            Expr::Distinct(a, b, negated) => {
                let op = if *negated { " IS NOT DISTINCT FROM " } else { " IS DISTINCT FROM " };
                self.write_infix(a, op, b);
            }
            Expr::IsNull(a, negated) => {
                self.write_with("", a, if *negated { " IS NOT NULL" } else { " IS NULL" });
            }
            Expr::IsBool(a, expected, negated) => {
                let test = match (negated, expected) {
                    (false, true) => " IS TRUE",
                    (false, false) => " IS FALSE",
                    (true, true) => " IS NOT TRUE",
                    (true, false) => " IS NOT FALSE",
                };
                self.write_with("", a, test);
            }
            Expr::In(a, list, negated) => {
                self.write_with("", a, if *negated { " NOT IN (" } else { " IN (" });
                self.write_list(list, ", ");
                self.push(")");
            }
            Expr::Between { value, low, high, negated } => {
                self.write_collated(value);
                self.push(if *negated { " NOT BETWEEN " } else { " BETWEEN " });
                self.write_infix(low, " AND ", high);
            }
            Expr::Like { value, pattern, case_insensitive, negated } => {
                let op = match (negated, case_insensitive) {
                    (false, false) => " LIKE ",
                    (false, true) => " ILIKE ",
                    (true, false) => " NOT LIKE ",
                    (true, true) => " NOT ILIKE ",
                };
                self.write_infix(value, op, pattern);
            }
            Expr::Arithmetic(op, a, b) => self.write_arithmetic(*op, a, b),
            Expr::Negate(a) => {
                self.push("- ");
                self.write_as_bigint(a);
            }
            Expr::Case { operand, whens, else_result } => {
                self.write_case(operand.as_deref(), whens, else_result.as_deref());
            }
            Expr::Extract(field, a) => {
                self.push("extract(");
                self.push(field.name());
                // A date has no hour in PostgreSQL.
                self.write_with(" FROM ", a, "::timestamp)::double precision");
            }
            Expr::Call(function, args) => self.write_call(*function, args),
        }
    }

    fn write_list(&mut self, list: &[Expr], separator: &str) {
        for (at, expr) in list.iter().enumerate() {
            if at > 0 {
                self.push(separator);
            }
            self.write(expr);
        }
    }

    fn write_with(&mut self, prefix: &str, expr: &Expr, suffix: &str) {
        self.push(prefix);
        self.write(expr);
        self.push(suffix);
    }

    fn write_infix(&mut self, a: &Expr, operator: &str, b: &Expr) {
        self.write(a);
        self.write_with(operator, b, "");
    }

    fn write_comparison(&mut self, op: Comparison, a: &Expr, b: &Expr) {
        let operator = match op {
            Comparison::Equal => " = ",
            Comparison::NotEqual => " <> ",
            Comparison::Less => " < ",
            Comparison::LessOrEqual => " <= ",
            Comparison::Greater => " > ",
            Comparison::GreaterOrEqual => " >= ",
        };
        if matches!(op, Comparison::Equal | Comparison::NotEqual) {
            return self.write_infix(a, operator, b);
        }
        self.write_collated(a);
        self.write_with(operator, b, "");
    }

    /// Writes an expression that is compared. Text is ordered by its bytes, whatever the collation of
    /// the database.
    fn write_collated(&mut self, expr: &Expr) {
        self.write(expr);
        if self.type_of(expr) == Type::Text {
            self.push(" COLLATE \"C\"");
        }
    }

    fn write_arithmetic(&mut self, op: Arithmetic, a: &Expr, b: &Expr) {
        let is_date = (self.type_of(a) == Type::Date, self.type_of(b) == Type::Date);
        match is_date {
            (true, true) => {
                self.push("(");
                self.write_infix(a, " - ", b);
                self.push(")::bigint");
            }
            (true, false) => {
                self.write_with("", a, if op == Arithmetic::Minus { " - " } else { " + " });
                self.write_as_integer(b);
            }
            (false, true) => {
                self.write_as_integer(a);
                self.write_with(" + ", b, "");
            }
            (false, false) => self.write_number_arithmetic(op, a, b),
        }
    }

    fn write_number_arithmetic(&mut self, op: Arithmetic, a: &Expr, b: &Expr) {
        let (operator, divides) = match op {
            Arithmetic::Plus => (" + ", false),
            Arithmetic::Minus => (" - ", false),
            Arithmetic::Times => (" * ", false),
            Arithmetic::Divide => (" / ", true),
            Arithmetic::Modulo => (" % ", true),
        };
        self.write_as_bigint(a);
        self.push(operator);
        if divides {
            self.push("nullif(");
        }
        self.write_as_bigint(b);
        if divides {
            self.push(", 0)");
        }
    }

    /// Writes a number. Integers are cast to 64 bits, as they are evaluated here.
    fn write_as_bigint(&mut self, expr: &Expr) {
        self.write(expr);
        if self.type_of(expr) == Type::Int {
            self.push("::bigint");
        }
    }

    fn write_as_integer(&mut self, expr: &Expr) {
        self.write_with("", expr, "::integer");
    }

    /// Writes a CASE. A null operand matches nothing and is left out, because PostgreSQL could not
    /// infer its type.
    fn write_case(
        &mut self,
        operand: Option<&Expr>,
        whens: &[(Expr, Expr)],
        else_result: Option<&Expr>,
    ) {
        let never_matches = operand.is_some_and(is_null);
        self.push("CASE");
        if let Some(operand) = operand.filter(|_| !never_matches) {
            self.write_with(" ", operand, "");
        }
        for (when, result) in whens {
            if never_matches {
                self.push(" WHEN NULL THEN ");
            } else {
                self.write_with(" WHEN ", when, " THEN ");
            }
            self.write(result);
        }
        if let Some(result) = else_result {
            self.write_with(" ELSE ", result, "");
        }
        self.push(" END");
    }

    fn write_call(&mut self, function: Function, args: &[Expr]) {
        let name = match function {
            Function::Trim => "btrim",
            other => other.name(),
        };
        self.push(name);
        self.push("(");
        for (at, arg) in args.iter().enumerate() {
            if at > 0 {
                self.push(", ");
            }
            self.write_argument(function, at, arg);
        }
        self.push(")");
        if function == Function::Length {
            self.push("::bigint");
        }
    }

    fn write_argument(&mut self, function: Function, at: usize, arg: &Expr) {
        match (function, at) {
            (Function::Greatest | Function::Least, _) => self.write_collated(arg),
            (Function::Abs, _) => self.write_as_bigint(arg),
            (Function::Ceil | Function::Floor | Function::Round, _) => {
                self.write_with("", arg, "::double precision");
            }
            // A negative count would be an error in PostgreSQL, so it becomes null. greatest()
            // ignores null.
            (Function::Substr, 2) => {
                self.write_with("nullif(greatest(", arg, ", -1), -1)::integer");
            }
            (Function::Left | Function::Right, 1) | (Function::Substr, 1) => {
                self.write_as_integer(arg);
            }
            _ => self.write(arg),
        }
    }

    fn type_of(&self, expr: &Expr) -> Type {
        Type::from_expr(expr, &|at| (self.column)(at).1)
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

/// Whether an expression is null for every row. It is rendered as NULL, because PostgreSQL could not
/// infer the types of its operands.
fn is_null(expr: &Expr) -> bool {
    match expr {
        Expr::Literal(literal) => *literal == Literal::Null,
        Expr::Negate(a) | Expr::Extract(_, a) => is_null(a),
        Expr::Arithmetic(_, a, b) => is_null(a) || is_null(b),
        Expr::Case { whens, else_result, .. } => {
            let mut results = whens.iter().map(|(_, result)| result).chain(else_result.as_deref());
            results.all(is_null)
        }
        Expr::Call(Function::Coalesce | Function::Greatest | Function::Least, args) => {
            args.iter().all(is_null)
        }
        Expr::Call(Function::Nullif, args) => args.first().is_some_and(is_null),
        Expr::Call(_, args) => args.iter().any(is_null),
        _ => false,
    }
}
