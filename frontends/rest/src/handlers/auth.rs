//! A token for a key.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::Sent;
use crate::ask::Question;
use crate::auth::{Caller, Role};
use crate::error::{ErrorBody, Problem};
use crate::limit::Tier;
use crate::schema::health::Token;
use crate::state::App;

/// A key
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// As ntsb_create_api_key or `ntsb apikey create` gave it
    #[schema(examples("ntsb_0123456789abcdef"))]
    pub api_key: String,
}

/// A token for a key
#[utoipa::path(post, path = "/api/v1/auth/token", tag = "auth", request_body = Key,
    responses((status = 200, body = Token), (status = 401, body = ErrorBody)))]
pub async fn token(
    State(app): State<Arc<App>>,
    caller: Caller,
    Sent(key): Sent<Key>,
) -> Result<Response, Problem> {
    let row = app.known_key(&caller, &key.api_key).await?;
    let unknown = || Problem::unauthorized("this key is not known, has expired or was revoked");
    let row = row.ok_or_else(unknown)?;
    let (id, name, tier): (i64, String, String) =
        (row.try_get(0)?, row.try_get(1)?, row.try_get(3)?);
    let role = Role::named(row.try_get(2)?).ok_or_else(Problem::internal)?;
    let made = app.tokens.make(&name, role, Tier::named(&tier), id, row.try_get(4)?)?;
    let body = json!({
        "access_token": made.token, "token_type": "Bearer", "expires_in": made.seconds,
        "role": role, "tier": tier,
    });
    let media = HeaderValue::from_static("application/json");
    let headers = [
        (header::CONTENT_TYPE, media),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, body.to_string()).into_response())
}

impl App {
    /// Asked as the service itself, which alone may, of the primary: a key just revoked must not be valid.
    async fn known_key(
        &self,
        caller: &Caller,
        key: &str,
    ) -> Result<Option<tokio_postgres::Row>, Problem> {
        const CHECK: &str = "SELECT * FROM ntsb_internal.check_api_key($1)";
        if key.len() > 200 || key.contains('\0') {
            return Ok(None);
        }
        let rows = self.login_rows(caller, Question::new(CHECK).text(key.to_owned())).await?;
        Ok(rows.into_iter().next())
    }
}
