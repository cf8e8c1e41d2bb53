//! Changes the constants of a filter to the standard spelling of their column, and rejects unknown codes.

use super::codes::find_code;
use super::columns::{COLUMNS, Column, Spelling};
use ntsb_filter::{Comparison, Expr, FilterError, Function, Literal, UnknownCode};
use ntsb_schema::clean::city::standardize_city;
use ntsb_schema::clean::name::{standardize_engine_maker, standardize_make};

/// Finds the code for a name or code of a column in the loaded data. Called where the built-in lists
/// have no match.
pub type CodeLookup<'l> = &'l dyn Fn(&'static Column, &str) -> Option<String>;

/// Changes constants that are compared with a column to the spelling of the column.
pub(super) fn normalize_constants(expr: &mut Expr, lookup: CodeLookup) -> Result<(), FilterError> {
    let mut failure = None;
    expr.for_each_child_mut(&mut |part| {
        if failure.is_none() {
            failure = normalize_constants(part, lookup).err();
        }
    });
    if let Some(failure) = failure {
        return Err(failure);
    }
    match expr {
        Expr::Compare(Comparison::Equal | Comparison::NotEqual, a, b) => {
            normalize_comparison(a, b, lookup)
        }
        Expr::Distinct(a, b, _) => normalize_comparison(a, b, lookup),
        Expr::In(value, list, _) => match column(value) {
            Some(column) if list.iter().all(is_constant) => {
                list.iter_mut().try_for_each(|c| normalize_constant(c, column, lookup))?;
                fold_case(value, column);
                Ok(())
            }
            _ => Ok(()),
        },
        Expr::Case { operand: Some(operand), whens, .. } => match column(operand) {
            Some(column)
                if column.spelling != Spelling::CaseInsensitive
                    || whens.iter().all(|(when, _)| is_constant(when)) =>
            {
                whens
                    .iter_mut()
                    .try_for_each(|(when, _)| normalize_constant(when, column, lookup))?;
                fold_case(operand, column);
                Ok(())
            }
            _ => Ok(()),
        },
        Expr::Like { value, pattern, case_insensitive, .. } => {
            match (column(value).map(|c| c.spelling), &mut **pattern) {
                (
                    Some(Spelling::Uppercase | Spelling::LoadedCode),
                    Expr::Literal(Literal::Text(text)),
                ) => {
                    *text = text.to_uppercase();
                }
                (Some(spelling), Expr::Literal(_)) if spelling != Spelling::AsIs => {
                    *case_insensitive = true
                }
                _ => {}
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn normalize_comparison(a: &mut Expr, b: &mut Expr, lookup: CodeLookup) -> Result<(), FilterError> {
    let (value, other) = if is_constant(b) { (a, b) } else { (b, a) };
    if let Some(column) = column(value)
        && is_constant(other)
    {
        normalize_constant(other, column, lookup)?;
        fold_case(value, column);
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

fn normalize_constant(
    constant: &mut Expr,
    column: &'static Column,
    lookup: CodeLookup,
) -> Result<(), FilterError> {
    let Expr::Literal(Literal::Text(text)) = constant else { return Ok(()) };
    *text = standard_spelling(column, text, lookup)?;
    Ok(())
}

/// Returns a value in the spelling of its column, such as `FATL` for `Fatal`. Fails on unknown codes.
pub fn standard_spelling(
    column: &'static Column,
    text: &str,
    lookup: CodeLookup,
) -> Result<String, FilterError> {
    Ok(match column.spelling {
        Spelling::AsIs => text.to_owned(),
        Spelling::Uppercase | Spelling::CaseInsensitive => text.to_uppercase(),
        Spelling::Make => standardize_make(text).map_or(text.to_owned(), Into::into),
        Spelling::EngineMake => standardize_engine_maker(text).map_or(text.to_owned(), Into::into),
        Spelling::City => standardize_city(text).unwrap_or_else(|| text.to_owned()),
        Spelling::Code => match find_code(column.name, text) {
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

/// Compares a column of any case in uppercase.
fn fold_case(value: &mut Expr, column: &Column) {
    if column.spelling == Spelling::CaseInsensitive {
        let original = std::mem::replace(value, Expr::Literal(Literal::Null));
        *value = Expr::Call(Function::Upper, vec![original]);
    }
}
