//! Evaluates the functions that a condition can call.

use super::eval::{Scalar, eval_scalar};
use super::expr::{Expr, Function};
use ntsb_schema::clean::Value;
use std::borrow::Cow;
use std::cmp::Ordering;

pub(super) fn eval_call<'v>(
    function: Function,
    args: &'v [Expr],
    values: &'v [Value],
) -> Scalar<'v> {
    let mut args = args.iter().map(|a| eval_scalar(a, values));
    match function {
        Function::Coalesce => args.find(|v| *v != Scalar::Null).unwrap_or(Scalar::Null),
        Function::Greatest => find_extreme(args, Ordering::Greater),
        Function::Least => find_extreme(args, Ordering::Less),
        _ => {
            let first = args.next().unwrap_or(Scalar::Null);
            let second = args.next();
            eval_strict(function, first, second, args.next())
        }
    }
}

/// The greatest or least argument. Nulls are ignored.
fn find_extreme<'v>(args: impl Iterator<Item = Scalar<'v>>, order: Ordering) -> Scalar<'v> {
    args.fold(Scalar::Null, |best, value| match value.compare(&best) {
        Some(found) if found != order => best,
        None if best != Scalar::Null => best,
        _ => value,
    })
}

/// Evaluates a function that is null if its first argument is null.
fn eval_strict<'v>(
    function: Function,
    value: Scalar<'v>,
    second: Option<Scalar>,
    third: Option<Scalar>,
) -> Scalar<'v> {
    match (function, value) {
        (_, Scalar::Null) => Scalar::Null,
        (Function::Nullif, value) => {
            let is_equal = second.is_some_and(|s| value.compare(&s) == Some(Ordering::Equal));
            if is_equal { Scalar::Null } else { value }
        }
        (_, Scalar::Text(text)) => eval_text(function, text, second, third),
        (Function::Abs, Scalar::Int(n)) => n.checked_abs().map_or(Scalar::Null, Scalar::Int),
        (Function::Abs, Scalar::Real(x)) => Scalar::Real(x.abs()),
        (Function::Abs, Scalar::Double(x)) => Scalar::Double(x.abs()),
        (function, number) => number.number().map_or(Scalar::Null, |x| {
            Scalar::Double(match function {
                Function::Ceil => x.ceil(),
                Function::Floor => x.floor(),
                // PostgreSQL rounds ties of double precision to even.
                _ => x.round_ties_even(),
            })
        }),
    }
}

fn eval_text<'v>(
    function: Function,
    text: Cow<'v, str>,
    second: Option<Scalar>,
    third: Option<Scalar>,
) -> Scalar<'v> {
    let integer = |s: &Option<Scalar>| match s {
        Some(Scalar::Int(n)) => Some(*n),
        _ => None,
    };
    let length = text.chars().count() as i64;
    // The range of characters, from 0.
    let range = match function {
        Function::Length => return Scalar::Int(length),
        Function::Lower => return Scalar::Text(Cow::Owned(text.to_lowercase())),
        Function::Upper => return Scalar::Text(Cow::Owned(text.to_uppercase())),
        Function::Trim => return Scalar::Text(Cow::Owned(text.trim_matches(' ').to_owned())),
        Function::Left => integer(&second).map(|n| (0, if n < 0 { length + n } else { n })),
        Function::Right => {
            integer(&second).map(|n| (if n < 0 { n.saturating_neg() } else { length - n }, length))
        }
        _ => {
            let count = third.as_ref().map(|t| integer(&Some(t.clone())));
            substr_range(integer(&second), count, length)
        }
    };
    range.map_or(Scalar::Null, |(from, to)| Scalar::Text(Cow::Owned(slice_chars(&text, from, to))))
}

/// The range of `substr(text, from, count)`. Returns `None` for a null argument and for a negative
/// count, which is an error in PostgreSQL.
fn substr_range(from: Option<i64>, count: Option<Option<i64>>, length: i64) -> Option<(i64, i64)> {
    let from = from?.saturating_sub(1);
    match count {
        None => Some((from, length)),
        Some(count) => {
            let count = count.filter(|c| *c >= 0)?;
            Some((from, from.saturating_add(count)))
        }
    }
}

fn slice_chars(text: &str, from: i64, to: i64) -> String {
    let from = usize::try_from(from).unwrap_or(0);
    let to = usize::try_from(to).unwrap_or(0);
    text.chars().take(to).skip(from).collect()
}
