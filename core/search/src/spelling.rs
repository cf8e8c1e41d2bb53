//! Codes and names are found however a person spells them, and what is no code is refused.

use super::codes::code_of;
use super::columns::{COLUMNS, Column, Spelling};
use ntsb_filter::{Comparison, Expr, FilterError, Function, Literal, UnknownCode};
use ntsb_schema::clean::city::standard_city;
use ntsb_schema::clean::name::{standard_engine_maker, standard_make};

/// What only the loaded data can tell: the code of a column that a text means, where no list has it.
pub type Lookup<'l> = &'l dyn Fn(&'static Column, &str) -> Option<String>;

/// Rewrites comparisons of a column with constants to the spelling that the column has.
pub(super) fn respell(expr: &mut Expr, lookup: Lookup) -> Result<(), FilterError> {
    let mut failure = None;
    expr.parts_mut(&mut |part| {
        if failure.is_none() {
            failure = respell(part, lookup).err();
        }
    });
    if let Some(failure) = failure {
        return Err(failure);
    }
    match expr {
        Expr::Compare(Comparison::Equal | Comparison::NotEqual, a, b) => sides(a, b, lookup),
        Expr::Distinct(a, b, _) => sides(a, b, lookup),
        Expr::In(value, list, _) => match column(value) {
            Some(column) if list.iter().all(is_constant) => {
                list.iter_mut().try_for_each(|c| constant(c, column, lookup))?;
                fold(value, column);
                Ok(())
            }
            _ => Ok(()),
        },
        Expr::Case { operand: Some(operand), whens, .. } => match column(operand) {
            Some(column)
                if column.spelling != Spelling::AnyCase
                    || whens.iter().all(|(when, _)| is_constant(when)) =>
            {
                whens.iter_mut().try_for_each(|(when, _)| constant(when, column, lookup))?;
                fold(operand, column);
                Ok(())
            }
            _ => Ok(()),
        },
        Expr::Like { value, pattern, any_case, .. } => {
            match (column(value).map(|c| c.spelling), &mut **pattern) {
                (
                    Some(Spelling::Capitals | Spelling::LoadedCode),
                    Expr::Literal(Literal::Text(text)),
                ) => {
                    *text = text.to_uppercase();
                }
                (Some(spelling), Expr::Literal(_)) if spelling != Spelling::AsIs => {
                    *any_case = true
                }
                _ => {}
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn sides(a: &mut Expr, b: &mut Expr, lookup: Lookup) -> Result<(), FilterError> {
    let (value, other) = if is_constant(b) { (a, b) } else { (b, a) };
    if let Some(column) = column(value)
        && is_constant(other)
    {
        constant(other, column, lookup)?;
        fold(value, column);
    }
    Ok(())
}

fn is_constant(expr: &Expr) -> bool {
    matches!(expr, Expr::Literal(_))
}

fn column(expr: &Expr) -> Option<&'static Column> {
    match expr {
        Expr::Column(at) => COLUMNS.get(*at),
        _ => None,
    }
}

fn constant(
    constant: &mut Expr,
    column: &'static Column,
    lookup: Lookup,
) -> Result<(), FilterError> {
    let Expr::Literal(Literal::Text(text)) = constant else { return Ok(()) };
    *text = spelled(column, text, lookup)?;
    Ok(())
}

/// A value of a column as the column has it.
pub fn spelled(column: &'static Column, text: &str, lookup: Lookup) -> Result<String, FilterError> {
    Ok(match column.spelling {
        Spelling::AsIs => text.to_owned(),
        Spelling::Capitals | Spelling::AnyCase => text.to_uppercase(),
        Spelling::Make => standard_make(text).map_or(text.to_owned(), Into::into),
        Spelling::EngineMake => standard_engine_maker(text).map_or(text.to_owned(), Into::into),
        Spelling::City => standard_city(text).unwrap_or_else(|| text.to_owned()),
        Spelling::Code => match code_of(column.name, text) {
            Some(Ok(code)) => code.to_owned(),
            Some(Err(unknown)) => match lookup(column, text) {
                Some(code) => code,
                None => return Err(unknown.into()),
            },
            None => text.to_uppercase(),
        },
        Spelling::LoadedCode => match lookup(column, text) {
            Some(code) => code,
            None => {
                let (column, value) = (column.name, text.chars().take(100).collect());
                return Err(UnknownCode { column, value, nearest: None }.into());
            }
        },
    })
}

/// A column whose values are spelled as they come is compared in capitals.
fn fold(value: &mut Expr, column: &Column) {
    if column.spelling == Spelling::AnyCase {
        let was = std::mem::replace(value, Expr::Literal(Literal::Null));
        *value = Expr::Call(Function::Upper, vec![was]);
    }
}
