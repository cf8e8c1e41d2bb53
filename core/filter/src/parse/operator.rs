//! Operators, and the types that they and the functions take.

use super::literal::as_moment;
use super::{Expr, FilterError, Function, Reader, Type, Typed, not_allowed, number, text, truth};
use crate::expr::{Arithmetic, Comparison, Literal};
use sqlparser::ast;
use sqlparser::ast::BinaryOperator as Op;

impl Reader<'_> {
    pub(super) fn binary(
        &mut self,
        left: &ast::Expr,
        op: &Op,
        right: &ast::Expr,
    ) -> Result<Typed, FilterError> {
        match op {
            Op::And | Op::Or => self.chain(left, op, right),
            Op::PGLikeMatch => self.like(left, right, false, false),
            Op::PGILikeMatch => self.like(left, right, true, false),
            Op::PGNotLikeMatch => self.like(left, right, false, true),
            Op::PGNotILikeMatch => self.like(left, right, true, true),
            _ => {
                let (left, right) = (self.read(left)?, self.read(right)?);
                match (comparison(op), arithmetic(op)) {
                    (Some(how), _) => {
                        let (a, b) = pair("a comparison", left, right)?;
                        Ok((Expr::Compare(how, a, b), Type::Bool))
                    }
                    (None, Some(op)) => calculation(op, left, right),
                    (None, None) => Err(not_allowed(format!("the operator {op}"))),
                }
            }
        }
    }

    /// AND and OR of any number of conditions, which the parser nests to the left.
    fn chain(
        &mut self,
        left: &ast::Expr,
        op: &Op,
        right: &ast::Expr,
    ) -> Result<Typed, FilterError> {
        let mut parts = vec![right];
        let mut first = left;
        while let ast::Expr::BinaryOp { left, op: inner, right } = first
            && inner == op
        {
            parts.push(right);
            first = left;
        }
        parts.push(first);
        let mut list = Vec::with_capacity(parts.len());
        for part in parts.into_iter().rev() {
            list.push(self.condition("AND or OR", part)?);
        }
        let all = *op == Op::And;
        Ok((if all { Expr::All(list) } else { Expr::Any(list) }, Type::Bool))
    }

    fn condition(
        &mut self,
        operation: &'static str,
        expr: &ast::Expr,
    ) -> Result<Expr, FilterError> {
        let (expr, kind) = self.read(expr)?;
        truth(operation, kind)?;
        Ok(expr)
    }

    pub(super) fn unary(
        &mut self,
        op: ast::UnaryOperator,
        expr: &ast::Expr,
    ) -> Result<Typed, FilterError> {
        match op {
            ast::UnaryOperator::Not => {
                Ok((Expr::Not(Box::new(self.condition("NOT", expr)?)), Type::Bool))
            }
            ast::UnaryOperator::Plus | ast::UnaryOperator::Minus => {
                let (expr, kind) = self.read(expr)?;
                number("the operand of a sign", kind)?;
                let minus = op == ast::UnaryOperator::Minus;
                Ok((if minus { Expr::Negative(Box::new(expr)) } else { expr }, kind))
            }
            other => Err(not_allowed(format!("the operator {other}"))),
        }
    }

    pub(super) fn null(&mut self, expr: &ast::Expr, negated: bool) -> Result<Typed, FilterError> {
        Ok((Expr::Null(Box::new(self.read(expr)?.0), negated), Type::Bool))
    }

    pub(super) fn is(
        &mut self,
        expr: &ast::Expr,
        wanted: bool,
        negated: bool,
    ) -> Result<Typed, FilterError> {
        let expr = self.condition("IS TRUE or IS FALSE", expr)?;
        Ok((Expr::Is(Box::new(expr), wanted, negated), Type::Bool))
    }

    pub(super) fn unknown(
        &mut self,
        expr: &ast::Expr,
        negated: bool,
    ) -> Result<Typed, FilterError> {
        let expr = self.condition("IS UNKNOWN", expr)?;
        Ok((Expr::Null(Box::new(expr), negated), Type::Bool))
    }

    pub(super) fn distinct(
        &mut self,
        a: &ast::Expr,
        b: &ast::Expr,
        negated: bool,
    ) -> Result<Typed, FilterError> {
        let (a, b) = pair("IS DISTINCT FROM", self.read(a)?, self.read(b)?)?;
        Ok((Expr::Distinct(a, b, negated), Type::Bool))
    }

    pub(super) fn in_list(
        &mut self,
        expr: &ast::Expr,
        list: &[ast::Expr],
        negated: bool,
    ) -> Result<Typed, FilterError> {
        let mut all = vec![self.read(expr)?];
        for item in list {
            all.push(self.read(item)?);
        }
        common("IN", &mut all)?;
        let mut all = all.into_iter().map(|(e, _)| e);
        let value = all.next().ok_or(FilterError::Syntax("IN without a value".to_owned()))?;
        Ok((Expr::In(Box::new(value), all.collect(), negated), Type::Bool))
    }

    pub(super) fn between(
        &mut self,
        value: &ast::Expr,
        low: &ast::Expr,
        high: &ast::Expr,
        negated: bool,
    ) -> Result<Typed, FilterError> {
        let mut all = [self.read(value)?, self.read(low)?, self.read(high)?];
        common("BETWEEN", &mut all)?;
        let [value, low, high] = all.map(|(e, _)| Box::new(e));
        Ok((Expr::Between { value, low, high, negated }, Type::Bool))
    }

    pub(super) fn like(
        &mut self,
        value: &ast::Expr,
        pattern: &ast::Expr,
        any_case: bool,
        negated: bool,
    ) -> Result<Typed, FilterError> {
        let (value, pattern) = (self.read(value)?, self.read(pattern)?);
        text("the operand of LIKE", value.1)?;
        text("the pattern of LIKE", pattern.1)?;
        let (value, pattern) = (Box::new(value.0), Box::new(pattern.0));
        Ok((Expr::Like { value, pattern, any_case, negated }, Type::Bool))
    }

    pub(super) fn case(
        &mut self,
        operand: Option<&ast::Expr>,
        whens: &[ast::CaseWhen],
        other: Option<&ast::Expr>,
    ) -> Result<Typed, FilterError> {
        let (operand, conditions) = self.conditions(operand, whens)?;
        let mut results = Vec::with_capacity(whens.len() + 1);
        for result in whens.iter().map(|when| &when.result).chain(other) {
            results.push(self.read(result)?);
        }
        let kind = one_type("CASE", &mut results)?;
        let mut results = results.into_iter().map(|(e, _)| e);
        let whens: Vec<_> = conditions.into_iter().zip(results.by_ref()).collect();
        Ok((Expr::Case { operand, whens, other: results.next().map(Box::new) }, kind))
    }

    /// The operand, read once, and each WHEN.
    fn conditions(
        &mut self,
        operand: Option<&ast::Expr>,
        whens: &[ast::CaseWhen],
    ) -> Result<(Option<Box<Expr>>, Vec<Expr>), FilterError> {
        let Some(operand) = operand else {
            let conditions = whens.iter().map(|when| self.condition("CASE WHEN", &when.condition));
            return Ok((None, conditions.collect::<Result<_, _>>()?));
        };
        let mut all = vec![self.read(operand)?];
        for when in whens {
            all.push(self.read(&when.condition)?);
        }
        common("CASE", &mut all)?;
        let mut all = all.into_iter().map(|(e, _)| e);
        Ok((all.next().map(Box::new), all.collect()))
    }
}

/// The type of a function's result; strings among its arguments become dates where others are.
pub(super) fn result(function: Function, args: &mut [Typed]) -> Result<Type, FilterError> {
    let name = function.name();
    let first = args.first().map_or(Type::Null, |a| a.1);
    match function {
        Function::Coalesce | Function::Greatest | Function::Least => return one_type(name, args),
        Function::Nullif => {
            common(name, args)?;
            return Ok(args.first().map_or(first, |a| a.1));
        }
        Function::Abs | Function::Ceil | Function::Floor | Function::Round => {
            number(name, first)?;
            return Ok(if function == Function::Abs { first } else { Type::Double });
        }
        _ => text(name, first)?,
    }
    for (_, kind) in args.iter().skip(1) {
        if !matches!(kind, Type::Int | Type::Null) {
            let wanted = "a whole number";
            return Err(FilterError::WrongType { operation: name, given: *kind, wanted });
        }
    }
    Ok(if function == Function::Length { Type::Int } else { Type::Text })
}

/// The one type of several expressions.
fn common(operation: &'static str, all: &mut [Typed]) -> Result<Type, FilterError> {
    let time = all.iter().map(|t| t.1).find(|t| t.is_time());
    let mut kind = Type::Null;
    for one in all.iter_mut() {
        if let Some(time) = time {
            as_moment(one, time)?;
        }
        kind = kind.common(one.1).ok_or(FilterError::Mismatch {
            operation,
            left: kind,
            right: one.1,
        })?;
    }
    Ok(kind)
}

/// Makes several expressions one type: whichever is taken, it is calculated with alike.
fn one_type(operation: &'static str, all: &mut [Typed]) -> Result<Type, FilterError> {
    let kind = common(operation, all)?;
    for (expr, own) in all.iter_mut() {
        if kind == Type::Double && matches!(own, Type::Int | Type::Real) {
            let was = std::mem::replace(expr, Expr::Literal(Literal::Double(0.0)));
            let zero = Box::new(Expr::Literal(Literal::Double(0.0)));
            *expr = Expr::Arithmetic(Arithmetic::Plus, Box::new(was), zero);
        }
    }
    Ok(kind)
}

fn pair(
    operation: &'static str,
    left: Typed,
    right: Typed,
) -> Result<(Box<Expr>, Box<Expr>), FilterError> {
    let mut both = [left, right];
    common(operation, &mut both)?;
    let [(a, _), (b, _)] = both;
    Ok((Box::new(a), Box::new(b)))
}

fn calculation(op: Arithmetic, left: Typed, right: Typed) -> Result<Typed, FilterError> {
    use Arithmetic::{Minus, Modulo, Plus};
    let (a, b) = (left.1, right.1);
    let kind = match (op, a, b) {
        (Minus, Type::Date, Type::Date) => Type::Int,
        (Plus | Minus, Type::Date, Type::Int) | (Plus, Type::Int, Type::Date) => Type::Date,
        (_, Type::Null, other) | (_, other, Type::Null) if other.is_number() => other,
        (_, Type::Int, Type::Int) => Type::Int,
        (Modulo, ..) => return Err(FilterError::Mismatch { operation: "%", left: a, right: b }),
        (_, Type::Real, Type::Real) => Type::Real,
        (_, a, b) if a.is_number() && b.is_number() => Type::Double,
        _ => return Err(FilterError::Mismatch { operation: "arithmetic", left: a, right: b }),
    };
    Ok((Expr::Arithmetic(op, Box::new(left.0), Box::new(right.0)), kind))
}

fn comparison(op: &Op) -> Option<Comparison> {
    Some(match op {
        Op::Eq => Comparison::Equal,
        Op::NotEq => Comparison::NotEqual,
        Op::Lt => Comparison::Less,
        Op::LtEq => Comparison::LessOrEqual,
        Op::Gt => Comparison::Greater,
        Op::GtEq => Comparison::GreaterOrEqual,
        _ => return None,
    })
}

fn arithmetic(op: &Op) -> Option<Arithmetic> {
    Some(match op {
        Op::Plus => Arithmetic::Plus,
        Op::Minus => Arithmetic::Minus,
        Op::Multiply => Arithmetic::Times,
        Op::Divide => Arithmetic::Divide,
        Op::Modulo => Arithmetic::Modulo,
        _ => return None,
    })
}
