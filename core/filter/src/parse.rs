//! From text to an allow-listed, typed expression.

mod literal;
mod operator;
mod steps;
mod tokens;

use super::expr::{Expr, Field, Function, Literal};
use super::{DEEPEST, FilterError, LONGEST, MOST_NODES, Scope, Type};
use sqlparser::ast;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Token, Tokenizer};
use steps::CountedDialect;

/// Sums and the like of so many terms, which nest to the left without the parser's recursion.
const LONGEST_SUM: usize = 4 * DEEPEST;

/// An expression and its type.
type Typed = (Expr, Type);

/// Reads a condition over the columns of a scope.
pub(super) fn condition(
    text: &str,
    scope: &dyn Scope,
    poll: &dyn Fn(),
) -> Result<Expr, FilterError> {
    poll();
    let (expr, kind) = Reader { scope, depth: 0, poll }.read(&parsed(text)?)?;
    truth("the condition", kind)?;
    if expr.size() > MOST_NODES {
        return Err(FilterError::TooManyNodes);
    }
    Ok(expr)
}

fn parsed(text: &str) -> Result<ast::Expr, FilterError> {
    if text.len() > LONGEST && text.chars().nth(LONGEST).is_some() {
        return Err(FilterError::TooLong);
    }
    let dialect = CountedDialect::default();
    let syntax = |error: ParserError| match error {
        ParserError::RecursionLimitExceeded if dialect.is_exhausted() => {
            FilterError::TooManyReadings
        }
        ParserError::RecursionLimitExceeded => FilterError::TooDeep,
        ParserError::ParserError(message) | ParserError::TokenizerError(message) => {
            FilterError::Syntax(message)
        }
    };
    let tokens = Tokenizer::new(&dialect, text).tokenize();
    let tokens = tokens.map_err(|error| FilterError::Syntax(error.to_string()))?;
    tokens::check(&tokens)?;
    let parser = Parser::new(&dialect).with_recursion_limit(DEEPEST);
    let mut parser = parser.with_tokens(tokens);
    let expr = parser.parse_expr().map_err(syntax)?;
    match parser.next_token().token {
        Token::EOF => Ok(expr),
        token => Err(FilterError::Syntax(format!("\"{token}\" after the end of the condition"))),
    }
}

fn not_allowed(what: impl Into<String>) -> FilterError {
    FilterError::NotAllowed(what.into())
}

fn truth(operation: &'static str, given: Type) -> Result<(), FilterError> {
    match given {
        Type::Bool | Type::Null => Ok(()),
        _ => Err(FilterError::WrongType { operation, given, wanted: "boolean" }),
    }
}

fn number(operation: &'static str, given: Type) -> Result<(), FilterError> {
    if given.is_number() || given == Type::Null {
        return Ok(());
    }
    Err(FilterError::WrongType { operation, given, wanted: "a number" })
}

fn text(operation: &'static str, given: Type) -> Result<(), FilterError> {
    match given {
        Type::Text | Type::Null => Ok(()),
        _ => Err(FilterError::WrongType { operation, given, wanted: "text" }),
    }
}

/// Rebuilds what the parser read from what is allowed.
struct Reader<'s> {
    scope: &'s dyn Scope,
    depth: usize,
    poll: &'s dyn Fn(),
}

impl Reader<'_> {
    fn read(&mut self, expr: &ast::Expr) -> Result<Typed, FilterError> {
        if self.depth >= LONGEST_SUM {
            return Err(FilterError::TooDeep);
        }
        (self.poll)();
        self.depth += 1;
        let read = self.node(expr);
        self.depth -= 1;
        read
    }

    fn node(&mut self, expr: &ast::Expr) -> Result<Typed, FilterError> {
        use ast::Expr as E;
        match expr {
            E::Nested(inner) => self.read(inner),
            E::Identifier(name) => self.column(name),
            E::CompoundIdentifier(names) => match &names[..] {
                [table, name] if folded(table) == self.scope.name() => self.column(name),
                _ => Err(not_allowed(format!("the name \"{expr}\""))),
            },
            E::Value(value) => literal::value(&value.value),
            E::TypedString(typed) => literal::typed(typed),
            E::IsNull(a) => self.null(a, false),
            E::IsNotNull(a) => self.null(a, true),
            E::IsTrue(a) => self.is(a, true, false),
            E::IsNotTrue(a) => self.is(a, true, true),
            E::IsFalse(a) => self.is(a, false, false),
            E::IsNotFalse(a) => self.is(a, false, true),
            E::IsUnknown(a) => self.unknown(a, false),
            E::IsNotUnknown(a) => self.unknown(a, true),
            E::IsDistinctFrom(a, b) => self.distinct(a, b, false),
            E::IsNotDistinctFrom(a, b) => self.distinct(a, b, true),
            E::BinaryOp { left, op, right } => self.binary(left, op, right),
            E::UnaryOp { op, expr } => self.unary(*op, expr),
            E::InList { expr, list, negated } => self.in_list(expr, list, *negated),
            E::Between { expr, negated, low, high } => self.between(expr, low, high, *negated),
            E::Like { negated, any: false, expr, pattern, escape_char: None } => {
                self.like(expr, pattern, false, *negated)
            }
            E::ILike { negated, any: false, expr, pattern, escape_char: None } => {
                self.like(expr, pattern, true, *negated)
            }
            E::Case { operand, conditions, else_result, .. } => {
                self.case(operand.as_deref(), conditions, else_result.as_deref())
            }
            E::Extract { field, expr, .. } => self.extract(field, expr),
            E::Ceil { expr, field: ast::CeilFloorKind::DateTimeField(F::NoDateTime) } => {
                self.call(Function::Ceil, &[expr])
            }
            E::Floor { expr, field: ast::CeilFloorKind::DateTimeField(F::NoDateTime) } => {
                self.call(Function::Floor, &[expr])
            }
            E::Trim { trim_where: None, trim_what: None, expr, trim_characters: None } => {
                self.call(Function::Trim, &[expr])
            }
            E::Substring { expr, substring_from: Some(from), substring_for, .. } => {
                let mut args: Vec<&ast::Expr> = vec![expr, from];
                args.extend(substring_for.as_deref());
                self.call(Function::Substr, &args)
            }
            E::Function(function) => self.function(function),
            other => Err(not_allowed(construct(other))),
        }
    }

    fn column(&self, name: &ast::Ident) -> Result<Typed, FilterError> {
        let name = folded(name);
        match self.scope.find(&name) {
            Some((at, kind)) => Ok((Expr::Column(at), kind)),
            None => Err(FilterError::NoSuchColumn { table: self.scope.name(), column: name }),
        }
    }

    fn extract(&mut self, field: &F, expr: &ast::Expr) -> Result<Typed, FilterError> {
        let part = match field {
            F::Year => Field::Year,
            F::Month => Field::Month,
            F::Day => Field::Day,
            F::Hour => Field::Hour,
            F::Minute => Field::Minute,
            F::Second => Field::Second,
            other => return Err(not_allowed(format!("extract({other} from …)"))),
        };
        let (expr, given) = self.read(expr)?;
        if given.is_time() || given == Type::Null {
            return Ok((Expr::Extract(part, Box::new(expr)), Type::Double));
        }
        Err(FilterError::WrongType {
            operation: "the argument of extract",
            given,
            wanted: "a date or timestamp",
        })
    }

    fn function(&mut self, function: &ast::Function) -> Result<Typed, FilterError> {
        let name = function.name.to_string().to_lowercase();
        let Some(known) = Function::find(&name) else {
            return Err(FilterError::NoSuchFunction { name });
        };
        let plain = !function.uses_odbc_syntax
            && matches!(function.parameters, ast::FunctionArguments::None)
            && function.within_group.is_empty()
            && function.filter.is_none()
            && function.null_treatment.is_none()
            && function.over.is_none();
        let ast::FunctionArguments::List(list) = &function.args else {
            return Err(not_allowed(format!("{name} without a list of arguments")));
        };
        if !plain || list.duplicate_treatment.is_some() || !list.clauses.is_empty() {
            return Err(not_allowed(format!("{name} with clauses")));
        }
        let mut args = Vec::with_capacity(list.args.len());
        for arg in &list.args {
            match arg {
                ast::FunctionArg::Unnamed(ast::FunctionArgExpr::Expr(expr)) => args.push(expr),
                other => return Err(not_allowed(format!("the argument \"{other}\" of {name}"))),
            }
        }
        self.call(known, &args)
    }

    fn call(&mut self, function: Function, args: &[&ast::Expr]) -> Result<Typed, FilterError> {
        let (least, most) = function.arity();
        if !(least..=most).contains(&args.len()) {
            let (function, given) = (function.name(), args.len());
            return Err(FilterError::Arguments { function, given });
        }
        let mut read = args.iter().map(|a| self.read(a)).collect::<Result<Vec<_>, _>>()?;
        let result = operator::result(function, &mut read)?;
        Ok((Expr::Call(function, read.into_iter().map(|(e, _)| e).collect()), result))
    }
}

use ast::DateTimeField as F;

/// A name as PostgreSQL reads it: in lower case unless it is quoted.
fn folded(name: &ast::Ident) -> String {
    if name.quote_style.is_some() { name.value.clone() } else { name.value.to_lowercase() }
}

/// What to call a construct that is not allowed.
fn construct(expr: &ast::Expr) -> String {
    use ast::Expr as E;
    match expr {
        E::Subquery(_) | E::InSubquery { .. } | E::Exists { .. } => "a subquery".to_owned(),
        E::Cast { data_type, .. } => format!("a cast to {data_type}"),
        E::AnyOp { .. } | E::AllOp { .. } => "ANY, SOME or ALL".to_owned(),
        E::Array(_) | E::CompoundFieldAccess { .. } => "an array or a field".to_owned(),
        E::SimilarTo { .. } | E::RLike { .. } => "a regular expression".to_owned(),
        E::Like { .. } | E::ILike { .. } => "LIKE with ANY or ESCAPE".to_owned(),
        E::Tuple(_) => "a row of values".to_owned(),
        E::Interval(_) => "an interval".to_owned(),
        E::Collate { .. } => "COLLATE".to_owned(),
        E::AtTimeZone { .. } => "AT TIME ZONE".to_owned(),
        other => format!("\"{}\"", other.to_string().chars().take(80).collect::<String>()),
    }
}
