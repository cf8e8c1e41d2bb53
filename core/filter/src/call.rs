//! The functions that a condition may call.

use super::eval::{Scalar, scalar};
use super::expr::{Expr, Function};
use ntsb_schema::clean::Value;
use std::borrow::Cow;
use std::cmp::Ordering;

pub(super) fn call<'v>(function: Function, args: &'v [Expr], values: &'v [Value]) -> Scalar<'v> {
    let mut given = args.iter().map(|a| scalar(a, values));
    match function {
        Function::Coalesce => given.find(|v| *v != Scalar::Null).unwrap_or(Scalar::Null),
        Function::Greatest => most(given, Ordering::Greater),
        Function::Least => most(given, Ordering::Less),
        _ => {
            let first = given.next().unwrap_or(Scalar::Null);
            let second = given.next();
            one(function, first, second, given.next())
        }
    }
}

/// The greatest or least; nulls do not count.
fn most<'v>(given: impl Iterator<Item = Scalar<'v>>, wanted: Ordering) -> Scalar<'v> {
    given.fold(Scalar::Null, |best, value| match value.order(&best) {
        Some(order) if order != wanted => best,
        None if best != Scalar::Null => best,
        _ => value,
    })
}

fn one<'v>(
    function: Function,
    value: Scalar<'v>,
    second: Option<Scalar>,
    third: Option<Scalar>,
) -> Scalar<'v> {
    match (function, value) {
        (_, Scalar::Null) => Scalar::Null,
        (Function::Nullif, value) => {
            let same = second.is_some_and(|s| value.order(&s) == Some(Ordering::Equal));
            if same { Scalar::Null } else { value }
        }
        (_, Scalar::Text(text)) => of_text(function, text, second, third),
        (Function::Abs, Scalar::Int(n)) => n.checked_abs().map_or(Scalar::Null, Scalar::Int),
        (Function::Abs, Scalar::Real(x)) => Scalar::Real(x.abs()),
        (Function::Abs, Scalar::Double(x)) => Scalar::Double(x.abs()),
        (function, number) => number.number().map_or(Scalar::Null, |x| {
            Scalar::Double(match function {
                Function::Ceil => x.ceil(),
                Function::Floor => x.floor(),
                // PostgreSQL rounds double precision to the nearest even.
                _ => x.round_ties_even(),
            })
        }),
    }
}

fn of_text<'v>(
    function: Function,
    text: Cow<'v, str>,
    second: Option<Scalar>,
    third: Option<Scalar>,
) -> Scalar<'v> {
    let whole = |s: &Option<Scalar>| match s {
        Some(Scalar::Int(n)) => Some(*n),
        _ => None,
    };
    let length = text.chars().count() as i64;
    // From which character up to which, counted from 0.
    let range = match function {
        Function::Length => return Scalar::Int(length),
        Function::Lower => return Scalar::Text(Cow::Owned(text.to_lowercase())),
        Function::Upper => return Scalar::Text(Cow::Owned(text.to_uppercase())),
        Function::Trim => return Scalar::Text(Cow::Owned(text.trim_matches(' ').to_owned())),
        Function::Left => whole(&second).map(|n| (0, if n < 0 { length + n } else { n })),
        Function::Right => {
            whole(&second).map(|n| (if n < 0 { n.saturating_neg() } else { length - n }, length))
        }
        _ => span(whole(&second), third.as_ref().map(|t| whole(&Some(t.clone()))), length),
    };
    range.map_or(Scalar::Null, |(from, to)| Scalar::Text(Cow::Owned(part(&text, from, to))))
}

/// The characters of `substr(text, from, count)`; a negative count is an error in PostgreSQL.
fn span(from: Option<i64>, count: Option<Option<i64>>, length: i64) -> Option<(i64, i64)> {
    let from = from?.saturating_sub(1);
    match count {
        None => Some((from, length)),
        Some(count) => {
            let count = count.filter(|c| *c >= 0)?;
            Some((from, from.saturating_add(count)))
        }
    }
}

fn part(text: &str, from: i64, to: i64) -> String {
    let from = usize::try_from(from).unwrap_or(0);
    let to = usize::try_from(to).unwrap_or(0);
    text.chars().take(to).skip(from).collect()
}
