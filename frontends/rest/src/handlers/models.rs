//! The models in use.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use crate::ask::Question;
use crate::auth::Caller;
use crate::error::{ErrorBody, Problem};
use crate::schema::predictions::Model;
use crate::state::App;

const INFO: &str = "SELECT coalesce(json_agg(to_json(m)), '[]')::text FROM ntsb_model_info() m";

/// All models, and how good they are
#[utoipa::path(get, path = "/api/v1/models/info", tag = "predictions",
    responses((status = 200, body = [Model]), (status = 503, body = ErrorBody)))]
pub async fn info(State(app): State<Arc<App>>, caller: Caller) -> Result<Response, Problem> {
    app.value(&caller, Question::new(INFO)).await
}
