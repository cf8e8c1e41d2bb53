//! Responses: a single row, a JSON value of the database, or a list in the format that the client accepts.

mod caveat;
mod encode;
mod export;
mod format;

use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use serde::Serialize;

pub use caveat::{Caveat, Caveats};
pub use format::{Format, negotiate};

use crate::auth::Caller;
use crate::database::{Database, Query};
use crate::error::Problem;
use encode::{encode_rows, next_page, write_csv_header, write_object};

pub const NEXT_PAGE_HEADER: &str = "next-page";

const CAVEAT_HEADER: &str = "ntsb-caveat";

/// What surrounds the rows of a list in JSON.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Envelope {
    /// `{data, count, next_page, caveat}`
    V1,
    /// `{version, data, meta}`
    V2,
}

/// Runs queries and turns their rows into responses.
pub struct Responder {
    database: Arc<Database>,
    caveats: Caveats,
    /// How long a reader of an export may read nothing.
    export_stall: Duration,
}

impl Responder {
    pub fn new(database: Arc<Database>, caveats: Caveats, export_stall: Duration) -> Responder {
        Responder { database, caveats, export_stall }
    }

    /// Responds with the only row of a query, or 404 with the message.
    pub async fn one_row(
        &self,
        caller: &Caller,
        query: &Query,
        not_found: impl FnOnce() -> String,
    ) -> Result<Response, Problem> {
        let rows = self.database.rows(caller, query).await?;
        let row = rows.first().ok_or_else(|| Problem::not_found(not_found()))?;
        let mut body = Vec::with_capacity(1024);
        write_object(row, &mut body).map_err(encoding_problem)?;
        Ok(json_response(body))
    }

    /// Responds with the JSON text that the query returns, unchanged.
    pub async fn json_value(&self, caller: &Caller, query: &Query) -> Result<Response, Problem> {
        let rows = self.database.rows(caller, query).await?;
        let text = rows.first().map(|row| row.try_get::<_, Option<&str>>(0)).transpose()?;
        Ok(json_response(text.flatten().unwrap_or("null").as_bytes().to_vec()))
    }

    /// Responds with all rows of a query. NDJSON is streamed.
    pub async fn list(
        &self,
        caller: &Caller,
        headers: &HeaderMap,
        query: Query,
        envelope: Envelope,
    ) -> Result<Response, Problem> {
        let format = Format::negotiate(headers)?;
        let caveat = self.caveats.get(caller).await;
        let mut response = if format == Format::NdJson {
            response_with_format(format, self.stream_rows(caller, &query, format).await?)
        } else {
            self.buffered_list(caller, &query, format, envelope, &caveat.json).await?
        };
        response.headers_mut().insert(CAVEAT_HEADER, caveat.header.clone());
        response.headers_mut().append(header::VARY, HeaderValue::from_static("accept"));
        Ok(response)
    }

    async fn buffered_list(
        &self,
        caller: &Caller,
        query: &Query,
        format: Format,
        envelope: Envelope,
        caveat: &str,
    ) -> Result<Response, Problem> {
        let rows = self.database.rows(caller, query).await?;
        let data = match (format, rows.as_slice()) {
            (Format::Csv(_), []) => {
                write_csv_header(&self.database.column_names(caller, query).await?)
            }
            (format, rows) => encode_rows(rows, format).map_err(encoding_problem)?,
        };
        let next = next_page(rows.last());
        let body = match format {
            Format::Json => envelope.wrap(&data, rows.len(), next, caveat),
            _ => data,
        };
        let mut response = response_with_format(format, body);
        // Also in a header, for the formats without a place for it. The middleware adds the Link header.
        if let Some(next) = next.and_then(|next| HeaderValue::from_str(next).ok()) {
            response.headers_mut().insert(NEXT_PAGE_HEADER, next);
        }
        Ok(response)
    }
}

impl Envelope {
    fn wrap(self, data: &[u8], count: usize, next: Option<&str>, caveat: &str) -> Vec<u8> {
        let next = serde_json::to_string(&next).unwrap_or_else(|_| "null".into());
        let (start, end) = match self {
            Envelope::V1 => (
                r#"{"data":"#.to_owned(),
                format!(r#","count":{count},"next_page":{next},"caveat":{caveat}}}"#),
            ),
            Envelope::V2 => (
                r#"{"version":"2","data":"#.to_owned(),
                format!(r#","meta":{{"count":{count},"next_page":{next},"caveat":{caveat}}}}}"#),
            ),
        };
        [start.as_bytes(), data, end.as_bytes()].concat()
    }
}

pub fn json_response(body: Vec<u8>) -> Response {
    response_with_format(Format::Json, body)
}

pub fn serialized(value: &impl Serialize) -> Result<Response, Problem> {
    let body = serde_json::to_vec(value).map_err(|error| encoding_problem(error.into()))?;
    Ok(json_response(body))
}

fn response_with_format(format: Format, body: impl Into<axum::body::Body>) -> Response {
    let mut response = Response::new(body.into());
    let media_type = HeaderValue::from_static(format.media_type());
    response.headers_mut().insert(header::CONTENT_TYPE, media_type);
    response
}

fn encoding_problem(error: Box<dyn std::error::Error + Sync + Send>) -> Problem {
    tracing::error!(error = %error, "could not encode the response");
    Problem::internal()
}
