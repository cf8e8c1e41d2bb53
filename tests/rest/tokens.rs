//! Tokens that hold, and all others.

use std::process::Command;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use ntsb_tests::cli::run_ntsb;
use ntsb_tests::database::Database;
use ntsb_tests::process::run_ok;
use ntsb_tests::wait_for;
use ntsb_tests::web_server::{Reply, WebServer};
use serde_json::{Value, json};

use crate::service::{SECRET, Service, make_key};

fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}

fn claims() -> Value {
    json!({"sub": "x", "iss": "ntsb-rest", "aud": "ntsb", "iat": now(), "exp": now() + 60,
           "role": "admin", "tier": "premium"})
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

fn signed(claims: &Value, algorithm: Algorithm, key: &EncodingKey) -> String {
    encode(&Header::new(algorithm), claims, key).unwrap()
}

fn status(service: &Service, token: &str) -> u16 {
    let bearer = format!("Bearer {token}");
    service.get_with("/api/v1/stats/summary", &[("authorization", &bearer)]).status
}

/// Of a key of ours, which has no leeway.
fn own_expired() -> Value {
    let mut claims = with("exp", json!(now() - 1));
    claims["key"] = json!(1);
    claims
}

fn without(name: &str) -> Value {
    let mut claims = claims();
    claims.as_object_mut().unwrap().remove(name);
    claims
}

/// RFC 7519: aud is a text or a list, iat is optional, and numbers may have fractions.
#[test]
fn tokens_may_have_every_legal_form() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[("free_per_minute", "77")]);
    let secret = EncodingKey::from_secret(SECRET.as_bytes());
    for (what, claims) in [
        ("a list of audiences", with("aud", json!(["else", "ntsb"]))),
        ("a list of one", with("aud", json!(["ntsb"]))),
        ("no iat", without("iat")),
        ("a fractional iat", with("iat", json!(now() as f64 + 0.25))),
        ("a fractional exp", with("exp", json!(now() as f64 + 30.5))),
        ("an nbf within the leeway", with("nbf", json!(now() + 30))),
        ("an nbf that has passed", with("nbf", json!(now() as f64 - 10.5))),
        ("a claim more", with("scope", json!("read"))),
    ] {
        assert_eq!(status(&service, &signed(&claims, Algorithm::HS256, &secret)), 200, "{what}");
    }
    let free = signed(&without("tier"), Algorithm::HS256, &secret);
    let bearer = format!("Bearer {free}");
    let answer = service.get_with("/api/v1/stats/summary", &[("authorization", &bearer)]);
    assert_eq!((answer.status, answer.header("ratelimit-limit")), (200, "77"));
}

#[test]
fn only_tokens_of_the_set_algorithm_key_audience_and_time_hold() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    let secret = EncodingKey::from_secret(SECRET.as_bytes());
    let hs256 = |claims: &Value| signed(claims, Algorithm::HS256, &secret);
    assert_eq!(status(&service, &hs256(&claims())), 200);

    let other = EncodingKey::from_secret(b"another secret of thirty-two bytes");
    let none = |claims: &Value| {
        let part = |v: &Value| BASE64_URL_SAFE_NO_PAD.encode(v.to_string());
        format!("{}.{}.", part(&json!({"alg": "none", "typ": "JWT"})), part(claims))
    };
    let mut changed = hs256(&claims()).into_bytes();
    changed[40] ^= 1;
    for (what, token) in [
        ("none", none(&claims())),
        ("none, signed", format!("{}abc", none(&claims()))),
        ("another algorithm", signed(&claims(), Algorithm::HS512, &secret)),
        ("another key", signed(&claims(), Algorithm::HS256, &other)),
        ("expired", hs256(&with("exp", json!(now() - 61)))),
        ("expired, of a key", hs256(&own_expired())),
        ("not yet valid", hs256(&with("nbf", json!(now() + 90)))),
        ("another audience in a list", hs256(&with("aud", json!(["else", "other"])))),
        ("no number", hs256(&with("exp", json!("soon")))),
        ("another audience", hs256(&with("aud", json!("else")))),
        ("another issuer", hs256(&with("iss", json!("else")))),
        ("no such role", hs256(&with("role", json!("superuser")))),
        ("changed", String::from_utf8_lossy(&changed).into_owned()),
        ("no token", "nonsense".to_owned()),
    ] {
        assert_eq!(status(&service, &token), 401, "{what}");
    }
    let basic = service.get_with("/api/v1/stats/summary", &[("authorization", "Basic eDp5")]);
    assert_eq!(basic.status, 401);
}

#[test]
fn keys_are_kept_as_hashes_and_end_when_revoked_or_expired() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    service.hears();
    let made = run_ntsb(
        &database,
        &["apikey", "create", "a dashboard", "--role", "analyst", "--days", "30", "--json"],
    );
    let made: Value = serde_json::from_str(&made.stdout).unwrap();
    let key = made["api_key"].as_str().unwrap();
    let row: String = database.query_value("SELECT to_jsonb(k)::text FROM ntsb.api_key k");
    assert!(!row.contains(key) && row.contains(r#""role": "analyst""#), "{row}");

    let token = service.post("/api/v1/auth/token", &[], &json!({ "api_key": key }));
    assert_eq!((token.status, token.json()["role"].as_str()), (200, Some("analyst")));
    assert_eq!(token.json()["expires_in"], 3600);
    assert_eq!(token.header("cache-control"), "no-store");
    let token = token.json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(status(&service, &token), 200);

    let listed = run_ntsb(&database, &["apikey", "list"]).stdout;
    assert!(
        listed.contains("a dashboard") && listed.contains("is_valid") && !listed.contains(key),
        "{listed}"
    );
    let id = made["key_id"].to_string();
    assert_eq!(run_ntsb(&database, &["apikey", "revoke", &id]).code, Some(0));
    assert_eq!(run_ntsb(&database, &["apikey", "revoke", &id]).code, Some(1));
    wait_for("end of the token", 5, || (status(&service, &token) == 401).then_some(()));
    let refused = service.post("/api/v1/auth/token", &[], &json!({ "api_key": key }));
    assert_eq!(refused.status, 401);

    let (id, key) = make_key(&database, "viewer", "free");
    database.execute(&format!(
        "UPDATE ntsb.api_key SET expires_at = now() - interval '1 s' WHERE key_id = {id}"
    ));
    let refused = service.post("/api/v1/auth/token", &[], &json!({ "api_key": key }));
    assert_eq!(refused.status, 401);

    // A service that starts later knows of the revoked key, too.
    let later = Service::start(&database, &[]);
    later.hears();
    assert_eq!(status(&later, &token), 401);
}

/// A key pair, and its public half as a set of keys.
fn rsa(folder: &std::path::Path) -> EncodingKey {
    named_rsa(folder, "one")
}

fn named_rsa(folder: &std::path::Path, name: &str) -> EncodingKey {
    let pem = folder.join("key.pem");
    let mut make = Command::new("openssl");
    make.args(["genrsa", "-traditional", "-out"]).arg(&pem).arg("2048");
    run_ok(make);
    let mut show = Command::new("openssl");
    show.args(["rsa", "-noout", "-modulus", "-in"]).arg(&pem);
    let modulus = run_ok(show);
    let digits = modulus.trim().trim_start_matches("Modulus=");
    let bytes: Vec<u8> = (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
        .collect();
    let set = json!({"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": name, "e": "AQAB",
        "n": BASE64_URL_SAFE_NO_PAD.encode(bytes)}]});
    std::fs::write(folder.join("jwks.json"), set.to_string()).unwrap();
    EncodingKey::from_rsa_pem(&std::fs::read(&pem).unwrap()).unwrap()
}

#[test]
fn tokens_of_another_issuer_hold_by_its_public_keys() {
    let database = Database::with_sample();
    let folder = tempfile::tempdir().unwrap();
    let key = rsa(folder.path());
    let jwks = folder.path().join("jwks.json");
    let settings = [("jwt_algorithm", "RS256"), ("jwks", jwks.to_str().unwrap())];
    let service = Service::start(&database, &settings);
    let of = |kid: Option<&str>| {
        let header = Header { kid: kid.map(str::to_owned), ..Header::new(Algorithm::RS256) };
        encode(&header, &claims(), &key).unwrap()
    };
    assert_eq!(status(&service, &of(Some("one"))), 200);
    assert_eq!(status(&service, &of(None)), 200);
    assert_eq!(status(&service, &of(Some("two"))), 401);
    // The public key is no secret: who signs with it by HS256 is nobody.
    let public = std::fs::read(&jwks).unwrap();
    let forged = signed(&claims(), Algorithm::HS256, &EncodingKey::from_secret(&public));
    assert_eq!(status(&service, &forged), 401);
    let (_, api_key) = make_key(&database, "viewer", "free");
    let none = service.post("/api/v1/auth/token", &[], &json!({ "api_key": api_key }));
    assert_eq!(none.status, 501);
}

#[test]
fn keys_at_a_url_are_fetched_cached_and_rotated() {
    let database = Database::with_sample();
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let keys = [named_rsa(folders[0].path(), "one"), named_rsa(folders[1].path(), "two")];
    let set = |n: usize| std::fs::read(folders[n].path().join("jwks.json")).unwrap();
    let of = |n: usize, kid: &str| {
        let header = Header { kid: Some(kid.into()), ..Header::new(Algorithm::RS256) };
        encode(&header, &claims(), &keys[n]).unwrap()
    };
    let web = WebServer::start();
    let file = |body| Reply::File { body, headers: vec![] };
    // What is no set does not drive out the one that is known.
    let broken = Reply::Response { status: 500, headers: vec![], body: vec![] };
    web.set_replies("/jwks", vec![file(set(0)), broken, file(set(1))]);
    let url = format!("http://{}/jwks", web.address);
    let settings = [("jwt_algorithm", "RS256"), ("jwks", url.as_str())];
    let service = Service::start(&database, &settings);
    wait_for("the first set", 10, || (status(&service, &of(0, "one")) == 200).then_some(()));
    for _ in 0..50 {
        assert_eq!(status(&service, &of(0, "one")), 200);
        assert_eq!(status(&service, &of(1, "made up")), 401);
    }
    assert!(web.take_requests().len() <= 2, "made-up names become requests");
    // A key that is not known is looked for, though not too often.
    wait_for("the second set", 30, || (status(&service, &of(1, "two")) == 200).then_some(()));
    assert_eq!(status(&service, &of(0, "one")), 401, "a key that was taken back is still good");
}
