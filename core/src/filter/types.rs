//! The types of expressions.

use crate::source::{Access, Clean, Column};

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
