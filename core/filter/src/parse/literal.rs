//! Converts constants.

use super::{Expr, Literal, Type, Typed, not_allowed};
use crate::FilterError;
use ntsb_schema::clean::date;
use sqlparser::ast;

pub(super) fn convert_value(value: &ast::Value) -> Result<Typed, FilterError> {
    let (literal, literal_type) = match value {
        ast::Value::Null => (Literal::Null, Type::Null),
        ast::Value::Boolean(b) => (Literal::Bool(*b), Type::Bool),
        ast::Value::Number(digits, false) => parse_number(digits)?,
        ast::Value::SingleQuotedString(text) => (Literal::Text(text.clone()), Type::Text),
        ast::Value::Placeholder(name) => return Err(not_allowed(format!("the parameter {name}"))),
        other => return Err(not_allowed(format!("the constant {other}"))),
    };
    Ok((Expr::Literal(literal), literal_type))
}

fn parse_number(digits: &str) -> Result<(Literal, Type), FilterError> {
    if let Ok(n) = digits.parse() {
        return Ok((Literal::Int(n), Type::Int));
    }
    match digits.parse::<f64>() {
        Ok(x) if x.is_finite() => Ok((Literal::Double(x), Type::Double)),
        _ => Err(not_allowed(format!("the number {digits}"))),
    }
}

/// Converts `DATE '2020-12-31'` and `TIMESTAMP '2020-12-31 23:59:59'`.
pub(super) fn convert_typed_string(typed: &ast::TypedString) -> Result<Typed, FilterError> {
    let target = match typed.data_type {
        ast::DataType::Date => Type::Date,
        ast::DataType::Timestamp(None, ast::TimezoneInfo::None) => Type::Timestamp,
        ref other => return Err(not_allowed(format!("a constant of type {other}"))),
    };
    match &typed.value.value {
        ast::Value::SingleQuotedString(text) => {
            Ok((Expr::Literal(parse_date_or_timestamp(text, target)?), target))
        }
        other => Err(not_allowed(format!("the constant {other}"))),
    }
}

/// Converts a string constant to `target`, a date or timestamp. PostgreSQL does the same implicitly.
/// Leaves other expressions unchanged.
pub(super) fn convert_string(
    (expr, expr_type): &mut (Expr, Type),
    target: Type,
) -> Result<(), FilterError> {
    if let Expr::Literal(Literal::Text(text)) = expr
        && target.is_date_or_timestamp()
    {
        let literal = parse_date_or_timestamp(text, target)?;
        (*expr, *expr_type) = (Expr::Literal(literal), target);
    }
    Ok(())
}

fn parse_date_or_timestamp(text: &str, target: Type) -> Result<Literal, FilterError> {
    let is_iso = matches!(text.as_bytes(), [_, _, _, _, b'-', _, _, b'-', _, _, ..]);
    let seconds = date::parse(text).filter(|_| is_iso).map(|m| m.seconds);
    let literal = match target {
        Type::Date => seconds.and_then(|s| {
            let is_midnight = s.rem_euclid(86_400) == 0;
            i32::try_from(s.div_euclid(86_400)).ok().filter(|_| is_midnight).map(Literal::Date)
        }),
        _ => seconds.map(Literal::Timestamp),
    };
    literal.ok_or_else(|| FilterError::InvalidDate(text.to_owned(), target))
}
