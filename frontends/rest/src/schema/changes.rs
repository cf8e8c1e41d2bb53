//! The change log.

row_type! {
    /// The head of the change log at the end of the last load
    ChangeLogHead {
        /// ID of the load
        batch_id: i64,
        /// Number of the last entry
        seq: i64,
        /// SHA-256 over the last entry and all entries before it, hexadecimal
        entry_hash: String,
        /// When the load finished
        finished_at: String,
    }
}
