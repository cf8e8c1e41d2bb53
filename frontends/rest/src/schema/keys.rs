//! API keys.

row_type! {
    /// A new API key, which is shown only once
    NewKey {
        key_id: i64,
        api_key: String,
    }
}

row_type! {
    /// An API key, without its secret
    ApiKey {
        key_id: i64,
        name: String,
        /// First characters of the key
        prefix: String,
        role: String,
        tier: String,
        created_at: String,
        created_by: String,
        expires_at: Option<String>,
        revoked_at: Option<String>,
        /// Whether the key is valid: neither expired nor revoked
        is_valid: bool,
    }
}
