//! Opens the WebSocket of live updates.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::http::{HeaderMap, HeaderName, StatusCode, Uri, header};
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::QueryParams;
use crate::auth::Caller;
use crate::connection::PeerSlot;
use crate::error::{ErrorBody, Problem};
use crate::live::{LiveContext, Since};

/// Readers do not need to send anything.
const MAX_MESSAGE_BYTES: usize = 4 << 10;

/// Where to resume
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ResumeParams {
    /// cursor of the last message received; all later changes are sent first
    pub since: Option<i64>,
    /// alert_id of the last alert received, or alert of the hello message; all later alerts are sent first
    pub since_alert: Option<i64>,
}

/// WebSocket with JSON messages about changed events, loads, alerts and predictions
#[utoipa::path(get, path = "/ws/live-updates", tag = "live", params(ResumeParams),
    responses((status = 101, description = "The WebSocket is open"), (status = 400, body = ErrorBody),
        (status = 403, body = ErrorBody),
        (status = 426, body = ErrorBody)))]
pub async fn updates(
    State(context): State<Arc<LiveContext>>,
    caller: Caller,
    slot: Option<Extension<PeerSlot>>,
    headers: HeaderMap,
    uri: Uri,
    QueryParams(resume): QueryParams<ResumeParams>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    let upgrade = upgrade.map_err(|rejection| {
        let status = StatusCode::BAD_REQUEST;
        Problem::new(status, "no_websocket", "this address accepts only WebSockets")
            .details(rejection.body_text())
    })?;
    if !is_allowed_origin(&headers, &uri, &context.allowed_origins) {
        let status = StatusCode::FORBIDDEN;
        return Err(Problem::new(
            status,
            "forbidden",
            "pages of this origin may not open a WebSocket",
        )
        .details(header_text(&headers, &header::ORIGIN))
        .hint("The operator of the service can allow it in cors_origins."));
    }
    let open = context.metrics.sockets.get();
    if open >= i64::try_from(context.max_sockets).unwrap_or(i64::MAX) {
        return Err(Problem::overloaded("too many WebSockets are open"));
    }
    let since = Since { change: resume.since, alert: resume.since_alert };
    // Small buffers, as most sockets only wait.
    let upgrade = upgrade.max_message_size(MAX_MESSAGE_BYTES).read_buffer_size(1 << 10);
    let upgrade = upgrade.write_buffer_size(0).protocols([PROTOCOL]);
    let slot = slot.map(|Extension(slot)| slot);
    Ok(upgrade.on_upgrade(move |socket| context.serve(caller, socket, since, slot)))
}

/// The subprotocol that a browser offers beside `bearer.TOKEN`. The response selects it.
const PROTOCOL: &str = "ntsb";

fn header_text(headers: &HeaderMap, name: &HeaderName) -> String {
    headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned()
}

/// Browsers let any page open a WebSocket to any host, but send the origin of the page. Other clients send none.
fn is_allowed_origin(headers: &HeaderMap, uri: &Uri, allowed: &[String]) -> bool {
    if !headers.contains_key(header::ORIGIN) {
        return true;
    }
    let origin = header_text(headers, &header::ORIGIN);
    if allowed.iter().any(|one| one == "*" || one.eq_ignore_ascii_case(&origin)) {
        return true;
    }
    let host =
        uri.authority().map_or_else(|| header_text(headers, &header::HOST), ToString::to_string);
    let is_same = origin.split_once("://").map(|(scheme, rest)| {
        let normalize = |host: &str| {
            let port = if scheme == "https" { ":443" } else { ":80" };
            host.strip_suffix(port).unwrap_or(host).to_ascii_lowercase()
        };
        normalize(rest) == normalize(&host)
    });
    is_same.unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_host_and_listed_origins_are_allowed() {
        let allowed = |origin: Option<&str>, host: &str| {
            let mut headers = HeaderMap::new();
            for (name, value) in [("origin", origin), ("host", Some(host))] {
                if let Some(value) = value.and_then(|v| v.parse().ok()) {
                    headers.insert(name, value);
                }
            }
            is_allowed_origin(&headers, &Uri::from_static("/ws"), &["https://maps.example".into()])
        };
        assert!(allowed(None, "a.example"));
        assert!(allowed(Some("https://a.example"), "a.example"));
        assert!(allowed(Some("https://a.example"), "A.example:443"));
        assert!(allowed(Some("http://127.0.0.1:8015"), "127.0.0.1:8015"));
        assert!(allowed(Some("https://maps.example"), "a.example"));
        assert!(!allowed(Some("https://b.example"), "a.example"));
        assert!(!allowed(Some("http://a.example:81"), "a.example"));
        assert!(!allowed(Some("null"), "a.example"));
    }
}
