//! Evaluates a condition in three-valued logic.

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

/// Evaluates a boolean expression. `None` is unknown.
pub(super) fn eval_bool(expr: &Expr, values: &[Value]) -> Option<bool> {
    match expr {
        Expr::And(list) => eval_chain(list, values, true),
        Expr::Or(list) => eval_chain(list, values, false),
        Expr::Not(a) => eval_bool(a, values).map(|t| !t),
        Expr::Compare(operator, a, b) => {
            let order = eval_scalar(a, values).compare(&eval_scalar(b, values))?;
            Some(operator.accepts(order))
        }
        Expr::Distinct(a, b, negated) => {
            let (a, b) = (eval_scalar(a, values), eval_scalar(b, values));
            let is_same = match (a == Null, b == Null) {
                (false, false) => a.compare(&b) == Some(Ordering::Equal),
                (a, b) => a && b,
            };
            Some(is_same == *negated)
        }
        Expr::IsNull(a, negated) => Some((eval_scalar(a, values) == Null) != *negated),
        Expr::IsBool(a, expected, negated) => {
            Some((eval_bool(a, values) == Some(*expected)) != *negated)
        }
        Expr::In(a, list, negated) => {
            let found = is_in(&eval_scalar(a, values), list, values)?;
            Some(found != *negated)
        }
        Expr::Between { value, low, high, negated } => {
            let value = eval_scalar(value, values);
            let is_above = value.compare(&eval_scalar(low, values)).map(Ordering::is_ge);
            let is_below = value.compare(&eval_scalar(high, values)).map(Ordering::is_le);
            and(is_above, is_below).map(|t| t != *negated)
        }
        Expr::Like { value, pattern, case_insensitive, negated } => {
            match (eval_scalar(value, values), eval_scalar(pattern, values)) {
                (Text(text), Text(pattern)) => {
                    like::matches(&text, &pattern, *case_insensitive).map(|t| t != *negated)
                }
                _ => None,
            }
        }
        other => match eval_scalar(other, values) {
            Bool(t) => Some(t),
            _ => None,
        },
    }
}

/// AND if `unit` is true, OR if it is false. An operand that differs from `unit` decides, otherwise an
/// unknown one does.
fn eval_chain(list: &[Expr], values: &[Value], unit: bool) -> Option<bool> {
    let mut result = Some(unit);
    for part in list {
        match eval_bool(part, values) {
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
        match value.compare(&eval_scalar(item, values)) {
            Some(Ordering::Equal) => return Some(true),
            Some(_) => {}
            None => result = None,
        }
    }
    result
}

/// Evaluates an expression of any type.
pub(super) fn eval_scalar<'v>(expr: &'v Expr, values: &'v [Value]) -> Scalar<'v> {
    match expr {
        Expr::Column(at) => values.get(*at).map_or(Null, Scalar::from_value),
        Expr::Literal(literal) => Scalar::from_literal(literal),
        Expr::Arithmetic(op, a, b) => op.apply(eval_scalar(a, values), eval_scalar(b, values)),
        Expr::Negate(a) => match eval_scalar(a, values) {
            Int(n) => n.checked_neg().map_or(Null, Int),
            Real(x) => Real(-x),
            Double(x) => Double(-x),
            _ => Null,
        },
        Expr::Case { operand, whens, else_result } => {
            let operand = operand.as_deref().map(|operand| eval_scalar(operand, values));
            let matches = |(when, _): &&(Expr, Expr)| match &operand {
                Some(operand) => {
                    operand.compare(&eval_scalar(when, values)) == Some(Ordering::Equal)
                }
                None => eval_bool(when, values) == Some(true),
            };
            match whens.iter().find(matches) {
                Some((_, result)) => eval_scalar(result, values),
                None => else_result.as_ref().map_or(Null, |e| eval_scalar(e, values)),
            }
        }
        Expr::Extract(field, a) => field.extract(&eval_scalar(a, values)),
        Expr::Call(function, args) => call::eval_call(*function, args, values),
        other => eval_bool(other, values).map_or(Null, Bool),
    }
}

impl<'v> Scalar<'v> {
    fn from_value(value: &'v Value) -> Scalar<'v> {
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

    fn from_literal(literal: &'v Literal) -> Scalar<'v> {
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

    /// Compares two values. Returns `None` if one is null.
    pub fn compare(&self, other: &Scalar) -> Option<Ordering> {
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
    fn accepts(self, order: Ordering) -> bool {
        match self {
            Comparison::Equal => order.is_eq(),
            Comparison::NotEqual => order.is_ne(),
            Comparison::Less => order.is_lt(),
            Comparison::LessOrEqual => order.is_le(),
            Comparison::Greater => order.is_gt(),
            Comparison::GreaterOrEqual => order.is_ge(),
        }
    }
}

impl Arithmetic {
    fn apply<'v>(self, a: Scalar, b: Scalar) -> Scalar<'v> {
        match (a, b) {
            (Int(a), Int(b)) => self.apply_integers(a, b).map_or(Null, Int),
            (Real(a), Real(b)) => {
                let x = self.apply_floats(f64::from(a), f64::from(b)).map(|x| x as f32);
                x.filter(|x| x.is_finite()).map_or(Null, Real)
            }
            (Date(a), Date(b)) => Int(i64::from(a) - i64::from(b)),
            (Date(day), Int(n)) => self.shift_date(day, n),
            (Int(n), Date(day)) => self.shift_date(day, n),
            (a, b) => match (a.number(), b.number()) {
                (Some(a), Some(b)) => self.apply_floats(a, b).map_or(Null, Double),
                _ => Null,
            },
        }
    }

    fn apply_integers(self, a: i64, b: i64) -> Option<i64> {
        match self {
            Arithmetic::Plus => a.checked_add(b),
            Arithmetic::Minus => a.checked_sub(b),
            Arithmetic::Times => a.checked_mul(b),
            Arithmetic::Divide => a.checked_div(b),
            Arithmetic::Modulo => a.checked_rem(b),
        }
    }

    fn apply_floats(self, a: f64, b: f64) -> Option<f64> {
        let x = match self {
            Arithmetic::Plus => a + b,
            Arithmetic::Minus => a - b,
            Arithmetic::Times => a * b,
            Arithmetic::Divide => a / b,
            Arithmetic::Modulo => a % b,
        };
        x.is_finite().then_some(x)
    }

    /// Adds or subtracts a number of days.
    fn shift_date<'v>(self, day: i32, n: i64) -> Scalar<'v> {
        let n = if self == Arithmetic::Minus { n.checked_neg() } else { Some(n) };
        let day = n.and_then(|n| i64::from(day).checked_add(n));
        day.and_then(|d| i32::try_from(d).ok()).map_or(Null, Date)
    }
}

impl Field {
    fn extract<'v>(self, value: &Scalar) -> Scalar<'v> {
        let Some(seconds) = value.seconds() else { return Null };
        let Ok(day) = i32::try_from(seconds.div_euclid(86_400)) else { return Null };
        let (time, (year, month, day)) = (seconds.rem_euclid(86_400), calendar::days_to_date(day));
        Double(match self {
            Field::Year => f64::from(year),
            Field::Month => f64::from(month),
            Field::Day => f64::from(day),
            Field::Hour => (time / 3600) as f64,
            Field::Minute => (time / 60 % 60) as f64,
            Field::Second => (time % 60) as f64,
        })
    }
}
