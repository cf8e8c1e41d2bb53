//! The types of expressions.

use super::expr::{Arithmetic, Expr, Function, Literal};
use ntsb_schema::tables::{Access, Clean, Column};

/// The type of an expression. Numbers are kept apart as PostgreSQL does, since `1 / 2` is 0 and
/// `29.92` as a `real` is not 29.92.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// Of the constant NULL, which is of any type.
    Null,
    Int,
    Real,
    Double,
    Text,
    Bool,
    Date,
    Timestamp,
}

impl Type {
    /// The type of a column's cleaned values.
    pub fn of(column: &Column) -> Type {
        match (column.access, column.clean) {
            (Access::DateTime, Clean::Date) => Type::Date,
            (Access::DateTime, _) => Type::Timestamp,
            (Access::Text(_) | Access::Memo, _) => Type::Text,
            (Access::Byte | Access::Integer | Access::Long, _) => Type::Int,
            (Access::Single, _) => Type::Real,
            (Access::Double, _) => Type::Double,
            (Access::Boolean, _) => Type::Bool,
        }
    }

    /// The type of an expression that was read, given those of the columns.
    pub fn of_expr(expr: &Expr, column: &dyn Fn(usize) -> Type) -> Type {
        let of = |e: &Expr| Type::of_expr(e, column);
        let common = |list: &mut dyn Iterator<Item = &Expr>| {
            list.fold(Type::Null, |kind, e| kind.common(of(e)).unwrap_or(kind))
        };
        match expr {
            Expr::Column(at) => column(*at),
            Expr::Literal(literal) => Type::of_literal(literal),
            Expr::Negative(a) => of(a),
            Expr::Extract(..) => Type::Double,
            Expr::Arithmetic(op, a, b) => match (op, of(a), of(b)) {
                (Arithmetic::Minus, Type::Date, Type::Date) => Type::Int,
                (_, Type::Date, _) | (_, _, Type::Date) => Type::Date,
                (_, a, b) => a.common(b).unwrap_or(Type::Double),
            },
            Expr::Case { whens, other, .. } => {
                common(&mut whens.iter().map(|(_, result)| result).chain(other.as_deref()))
            }
            Expr::Call(function, args) => match function {
                Function::Coalesce | Function::Greatest | Function::Least => {
                    common(&mut args.iter())
                }
                Function::Nullif | Function::Abs => args.first().map_or(Type::Null, of),
                Function::Ceil | Function::Floor | Function::Round => Type::Double,
                Function::Length => Type::Int,
                _ => Type::Text,
            },
            _ => Type::Bool,
        }
    }

    pub fn of_literal(literal: &Literal) -> Type {
        match literal {
            Literal::Null => Type::Null,
            Literal::Bool(_) => Type::Bool,
            Literal::Int(_) => Type::Int,
            Literal::Double(_) => Type::Double,
            Literal::Text(_) => Type::Text,
            Literal::Date(_) => Type::Date,
            Literal::Timestamp(_) => Type::Timestamp,
        }
    }

    pub fn is_number(self) -> bool {
        matches!(self, Type::Int | Type::Real | Type::Double)
    }

    /// A date or a moment.
    pub fn is_time(self) -> bool {
        matches!(self, Type::Date | Type::Timestamp)
    }

    /// The type that values of both can be given, if there is one.
    pub fn common(self, other: Type) -> Option<Type> {
        match (self, other) {
            (a, b) if a == b => Some(a),
            (Type::Null, b) => Some(b),
            (a, Type::Null) => Some(a),
            (a, b) if a.is_number() && b.is_number() => Some(Type::Double),
            (a, b) if a.is_time() && b.is_time() => Some(Type::Timestamp),
            _ => None,
        }
    }
}

impl std::fmt::Display for Type {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str(match self {
            Type::Null => "null",
            Type::Int | Type::Real | Type::Double => "a number",
            Type::Text => "text",
            Type::Bool => "a truth value",
            Type::Date => "date",
            Type::Timestamp => "timestamp",
        })
    }
}
