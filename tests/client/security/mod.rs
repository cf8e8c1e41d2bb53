//! What a hostile role can do: nothing worse than get an error.

mod hostile_calls;
mod literals;
mod privileges;
mod shadowed_names;
mod wrong_row_types;

use ntsb_tests::database::Database;

/// A role of the test that ends with it, as roles belong to the whole server.
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
            eprintln!("the role {} stays: {error:?}", self.name);
        }
    }
}
