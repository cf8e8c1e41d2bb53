//! Parses text into an allow-listed, typed expression.

mod literal;
mod operator;
mod steps;
mod tokens;

use super::expr::{Expr, Field, Function, Literal};
use super::{FilterError, MAX_CHARS, MAX_DEPTH, MAX_NODES, Scope, Type};
use sqlparser::ast;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Token, Tokenizer};
use steps::CountedDialect;

/// Maximum number of terms of a sum or product. They nest to the left without recursion in the
/// parser, so the parser's depth limit does not apply to them.
const MAX_TERMS: usize = 4 * MAX_DEPTH;

/// An expression and its type.
type Typed = (Expr, Type);

/// Parses a condition over the columns of a scope.
pub(super) fn parse_condition(
    text: &str,
    scope: &dyn Scope,
    poll: &dyn Fn(),
) -> Result<Expr, FilterError> {
    poll();
    let (expr, expr_type) = Builder { scope, depth: 0, poll }.build(&parse_sql(text)?)?;
    require_boolean("the condition", expr_type)?;
    if expr.count_nodes() > MAX_NODES {
        return Err(FilterError::TooManyNodes);
    }
    Ok(expr)
}

fn parse_sql(text: &str) -> Result<ast::Expr, FilterError> {
    if text.len() > MAX_CHARS && text.chars().nth(MAX_CHARS).is_some() {
        return Err(FilterError::TooLong);
    }
    let dialect = CountedDialect::default();
    let convert_error = |error: ParserError| match error {
        ParserError::RecursionLimitExceeded if dialect.is_exhausted() => FilterError::TooManySteps,
        ParserError::RecursionLimitExceeded => FilterError::TooDeep,
        ParserError::ParserError(message) | ParserError::TokenizerError(message) => {
            FilterError::Syntax(message)
        }
    };
    let tokens = Tokenizer::new(&dialect, text).tokenize();
    let tokens = tokens.map_err(|error| FilterError::Syntax(error.to_string()))?;
    tokens::check_tokens(&tokens)?;
    let parser = Parser::new(&dialect).with_recursion_limit(MAX_DEPTH);
    let mut parser = parser.with_tokens(tokens);
    let expr = parser.parse_expr().map_err(convert_error)?;
    match parser.next_token().token {
        Token::EOF => Ok(expr),
        token => Err(FilterError::Syntax(format!("\"{token}\" after the end of the condition"))),
    }
}

fn not_allowed(construct: impl Into<String>) -> FilterError {
    FilterError::NotAllowed(construct.into())
}

fn require_boolean(operand: impl Into<String>, found: Type) -> Result<(), FilterError> {
    match found {
        Type::Bool | Type::Null => Ok(()),
        _ => Err(FilterError::WrongType { operand: operand.into(), found, expected: "boolean" }),
    }
}

fn require_number(operand: impl Into<String>, found: Type) -> Result<(), FilterError> {
    if found.is_number() || found == Type::Null {
        return Ok(());
    }
    Err(FilterError::WrongType { operand: operand.into(), found, expected: "a number" })
}

fn require_text(operand: impl Into<String>, found: Type) -> Result<(), FilterError> {
    match found {
        Type::Text | Type::Null => Ok(()),
        _ => Err(FilterError::WrongType { operand: operand.into(), found, expected: "text" }),
    }
}

/// Builds allow-listed expressions from the parser's syntax tree.
struct Builder<'s> {
    scope: &'s dyn Scope,
    depth: usize,
    poll: &'s dyn Fn(),
}

impl Builder<'_> {
    fn build(&mut self, expr: &ast::Expr) -> Result<Typed, FilterError> {
        if self.depth >= MAX_TERMS {
            return Err(FilterError::TooDeep);
        }
        (self.poll)();
        self.depth += 1;
        let built = self.build_node(expr);
        self.depth -= 1;
        built
    }

    fn build_node(&mut self, expr: &ast::Expr) -> Result<Typed, FilterError> {
        use ast::Expr as E;
        match expr {
            E::Nested(inner) => self.build(inner),
            E::Identifier(name) => self.column(name),
            E::CompoundIdentifier(names) => match &names[..] {
                [table, name] if fold_case(table) == self.scope.name() => self.column(name),
                _ => Err(not_allowed(format!("the name \"{expr}\""))),
            },
            E::Value(value) => literal::convert_value(&value.value),
            E::TypedString(typed) => literal::convert_typed_string(typed),
            E::IsNull(a) => self.is_null(a, false),
            E::IsNotNull(a) => self.is_null(a, true),
            E::IsTrue(a) => self.is_bool(a, true, false),
            E::IsNotTrue(a) => self.is_bool(a, true, true),
            E::IsFalse(a) => self.is_bool(a, false, false),
            E::IsNotFalse(a) => self.is_bool(a, false, true),
            E::IsUnknown(a) => self.is_unknown(a, false),
            E::IsNotUnknown(a) => self.is_unknown(a, true),
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
            other => Err(not_allowed(describe_construct(other))),
        }
    }

    fn column(&self, name: &ast::Ident) -> Result<Typed, FilterError> {
        let name = fold_case(name);
        match self.scope.find(&name) {
            Some((at, column_type)) => Ok((Expr::Column(at), column_type)),
            None => Err(FilterError::NoSuchColumn { table: self.scope.name(), column: name }),
        }
    }

    fn extract(&mut self, field: &F, expr: &ast::Expr) -> Result<Typed, FilterError> {
        let field = match field {
            F::Year => Field::Year,
            F::Month => Field::Month,
            F::Day => Field::Day,
            F::Hour => Field::Hour,
            F::Minute => Field::Minute,
            F::Second => Field::Second,
            other => return Err(not_allowed(format!("extract({other} from …)"))),
        };
        let (expr, found) = self.build(expr)?;
        if found.is_date_or_timestamp() || found == Type::Null {
            return Ok((Expr::Extract(field, Box::new(expr)), Type::Double));
        }
        let operand = "the argument of extract".to_owned();
        Err(FilterError::WrongType { operand, found, expected: "a date or timestamp" })
    }

    fn function(&mut self, function: &ast::Function) -> Result<Typed, FilterError> {
        let name = function.name.to_string().to_lowercase();
        let Some(found) = Function::find(&name) else {
            return Err(FilterError::NoSuchFunction { name });
        };
        let is_plain = !function.uses_odbc_syntax
            && matches!(function.parameters, ast::FunctionArguments::None)
            && function.within_group.is_empty()
            && function.filter.is_none()
            && function.null_treatment.is_none()
            && function.over.is_none();
        let ast::FunctionArguments::List(list) = &function.args else {
            return Err(not_allowed(format!("{name} without a list of arguments")));
        };
        if !is_plain || list.duplicate_treatment.is_some() || !list.clauses.is_empty() {
            return Err(not_allowed(format!("{name} with clauses")));
        }
        let mut args = Vec::with_capacity(list.args.len());
        for arg in &list.args {
            match arg {
                ast::FunctionArg::Unnamed(ast::FunctionArgExpr::Expr(expr)) => args.push(expr),
                other => return Err(not_allowed(format!("the argument \"{other}\" of {name}"))),
            }
        }
        self.call(found, &args)
    }

    fn call(&mut self, function: Function, args: &[&ast::Expr]) -> Result<Typed, FilterError> {
        let (min, max) = function.arity();
        if !(min..=max).contains(&args.len()) {
            let (function, count) = (function.name(), args.len());
            return Err(FilterError::ArgumentCount { function, count });
        }
        let mut args = args.iter().map(|a| self.build(a)).collect::<Result<Vec<_>, _>>()?;
        let result_type = operator::result_type(function, &mut args)?;
        Ok((Expr::Call(function, args.into_iter().map(|(e, _)| e).collect()), result_type))
    }
}

use ast::DateTimeField as F;

/// Folds a name to lower case unless it is quoted, as PostgreSQL does.
fn fold_case(name: &ast::Ident) -> String {
    if name.quote_style.is_some() { name.value.clone() } else { name.value.to_lowercase() }
}

/// Describes a construct that is not allowed, for the error message.
fn describe_construct(expr: &ast::Expr) -> String {
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
