//! Connections, queries and COPY.

mod connection;
mod copy;
mod interrupt;
mod listen;
mod query;

pub use connection::{
    Database, connect, connect_for_notifications, connect_shard, connect_with_attempts,
};
pub use copy::{copy_table, stage_rows, stage_with};
pub use interrupt::{ActiveSession, Signals, run_until_signal};
pub use listen::{serve_with_reconnects, wait_for_notifications};
pub use query::{Query, describe_columns, wrap_as_json};
