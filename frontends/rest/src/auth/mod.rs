//! Who asks, and as which role of the database.

mod jwks;
mod revoked;
mod token;

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use revoked::watch_revoked_keys;
pub use token::Tokens;

use crate::error::Problem;
use crate::limit::{Peer, Tier, caller_network};
use crate::state::App;

/// Each may all that the former may.
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
    pub fn of_database(self) -> &'static str {
        match self {
            Role::Viewer => "ntsb_viewer",
            Role::ApiUser => "ntsb_api_user",
            Role::Analyst => "ntsb_analyst",
            Role::Admin => "ntsb_admin",
        }
    }

    pub fn named(name: &str) -> Option<Role> {
        let all = [Role::Viewer, Role::ApiUser, Role::Analyst, Role::Admin];
        all.into_iter().find(|role| role.of_database().strip_prefix("ntsb_") == Some(name))
    }
}

/// Who asks.
#[derive(Clone, Debug)]
pub struct Caller {
    pub role: Role,
    pub tier: Tier,
    /// Name of the key; none: anybody.
    pub name: Option<String>,
    pub key: Option<i64>,
    /// When its token ends.
    pub expires_at: Option<DateTime<Utc>>,
    pub address: IpAddr,
}

impl Caller {
    /// By which requests are counted.
    pub fn counted_as(&self) -> String {
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

/// A browser cannot set headers of a WebSocket, but the names of its subprotocols.
const BEARER_PROTOCOL: &str = "bearer.";

fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        return Ok(subprotocol_token(headers));
    };
    let text = value.to_str().unwrap_or_default();
    let token = text.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    token.map(|(_, token)| Some(token.trim())).ok_or_else(|| {
        Problem::unauthorized("this kind of authorization is not known")
            .hint("Authorization: Bearer TOKEN, with a token of POST /api/v1/auth/token.")
    })
}

fn subprotocol_token(headers: &HeaderMap) -> Option<&str> {
    let lines = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter();
    let mut names = lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(','));
    names.find_map(|name| name.trim().strip_prefix(BEARER_PROTOCOL))
}

impl App {
    async fn caller(&self, headers: &HeaderMap, address: IpAddr) -> Result<Caller, Problem> {
        let Some(token) = bearer(headers)? else {
            let (role, tier) = (Role::Viewer, Tier::Free);
            return Ok(Caller { role, tier, name: None, key: None, expires_at: None, address });
        };
        let claims = self.tokens.read(token).await?;
        Ok(Caller {
            role: claims.role,
            tier: claims.tier,
            expires_at: claims.expires_at(),
            name: Some(claims.sub),
            key: claims.key,
            address,
        })
    }
}

/// Finds out who asks and counts the request; who asks too often is told to wait. A token that does not
/// hold counts as well, by address.
pub async fn gate(
    State(app): State<Arc<App>>,
    peer: Peer,
    mut request: Request,
    next: Next,
) -> Response {
    let address = peer.address(request.headers(), &app.settings.trusted_proxies);
    let found = app.caller(request.headers(), address).await;
    let by_address = || format!("address:{}", caller_network(address));
    let counted = found.as_ref().map_or_else(|_| by_address(), Caller::counted_as);
    let tier = found.as_ref().map_or(Tier::Free, |c| c.tier);
    let allowance = app.limiter.count(&counted, tier).await;
    let mut response = match (allowance.retry_after(), found) {
        (Some(seconds), _) => crate::limit::too_many(seconds).into_response(),
        (None, Err(problem)) => problem.into_response(),
        (None, Ok(caller)) => {
            tracing::Span::current().record("user", counted.as_str());
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
    };
    allowance.tell(response.headers_mut());
    response
}

/// Around what is not for everybody: without a token only where reading is open to all.
pub async fn open_or_known(
    State(app): State<Arc<App>>,
    caller: Caller,
    request: Request,
    next: Next,
) -> Response {
    if caller.name.is_none() && !app.settings.open_read {
        return Problem::unauthorized("this service answers those who have a token")
            .hint("POST /api/v1/auth/token turns a key into a token; `ntsb apikey create` makes keys.")
            .into_response();
    }
    next.run(request).await
}
