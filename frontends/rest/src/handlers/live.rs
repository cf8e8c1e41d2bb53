//! The way into what happens as it happens.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::Given;
use crate::auth::Caller;
use crate::error::{ErrorBody, Problem};
use crate::live::{Since, follow};
use crate::state::App;

/// Readers have nothing to say.
const LONGEST_MESSAGE: usize = 4 << 10;

/// From where on
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct From {
    /// cursor of the last message that was read: all changes since come first
    pub since: Option<i64>,
    /// alert_id of the last alert that was read, or alert of hello: all alerts since come first
    pub since_alert: Option<i64>,
}

/// WebSocket: new and changed accidents, loads, alerts and finished predictions, as JSON messages
#[utoipa::path(get, path = "/ws/live-updates", tag = "live", params(From),
    responses((status = 101, description = "The WebSocket is open"), (status = 400, body = ErrorBody),
        (status = 426, body = ErrorBody)))]
pub async fn updates(
    State(app): State<Arc<App>>,
    caller: Caller,
    Given(from): Given<From>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    let upgrade = upgrade.map_err(|rejection| {
        let status = StatusCode::BAD_REQUEST;
        Problem::new(status, "no_websocket", "this address takes WebSockets alone")
            .details(rejection.body_text())
    })?;
    let open = app.metrics.sockets.get();
    if open >= i64::try_from(app.settings.max_sockets).unwrap_or(i64::MAX) {
        return Err(Problem::overloaded("too many WebSockets are open"));
    }
    let since = Since { change: from.since, alert: from.since_alert };
    // A socket that only waits needs no large buffers.
    let upgrade = upgrade.max_message_size(LONGEST_MESSAGE).read_buffer_size(1 << 10);
    let upgrade = upgrade.write_buffer_size(0);
    Ok(upgrade.on_upgrade(move |socket| follow(app, caller, socket, since)))
}
