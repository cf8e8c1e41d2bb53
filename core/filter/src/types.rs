//! The types of expressions.

use super::expr::{Arithmetic, Expr, Function, Literal};
use ntsb_schema::tables::{Access, Clean, Column};

/// The type of an expression. The numeric types are distinguished as in PostgreSQL, because `1 / 2`
/// is 0 and `29.92` as a `real` is not 29.92.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// The type of the constant NULL, which converts to any type.
    Null,
    /// `integer` or `smallint`, evaluated in 64 bits.
    Int,
    /// `real`
    Real,
    /// `double precision`
    Double,
    /// `text`
    Text,
    /// `boolean`
    Bool,
    /// `date`
    Date,
    /// `timestamp`
    Timestamp,
}

impl Type {
    /// The type of a column's cleaned values.
    pub fn from_column(column: &Column) -> Type {
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

    /// The type of a parsed expression. `column` returns the type of a column.
    pub fn from_expr(expr: &Expr, column: &dyn Fn(usize) -> Type) -> Type {
        let type_of = |e: &Expr| Type::from_expr(e, column);
        let common = |list: &mut dyn Iterator<Item = &Expr>| {
            list.fold(Type::Null, |common, e| common.common(type_of(e)).unwrap_or(common))
        };
        match expr {
            Expr::Column(at) => column(*at),
            Expr::Literal(literal) => Type::from_literal(literal),
            Expr::Negate(a) => type_of(a),
            Expr::Extract(..) => Type::Double,
            Expr::Arithmetic(op, a, b) => match (op, type_of(a), type_of(b)) {
                (Arithmetic::Minus, Type::Date, Type::Date) => Type::Int,
                (_, Type::Date, _) | (_, _, Type::Date) => Type::Date,
                (_, a, b) => a.common(b).unwrap_or(Type::Double),
            },
            Expr::Case { whens, else_result, .. } => {
                common(&mut whens.iter().map(|(_, result)| result).chain(else_result.as_deref()))
            }
            Expr::Call(function, args) => match function {
                Function::Coalesce | Function::Greatest | Function::Least => {
                    common(&mut args.iter())
                }
                Function::Nullif | Function::Abs => args.first().map_or(Type::Null, type_of),
                Function::Ceil | Function::Floor | Function::Round => Type::Double,
                Function::Length => Type::Int,
                _ => Type::Text,
            },
            _ => Type::Bool,
        }
    }

    /// The type of a constant.
    pub fn from_literal(literal: &Literal) -> Type {
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

    /// Whether the type is numeric.
    pub fn is_number(self) -> bool {
        matches!(self, Type::Int | Type::Real | Type::Double)
    }

    /// Whether the type is a date or timestamp.
    pub fn is_date_or_timestamp(self) -> bool {
        matches!(self, Type::Date | Type::Timestamp)
    }

    /// The type to which values of both types convert, if there is one.
    pub fn common(self, other: Type) -> Option<Type> {
        match (self, other) {
            (a, b) if a == b => Some(a),
            (Type::Null, b) => Some(b),
            (a, Type::Null) => Some(a),
            (a, b) if a.is_number() && b.is_number() => Some(Type::Double),
            (a, b) if a.is_date_or_timestamp() && b.is_date_or_timestamp() => Some(Type::Timestamp),
            _ => None,
        }
    }
}

impl std::fmt::Display for Type {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str(match self {
            Type::Null => "null",
            Type::Int => "integer",
            Type::Real => "real",
            Type::Double => "double precision",
            Type::Text => "text",
            Type::Bool => "boolean",
            Type::Date => "date",
            Type::Timestamp => "timestamp",
        })
    }
}
