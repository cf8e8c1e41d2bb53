//! The change log.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use crate::ask::Question;
use crate::auth::Caller;
use crate::error::{ErrorBody, Problem};
use crate::schema::changes::ChangeLogHead;
use crate::state::App;

const HEAD: &str = "SELECT batch_id, seq, entry_hash, finished_at FROM ntsb_change_log_head()";

/// The head of the change log
///
/// Kept elsewhere, it proves later that nothing up to this entry was changed: `ntsb verify --against`.
#[utoipa::path(get, path = "/api/v1/changes/head", tag = "events",
    responses((status = 200, body = ChangeLogHead), (status = 404, body = ErrorBody)))]
pub async fn head(State(app): State<Arc<App>>, caller: Caller) -> Result<Response, Problem> {
    app.one(&caller, Question::new(HEAD), || "nothing is loaded yet".into()).await
}
