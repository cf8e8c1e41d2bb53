//! Middleware that rejects unknown query parameters. A misspelt filter would otherwise select everything, and invented
//! names would fill the cache with equal responses.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use utoipa::openapi::path::ParameterIn;
use utoipa::openapi::{OpenApi, RefOr};

use crate::error::Problem;

/// The query parameters of each route, by its template.
#[derive(Default)]
pub struct KnownParams(HashMap<String, Vec<String>>);

impl KnownParams {
    pub fn from_openapi(document: &OpenApi) -> KnownParams {
        let routes = document.paths.paths.iter().map(|(path, item)| {
            let operations = [&item.get, &item.post, &item.delete];
            let operations = operations.into_iter().flatten();
            let parameters = operations.flat_map(|operation| operation.parameters.iter().flatten());
            let names = parameters.filter_map(|parameter| match parameter {
                RefOr::T(p) if matches!(p.parameter_in, ParameterIn::Query) => Some(p.name.clone()),
                _ => None,
            });
            (path.clone(), names.collect())
        });
        KnownParams(routes.collect())
    }

    fn check(&self, path: &str, query: &str) -> Result<(), Problem> {
        let Some(known) = self.0.get(path) else { return Ok(()) };
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        for name in pairs.map(|pair| decode_name(pair.split('=').next().unwrap_or_default())) {
            if !known.contains(&name) {
                return Err(unknown_parameter(&name, known));
            }
        }
        Ok(())
    }
}

pub async fn reject_unknown_params(
    State(known): State<Arc<KnownParams>>,
    path: MatchedPath,
    request: Request,
    next: Next,
) -> Response {
    match known.check(path.as_str(), request.uri().query().unwrap_or_default()) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

fn unknown_parameter(name: &str, known: &[String]) -> Problem {
    let shown: String = name.chars().take(100).collect();
    let problem = Problem::bad_input(format!("unknown query parameter {shown:?}"));
    let distance = |name: &String| strsim::levenshtein(&shown, name);
    let nearest = known.iter().min_by_key(|name| distance(name));
    match nearest {
        None => problem.hint("This address takes no query parameters."),
        Some(name) if distance(name) <= 1 + name.len() / 3 => {
            problem.hint(format!("Did you mean {name}?"))
        }
        Some(_) => problem.hint(format!("This address takes: {}.", known.join(", "))),
    }
}

/// Decodes a name as in forms: + is a space, %41 is A.
fn decode_name(name: &str) -> String {
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let digits = tail.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        match digits.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(value) if first == b'%' => {
                bytes.push(value);
                rest = tail.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(if first == b'+' { b' ' } else { first });
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hint(query: &str) -> Option<String> {
        let names = ["from_year", "state", "limit"].map(str::to_owned).to_vec();
        let known =
            KnownParams(HashMap::from([("/a".to_owned(), names), ("/b".to_owned(), vec![])]));
        let path = if query.starts_with("b_") { "/b" } else { "/a" };
        known.check(path, query).err().and_then(|problem| problem.hint)
    }

    #[test]
    fn the_nearest_name_is_suggested() {
        assert_eq!(hint("state=AK&limit=5&from%5Fyear=3"), None);
        assert_eq!(hint("states=AK").as_deref(), Some("Did you mean state?"));
        assert_eq!(hint("limit=5&form_year=3").as_deref(), Some("Did you mean from_year?"));
        assert_eq!(hint("x=1").as_deref(), Some("This address takes: from_year, state, limit."));
        assert_eq!(hint("b_=1").as_deref(), Some("This address takes no query parameters."));
        assert_eq!(hint(""), None);
    }
}
