//! Constants.

use super::{Expr, Literal, Type, Typed, not_allowed};
use crate::FilterError;
use ntsb_schema::clean::date;
use sqlparser::ast;

pub(super) fn value(value: &ast::Value) -> Result<Typed, FilterError> {
    let (literal, kind) = match value {
        ast::Value::Null => (Literal::Null, Type::Null),
        ast::Value::Boolean(b) => (Literal::Bool(*b), Type::Bool),
        ast::Value::Number(digits, false) => number(digits)?,
        ast::Value::SingleQuotedString(text) => (Literal::Text(text.clone()), Type::Text),
        ast::Value::Placeholder(name) => return Err(not_allowed(format!("the parameter {name}"))),
        other => return Err(not_allowed(format!("the constant {other}"))),
    };
    Ok((Expr::Literal(literal), kind))
}

fn number(digits: &str) -> Result<(Literal, Type), FilterError> {
    if let Ok(n) = digits.parse() {
        return Ok((Literal::Int(n), Type::Int));
    }
    match digits.parse::<f64>() {
        Ok(x) if x.is_finite() => Ok((Literal::Double(x), Type::Double)),
        _ => Err(not_allowed(format!("the number {digits}"))),
    }
}

/// `DATE '2020-12-31'`, `TIMESTAMP '2020-12-31 23:59:59'`.
pub(super) fn typed(typed: &ast::TypedString) -> Result<Typed, FilterError> {
    let kind = match typed.data_type {
        ast::DataType::Date => Type::Date,
        ast::DataType::Timestamp(None, ast::TimezoneInfo::None) => Type::Timestamp,
        ref other => return Err(not_allowed(format!("a constant of type {other}"))),
    };
    match &typed.value.value {
        ast::Value::SingleQuotedString(text) => Ok((Expr::Literal(moment(text, kind)?), kind)),
        other => Err(not_allowed(format!("the constant {other}"))),
    }
}

/// A string that stands where a date or timestamp is wanted becomes one, as in PostgreSQL.
pub(super) fn as_moment((expr, kind): &mut (Expr, Type), wanted: Type) -> Result<(), FilterError> {
    if let Expr::Literal(Literal::Text(text)) = expr
        && wanted.is_time()
    {
        (*expr, *kind) = (Expr::Literal(moment(text, wanted)?), wanted);
    }
    Ok(())
}

fn moment(text: &str, kind: Type) -> Result<Literal, FilterError> {
    let iso = matches!(text.as_bytes(), [_, _, _, _, b'-', _, _, b'-', _, _, ..]);
    let read = date::parse(text).filter(|_| iso).map(|m| m.seconds);
    let literal = match kind {
        Type::Date => read.and_then(|s| {
            let whole = s.rem_euclid(86_400) == 0;
            i32::try_from(s.div_euclid(86_400)).ok().filter(|_| whole).map(Literal::Date)
        }),
        _ => read.map(Literal::Timestamp),
    };
    literal.ok_or_else(|| FilterError::NotADate(text.to_owned(), kind))
}
