//! The service itself.

use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::Role;
use crate::limit::Tier;

/// State of the service
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Health {
    /// ok
    pub status: String,
    pub version: String,
}

/// State of the service and its databases
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Readiness {
    pub replicas: i64,
    /// Healthy replicas
    pub replicas_well: i64,
    /// ready
    pub status: String,
}

/// A token
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Token {
    pub access_token: String,
    /// Lifetime in seconds
    pub expires_in: i64,
    pub role: Role,
    pub tier: Tier,
    /// Bearer
    pub token_type: String,
}
