//! The service itself, and keys.

use serde::Serialize;
use utoipa::ToSchema;

/// The service
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Health {
    /// ok
    pub status: String,
    pub version: String,
}

/// The service and its databases
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Readiness {
    /// ready
    pub status: String,
    pub replicas: i64,
    pub replicas_well: i64,
}

/// A token
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Token {
    pub access_token: String,
    /// Bearer
    pub token_type: String,
    /// Seconds
    pub expires_in: i64,
    pub role: crate::auth::Role,
    pub tier: crate::limit::Tier,
}

/// A key, shown this once
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewKey {
    pub key_id: i64,
    pub api_key: String,
}

/// What is known of a key
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiKey {
    pub key_id: i64,
    pub name: String,
    /// How it begins
    pub prefix: String,
    pub role: String,
    pub tier: String,
    pub created_at: String,
    pub created_by: String,
    pub expires_at: Option<String>,
    pub revoked_at: Option<String>,
    /// Neither expired nor revoked
    pub holds: bool,
}
