//! Connection strings, in libpq's two forms: `keyword=value` pairs and URLs.
//!
//! Errors name keywords, never values: a value may be a password.

use percent_encoding::percent_decode_str;

use crate::SettingsError;

/// Keywords and values, in the order in which they are written.
pub type Pairs = Vec<(String, String)>;

const SCHEMES: [&str; 2] = ["postgresql://", "postgres://"];

/// Takes a connection string apart.
pub fn parse(text: &str) -> Result<Pairs, SettingsError> {
    match SCHEMES.iter().find_map(|scheme| text.trim().strip_prefix(scheme)) {
        Some(rest) => parse_url(rest),
        None => parse_keywords(text),
    }
}

fn wrong(why: impl Into<String>) -> SettingsError {
    SettingsError::ConnectionString(why.into())
}

fn parse_keywords(text: &str) -> Result<Pairs, SettingsError> {
    let (mut pairs, mut rest) = (Pairs::new(), text.trim_start());
    while !rest.is_empty() {
        // Without "=" the text may be anything, a password too, so that it is not repeated.
        let (key, after) =
            rest.split_once('=').ok_or_else(|| wrong("\"=\" is missing after a keyword"))?;
        let key = key.trim_end();
        if key.is_empty() || key.contains(char::is_whitespace) {
            return Err(wrong("a keyword is not followed by \"=\""));
        }
        let (value, after) = take_value(after.trim_start(), key)?;
        pairs.push((key.to_owned(), value));
        rest = after.trim_start();
    }
    Ok(pairs)
}

/// A value, quoted or not, and what follows it.
fn take_value<'a>(text: &'a str, key: &str) -> Result<(String, &'a str), SettingsError> {
    let (quoted, body) = text.strip_prefix('\'').map_or((false, text), |body| (true, body));
    let (mut value, mut characters) = (String::new(), body.char_indices());
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            '\'' if quoted => return Ok((value, body.get(at + 1..).unwrap_or_default())),
            c if !quoted && c.is_whitespace() => {
                return Ok((value, body.get(at..).unwrap_or_default()));
            }
            c => value.push(c),
        }
    }
    if quoted {
        Err(wrong(format!("the quoted value of {key} does not end")))
    } else {
        Ok((value, ""))
    }
}

fn parse_url(rest: &str) -> Result<Pairs, SettingsError> {
    let (rest, parameters) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
    // The last "@": an unescaped one in a password is a mistake that libpq forgives as well.
    let (user_info, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
    let (user, password) = user_info.split_once(':').unwrap_or((user_info, ""));
    let (hosts, ports) = split_hosts(hosts)?;
    let mut pairs = Pairs::new();
    for (key, value) in [
        ("user", user),
        ("password", password),
        ("host", &hosts),
        ("port", &ports),
        ("dbname", database),
    ] {
        if !value.is_empty() {
            pairs.push((key.to_owned(), decode(value, key)?));
        }
    }
    for parameter in parameters.split('&').filter(|parameter| !parameter.is_empty()) {
        let (key, value) = parameter
            .split_once('=')
            .ok_or_else(|| wrong("a URL parameter is not KEYWORD=VALUE"))?;
        let key = decode(key, "a keyword")?;
        let value = decode(value, &key)?;
        // JDBC's spelling, which libpq reads as well.
        let is_jdbc = key == "ssl" && value == "true";
        pairs.push(if is_jdbc { ("sslmode".into(), "require".into()) } else { (key, value) });
    }
    Ok(pairs)
}

/// `a:1,[::1]:2` as `a,::1` and `1,2`; no ports at all as the empty text.
fn split_hosts(text: &str) -> Result<(String, String), SettingsError> {
    let (mut hosts, mut ports) = (Vec::new(), Vec::new());
    for each in text.split(',') {
        let (host, port) = match each.strip_prefix('[') {
            Some(address) => {
                let (host, rest) = address
                    .split_once(']')
                    .ok_or_else(|| wrong("\"]\" is missing after an IPv6 address"))?;
                (host, rest.strip_prefix(':').unwrap_or(rest))
            }
            None => each.split_once(':').unwrap_or((each, "")),
        };
        hosts.push(host);
        ports.push(port);
    }
    let has_port = ports.iter().any(|port| !port.is_empty());
    let ports = ports.iter().map(|port| if port.is_empty() { "5432" } else { port });
    let ports = if has_port { ports.collect::<Vec<_>>().join(",") } else { String::new() };
    Ok((hosts.join(","), ports))
}

fn decode(text: &str, key: &str) -> Result<String, SettingsError> {
    let decoded = percent_decode_str(text).decode_utf8();
    let decoded = decoded.map_err(|_| wrong(format!("{key} is not UTF-8 once decoded")))?;
    if decoded.contains('\0') {
        return Err(wrong(format!("{key} contains %00")));
    }
    Ok(decoded.into_owned())
}

/// The pairs as one string that any reader of `keyword=value` takes.
pub fn join<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let quote = |value: &str| value.replace('\\', "\\\\").replace('\'', "\\'");
    pairs.map(|(key, value)| format!("{key}='{}'", quote(value))).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        parse(text).unwrap()
    }

    fn owned(pairs: &[(&str, &str)]) -> Pairs {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn keywords_have_values_with_quotes_and_escapes() {
        assert_eq!(
            pairs(r"host = db  password='it\'s \\ here' user=a\ b dbname=''"),
            owned(&[("host", "db"), ("password", r"it's \ here"), ("user", "a b"), ("dbname", "")])
        );
        assert_eq!(pairs("  "), owned(&[]));
    }

    #[test]
    fn urls_have_hosts_ports_and_parameters() {
        assert_eq!(
            pairs("postgresql://ann:p%40ss@a:1,[::1]/air?sslmode=verify-full&sslrootcert=%2Fca"),
            owned(&[
                ("user", "ann"),
                ("password", "p@ss"),
                ("host", "a,::1"),
                ("port", "1,5432"),
                ("dbname", "air"),
                ("sslmode", "verify-full"),
                ("sslrootcert", "/ca"),
            ])
        );
        assert_eq!(pairs("postgres://%2Frun%2Fpg/x?ssl=true")[0].1, "/run/pg");
        assert_eq!(pairs("postgres:///x?ssl=true")[1], ("sslmode".into(), "require".into()));
        assert_eq!(pairs("postgres://"), owned(&[]));
    }

    #[test]
    fn what_is_joined_is_read_back() {
        let all = owned(&[("password", r"a' b\c"), ("user", ""), ("host", "x y")]);
        assert_eq!(pairs(&join(all.iter().map(|(k, v)| (k.as_str(), v.as_str())))), all);
    }

    #[test]
    fn errors_repeat_no_value() {
        for text in [
            "password='hush",
            "hush",
            "password=a hush host=b",
            "postgres://u:hush@[::1/x",
            "postgres://u:hush%FF@h/",
            "postgres://u:p@h/d?hush",
            "postgres://u:hush%00@h/",
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(!error.contains("hush"), "{text}: {error}");
        }
    }
}
