//! What goes wrong, in one form: `{code, message, details, hint, request_id}`.

use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ntsb_connect::role_that_may;
use serde::Serialize;
use tokio_postgres::error::{DbError, SqlState};
use utoipa::ToSchema;

use crate::outage;
use crate::presentable::presentable;

tokio::task_local! {
    /// Of the request that is being answered.
    pub static REQUEST_ID: String;
}

pub fn request_id() -> Option<String> {
    REQUEST_ID.try_with(Clone::clone).ok()
}

/// Why there is no answer.
#[derive(Clone, Debug)]
pub struct Problem {
    pub status: StatusCode,
    pub code: &'static str,
    pub message: String,
    pub details: Option<String>,
    pub hint: Option<String>,
    pub retry_after: Option<u64>,
}

/// An error
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ErrorBody {
    /// Which kind of error, for programs
    #[schema(examples("bad_input"))]
    pub code: String,
    /// What is wrong, for people
    pub message: String,
    /// The value that is wrong, or what exactly
    pub details: Option<String>,
    /// What to do about it
    pub hint: Option<String>,
    /// Number of the request in the logs of the service
    pub request_id: Option<String>,
}

impl Problem {
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Problem {
        let message = message.into();
        Problem { status, code, message, details: None, hint: None, retry_after: None }
    }

    pub fn bad_input(message: impl Into<String>) -> Problem {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_input", message)
    }

    pub fn not_found(message: impl Into<String>) -> Problem {
        Problem::new(StatusCode::NOT_FOUND, "not_found", message)
    }

    pub fn unauthorized(message: impl Into<String>) -> Problem {
        Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", message)
    }

    pub fn overloaded(message: impl Into<String>) -> Problem {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        Problem { retry_after: Some(1), ..Problem::new(status, "unavailable", message) }
    }

    /// Nobody's business but the log's.
    pub fn internal() -> Problem {
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the service failed")
            .hint("The log of the service tells more about this request_id.")
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Problem {
        self.hint = Some(hint.into());
        self
    }

    pub fn details(mut self, details: impl Into<String>) -> Problem {
        self.details = Some(details.into());
        self
    }

    pub fn body(&self) -> ErrorBody {
        ErrorBody {
            code: self.code.to_owned(),
            message: self.message.clone(),
            details: self.details.clone(),
            hint: self.hint.clone(),
            request_id: request_id(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, axum::Json(self.body())).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// SQLSTATEs by how they begin, the more special first.
const STATES: &[(&str, u16, &str)] = &[
    ("42501", 422, "bad_input"), // by a condition; refused privileges are told apart before
    ("42883", 422, "bad_input"),
    ("3F000", 503, "no_warehouse"),
    ("42704", 503, "no_model"),
    ("P0002", 404, "not_found"),
    ("55P03", 409, "conflict"),
    ("57014", 504, "timeout"),
    ("53400", 422, "bad_input"),
    ("22", 422, "bad_input"),
    ("42", 422, "bad_input"),
    ("54", 422, "bad_input"),
    ("23", 409, "conflict"),
    ("40", 409, "conflict"),
    ("55", 409, "conflict"),
    ("53", 503, "unavailable"),
    ("57", 503, "unavailable"),
    ("08", 503, "unavailable"),
    ("25006", 503, "unavailable"),
    ("0A", 501, "not_implemented"),
];

impl From<tokio_postgres::Error> for Problem {
    fn from(error: tokio_postgres::Error) -> Problem {
        match error.as_db_error() {
            Some(db) => of_database(db),
            None if error.is_closed() || is_io(&error) => {
                outage::failed(&chain(&error));
                Problem::overloaded("the database does not answer")
            }
            None => {
                tracing::error!(error = %chain(&error), "what the database said cannot be read");
                Problem::internal()
            }
        }
    }
}

/// PostgreSQL names the function of its own that refused: what the service asked for but the database
/// does not have, or does not allow, is no fault of the one who asks.
fn of_database(db: &DbError) -> Problem {
    let lacking = [SqlState::UNDEFINED_FUNCTION, SqlState::UNDEFINED_TABLE];
    if matches!(db.routine(), Some("aclcheck_error")) {
        return Problem::new(StatusCode::FORBIDDEN, "forbidden", "your role may not do this")
            .details(presentable(db.message()).unwrap_or_default())
            .hint(match role_that_may(db.message()) {
                Some(role) => format!(
                    "It needs the role {}: POST /api/v1/auth/token turns a key of that role into a token.",
                    role.trim_start_matches("ntsb_")
                ),
                None => "No key may: only the owner of the database does this.".to_owned(),
            });
    }
    if lacking.contains(db.code())
        && matches!(db.routine(), Some("ParseFuncOrColumn" | "parserOpenTable"))
    {
        outage::lacks(db.message());
        return Problem::new(
            StatusCode::NOT_IMPLEMENTED,
            "not_implemented",
            "this database cannot answer that",
        )
        .hint(
            "ALTER EXTENSION pg_ntsb UPDATE and CALL ntsb_create_warehouse() bring it up to date.",
        );
    }
    let code = db.code().code();
    let Some((_, status, name)) = STATES.iter().find(|(start, ..)| code.starts_with(start)) else {
        tracing::error!(code, message = db.message(), "the database failed");
        return Problem::internal();
    };
    let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    // What is lacking may be said to anybody; how the server fares, not.
    if *name == "unavailable" {
        outage::failed(&format!("{code}: {}", db.message()));
        return Problem::overloaded("the database cannot answer now");
    }
    Problem {
        details: db.detail().and_then(presentable),
        hint: db.hint().and_then(presentable),
        ..Problem::new(status, name, presentable(db.message()).unwrap_or_default())
    }
}

pub fn is_io(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.is::<std::io::Error>() {
            return true;
        }
        next = error.source();
    }
    false
}

/// With its causes.
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text += &format!(": {cause}");
        next = cause.source();
    }
    text
}

impl From<deadpool_postgres::PoolError> for Problem {
    fn from(error: deadpool_postgres::PoolError) -> Problem {
        use deadpool_postgres::PoolError;
        match error {
            PoolError::Timeout(_) => {
                Problem::overloaded("all connections to the database are busy")
            }
            PoolError::Backend(error) => {
                outage::failed(&chain(&error));
                Problem::overloaded("the database cannot be reached")
            }
            other => {
                tracing::error!(error = %other, "the pool failed");
                Problem::internal()
            }
        }
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Problem {
        Problem::bad_input("the query string cannot be read").details(rejection.body_text())
    }
}

impl From<PathRejection> for Problem {
    fn from(rejection: PathRejection) -> Problem {
        Problem::bad_input("the path cannot be read").details(rejection.body_text())
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Problem {
        let status = rejection.status();
        let code = match status {
            StatusCode::PAYLOAD_TOO_LARGE => "too_large",
            StatusCode::UNSUPPORTED_MEDIA_TYPE => "unsupported_media_type",
            _ => {
                return Problem::bad_input("the body cannot be read")
                    .details(rejection.body_text());
            }
        };
        Problem::new(status, code, rejection.body_text())
    }
}
