//! Routes, and what stands around them.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use bytes::Bytes;
use serde_json::{Value, json as value};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Document;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::json;
use crate::auth::{gate, open_or_known};
use crate::body::read_body;
use crate::cache::cached;
use crate::error::Problem;
use crate::exact_text::{self, exact_text};
use crate::handlers::{
    admin, analytics, auth, changes, events, health, live, maps, models, predictions, search, stats,
};
use crate::middleware::front;
use crate::openapi::Description;
use crate::parameters::{Known, known_parameters};
use crate::state::App;

type Routes = OpenApiRouter<Arc<App>>;

/// What follows from the data alone, and may be kept until the next load.
fn of_data() -> Routes {
    OpenApiRouter::new()
        .routes(routes!(events::list))
        .routes(routes!(events::list_v2))
        .routes(routes!(events::event))
        .routes(routes!(events::aircraft))
        .routes(routes!(events::crew))
        .routes(routes!(events::findings))
        .routes(routes!(events::narratives))
        .routes(routes!(events::history))
        .routes(routes!(search::search))
        .routes(routes!(changes::head))
        .routes(routes!(stats::summary))
        .routes(routes!(stats::yearly))
        .routes(routes!(stats::monthly))
        .routes(routes!(stats::by_state))
        .routes(routes!(stats::by_aircraft))
        .routes(routes!(stats::causes))
        .routes(routes!(analytics::time_series))
        .routes(routes!(analytics::forecast))
        .routes(routes!(analytics::geospatial))
        .routes(routes!(analytics::hotspots))
        .routes(routes!(analytics::density))
        .routes(routes!(analytics::correlations))
        .routes(routes!(maps::near))
        .routes(routes!(maps::tile))
}

fn asked_anew() -> Routes {
    OpenApiRouter::new()
        .routes(routes!(predictions::batch))
        .routes(routes!(search::advanced))
        .routes(routes!(predictions::severity))
        .routes(routes!(predictions::explain))
        .routes(routes!(predictions::causes))
        .routes(routes!(models::info))
        .routes(routes!(live::updates))
        .routes(routes!(admin::keys, admin::create))
        .routes(routes!(admin::revoke))
}

/// Not counted, so that those who watch over the service are never told to wait.
fn of_health() -> Routes {
    OpenApiRouter::new().routes(routes!(health::live)).routes(routes!(health::ready))
}

fn of_metrics() -> Routes {
    OpenApiRouter::new().routes(routes!(health::metrics)).routes(routes!(health::metrics_too))
}

/// For an address of its own.
pub fn metrics_router(app: &Arc<App>) -> Router {
    let (routes, _) = of_metrics().split_for_parts();
    routes.fallback(nowhere).with_state(app.clone())
}

/// All routes, and their description.
fn routes(app: &Arc<App>) -> (Router<Arc<App>>, Document) {
    let with = |app: &Arc<App>| app.clone();
    let described = of_data().merge(asked_anew()).routes(routes!(auth::token));
    let mut described = described.into_openapi();
    exact_text::describe(&mut described);
    let known_names = Arc::new(Known::of(&described));
    let data = of_data().layer(from_fn_with_state(with(app), cached));
    // From the outside in: no byte of a body is read before its caller was counted and known.
    let known = data
        .merge(asked_anew())
        .layer(from_fn_with_state(with(app), read_body))
        .layer(from_fn(exact_text))
        .layer(from_fn_with_state(known_names.clone(), known_parameters))
        .layer(from_fn_with_state(with(app), open_or_known));
    let token = OpenApiRouter::new()
        .routes(routes!(auth::token))
        .layer(from_fn_with_state(with(app), read_body))
        .layer(from_fn_with_state(known_names, known_parameters));
    let counted = known.merge(token).layer(from_fn_with_state(with(app), gate));
    let all = OpenApiRouter::with_openapi(Description::openapi()).merge(counted).merge(of_health());
    let has_metrics = app.settings.metrics_listen.is_none();
    if has_metrics { all.merge(of_metrics()) } else { all }.split_for_parts()
}

/// The description as it is served. What can go wrong anywhere is said of every operation, and each answer has
/// the description that OpenAPI demands.
fn described(document: &Document) -> String {
    let mut document = serde_json::to_value(document).unwrap_or_default();
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    let items = paths.into_iter().flat_map(|paths| paths.values_mut());
    let operations = items.filter_map(Value::as_object_mut).flat_map(|item| item.values_mut());
    for operation in operations {
        if let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) {
            responses.insert("default".into(), failure());
            responses.iter_mut().for_each(|(status, answer)| name(status, answer));
        }
    }
    document.to_string()
}

fn name(status: &str, answer: &mut Value) {
    let known = status.parse().ok().and_then(|status| StatusCode::from_u16(status).ok());
    let reason = known.and_then(|status| status.canonical_reason()).unwrap_or_default();
    let Some(answer) = answer.as_object_mut() else { return };
    let said = answer.get("description").and_then(Value::as_str).unwrap_or_default();
    if said.is_empty() {
        answer.insert("description".into(), reason.into());
    }
}

fn failure() -> Value {
    let schema = value!({ "$ref": "#/components/schemas/ErrorBody" });
    value!({ "description": "Any other error", "content": { "application/json": { "schema": schema } } })
}

pub fn router(app: &Arc<App>) -> Router {
    let (routes, mut document) = routes(app);
    exact_text::describe(&mut document);
    let document = Bytes::from(described(&document));
    routes
        .route("/api/v1/openapi.json", get(move || async move { json(document.to_vec()) }))
        .route("/", get(index))
        .route("/docs", get(|| async { Redirect::permanent("/docs/") }))
        .route("/docs/", get(|| page(Path(String::new()))))
        .route("/docs/{*file}", get(page))
        .fallback(nowhere)
        .method_not_allowed_fallback(not_so)
        // read_body measures them.
        .layer(DefaultBodyLimit::disable())
        .layer(CatchPanicLayer::custom(panicked))
        .layer(cors(app))
        .layer(from_fn_with_state(app.clone(), front))
        .with_state(app.clone())
}

/// Where everything is, for programs and for people.
async fn index(headers: HeaderMap) -> Response {
    let accept = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if accept.contains("text/html") {
        return axum::response::Html(INDEX).into_response();
    }
    let version = env!("CARGO_PKG_VERSION");
    let body = value!({ "name": "pg_ntsb", "version": version, "documentation": "/docs/",
                        "openapi": "/api/v1/openapi.json", "health": "/health" });
    json(body.to_string().into_bytes())
}

const INDEX: &str = "<!doctype html><html lang=en><meta charset=utf-8><title>pg_ntsb</title>\
    <h1>pg_ntsb</h1><p>The NTSB aviation accident database.</p>\
    <ul><li><a href=\"/docs/\">Documentation</a></li>\
    <li><a href=\"/api/v1/openapi.json\">OpenAPI description</a></li></ul></html>";

async fn nowhere(request: Request) -> Problem {
    Problem::not_found("there is nothing at this address")
        .details(request.uri().path().to_owned())
        .hint("/docs shows all addresses.")
}

async fn not_so(method: Method) -> Problem {
    let status = StatusCode::METHOD_NOT_ALLOWED;
    Problem::new(status, "method_not_allowed", "this address takes other methods")
        .details(method.to_string())
}

/// The panic itself is in the log, by the hook.
fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    Problem::internal().into_response()
}

/// The user interface, whose files are all part of the program.
async fn page(Path(file): Path<String>) -> Response {
    let config = utoipa_swagger_ui::Config::from("/api/v1/openapi.json");
    match utoipa_swagger_ui::serve(&file, Arc::new(config)) {
        Ok(Some(file)) => {
            let media = HeaderValue::from_str(&file.content_type);
            let media = media.unwrap_or(HeaderValue::from_static("application/octet-stream"));
            ([(header::CONTENT_TYPE, media)], file.bytes.into_owned()).into_response()
        }
        Ok(None) => Problem::not_found("there is no such page").into_response(),
        Err(error) => {
            tracing::error!(%error, "a page of the documentation cannot be served");
            Problem::internal().into_response()
        }
    }
}

fn cors(app: &App) -> CorsLayer {
    let origins = app.settings.cors_origins.iter();
    let allowed: Vec<HeaderValue> = origins.clone().filter_map(|o| o.parse().ok()).collect();
    let origin = if origins.clone().any(|o| o == "*") {
        AllowOrigin::any()
    } else {
        AllowOrigin::list(allowed)
    };
    let shown = ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset", "retry-after"];
    let shown =
        shown.into_iter().chain(["etag", "link", "next-page", "x-request-id", "ntsb-caveat"]);
    CorsLayer::new()
        .allow_origin(origin)
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE, header::IF_NONE_MATCH])
        .expose_headers(shown.map(HeaderName::from_static).collect::<Vec<_>>())
        .max_age(Duration::from_secs(600))
}
