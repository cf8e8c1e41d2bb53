//! The meaning of a condition, in three-valued logic.

use super::call;
use super::expr::{Arithmetic, Comparison, Expr, Field, Literal};
use super::like;
use ntsb_schema::calendar;
use ntsb_schema::clean::Value;
use std::borrow::Cow;
use std::cmp::Ordering;

/// The value of an expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Scalar<'v> {
    Null,
    Bool(bool),
    Int(i64),
    Real(f32),
    Double(f64),
    Text(Cow<'v, str>),
    Date(i32),
    Timestamp(i64),
}

use Scalar::{Bool, Date, Double, Int, Null, Real, Text, Timestamp};

pub(super) fn truth(expr: &Expr, values: &[Value]) -> Option<bool> {
    match expr {
        Expr::All(list) => all(list, values, true),
        Expr::Any(list) => all(list, values, false),
        Expr::Not(a) => truth(a, values).map(|t| !t),
        Expr::Compare(how, a, b) => how.holds(scalar(a, values).order(&scalar(b, values))?),
        Expr::Distinct(a, b, negated) => {
            let (a, b) = (scalar(a, values), scalar(b, values));
            let same = match (a == Null, b == Null) {
                (false, false) => a.order(&b) == Some(Ordering::Equal),
                (a, b) => a && b,
            };
            Some(same == *negated)
        }
        Expr::Null(a, negated) => Some((scalar(a, values) == Null) != *negated),
        Expr::Is(a, wanted, negated) => Some((truth(a, values) == Some(*wanted)) != *negated),
        Expr::In(a, list, negated) => {
            let found = is_in(&scalar(a, values), list, values)?;
            Some(found != *negated)
        }
        Expr::Between { value, low, high, negated } => {
            let value = scalar(value, values);
            let above = value.order(&scalar(low, values)).map(Ordering::is_ge);
            let below = value.order(&scalar(high, values)).map(Ordering::is_le);
            and(above, below).map(|t| t != *negated)
        }
        Expr::Like { value, pattern, any_case, negated } => {
            match (scalar(value, values), scalar(pattern, values)) {
                (Text(text), Text(pattern)) => {
                    like::matches(&text, &pattern, *any_case).map(|t| t != *negated)
                }
                _ => None,
            }
        }
        other => match scalar(other, values) {
            Bool(t) => Some(t),
            _ => None,
        },
    }
}

/// AND with `unit` true, OR with `unit` false: one that is not `unit` decides, then one unknown.
fn all(list: &[Expr], values: &[Value], unit: bool) -> Option<bool> {
    let mut result = Some(unit);
    for part in list {
        match truth(part, values) {
            Some(t) if t != unit => return Some(!unit),
            Some(_) => {}
            None => result = None,
        }
    }
    result
}

fn and(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

fn is_in(value: &Scalar, list: &[Expr], values: &[Value]) -> Option<bool> {
    let mut result = Some(false);
    for item in list {
        match value.order(&scalar(item, values)) {
            Some(Ordering::Equal) => return Some(true),
            Some(_) => {}
            None => result = None,
        }
    }
    result
}

pub(super) fn scalar<'v>(expr: &'v Expr, values: &'v [Value]) -> Scalar<'v> {
    match expr {
        Expr::Column(at) => values.get(*at).map_or(Null, Scalar::of),
        Expr::Literal(literal) => Scalar::constant(literal),
        Expr::Arithmetic(op, a, b) => op.apply(scalar(a, values), scalar(b, values)),
        Expr::Negative(a) => match scalar(a, values) {
            Int(n) => n.checked_neg().map_or(Null, Int),
            Real(x) => Real(-x),
            Double(x) => Double(-x),
            _ => Null,
        },
        Expr::Case { operand, whens, other } => {
            let operand = operand.as_deref().map(|operand| scalar(operand, values));
            let holds = |(when, _): &&(Expr, Expr)| match &operand {
                Some(operand) => operand.order(&scalar(when, values)) == Some(Ordering::Equal),
                None => truth(when, values) == Some(true),
            };
            match whens.iter().find(holds) {
                Some((_, result)) => scalar(result, values),
                None => other.as_ref().map_or(Null, |e| scalar(e, values)),
            }
        }
        Expr::Extract(field, a) => field.of(&scalar(a, values)),
        Expr::Call(function, args) => call::call(*function, args, values),
        other => truth(other, values).map_or(Null, Bool),
    }
}

impl<'v> Scalar<'v> {
    fn of(value: &'v Value) -> Scalar<'v> {
        match value {
            Value::Null => Null,
            Value::Text(text) => Text(Cow::Borrowed(text)),
            Value::Int(n) => Int(i64::from(*n)),
            Value::Real(x) => Real(*x),
            Value::Double(x) => Double(*x),
            Value::Bool(b) => Bool(*b),
            Value::Date(days) => Date(*days),
            Value::Timestamp(seconds) => Timestamp(*seconds),
        }
    }

    fn constant(literal: &'v Literal) -> Scalar<'v> {
        match literal {
            Literal::Null => Null,
            Literal::Bool(b) => Bool(*b),
            Literal::Int(n) => Int(*n),
            Literal::Double(x) => Double(*x),
            Literal::Text(text) => Text(Cow::Borrowed(text)),
            Literal::Date(days) => Date(*days),
            Literal::Timestamp(seconds) => Timestamp(*seconds),
        }
    }

    /// How two values are ordered; `None` if one is null.
    pub fn order(&self, other: &Scalar) -> Option<Ordering> {
        match (self, other) {
            (Int(a), Int(b)) => Some(a.cmp(b)),
            (Text(a), Text(b)) => Some(a.as_bytes().cmp(b.as_bytes())),
            (Bool(a), Bool(b)) => Some(a.cmp(b)),
            _ => match (self.seconds(), other.seconds()) {
                (Some(a), Some(b)) => Some(a.cmp(&b)),
                _ => self.number()?.partial_cmp(&other.number()?),
            },
        }
    }

    pub fn number(&self) -> Option<f64> {
        match self {
            Int(n) => Some(*n as f64),
            Real(x) => Some(f64::from(*x)),
            Double(x) => Some(*x),
            _ => None,
        }
    }

    fn seconds(&self) -> Option<i64> {
        match self {
            Date(days) => Some(i64::from(*days) * 86_400),
            Timestamp(seconds) => Some(*seconds),
            _ => None,
        }
    }
}

impl Comparison {
    fn holds(self, order: Ordering) -> Option<bool> {
        Some(match self {
            Comparison::Equal => order.is_eq(),
            Comparison::NotEqual => order.is_ne(),
            Comparison::Less => order.is_lt(),
            Comparison::LessOrEqual => order.is_le(),
            Comparison::Greater => order.is_gt(),
            Comparison::GreaterOrEqual => order.is_ge(),
        })
    }
}

impl Arithmetic {
    fn apply<'v>(self, a: Scalar, b: Scalar) -> Scalar<'v> {
        match (a, b) {
            (Int(a), Int(b)) => self.whole(a, b).map_or(Null, Int),
            (Real(a), Real(b)) => {
                let x = self.real(f64::from(a), f64::from(b)).map(|x| x as f32);
                x.filter(|x| x.is_finite()).map_or(Null, Real)
            }
            (Date(a), Date(b)) => Int(i64::from(a) - i64::from(b)),
            (Date(day), Int(n)) => self.shifted(day, n),
            (Int(n), Date(day)) => self.shifted(day, n),
            (a, b) => match (a.number(), b.number()) {
                (Some(a), Some(b)) => self.real(a, b).map_or(Null, Double),
                _ => Null,
            },
        }
    }

    fn whole(self, a: i64, b: i64) -> Option<i64> {
        match self {
            Arithmetic::Plus => a.checked_add(b),
            Arithmetic::Minus => a.checked_sub(b),
            Arithmetic::Times => a.checked_mul(b),
            Arithmetic::Divide => a.checked_div(b),
            Arithmetic::Modulo => a.checked_rem(b),
        }
    }

    fn real(self, a: f64, b: f64) -> Option<f64> {
        let x = match self {
            Arithmetic::Plus => a + b,
            Arithmetic::Minus => a - b,
            Arithmetic::Times => a * b,
            Arithmetic::Divide => a / b,
            Arithmetic::Modulo => a % b,
        };
        x.is_finite().then_some(x)
    }

    /// A date so many days later or earlier.
    fn shifted<'v>(self, day: i32, n: i64) -> Scalar<'v> {
        let n = if self == Arithmetic::Minus { n.checked_neg() } else { Some(n) };
        let day = n.and_then(|n| i64::from(day).checked_add(n));
        day.and_then(|d| i32::try_from(d).ok()).map_or(Null, Date)
    }
}

impl Field {
    fn of<'v>(self, value: &Scalar) -> Scalar<'v> {
        let Some(seconds) = value.seconds() else { return Null };
        let Ok(day) = i32::try_from(seconds.div_euclid(86_400)) else { return Null };
        let (clock, (year, month, day)) = (seconds.rem_euclid(86_400), calendar::civil(day));
        Double(match self {
            Field::Year => f64::from(year),
            Field::Month => f64::from(month),
            Field::Day => f64::from(day),
            Field::Hour => (clock / 3600) as f64,
            Field::Minute => (clock / 60 % 60) as f64,
            Field::Second => (clock % 60) as f64,
        })
    }
}
