//! The format of a list, negotiated by the `Accept` header (RFC 9110, section 12.5.1).

use axum::http::{HeaderMap, StatusCode, header};
use headers_accept::Accept;
use mediatype::{MediaType, Name, names};
use ntsb_csv::Formulas;

use crate::error::Problem;

/// The parameter of `text/csv` that asks for text exactly as it is stored.
const EXACT_TEXT: Name = Name::new_unchecked("exact_text");

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Json,
    Csv(Formulas),
    NdJson,
    GeoJson,
}

/// The media types of a list. If the client prefers none of them, the first one is chosen.
const FORMATS: [(&str, Format); 6] = [
    ("application/json", Format::Json),
    ("text/csv", Format::Csv(Formulas::Marked)),
    ("text/csv;exact_text=true", Format::Csv(Formulas::Exact)),
    ("application/x-ndjson", Format::NdJson),
    ("application/ndjson", Format::NdJson),
    ("application/geo+json", Format::GeoJson),
];

impl Format {
    /// The format that the client prefers. Fails if it accepts none of them.
    pub fn negotiate(headers: &HeaderMap) -> Result<Format, Problem> {
        let names = FORMATS.map(|(name, _)| name);
        let Some(index) = negotiate(headers, &names) else { return Err(not_acceptable(headers)) };
        FORMATS.get(index).map(|(_, format)| *format).ok_or_else(Problem::internal)
    }

    pub fn media_type(self) -> &'static str {
        match self {
            Format::Json => "application/json",
            Format::Csv(_) => "text/csv; charset=utf-8",
            Format::NdJson => "application/x-ndjson",
            Format::GeoJson => "application/geo+json",
        }
    }
}

/// The index of the media type that the client prefers, or None if it accepts none. Without a valid `Accept` header
/// it is the first.
pub fn negotiate(headers: &HeaderMap, available: &[&str]) -> Option<usize> {
    let lines: Vec<&str> =
        headers.get_all(header::ACCEPT).iter().filter_map(|line| line.to_str().ok()).collect();
    let accept = lines.join(",").parse::<Accept>().ok();
    let Some(accept) = accept.filter(|accept| accept.media_types().next().is_some()) else {
        return Some(0);
    };
    let ranges: Accept =
        accept.media_types().map(|range| drop_parameters(range.to_ref())).collect();
    let types: Vec<MediaType> =
        available.iter().filter_map(|name| MediaType::parse(name).ok()).collect();
    let preferred = ranges.negotiate(&types)?;
    types.iter().position(|media_type| media_type == preferred)
}

/// Drops parameters that do not distinguish the formats, such as `charset`.
fn drop_parameters(mut range: MediaType) -> MediaType {
    range.params.to_mut().retain(|(name, _)| *name == names::Q || *name == EXACT_TEXT);
    range
}

fn not_acceptable(headers: &HeaderMap) -> Problem {
    let accept = headers.get(header::ACCEPT).and_then(|line| line.to_str().ok());
    let message = "no accepted format is available";
    Problem::new(StatusCode::NOT_ACCEPTABLE, "not_acceptable", message)
        .details(accept.unwrap_or_default())
        .hint("Accept: application/json, text/csv, application/x-ndjson or application/geo+json.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn format(accept: &'static str) -> Result<Format, u16> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
        Format::negotiate(&headers).map_err(|problem| problem.status.as_u16())
    }

    #[test]
    fn the_format_with_the_highest_quality_is_chosen() {
        let csv = Format::Csv(Formulas::Marked);
        assert_eq!(format("text/html, text/csv;q=0.5, */*;q=0.1"), Ok(csv));
        assert_eq!(format("application/json;q=0.3, text/csv;q=0.8"), Ok(csv));
        assert_eq!(format("application/geo+json"), Ok(Format::GeoJson));
        assert_eq!(format("text/csv;q=0, application/x-ndjson"), Ok(Format::NdJson));
        assert_eq!(format("image/png"), Err(406));
        assert_eq!(format("text/csv;q=0"), Err(406));
    }

    #[test]
    fn exact_text_is_a_format_of_its_own() {
        let exact = format("text/csv; exact_text=true; q=0.9, */*;q=0.1");
        assert_eq!(exact, Ok(Format::Csv(Formulas::Exact)));
    }

    #[test]
    fn wildcards_match_the_first_format() {
        assert_eq!(format("text/html,*/*;q=0.8"), Ok(Format::Json));
        assert_eq!(format("application/*"), Ok(Format::Json));
        assert_eq!(format("text/*"), Ok(Format::Csv(Formulas::Marked)));
        assert_eq!(format("application/json;q=0, */*"), Ok(Format::Csv(Formulas::Marked)));
    }

    #[test]
    fn other_parameters_are_ignored() {
        assert_eq!(format("application/json; charset=utf-8"), Ok(Format::Json));
        assert_eq!(format("text/csv;charset=UTF-8;q=0.4"), Ok(Format::Csv(Formulas::Marked)));
    }

    #[test]
    fn json_is_the_default() {
        assert_eq!(Format::negotiate(&HeaderMap::new()).ok(), Some(Format::Json));
        assert_eq!(format(""), Ok(Format::Json));
        // Sent by Java. The bare * is invalid, so the header is ignored.
        assert_eq!(format("text/html, image/gif, *; q=.2, */*; q=.2"), Ok(Format::Json));
    }
}
