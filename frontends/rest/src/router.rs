//! The routes and their middleware.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use bytes::Bytes;
use serde_json::{Value, json};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Document;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::auth::{authenticate, require_token};
use crate::body::read_body;
use crate::cache::serve_cached;
use crate::error::Problem;
use crate::exact_text::{self, apply_exact_text};
use crate::handlers::{
    admin, auth, changes, events, geo, health, live, models, predictions, search, stats, timeseries,
};
use crate::known_params::{KnownParams, reject_unknown_params};
use crate::middleware::monitor_request;
use crate::openapi::ApiDocument;
use crate::response::{json_response, negotiate};
use crate::state::App;

type Routes = OpenApiRouter<App>;

/// Routes whose responses depend on the data alone and are cached until the next load.
fn cached_routes() -> Routes {
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
        .routes(routes!(timeseries::time_series))
        .routes(routes!(timeseries::forecast))
        .routes(routes!(geo::geospatial))
        .routes(routes!(geo::hotspots))
        .routes(routes!(geo::density))
        .routes(routes!(timeseries::correlations))
        .routes(routes!(geo::near))
        .routes(routes!(geo::tile))
}

/// Rates and annual statistics depend on loaded flight hours, too, which do not change the version of the data.
fn uncached_routes() -> Routes {
    OpenApiRouter::new()
        .routes(routes!(stats::annual))
        .routes(routes!(stats::rates))
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

/// Has no rate limit, so that probes never fail because of it.
fn health_routes() -> Routes {
    OpenApiRouter::new().routes(routes!(health::live)).routes(routes!(health::ready))
}

fn metrics_routes() -> Routes {
    OpenApiRouter::new().routes(routes!(health::metrics)).routes(routes!(health::health_metrics))
}

/// The router of the separate address for metrics.
pub fn metrics_router(app: &App) -> Router {
    let (routes, _) = metrics_routes().split_for_parts();
    routes.fallback(not_found).with_state(app.clone())
}

/// All routes with their middleware, and the OpenAPI document.
fn api_routes(app: &App) -> (Router<App>, Document) {
    let documented = cached_routes().merge(uncached_routes()).routes(routes!(auth::token));
    let mut document = documented.into_openapi();
    exact_text::document_parameter(&mut document);
    let known_params = Arc::new(KnownParams::from_openapi(&document));
    let cached = cached_routes().layer(from_fn_with_state(app.cache.clone(), serve_cached));
    // The last layer is the outermost: the caller is authenticated and counted before its body is read.
    let api = cached
        .merge(uncached_routes())
        .layer(from_fn_with_state(app.bodies.clone(), read_body))
        .layer(from_fn(apply_exact_text))
        .layer(from_fn_with_state(known_params.clone(), reject_unknown_params))
        .layer(from_fn_with_state(app.authenticator.clone(), require_token));
    let token = OpenApiRouter::new()
        .routes(routes!(auth::token))
        .layer(from_fn_with_state(app.bodies.clone(), read_body))
        .layer(from_fn_with_state(known_params, reject_unknown_params));
    let limited =
        api.merge(token).layer(from_fn_with_state(app.authenticator.clone(), authenticate));
    let all =
        OpenApiRouter::with_openapi(ApiDocument::openapi()).merge(limited).merge(health_routes());
    let has_metrics = app.settings.metrics_listen.is_none();
    if has_metrics { all.merge(metrics_routes()) } else { all }.split_for_parts()
}

/// The OpenAPI document as JSON. Adds the general error response to every operation, and to every response the
/// description that OpenAPI requires.
fn document_json(document: &Document) -> String {
    let mut document = serde_json::to_value(document).unwrap_or_default();
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    let items = paths.into_iter().flat_map(|paths| paths.values_mut());
    let operations = items.filter_map(Value::as_object_mut).flat_map(|item| item.values_mut());
    for operation in operations {
        if let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) {
            responses.insert("default".into(), error_response());
            for (status, response) in responses.iter_mut() {
                add_description(status, response);
            }
        }
    }
    document.to_string()
}

fn add_description(status: &str, response: &mut Value) {
    let code = status.parse().ok().and_then(|status| StatusCode::from_u16(status).ok());
    let reason = code.and_then(|status| status.canonical_reason()).unwrap_or_default();
    let Some(response) = response.as_object_mut() else { return };
    let description = response.get("description").and_then(Value::as_str).unwrap_or_default();
    if description.is_empty() {
        response.insert("description".into(), reason.into());
    }
}

fn error_response() -> Value {
    let schema = json!({ "$ref": "#/components/schemas/ErrorBody" });
    json!({ "description": "Any other error", "content": { "application/json": { "schema": schema } } })
}

pub fn router(app: &App) -> Router {
    let (routes, mut document) = api_routes(app);
    exact_text::document_parameter(&mut document);
    let document = Bytes::from(document_json(&document));
    routes
        .route("/api/v1/openapi.json", get(move || async move { json_response(document.to_vec()) }))
        .route("/", get(index))
        .route("/docs", get(|| async { Redirect::permanent("/docs/") }))
        .route("/docs/", get(|| docs_page(Path(String::new()))))
        .route("/docs/{*file}", get(docs_page))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        // read_body limits the size of bodies.
        .layer(DefaultBodyLimit::disable())
        .layer(CatchPanicLayer::custom(panic_response))
        .layer(cors(app))
        .layer(from_fn_with_state(app.monitor.clone(), monitor_request))
        .with_state(app.clone())
}

/// The start page: links as JSON, or as HTML for browsers.
async fn index(headers: HeaderMap) -> Response {
    if negotiate(&headers, &["application/json", "text/html"]) == Some(1) {
        return axum::response::Html(INDEX).into_response();
    }
    let version = env!("CARGO_PKG_VERSION");
    let body = json!({ "name": "pg_ntsb", "version": version, "documentation": "/docs/",
                        "openapi": "/api/v1/openapi.json", "health": "/health" });
    json_response(body.to_string().into_bytes())
}

const INDEX: &str = "<!doctype html><html lang=en><meta charset=utf-8><title>pg_ntsb</title>\
    <h1>pg_ntsb</h1><p>The NTSB aviation accident database.</p>\
    <ul><li><a href=\"/docs/\">Documentation</a></li>\
    <li><a href=\"/api/v1/openapi.json\">OpenAPI description</a></li></ul></html>";

async fn not_found(request: Request) -> Problem {
    Problem::not_found("this address does not exist")
        .details(request.uri().path().to_owned())
        .hint("See /docs for all addresses.")
}

async fn method_not_allowed(method: Method) -> Problem {
    let status = StatusCode::METHOD_NOT_ALLOWED;
    Problem::new(status, "method_not_allowed", "this address does not support the method")
        .details(method.to_string())
}

/// The panic hook has logged the panic itself.
fn panic_response(_: Box<dyn std::any::Any + Send>) -> Response {
    Problem::internal().into_response()
}

/// The Swagger user interface, whose files are part of the program.
async fn docs_page(Path(file): Path<String>) -> Response {
    let config = utoipa_swagger_ui::Config::from("/api/v1/openapi.json");
    match utoipa_swagger_ui::serve(&file, Arc::new(config)) {
        Ok(Some(file)) => {
            let media_type = HeaderValue::from_str(&file.content_type);
            let media_type =
                media_type.unwrap_or(HeaderValue::from_static("application/octet-stream"));
            ([(header::CONTENT_TYPE, media_type)], file.bytes.into_owned()).into_response()
        }
        Ok(None) => Problem::not_found("this page does not exist").into_response(),
        Err(error) => {
            tracing::error!(%error, "could not serve a page of the documentation");
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
    let exposed = ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset", "retry-after"];
    let exposed =
        exposed.into_iter().chain(["etag", "link", "next-page", "x-request-id", "ntsb-caveat"]);
    CorsLayer::new()
        .allow_origin(origin)
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE, header::IF_NONE_MATCH])
        .expose_headers(exposed.map(HeaderName::from_static).collect::<Vec<_>>())
        .max_age(Duration::from_secs(600))
}
