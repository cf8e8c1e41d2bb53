//! The model registry.

use std::sync::{Arc, LazyLock};

use axum::extract::State;
use axum::response::Response;

use crate::auth::Caller;
use crate::database::Query;
use crate::error::{ErrorBody, Problem};
use crate::response::Responder;
use crate::schema::predictions::Model;

static MODELS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT coalesce(json_agg(to_json(m)), '[]')::text
         FROM (SELECT {} FROM ntsb_model_info()) m",
        Model::select_list()
    )
});

/// Models and their evaluation
#[utoipa::path(get, path = "/api/v1/models/info", tag = "predictions",
    responses((status = 200, body = [Model]), (status = 503, body = ErrorBody)))]
pub async fn info(
    State(responder): State<Arc<Responder>>,
    caller: Caller,
) -> Result<Response, Problem> {
    responder.json_value(&caller, &Query::new(MODELS.as_str())).await
}
