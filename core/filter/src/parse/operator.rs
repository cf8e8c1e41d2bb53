//! Operators, and the types of operands and arguments.

use super::literal::convert_string;
use super::{
    Builder, Expr, FilterError, Function, Type, Typed, not_allowed, require_boolean,
    require_number, require_text,
};
use crate::expr::{Arithmetic, Comparison, Literal};
use sqlparser::ast;
use sqlparser::ast::BinaryOperator as Op;

impl Builder<'_> {
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
                let (left, right) = (self.build(left)?, self.build(right)?);
                match (comparison(op), arithmetic(op)) {
                    (Some(op), _) => {
                        let (a, b) = unify_pair("a comparison", left, right)?;
                        Ok((Expr::Compare(op, a, b), Type::Bool))
                    }
                    (None, Some(op)) => build_arithmetic(op, left, right),
                    (None, None) => Err(not_allowed(format!("the operator {op}"))),
                }
            }
        }
    }

    /// Flattens AND or OR of any number of conditions, which the parser nests to the left.
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
            list.push(self.boolean("the operand of AND or OR", part)?);
        }
        let is_and = *op == Op::And;
        Ok((if is_and { Expr::And(list) } else { Expr::Or(list) }, Type::Bool))
    }

    fn boolean(&mut self, operand: &'static str, expr: &ast::Expr) -> Result<Expr, FilterError> {
        let (expr, expr_type) = self.build(expr)?;
        require_boolean(operand, expr_type)?;
        Ok(expr)
    }

    pub(super) fn unary(
        &mut self,
        op: ast::UnaryOperator,
        expr: &ast::Expr,
    ) -> Result<Typed, FilterError> {
        match op {
            ast::UnaryOperator::Not => {
                let operand = self.boolean("the operand of NOT", expr)?;
                Ok((Expr::Not(Box::new(operand)), Type::Bool))
            }
            ast::UnaryOperator::Plus | ast::UnaryOperator::Minus => {
                let (expr, expr_type) = self.build(expr)?;
                require_number("the operand of a sign", expr_type)?;
                let is_minus = op == ast::UnaryOperator::Minus;
                Ok((if is_minus { Expr::Negate(Box::new(expr)) } else { expr }, expr_type))
            }
            other => Err(not_allowed(format!("the operator {other}"))),
        }
    }

    pub(super) fn is_null(
        &mut self,
        expr: &ast::Expr,
        negated: bool,
    ) -> Result<Typed, FilterError> {
        Ok((Expr::IsNull(Box::new(self.build(expr)?.0), negated), Type::Bool))
    }

    pub(super) fn is_bool(
        &mut self,
        expr: &ast::Expr,
        expected: bool,
        negated: bool,
    ) -> Result<Typed, FilterError> {
        let expr = self.boolean("the operand of IS TRUE or IS FALSE", expr)?;
        Ok((Expr::IsBool(Box::new(expr), expected, negated), Type::Bool))
    }

    pub(super) fn is_unknown(
        &mut self,
        expr: &ast::Expr,
        negated: bool,
    ) -> Result<Typed, FilterError> {
        let expr = self.boolean("the operand of IS UNKNOWN", expr)?;
        Ok((Expr::IsNull(Box::new(expr), negated), Type::Bool))
    }

    pub(super) fn distinct(
        &mut self,
        a: &ast::Expr,
        b: &ast::Expr,
        negated: bool,
    ) -> Result<Typed, FilterError> {
        let (a, b) = unify_pair("IS DISTINCT FROM", self.build(a)?, self.build(b)?)?;
        Ok((Expr::Distinct(a, b, negated), Type::Bool))
    }

    pub(super) fn in_list(
        &mut self,
        expr: &ast::Expr,
        list: &[ast::Expr],
        negated: bool,
    ) -> Result<Typed, FilterError> {
        let mut all = vec![self.build(expr)?];
        for item in list {
            all.push(self.build(item)?);
        }
        unify("IN", &mut all)?;
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
        let mut all = [self.build(value)?, self.build(low)?, self.build(high)?];
        unify("BETWEEN", &mut all)?;
        let [value, low, high] = all.map(|(e, _)| Box::new(e));
        Ok((Expr::Between { value, low, high, negated }, Type::Bool))
    }

    pub(super) fn like(
        &mut self,
        value: &ast::Expr,
        pattern: &ast::Expr,
        case_insensitive: bool,
        negated: bool,
    ) -> Result<Typed, FilterError> {
        let (value, pattern) = (self.build(value)?, self.build(pattern)?);
        require_text("the operand of LIKE", value.1)?;
        require_text("the pattern of LIKE", pattern.1)?;
        let (value, pattern) = (Box::new(value.0), Box::new(pattern.0));
        Ok((Expr::Like { value, pattern, case_insensitive, negated }, Type::Bool))
    }

    pub(super) fn case(
        &mut self,
        operand: Option<&ast::Expr>,
        whens: &[ast::CaseWhen],
        else_result: Option<&ast::Expr>,
    ) -> Result<Typed, FilterError> {
        let (operand, conditions) = self.case_conditions(operand, whens)?;
        let mut results = Vec::with_capacity(whens.len() + 1);
        for result in whens.iter().map(|when| &when.result).chain(else_result) {
            results.push(self.build(result)?);
        }
        let result_type = unify_and_convert("CASE", &mut results)?;
        let mut results = results.into_iter().map(|(e, _)| e);
        let whens: Vec<_> = conditions.into_iter().zip(results.by_ref()).collect();
        let else_result = results.next().map(Box::new);
        Ok((Expr::Case { operand, whens, else_result }, result_type))
    }

    /// The operand of a CASE, and the condition or value of each WHEN.
    fn case_conditions(
        &mut self,
        operand: Option<&ast::Expr>,
        whens: &[ast::CaseWhen],
    ) -> Result<(Option<Box<Expr>>, Vec<Expr>), FilterError> {
        let Some(operand) = operand else {
            let conditions =
                whens.iter().map(|when| self.boolean("the condition of WHEN", &when.condition));
            return Ok((None, conditions.collect::<Result<_, _>>()?));
        };
        let mut all = vec![self.build(operand)?];
        for when in whens {
            all.push(self.build(&when.condition)?);
        }
        unify("CASE", &mut all)?;
        let mut all = all.into_iter().map(|(e, _)| e);
        Ok((all.next().map(Box::new), all.collect()))
    }
}

/// Checks the types of a function's arguments and returns the type of its result. Converts strings
/// to dates if another argument is a date.
pub(super) fn result_type(function: Function, args: &mut [Typed]) -> Result<Type, FilterError> {
    let name = function.name();
    let first = args.first().map_or(Type::Null, |a| a.1);
    match function {
        Function::Coalesce | Function::Greatest | Function::Least => {
            return unify_and_convert(name, args);
        }
        Function::Nullif => {
            unify(name, args)?;
            return Ok(args.first().map_or(first, |a| a.1));
        }
        Function::Abs | Function::Ceil | Function::Floor | Function::Round => {
            require_number(format!("the argument of {name}"), first)?;
            return Ok(if function == Function::Abs { first } else { Type::Double });
        }
        _ => require_text(format!("the first argument of {name}"), first)?,
    }
    for (_, arg_type) in args.iter().skip(1) {
        if !matches!(arg_type, Type::Int | Type::Null) {
            let (operand, found) = (format!("an argument of {name}"), *arg_type);
            return Err(FilterError::WrongType { operand, found, expected: "an integer" });
        }
    }
    Ok(if function == Function::Length { Type::Int } else { Type::Text })
}

/// Finds the common type of several expressions. Converts strings to dates if one is a date.
fn unify(operation: &'static str, all: &mut [Typed]) -> Result<Type, FilterError> {
    let date_type = all.iter().map(|t| t.1).find(|t| t.is_date_or_timestamp());
    let mut common = Type::Null;
    for typed in all.iter_mut() {
        if let Some(date_type) = date_type {
            convert_string(typed, date_type)?;
        }
        common = common.common(typed.1).ok_or(FilterError::TypeMismatch {
            operation,
            left: common,
            right: typed.1,
        })?;
    }
    Ok(common)
}

/// Like [`unify`], but also converts integers and reals to double precision if that is the common
/// type, so that arithmetic on the result does not depend on which expression is chosen.
fn unify_and_convert(operation: &'static str, all: &mut [Typed]) -> Result<Type, FilterError> {
    let common = unify(operation, all)?;
    for (expr, expr_type) in all.iter_mut() {
        if common == Type::Double && matches!(expr_type, Type::Int | Type::Real) {
            let original = std::mem::replace(expr, Expr::Literal(Literal::Double(0.0)));
            let zero = Box::new(Expr::Literal(Literal::Double(0.0)));
            *expr = Expr::Arithmetic(Arithmetic::Plus, Box::new(original), zero);
        }
    }
    Ok(common)
}

fn unify_pair(
    operation: &'static str,
    left: Typed,
    right: Typed,
) -> Result<(Box<Expr>, Box<Expr>), FilterError> {
    let mut both = [left, right];
    unify(operation, &mut both)?;
    let [(a, _), (b, _)] = both;
    Ok((Box::new(a), Box::new(b)))
}

fn build_arithmetic(op: Arithmetic, left: Typed, right: Typed) -> Result<Typed, FilterError> {
    use Arithmetic::{Minus, Modulo, Plus};
    let (a, b) = (left.1, right.1);
    let result_type = match (op, a, b) {
        (Minus, Type::Date, Type::Date) => Type::Int,
        (Plus | Minus, Type::Date, Type::Int) | (Plus, Type::Int, Type::Date) => Type::Date,
        (_, Type::Null, other) | (_, other, Type::Null) if other.is_number() => other,
        (_, Type::Int, Type::Int) => Type::Int,
        (Modulo, ..) => {
            return Err(FilterError::TypeMismatch { operation: "%", left: a, right: b });
        }
        (_, Type::Real, Type::Real) => Type::Real,
        (_, a, b) if a.is_number() && b.is_number() => Type::Double,
        _ => return Err(FilterError::TypeMismatch { operation: "arithmetic", left: a, right: b }),
    };
    Ok((Expr::Arithmetic(op, Box::new(left.0), Box::new(right.0)), result_type))
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
