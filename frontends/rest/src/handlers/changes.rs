//! The change log.

use std::sync::{Arc, LazyLock};

use axum::extract::State;
use axum::response::Response;

use crate::auth::Caller;
use crate::database::Query;
use crate::error::{ErrorBody, Problem};
use crate::response::Responder;
use crate::schema::changes::ChangeLogHead;

static HEAD: LazyLock<String> = LazyLock::new(|| {
    format!("SELECT {} FROM ntsb_change_log_head()", ChangeLogHead::select_list())
});

/// Head of the change log
///
/// Store it elsewhere to prove later that no entry up to this one was changed: `ntsb verify --against`.
#[utoipa::path(get, path = "/api/v1/changes/head", tag = "events",
    responses((status = 200, body = ChangeLogHead), (status = 404, body = ErrorBody)))]
pub async fn head(
    State(responder): State<Arc<Responder>>,
    caller: Caller,
) -> Result<Response, Problem> {
    responder.one_row(&caller, &Query::new(HEAD.as_str()), || "no data is loaded yet".into()).await
}
