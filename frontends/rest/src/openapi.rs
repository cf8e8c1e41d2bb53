//! The OpenAPI document: generated from the handlers, with the parts that they share.

use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "pg_ntsb",
        description = "The NTSB aviation accident database. Reading needs no token unless the service is configured so; \
            a token (POST /api/v1/auth/token) allows more. Every error is {code, message, details, hint, \
            request_id}. Recent years are incomplete; every list includes this caveat.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    servers((url = "/")),
    security((), ("bearer" = [])),
    modifiers(&BearerScheme),
    tags(
        (name = "events", description = "Accidents and incidents"),
        (name = "search", description = "Text search and filter expressions"),
        (name = "stats", description = "Totals"),
        (name = "analytics", description = "Time series, forecasts, maps and correlations"),
        (name = "predictions", description = "Predictions and models"),
        (name = "live", description = "Live updates"),
        (name = "auth", description = "API keys and tokens"),
        (name = "admin", description = "Managing API keys"),
        (name = "health", description = "Health and metrics")
    )
)]
pub struct ApiDocument;

struct BearerScheme;

impl Modify for BearerScheme {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        let components = openapi.components.get_or_insert_with(Default::default);
        components.add_security_scheme("bearer", SecurityScheme::Http(scheme));
    }
}
