//! Middleware that authenticates the caller and applies the rate limit.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use ipnet::IpNet;

use super::{Caller, Tokens};
use crate::config::Settings;
use crate::error::Problem;
use crate::limit::{Limiter, Peer, Tier, caller_network, too_many_requests};

/// A browser cannot set the headers of a WebSocket, but it can name subprotocols.
const BEARER_PROTOCOL: &str = "bearer.";

pub struct Authenticator {
    tokens: Arc<Tokens>,
    limiter: Arc<Limiter>,
    trusted_proxies: Vec<IpNet>,
    open_read: bool,
}

impl Authenticator {
    pub fn new(settings: &Settings, tokens: Arc<Tokens>, limiter: Arc<Limiter>) -> Authenticator {
        let (trusted_proxies, open_read) = (settings.trusted_proxies.clone(), settings.open_read);
        Authenticator { tokens, limiter, trusted_proxies, open_read }
    }

    async fn authenticate(&self, headers: &HeaderMap, address: IpAddr) -> Result<Caller, Problem> {
        let Some(token) = bearer_token(headers)? else { return Ok(Caller::anonymous(address)) };
        let claims = self.tokens.verify(token).await?;
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

fn bearer_token(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        return Ok(subprotocol_token(headers));
    };
    let text = value.to_str().unwrap_or_default();
    let token = text.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    token.map(|(_, token)| Some(token.trim())).ok_or_else(|| {
        Problem::unauthorized("the Authorization header must use the Bearer scheme")
            .hint("Send Authorization: Bearer TOKEN, with a token from POST /api/v1/auth/token.")
    })
}

fn subprotocol_token(headers: &HeaderMap) -> Option<&str> {
    let lines = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter();
    let mut names = lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(','));
    names.find_map(|name| name.trim().strip_prefix(BEARER_PROTOCOL))
}

/// Authenticates the caller and counts the request. A request with an invalid token is counted by address.
pub async fn authenticate(
    State(authenticator): State<Arc<Authenticator>>,
    peer: Peer,
    mut request: Request,
    next: Next,
) -> Response {
    let address = peer.client_address(request.headers(), &authenticator.trusted_proxies);
    let caller = authenticator.authenticate(request.headers(), address).await;
    let by_address = || format!("address:{}", caller_network(address));
    let rate_key = caller.as_ref().map_or_else(|_| by_address(), Caller::rate_key);
    let tier = caller.as_ref().map_or(Tier::Free, |c| c.tier);
    let allowance = authenticator.limiter.count(&rate_key, tier).await;
    let mut response = match (allowance.retry_after(), caller) {
        (Some(seconds), _) => too_many_requests(seconds).into_response(),
        (None, Err(problem)) => problem.into_response(),
        (None, Ok(caller)) => {
            tracing::Span::current().record("user", rate_key.as_str());
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
    };
    allowance.write_headers(response.headers_mut());
    response
}

/// Rejects anonymous callers unless `open_read` is set.
pub async fn require_token(
    State(authenticator): State<Arc<Authenticator>>,
    caller: Caller,
    request: Request,
    next: Next,
) -> Response {
    if caller.name.is_none() && !authenticator.open_read {
        return Problem::unauthorized("this service requires a token")
            .hint("Exchange an API key for a token at POST /api/v1/auth/token; `ntsb apikey create` creates keys.")
            .into_response();
    }
    next.run(request).await
}
