//! The change log.

use serde::Serialize;
use utoipa::ToSchema;

/// The end of the change log when the last load ended
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeLogHead {
    /// The load
    pub batch_id: i64,
    /// Number of the last entry
    pub seq: i64,
    /// SHA-256 of the last entry and of all before it, hexadecimal
    pub entry_hash: String,
    /// When the load ended
    pub finished_at: String,
}
