//! Attacks by a hostile role. The worst result must be an error.

mod hostile_calls;
mod literals;
mod privileges;
mod shadowed_names;
mod wrong_row_types;

use ntsb_tests::database::Database;

/// A role that is dropped at the end of the test, because roles belong to the whole server.
pub struct Role<'a> {
    pub name: String,
    database: &'a Database,
}

impl<'a> Role<'a> {
    pub fn create(database: &'a Database, name: &str) -> Role<'a> {
        let name = format!("{name}_{}", database.name);
        database.execute(&format!("CREATE ROLE {name} LOGIN"));
        Role { name, database }
    }
}

impl Drop for Role<'_> {
    fn drop(&mut self) {
        let sql = format!("DROP OWNED BY {0} CASCADE; DROP ROLE {0}", self.name);
        if let Err(error) = self.database.connect().batch_execute(&sql) {
            eprintln!("cannot drop role {}: {error:?}", self.name);
        }
    }
}
