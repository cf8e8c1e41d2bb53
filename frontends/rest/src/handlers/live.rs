//! The way into what happens as it happens.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::http::{HeaderMap, HeaderName, StatusCode, Uri, header};
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::Given;
use crate::auth::Caller;
use crate::connection::PeerSlot;
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
        (status = 403, body = ErrorBody),
        (status = 426, body = ErrorBody)))]
pub async fn updates(
    State(app): State<Arc<App>>,
    caller: Caller,
    slot: Option<Extension<PeerSlot>>,
    headers: HeaderMap,
    uri: Uri,
    Given(from): Given<From>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    let upgrade = upgrade.map_err(|rejection| {
        let status = StatusCode::BAD_REQUEST;
        Problem::new(status, "no_websocket", "this address takes WebSockets alone")
            .details(rejection.body_text())
    })?;
    if !may_open(&headers, &uri, &app.settings.cors_origins) {
        let status = StatusCode::FORBIDDEN;
        return Err(Problem::new(
            status,
            "forbidden",
            "pages of this origin may not open WebSockets",
        )
        .details(text(&headers, &header::ORIGIN))
        .hint("The operator of the service lists origins in cors_origins."));
    }
    let open = app.metrics.sockets.get();
    if open >= i64::try_from(app.settings.max_sockets).unwrap_or(i64::MAX) {
        return Err(Problem::overloaded("too many WebSockets are open"));
    }
    let since = Since { change: from.since, alert: from.since_alert };
    // A socket that only waits needs no large buffers.
    let upgrade = upgrade.max_message_size(LONGEST_MESSAGE).read_buffer_size(1 << 10);
    let upgrade = upgrade.write_buffer_size(0).protocols([PROTOCOL]);
    let slot = slot.map(|Extension(slot)| slot);
    Ok(upgrade.on_upgrade(move |socket| follow(app, caller, socket, since, slot)))
}

/// What a browser offers beside `bearer.TOKEN`, and is answered with.
const PROTOCOL: &str = "ntsb";

fn text(headers: &HeaderMap, name: &HeaderName) -> String {
    headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned()
}

/// Browsers let any page open a WebSocket to any place and say which page it is. What is no browser says nothing.
fn may_open(headers: &HeaderMap, uri: &Uri, allowed: &[String]) -> bool {
    if !headers.contains_key(header::ORIGIN) {
        return true;
    }
    let origin = text(headers, &header::ORIGIN);
    if allowed.iter().any(|one| one == "*" || one.eq_ignore_ascii_case(&origin)) {
        return true;
    }
    let host = uri.authority().map_or_else(|| text(headers, &header::HOST), ToString::to_string);
    let same = origin.split_once("://").map(|(scheme, rest)| {
        let plain = |host: &str| {
            let port = if scheme == "https" { ":443" } else { ":80" };
            host.strip_suffix(port).unwrap_or(host).to_ascii_lowercase()
        };
        plain(rest) == plain(&host)
    });
    same.unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_the_same_host_and_of_listed_origins_may_open_a_socket() {
        let may = |origin: Option<&str>, host: &str| {
            let mut headers = HeaderMap::new();
            for (name, value) in [("origin", origin), ("host", Some(host))] {
                if let Some(value) = value.and_then(|v| v.parse().ok()) {
                    headers.insert(name, value);
                }
            }
            may_open(&headers, &Uri::from_static("/ws"), &["https://maps.example".into()])
        };
        assert!(may(None, "a.example"));
        assert!(may(Some("https://a.example"), "a.example"));
        assert!(may(Some("https://a.example"), "A.example:443"));
        assert!(may(Some("http://127.0.0.1:8015"), "127.0.0.1:8015"));
        assert!(may(Some("https://maps.example"), "a.example"));
        assert!(!may(Some("https://b.example"), "a.example"));
        assert!(!may(Some("http://a.example:81"), "a.example"));
        assert!(!may(Some("null"), "a.example"));
    }
}
