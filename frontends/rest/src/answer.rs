//! Answers: one row, a list in the form that was asked for, or an envelope with what is known about it.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;

use crate::ask::Question;
use crate::auth::Caller;
use crate::encode::{Form, csv_header_of, next_page, object};
use crate::error::Problem;
use crate::state::App;

/// What stands around the rows of a list.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Envelope {
    /// `{data, next_page, caveat}`
    V1,
    /// `{version, data, meta}`
    V2,
}

pub const NEXT_PAGE_HEADER: &str = "next-page";

/// Where accidents are counted or listed, recent years lack some.
pub const CAVEAT_HEADER: &str = "ntsb-caveat";

/// The form that a caller prefers among those that a list has.
pub fn form(headers: &HeaderMap) -> Result<Form, Problem> {
    let Some(accept) = headers.get(header::ACCEPT) else { return Ok(Form::Json) };
    let accept = accept.to_str().unwrap_or_default();
    let mut wishes: Vec<(f32, &str)> = accept.split(',').map(wish).collect();
    wishes.sort_by(|a, b| b.0.total_cmp(&a.0));
    let known = |media: &str| match media {
        "application/json" | "application/*" | "*/*" => Some(Form::Json),
        "text/csv" => Some(Form::Csv),
        "application/x-ndjson" | "application/ndjson" => Some(Form::NdJson),
        "application/geo+json" => Some(Form::GeoJson),
        _ => None,
    };
    let wishes = wishes.iter().filter(|(weight, _)| *weight > 0.0);
    wishes.filter_map(|(_, media)| known(media)).next().ok_or_else(|| {
        Problem::new(StatusCode::NOT_ACCEPTABLE, "not_acceptable", "no such form of this answer")
            .details(accept)
            .hint(
                "Accept: application/json, text/csv, application/x-ndjson or application/geo+json.",
            )
    })
}

fn wish(text: &str) -> (f32, &str) {
    let mut parts = text.split(';').map(str::trim);
    let media = parts.next().unwrap_or_default();
    let weight = parts.find_map(|p| p.strip_prefix("q=")).map_or(1.0, |q| q.parse().unwrap_or(0.0));
    (weight, media)
}

pub fn json(body: Vec<u8>) -> Response {
    of_form(Form::Json, body)
}

fn of_form(form: Form, body: impl Into<axum::body::Body>) -> Response {
    let mut response = Response::new(body.into());
    let media = HeaderValue::from_static(form.media_type());
    response.headers_mut().insert(header::CONTENT_TYPE, media);
    response
}

impl App {
    /// The only row of an answer; `missing` says what there is none of.
    pub async fn one(
        &self,
        caller: &Caller,
        question: Question,
        missing: impl FnOnce() -> String,
    ) -> Result<Response, Problem> {
        let rows = self.rows(caller, question).await?;
        let row = rows.first().ok_or_else(|| Problem::not_found(missing()))?;
        let mut body = Vec::with_capacity(1024);
        object(row, &mut body).map_err(unreadable)?;
        Ok(json(body))
    }

    /// A value that is JSON as the database gives it.
    pub async fn value(&self, caller: &Caller, question: Question) -> Result<Response, Problem> {
        let rows = self.rows(caller, question).await?;
        let text = rows.first().map(|row| row.try_get::<_, Option<&str>>(0)).transpose()?;
        Ok(json(text.flatten().unwrap_or("null").as_bytes().to_vec()))
    }

    /// All rows of a question, in the form that the headers ask for.
    pub async fn list(
        self: &Arc<App>,
        caller: &Caller,
        headers: &HeaderMap,
        question: Question,
        envelope: Envelope,
    ) -> Result<Response, Problem> {
        let form = form(headers)?;
        let caveat = self.caveat(caller).await;
        let mut response = if form == Form::NdJson {
            of_form(form, self.clone().streamed(caller.clone(), question, form).await?)
        } else {
            let rows = self.rows_of(caller, &question).await?;
            let data = match (form, rows.as_slice()) {
                (Form::Csv, []) => csv_header_of(&self.columns(caller, &question).await?),
                (form, rows) => form.all(rows).map_err(unreadable)?,
            };
            let next = next_page(rows.last());
            let body = match form {
                Form::Json => enveloped(envelope, &data, rows.len(), next, &caveat.json),
                _ => data,
            };
            with_next(of_form(form, body), next)
        };
        response.headers_mut().insert(CAVEAT_HEADER, caveat.line.clone());
        response.headers_mut().append(header::VARY, HeaderValue::from_static("accept"));
        Ok(response)
    }
}

pub fn unreadable(error: Box<dyn std::error::Error + Sync + Send>) -> Problem {
    tracing::error!(error = %error, "an answer of the database cannot be written");
    Problem::internal()
}

/// Also in a header, for forms that have no place for it. `front` adds the link.
fn with_next(mut response: Response, next: Option<&str>) -> Response {
    if let Some(next) = next.and_then(|n| HeaderValue::from_str(n).ok()) {
        response.headers_mut().insert(NEXT_PAGE_HEADER, next);
    }
    response
}

fn enveloped(
    envelope: Envelope,
    data: &[u8],
    count: usize,
    next: Option<&str>,
    caveat: &str,
) -> Vec<u8> {
    let next = serde_json::to_string(&next).unwrap_or_else(|_| "null".into());
    let (start, end) = match envelope {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn of(accept: &'static str) -> Result<Form, Problem> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
        form(&headers)
    }

    #[test]
    fn the_form_is_what_the_caller_likes_best_of_what_there_is() {
        assert_eq!(of("text/html, text/csv;q=0.5, */*;q=0.1").ok(), Some(Form::Csv));
        assert_eq!(of("application/geo+json").ok(), Some(Form::GeoJson));
        assert_eq!(of("text/html,*/*;q=0.8").ok(), Some(Form::Json));
        assert_eq!(of("text/csv;q=0, application/x-ndjson").ok(), Some(Form::NdJson));
        assert_eq!(of("image/png").map_err(|p| p.status.as_u16()).err(), Some(406));
        assert_eq!(form(&HeaderMap::new()).ok(), Some(Form::Json));
    }
}
