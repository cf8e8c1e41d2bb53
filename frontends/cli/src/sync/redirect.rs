//! Where a redirect may lead: never from https to http, and a key goes to the host that it is meant
//! for and to no other.

use reqwest::Url;
use reqwest::redirect::{Attempt, Policy};

/// As many as browsers follow half of.
const MOST: usize = 10;

/// Files are public, and lie with other hosts at times.
pub fn of_files() -> Policy {
    Policy::custom(|attempt| followed(attempt, secrecy_kept))
}

/// What carries a key stays with the host that it was sent to.
pub fn of_a_key() -> Policy {
    Policy::custom(|attempt| {
        followed(attempt, |from, to| {
            let same_host = from.host_str() == to.host_str();
            let upgrade = from.scheme() == "http" && to.scheme() == "https";
            let same_port = from.port_or_known_default() == to.port_or_known_default();
            match same_host && (same_port || upgrade) {
                true => secrecy_kept(from, to),
                false => Err(format!(
                    "{} sends to {}, which would be given the key of the former; if that is right, \
                     --api names it",
                    origin(from),
                    origin(to)
                )),
            }
        })
    })
}

fn followed(
    attempt: Attempt<'_>,
    allowed: impl Fn(&Url, &Url) -> Result<(), String>,
) -> reqwest::redirect::Action {
    if attempt.previous().len() > MOST {
        return attempt.error(format!("more than {MOST} redirects"));
    }
    let verdict = match attempt.previous().last() {
        Some(from) => allowed(from, attempt.url()),
        None => Ok(()),
    };
    match verdict {
        Ok(()) => attempt.follow(),
        Err(why) => attempt.error(why),
    }
}

fn secrecy_kept(from: &Url, to: &Url) -> Result<(), String> {
    if from.scheme() == "https" && to.scheme() != "https" {
        return Err(format!("{} sends to {}, which is not encrypted", origin(from), origin(to)));
    }
    Ok(())
}

/// Scheme, host and port.
fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// An address for a message: a query may hold a key.
pub fn without_query(url: &Url) -> String {
    format!("{}{}", origin(url), url.path())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn https_never_becomes_http() {
        let url = |text: &str| Url::parse(text).unwrap();
        let (safe, open) = (url("https://a.example/x?key=1"), url("http://a.example/x"));
        let why = secrecy_kept(&safe, &open).unwrap_err();
        assert_eq!(why, "https://a.example sends to http://a.example, which is not encrypted");
        assert!(secrecy_kept(&open, &safe).is_ok() && secrecy_kept(&open, &open).is_ok());
        assert_eq!(without_query(&safe), "https://a.example/x");
    }
}
