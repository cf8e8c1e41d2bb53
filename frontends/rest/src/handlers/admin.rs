//! API keys, for administrators.

use std::sync::{Arc, LazyLock};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{JsonBody, PathParams};
use crate::api_keys::ApiKeys;
use crate::auth::Caller;
use crate::database::{Database, Query};
use crate::error::{ErrorBody, Problem};
use crate::response::{Envelope, Responder};
use crate::schema::keys::{ApiKey, NewKey};
use crate::schema::lists::List;

static KEYS: LazyLock<String> =
    LazyLock::new(|| format!("SELECT {} FROM ntsb_api_keys()", ApiKey::select_list()));

static CREATE: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {} FROM ntsb_create_api_key($1, coalesce($2, 'api_user'), coalesce($3, 'free'),
                                            make_interval(days => $4))",
        NewKey::select_list()
    )
});

const REVOKE: &str = "SELECT ntsb_revoke_api_key($1)::text";

/// List API keys, without their secrets
#[utoipa::path(get, path = "/api/v1/admin/api-keys", tag = "admin",
    responses((status = 200, body = inline(List<ApiKey>)), (status = 403, body = ErrorBody)))]
pub async fn keys(
    State(responder): State<Arc<Responder>>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let query = Query::new(KEYS.as_str()).for_write();
    responder.list(&caller, &headers, query, Envelope::V1).await
}

/// Properties of a new API key
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Wanted, example = json!({"name": "dashboard", "role": "api_user", "tier": "premium", "days": 90}))]
pub struct NewKeyParams {
    /// Owner or purpose of the key
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// viewer, api_user, analyst or admin; default api_user
    #[schema(pattern = "^(viewer|api_user|analyst|admin)$")]
    pub role: Option<String>,
    /// free or premium; default free
    #[schema(pattern = "^(free|premium)$")]
    pub tier: Option<String>,
    /// Days until the key expires; null: never
    #[schema(minimum = 1)]
    pub days: Option<i32>,
}

/// Create an API key, which is shown only once
#[utoipa::path(post, path = "/api/v1/admin/api-keys", tag = "admin", request_body = NewKeyParams,
    responses((status = 200, body = NewKey), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub async fn create(
    State(responder): State<Arc<Responder>>,
    caller: Caller,
    JsonBody(params): JsonBody<NewKeyParams>,
) -> Result<Response, Problem> {
    let query = Query::new(CREATE.as_str()).text(params.name).text(params.role);
    let query = query.text(params.tier).int(params.days).for_write();
    responder.one_row(&caller, &query, || "the key was not created".into()).await
}

/// Revoke an API key and its tokens
#[utoipa::path(delete, path = "/api/v1/admin/api-keys/{key_id}", tag = "admin",
    params(("key_id" = i64, Path, description = "ID of the key")),
    responses((status = 204, description = "Revoked"), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub async fn revoke(
    State(database): State<Arc<Database>>,
    State(api_keys): State<Arc<ApiKeys>>,
    caller: Caller,
    PathParams(key_id): PathParams<i64>,
) -> Result<Response, Problem> {
    database.rows(&caller, &Query::new(REVOKE).bigint(key_id).for_write()).await?;
    // If this fails, the regular refresh follows within seconds.
    if let Err(problem) = api_keys.refresh_revoked().await {
        tracing::warn!(problem = problem.message, "could not read the revoked keys");
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}
