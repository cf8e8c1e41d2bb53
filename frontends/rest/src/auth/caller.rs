//! The caller of a request and its database role.

use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::Problem;
use crate::limit::{Tier, caller_network};

/// Each role includes the privileges of the previous one.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Viewer,
    ApiUser,
    Analyst,
    Admin,
}

impl Role {
    /// The name of the role in PostgreSQL.
    pub fn database_role(self) -> &'static str {
        match self {
            Role::Viewer => "ntsb_viewer",
            Role::ApiUser => "ntsb_api_user",
            Role::Analyst => "ntsb_analyst",
            Role::Admin => "ntsb_admin",
        }
    }

    pub fn parse(name: &str) -> Option<Role> {
        let all = [Role::Viewer, Role::ApiUser, Role::Analyst, Role::Admin];
        all.into_iter().find(|role| role.database_role().strip_prefix("ntsb_") == Some(name))
    }
}

#[derive(Clone, Debug)]
pub struct Caller {
    pub role: Role,
    pub tier: Tier,
    /// The name of the key. None: the request has no token.
    pub name: Option<String>,
    pub key: Option<i64>,
    /// When the token expires.
    pub expires_at: Option<DateTime<Utc>>,
    pub address: IpAddr,
}

impl Caller {
    pub fn anonymous(address: IpAddr) -> Caller {
        let (role, tier) = (Role::Viewer, Tier::Free);
        Caller { role, tier, name: None, key: None, expires_at: None, address }
    }

    /// What the requests of this caller are counted by.
    pub fn rate_key(&self) -> String {
        match (&self.name, self.key) {
            (_, Some(key)) => format!("key:{key}"),
            (Some(name), None) => format!("subject:{name}"),
            (None, None) => format!("address:{}", caller_network(self.address)),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Caller, Problem> {
        parts.extensions.get::<Caller>().cloned().ok_or_else(Problem::internal)
    }
}
