//! Exchanges an API key for a token.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;

use super::JsonBody;
use crate::api_keys::ApiKeys;
use crate::auth::{Caller, Role, Tokens};
use crate::error::{ErrorBody, Problem};
use crate::limit::Tier;
use crate::response::serialized;
use crate::schema::service::Token;

/// An API key
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// Key from ntsb_create_api_key or `ntsb apikey create`
    #[schema(examples("ntsb_0123456789abcdef"))]
    pub api_key: String,
}

/// Exchange an API key for a token
#[utoipa::path(post, path = "/api/v1/auth/token", tag = "auth", request_body = Key,
    responses((status = 200, body = Token), (status = 401, body = ErrorBody)))]
pub async fn token(
    State(api_keys): State<Arc<ApiKeys>>,
    State(tokens): State<Arc<Tokens>>,
    caller: Caller,
    JsonBody(key): JsonBody<Key>,
) -> Result<Response, Problem> {
    let row = api_keys.find(&caller, &key.api_key).await?;
    let row = row.ok_or_else(|| {
        Problem::unauthorized("the API key is unknown, has expired or was revoked")
    })?;
    let (id, name, tier): (i64, String, &str) = (row.try_get(0)?, row.try_get(1)?, row.try_get(3)?);
    let role = Role::parse(row.try_get(2)?).ok_or_else(Problem::internal)?;
    let tier = Tier::from_name(tier);
    let issued = tokens.issue(&name, role, tier, id, row.try_get(4)?)?;
    let mut response = serialized(&Token {
        access_token: issued.token,
        expires_in: i64::try_from(issued.seconds).unwrap_or(i64::MAX),
        role,
        tier,
        token_type: "Bearer".into(),
    })?;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
