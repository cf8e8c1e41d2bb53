//! The columns that a condition can use.

use super::Type;
use ntsb_schema::tables::Table;

/// A set of named, typed columns. A column is identified by its position.
pub trait Scope {
    /// The name of the scope, used in error messages and to qualify a column.
    fn name(&self) -> &'static str;

    /// Finds the position and type of a column.
    fn find(&self, column: &str) -> Option<(usize, Type)>;
}

impl Scope for Table {
    fn name(&self) -> &'static str {
        self.name
    }

    fn find(&self, column: &str) -> Option<(usize, Type)> {
        let mut all = self.columns.iter().chain(self.derived).enumerate();
        all.find(|(_, c)| c.name == column).map(|(at, c)| (at, Type::from_column(c)))
    }
}
