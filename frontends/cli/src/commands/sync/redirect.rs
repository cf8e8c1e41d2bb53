//! Redirect policies: never from https to http, and never to another host with an API key.

use reqwest::Url;
use reqwest::redirect::{Attempt, Policy};

const MAX_REDIRECTS: usize = 10;

/// The policy for files. They are public and may be on other hosts.
pub fn file_policy() -> Policy {
    Policy::custom(|attempt| apply_check(attempt, check_encryption))
}

/// The policy for requests with an API key, which must stay on the same host.
pub fn api_policy() -> Policy {
    Policy::custom(|attempt| {
        apply_check(attempt, |from, to| {
            let is_same_host = from.host_str() == to.host_str();
            let is_upgrade = from.scheme() == "http" && to.scheme() == "https";
            let is_same_port = from.port_or_known_default() == to.port_or_known_default();
            match is_same_host && (is_same_port || is_upgrade) {
                true => check_encryption(from, to),
                false => Err(format!(
                    "{} redirects to {}, which would receive the API key; if this is intended, set \
                     the new URL with --api-url",
                    origin(from),
                    origin(to)
                )),
            }
        })
    })
}

/// Follows a redirect if `check` accepts it.
fn apply_check(
    attempt: Attempt<'_>,
    check: impl Fn(&Url, &Url) -> Result<(), String>,
) -> reqwest::redirect::Action {
    if attempt.previous().len() > MAX_REDIRECTS {
        return attempt.error(format!("more than {MAX_REDIRECTS} redirects"));
    }
    let result = match attempt.previous().last() {
        Some(from) => check(from, attempt.url()),
        None => Ok(()),
    };
    match result {
        Ok(()) => attempt.follow(),
        Err(reason) => attempt.error(reason),
    }
}

fn check_encryption(from: &Url, to: &Url) -> Result<(), String> {
    if from.scheme() == "https" && to.scheme() != "https" {
        return Err(format!(
            "{} redirects to {}, which is not encrypted",
            origin(from),
            origin(to)
        ));
    }
    Ok(())
}

/// Scheme, host and port.
fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// A URL for messages. The query is omitted because it may contain a key.
pub fn without_query(url: &Url) -> String {
    format!("{}{}", origin(url), url.path())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_from_https_to_http_is_rejected() {
        let url = |text: &str| Url::parse(text).unwrap();
        let (https, http) = (url("https://a.example/x?key=1"), url("http://a.example/x"));
        let error = check_encryption(&https, &http).unwrap_err();
        assert_eq!(
            error,
            "https://a.example redirects to http://a.example, which is not encrypted"
        );
        assert!(check_encryption(&http, &https).is_ok() && check_encryption(&http, &http).is_ok());
    }

    #[test]
    fn urls_in_messages_have_no_query() {
        let url = Url::parse("https://a.example/x?key=1").unwrap();
        assert_eq!(without_query(&url), "https://a.example/x");
    }
}
