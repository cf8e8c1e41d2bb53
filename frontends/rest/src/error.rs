//! Errors, which all have the form `{code, message, details, hint, request_id}`.

use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ntsb_connect::required_role;
use serde::Serialize;
use tokio_postgres::error::{DbError, SqlState};
use utoipa::ToSchema;

use crate::outage;
use crate::redact::redact_message;

tokio::task_local! {
    /// The ID of the current request.
    pub static REQUEST_ID: String;
}

pub fn request_id() -> Option<String> {
    REQUEST_ID.try_with(Clone::clone).ok()
}

/// An error response.
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
    /// The kind of error, for programs
    #[schema(examples("bad_input"))]
    pub code: String,
    /// What is wrong, for people
    pub message: String,
    /// The offending value, or more about the error
    pub details: Option<String>,
    /// What to do about it
    pub hint: Option<String>,
    /// ID of the request in the service log
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

    pub fn too_many(message: impl Into<String>) -> Problem {
        Problem::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", message)
    }

    /// An error whose cause is only logged.
    pub fn internal() -> Problem {
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "internal error")
            .hint("The service log has the cause under this request_id.")
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

/// The response for each SQLSTATE, by prefix. The first match applies.
const STATES: &[(&str, u16, &str)] = &[
    ("42501", 422, "bad_input"), // raised by a filter; missing privileges are handled before
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
            Some(db) => from_database(db),
            None if error.is_closed() || is_io(&error) => {
                outage::record_failure(&error_chain(&error));
                Problem::overloaded("the database does not answer")
            }
            None => {
                tracing::error!(error = %error_chain(&error), "unexpected response from the database");
                Problem::internal()
            }
        }
    }
}

/// PostgreSQL names the internal routine that raised the error. This distinguishes a missing privilege or function,
/// which is not the caller's fault, from the same SQLSTATE raised by a filter.
fn from_database(db: &DbError) -> Problem {
    let missing =
        [SqlState::UNDEFINED_COLUMN, SqlState::UNDEFINED_FUNCTION, SqlState::UNDEFINED_TABLE];
    if matches!(db.routine(), Some("aclcheck_error")) {
        return Problem::new(StatusCode::FORBIDDEN, "forbidden", "your role lacks the required privilege")
            .details(redact_message(db.message()).unwrap_or_default())
            .hint(match required_role(db.message()) {
                Some(role) => format!(
                    "The role {} is required. Exchange a key of that role for a token at POST /api/v1/auth/token.",
                    role.trim_start_matches("ntsb_")
                ),
                None => "Only the database owner may do this. No API key grants it.".to_owned(),
            });
    }
    if missing.contains(db.code())
        && matches!(
            db.routine(),
            Some("ParseFuncOrColumn" | "errorMissingColumn" | "parserOpenTable")
        )
    {
        outage::report_missing(db.message());
        return Problem::new(
            StatusCode::NOT_IMPLEMENTED,
            "not_implemented",
            "the database lacks a required function, table or column",
        )
        .hint("Upgrade it: ALTER EXTENSION pg_ntsb UPDATE, then CALL ntsb_create_warehouse().");
    }
    let code = db.code().code();
    let Some((_, status, name)) = STATES.iter().find(|(start, ..)| code.starts_with(start)) else {
        tracing::error!(code, message = db.message(), "the database failed");
        return Problem::internal();
    };
    let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    // Callers may learn what is missing, but not the state of the server.
    if *name == "unavailable" {
        outage::record_failure(&format!("{code}: {}", db.message()));
        return Problem::overloaded("the database is unavailable");
    }
    Problem {
        details: db.detail().and_then(redact_message),
        hint: db.hint().and_then(redact_message),
        ..Problem::new(status, name, redact_message(db.message()).unwrap_or_default())
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

/// The error with its causes.
pub fn error_chain(error: &(dyn std::error::Error + 'static)) -> String {
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
                outage::record_failure(&error_chain(&error));
                Problem::overloaded("the database cannot be reached")
            }
            other => {
                tracing::error!(error = %other, "the connection pool failed");
                Problem::internal()
            }
        }
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Problem {
        Problem::bad_input("invalid query string").details(rejection.body_text())
    }
}

impl From<PathRejection> for Problem {
    fn from(rejection: PathRejection) -> Problem {
        Problem::bad_input("invalid path parameter").details(rejection.body_text())
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Problem {
        let status = rejection.status();
        let code = match status {
            StatusCode::PAYLOAD_TOO_LARGE => "too_large",
            StatusCode::UNSUPPORTED_MEDIA_TYPE => "unsupported_media_type",
            _ => {
                return Problem::bad_input("invalid request body").details(rejection.body_text());
            }
        };
        Problem::new(status, code, rejection.body_text())
    }
}
