//! Keys, for those who manage them.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Sent, Tail};
use crate::answer::Envelope;
use crate::ask::Question;
use crate::auth::Caller;
use crate::error::{ErrorBody, Problem};
use crate::schema::events::List;
use crate::schema::health::{ApiKey, NewKey};
use crate::state::App;

type Shared = State<Arc<App>>;

const KEYS: &str = "SELECT * FROM ntsb_api_keys()";
const CREATE: &str = "
    SELECT * FROM ntsb_create_api_key($1, coalesce($2, 'api_user'), coalesce($3, 'free'),
                                      make_interval(days => $4))";
const REVOKE: &str = "SELECT ntsb_revoke_api_key($1)::text";

/// All keys; never the keys themselves
#[utoipa::path(get, path = "/api/v1/admin/api-keys", tag = "admin",
    responses((status = 200, body = inline(List<ApiKey>)), (status = 403, body = ErrorBody)))]
pub async fn keys(
    State(app): Shared,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    app.list(&caller, &headers, Question::new(KEYS).writing(), Envelope::V1).await
}

/// What key
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "dashboard", "role": "api_user", "tier": "premium", "days": 90}))]
pub struct Wanted {
    /// Whose it is, or what for
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// viewer, api_user, analyst or admin; default api_user
    #[schema(pattern = "^(viewer|api_user|analyst|admin)$")]
    pub role: Option<String>,
    /// free or premium; default free
    #[schema(pattern = "^(free|premium)$")]
    pub tier: Option<String>,
    /// For so many days; null: for ever
    #[schema(minimum = 1)]
    pub days: Option<i32>,
}

/// A new key, shown this once
#[utoipa::path(post, path = "/api/v1/admin/api-keys", tag = "admin", request_body = Wanted,
    responses((status = 200, body = NewKey), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub async fn create(
    State(app): Shared,
    caller: Caller,
    Sent(w): Sent<Wanted>,
) -> Result<Response, Problem> {
    let question = Question::new(CREATE).text(w.name).text(w.role).text(w.tier).int(w.days);
    app.one(&caller, question.writing(), || "no key was made".into()).await
}

/// The end of a key and its tokens
#[utoipa::path(delete, path = "/api/v1/admin/api-keys/{key_id}", tag = "admin",
    params(("key_id" = i64, Path, description = "Number of the key")),
    responses((status = 204, description = "Revoked"), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub async fn revoke(
    State(app): Shared,
    caller: Caller,
    Tail(key_id): Tail<i64>,
) -> Result<Response, Problem> {
    app.rows(&caller, Question::new(REVOKE).long(key_id).writing()).await?;
    // Otherwise the next look at the table finds it, within seconds.
    if let Err(problem) = app.read_revoked_keys().await {
        tracing::warn!(problem = problem.message, "revoked keys could not be read");
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}
