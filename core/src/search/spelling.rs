//! Codes and names are found however a person spells them.

use super::columns::{COLUMNS, Spelling};
use crate::clean::name::standard_make;
use crate::filter::{Comparison, Expr, Function, Literal};

/// Rewrites comparisons of a column with constants to the spelling that the column has.
pub(super) fn forgive(expr: &mut Expr) {
    expr.parts_mut(&mut forgive);
    match expr {
        Expr::Compare(Comparison::Equal | Comparison::NotEqual, a, b) => sides(a, b),
        Expr::Distinct(a, b, _) => sides(a, b),
        Expr::In(value, list, _) => {
            if let Some(spelling) = spelling(value)
                && list.iter().all(is_constant)
            {
                list.iter_mut().for_each(|c| respell(c, spelling));
                fold(value, spelling);
            }
        }
        Expr::Case { operand: Some(operand), whens, .. } => {
            if let Some(spelling) = spelling(operand)
                && (spelling != Spelling::AnyCase
                    || whens.iter().all(|(when, _)| is_constant(when)))
            {
                whens.iter_mut().for_each(|(when, _)| respell(when, spelling));
                fold(operand, spelling);
            }
        }
        Expr::Like { value, pattern, any_case, .. } => match (spelling(value), &mut **pattern) {
            (Some(Spelling::Capitals), pattern) => respell(pattern, Spelling::Capitals),
            (Some(Spelling::Make | Spelling::AnyCase), Expr::Literal(_)) => *any_case = true,
            _ => {}
        },
        _ => {}
    }
}

fn sides(a: &mut Expr, b: &mut Expr) {
    let (column, constant) = if is_constant(b) { (a, b) } else { (b, a) };
    if let Some(spelling) = spelling(column)
        && is_constant(constant)
    {
        respell(constant, spelling);
        fold(column, spelling);
    }
}

fn is_constant(expr: &Expr) -> bool {
    matches!(expr, Expr::Literal(_))
}

fn spelling(expr: &Expr) -> Option<Spelling> {
    match expr {
        Expr::Column(at) => COLUMNS.get(*at).map(|c| c.spelling),
        _ => None,
    }
}

fn respell(constant: &mut Expr, spelling: Spelling) {
    let Expr::Literal(Literal::Text(text)) = constant else { return };
    match spelling {
        Spelling::AsIs => {}
        Spelling::Capitals | Spelling::AnyCase => *text = text.to_uppercase(),
        Spelling::Make => {
            if let Some(make) = standard_make(text) {
                *text = make.into_owned();
            }
        }
    }
}

/// A column whose values are spelled as they come is compared in capitals.
fn fold(column: &mut Expr, spelling: Spelling) {
    if spelling == Spelling::AnyCase {
        let was = std::mem::replace(column, Expr::Literal(Literal::Null));
        *column = Expr::Call(Function::Upper, vec![was]);
    }
}
