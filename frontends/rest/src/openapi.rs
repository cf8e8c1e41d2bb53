//! The description of the service: made from the handlers, with what is common to them.

use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "pg_ntsb",
        description = "The NTSB aviation accident database. Reading is open to all where the service is set so; \
            a key (POST /api/v1/auth/token) opens more. Every error is {code, message, details, hint, \
            request_id}. Recent years are incomplete, which every list says.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    servers((url = "/")),
    security((), ("bearer" = [])),
    modifiers(&Bearer),
    tags(
        (name = "events", description = "Accidents and incidents"),
        (name = "search", description = "By words and by conditions"),
        (name = "stats", description = "Counts"),
        (name = "analytics", description = "Time, place and what goes with what"),
        (name = "predictions", description = "What models say"),
        (name = "live", description = "As it happens"),
        (name = "auth", description = "Keys and tokens"),
        (name = "admin", description = "Managing keys"),
        (name = "health", description = "The service itself")
    )
)]
pub struct Description;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        let components = openapi.components.get_or_insert_with(Default::default);
        components.add_security_scheme("bearer", SecurityScheme::Http(scheme));
    }
}
