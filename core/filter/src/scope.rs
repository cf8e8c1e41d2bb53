//! What a condition may name.

use super::Type;
use ntsb_schema::tables::Table;

/// Named, typed columns; a column is known by its place.
pub trait Scope {
    /// What messages call it, and what may stand before a column's name.
    fn name(&self) -> &'static str;

    /// Place and type of a column.
    fn find(&self, column: &str) -> Option<(usize, Type)>;
}

impl Scope for Table {
    fn name(&self) -> &'static str {
        self.name
    }

    fn find(&self, column: &str) -> Option<(usize, Type)> {
        let mut all = self.columns.iter().chain(self.derived).enumerate();
        all.find(|(_, c)| c.name == column).map(|(at, c)| (at, Type::of(c)))
    }
}
