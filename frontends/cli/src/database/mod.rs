//! Connections, queries and COPY.

mod connection;
mod copy;
mod interrupt;
mod query;

pub use connection::{
    Database, Notifications, connect, connect_for_notifications, connect_with_attempts,
};
pub use copy::{copy_rows, copy_table, stage_rows};
pub use interrupt::{ActiveSession, run_until_signal};
pub use query::{Query, describe_columns, wrap_as_json};
