//! Parses connection strings in libpq's two formats: `keyword=value` pairs and URLs.
//!
//! Errors contain keywords, but no values because a value may be a password.

use percent_encoding::percent_decode_str;

use crate::SettingsError;

/// Keywords and values in their order in the connection string.
pub type Pairs = Vec<(String, String)>;

const SCHEMES: [&str; 2] = ["postgresql://", "postgres://"];

/// Parses a connection string.
pub fn parse(text: &str) -> Result<Pairs, SettingsError> {
    match SCHEMES.iter().find_map(|scheme| text.trim().strip_prefix(scheme)) {
        Some(rest) => parse_url(rest),
        None => parse_keywords(text),
    }
}

fn syntax_error(reason: impl Into<String>) -> SettingsError {
    SettingsError::ConnectionString(reason.into())
}

fn parse_keywords(text: &str) -> Result<Pairs, SettingsError> {
    let (mut pairs, mut rest) = (Pairs::new(), text.trim_start());
    while !rest.is_empty() {
        // Without "=", the text may be a password, so the error does not contain it.
        let (key, after) =
            rest.split_once('=').ok_or_else(|| syntax_error("missing \"=\" after a keyword"))?;
        let key = key.trim_end();
        if key.is_empty() || key.contains(char::is_whitespace) {
            return Err(syntax_error("a keyword must be followed by \"=\""));
        }
        let (value, after) = parse_value(after.trim_start(), key)?;
        pairs.push((key.to_owned(), value));
        rest = after.trim_start();
    }
    Ok(pairs)
}

/// Parses a quoted or unquoted value. Returns the value and the rest of the text.
fn parse_value<'a>(text: &'a str, key: &str) -> Result<(String, &'a str), SettingsError> {
    let (is_quoted, body) = text.strip_prefix('\'').map_or((false, text), |body| (true, body));
    let (mut value, mut characters) = (String::new(), body.char_indices());
    while let Some((index, character)) = characters.next() {
        match character {
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            '\'' if is_quoted => return Ok((value, body.get(index + 1..).unwrap_or_default())),
            c if !is_quoted && c.is_whitespace() => {
                return Ok((value, body.get(index..).unwrap_or_default()));
            }
            c => value.push(c),
        }
    }
    if is_quoted {
        Err(syntax_error(format!("the quoted value of {key} is not closed")))
    } else {
        Ok((value, ""))
    }
}

fn parse_url(rest: &str) -> Result<Pairs, SettingsError> {
    let (rest, parameters) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
    // The last "@": like libpq, accept an unescaped "@" in a password.
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
            .ok_or_else(|| syntax_error("a URL parameter must be KEYWORD=VALUE"))?;
        let key = decode(key, "a keyword")?;
        let value = decode(value, &key)?;
        // Like libpq, accept JDBC's syntax.
        let is_jdbc = key == "ssl" && value == "true";
        pairs.push(if is_jdbc { ("sslmode".into(), "require".into()) } else { (key, value) });
    }
    Ok(pairs)
}

/// Splits `a:1,[::1]:2` into `a,::1` and `1,2`. The ports are empty if no host has one.
fn split_hosts(text: &str) -> Result<(String, String), SettingsError> {
    let (mut hosts, mut ports) = (Vec::new(), Vec::new());
    for each in text.split(',') {
        let (host, port) = match each.strip_prefix('[') {
            Some(address) => {
                let (host, rest) = address
                    .split_once(']')
                    .ok_or_else(|| syntax_error("missing \"]\" after an IPv6 address"))?;
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
    let decoded =
        decoded.map_err(|_| syntax_error(format!("the decoded value of {key} is not UTF-8")))?;
    if decoded.contains('\0') {
        return Err(syntax_error(format!("{key} contains %00")));
    }
    Ok(decoded.into_owned())
}

/// Joins the pairs into a `keyword=value` connection string.
pub fn join<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let quote = |value: &str| value.replace('\\', "\\\\").replace('\'', "\\'");
    pairs.map(|(key, value)| format!("{key}='{}'", quote(value))).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        parse(text).unwrap()
    }

    fn owned(pairs: &[(&str, &str)]) -> Pairs {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn keyword_values_may_have_quotes_and_escapes() {
        assert_eq!(
            pairs(r"host = db  password='it\'s \\ here' user=a\ b dbname=''"),
            owned(&[("host", "db"), ("password", r"it's \ here"), ("user", "a b"), ("dbname", "")])
        );
        assert_eq!(pairs("  "), owned(&[]));
    }

    #[test]
    fn urls_are_parsed_into_keywords() {
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
    fn joined_pairs_can_be_parsed() {
        let all = owned(&[("password", r"a' b\c"), ("user", ""), ("host", "x y")]);
        assert_eq!(pairs(&join(all.iter().map(|(k, v)| (k.as_str(), v.as_str())))), all);
    }

    #[test]
    fn errors_contain_no_values() {
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
