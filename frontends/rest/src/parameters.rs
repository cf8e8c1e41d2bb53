//! Query parameters that a route does not have are refused: a misspelt filter would select everything, and each
//! made-up name would be one more response to cache.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use utoipa::openapi::path::ParameterIn;
use utoipa::openapi::{OpenApi, RefOr};

use crate::error::Problem;

/// The parameters of each route, by its template.
#[derive(Default)]
pub struct Known(HashMap<String, Vec<String>>);

impl Known {
    pub fn of(document: &OpenApi) -> Known {
        let routes = document.paths.paths.iter().map(|(path, item)| {
            let operations = [&item.get, &item.post, &item.delete];
            let operations = operations.into_iter().flatten();
            let all = operations.flat_map(|operation| operation.parameters.iter().flatten());
            let queries = all.filter_map(|one| match one {
                RefOr::T(one) if matches!(one.parameter_in, ParameterIn::Query) => Some(one),
                _ => None,
            });
            (path.clone(), queries.map(|one| one.name.clone()).collect())
        });
        Known(routes.collect())
    }

    fn check(&self, path: &str, query: &str) -> Result<(), Problem> {
        let Some(known) = self.0.get(path) else { return Ok(()) };
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        for name in pairs.map(|pair| decoded(pair.split('=').next().unwrap_or_default())) {
            if !known.contains(&name) {
                return Err(unknown(&name, known));
            }
        }
        Ok(())
    }
}

pub async fn known_parameters(
    State(known): State<Arc<Known>>,
    path: MatchedPath,
    request: Request,
    next: Next,
) -> Response {
    match known.check(path.as_str(), request.uri().query().unwrap_or_default()) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

fn unknown(name: &str, known: &[String]) -> Problem {
    let shown: String = name.chars().take(100).collect();
    let problem = Problem::bad_input(format!("there is no query parameter {shown:?} here"));
    let distance = |one: &String| strsim::levenshtein(&shown, one);
    let nearest = known.iter().min_by_key(|one| distance(one));
    match nearest {
        None => problem.hint("This address takes no query parameters."),
        Some(one) if distance(one) <= 1 + one.len() / 3 => {
            problem.hint(format!("Did you mean {one}?"))
        }
        Some(_) => problem.hint(format!("Known are {}.", known.join(", "))),
    }
}

/// As in forms: + is a space, %41 is A.
fn decoded(name: &str) -> String {
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
        let known = Known(HashMap::from([("/a".to_owned(), names), ("/b".to_owned(), vec![])]));
        let path = if query.starts_with("b_") { "/b" } else { "/a" };
        known.check(path, query).err().and_then(|problem| problem.hint)
    }

    #[test]
    fn the_nearest_name_is_named() {
        assert_eq!(hint("state=AK&limit=5&from%5Fyear=3"), None);
        assert_eq!(hint("states=AK").as_deref(), Some("Did you mean state?"));
        assert_eq!(hint("limit=5&form_year=3").as_deref(), Some("Did you mean from_year?"));
        assert_eq!(hint("x=1").as_deref(), Some("Known are from_year, state, limit."));
        assert_eq!(hint("b_=1").as_deref(), Some("This address takes no query parameters."));
        assert_eq!(hint(""), None);
    }
}
