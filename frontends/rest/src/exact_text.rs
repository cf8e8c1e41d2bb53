//! Middleware for `?exact_text=true`: CSV with text exactly as it is stored (docs/csv.md). It is the same as
//! `Accept: text/csv; exact_text=true`, for clients that can only set the URL.

use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{OpenApi, RefOr, Schema};

use crate::error::Problem;

const NAME: &str = "exact_text";

/// The parameter of the media type.
const MEDIA_TYPE_PARAMETER: &str = "exact_text=true";

const DESCRIPTION: &str = "For CSV: text exactly as it is stored, without the apostrophe before text that a \
                           spreadsheet would run as a formula (default: false)";

pub async fn apply_exact_text(mut request: Request, next: Next) -> Response {
    let query = request.uri().query().unwrap_or_default();
    let value = query.split('&').find_map(|pair| pair.strip_prefix(NAME)?.strip_prefix('='));
    match value {
        None | Some("false") => {}
        Some("true") => {
            let accept = request.headers().get(header::ACCEPT).and_then(|v| v.to_str().ok());
            let csv = format!("text/csv;{MEDIA_TYPE_PARAMETER}");
            let accept = accept.unwrap_or_default().replace("text/csv", &csv);
            if let Ok(accept) = HeaderValue::from_str(&accept)
                && !accept.is_empty()
            {
                request.headers_mut().insert(header::ACCEPT, accept);
            }
        }
        Some(value) => {
            let message = format!("exact_text must be true or false, got {value:?}");
            return Problem::bad_input(message).into_response();
        }
    }
    next.run(request).await
}

/// Adds the parameter to every operation that returns a list.
pub fn document_parameter(document: &mut OpenApi) {
    let schemas = document.components.iter().flat_map(|components| &components.schemas);
    let lists: Vec<String> =
        schemas.filter(|(_, schema)| is_list(schema, &[])).map(|(name, _)| name.clone()).collect();
    for item in document.paths.paths.values_mut() {
        for operation in [&mut item.get, &mut item.post].into_iter().flatten() {
            if returns_list(operation, &lists) {
                operation.parameters.get_or_insert_default().push(RefOr::T(parameter()));
            }
        }
    }
}

fn returns_list(operation: &Operation, lists: &[String]) -> bool {
    let Some(RefOr::T(response)) = operation.responses.responses.get("200") else { return false };
    response.content.values().any(|content| match content {
        RefOr::T(content) => content.schema.as_ref().is_some_and(|schema| is_list(schema, lists)),
        RefOr::Ref(_) => false,
    })
}

/// Whether the schema is the envelope of a list, or refers to one.
fn is_list(schema: &RefOr<Schema>, lists: &[String]) -> bool {
    match schema {
        RefOr::Ref(reference) => reference
            .ref_location
            .rsplit('/')
            .next()
            .is_some_and(|name| lists.iter().any(|l| l == name)),
        RefOr::T(Schema::Object(object)) => object.properties.contains_key("data"),
        RefOr::T(_) => false,
    }
}

fn parameter() -> Parameter {
    ParameterBuilder::new()
        .name(NAME)
        .parameter_in(ParameterIn::Query)
        .description(Some(DESCRIPTION))
        .schema(Some(ObjectBuilder::new().schema_type(Type::Boolean).build()))
        .build()
}
