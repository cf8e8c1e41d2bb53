//! Valid and invalid tokens.

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

use crate::service::{JWT_SECRET, Service, create_key};

fn unix_time() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}

fn claims() -> Value {
    json!({"sub": "x", "iss": "ntsb-rest", "aud": "ntsb", "iat": unix_time(), "exp": unix_time() + 60,
           "role": "admin", "tier": "premium"})
}

fn claims_with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

fn sign(claims: &Value, algorithm: Algorithm, key: &EncodingKey) -> String {
    encode(&Header::new(algorithm), claims, key).unwrap()
}

fn get_status(service: &Service, token: &str) -> u16 {
    let bearer = format!("Bearer {token}");
    service.get_with("/api/v1/stats/summary", &[("authorization", &bearer)]).status
}

/// Claims of an API key that has just expired. These have no leeway.
fn expired_api_key_claims() -> Value {
    let mut claims = claims_with("exp", json!(unix_time() - 1));
    claims["key"] = json!(1);
    claims
}

fn claims_without(name: &str) -> Value {
    let mut claims = claims();
    claims.as_object_mut().unwrap().remove(name);
    claims
}

/// RFC 7519: aud is a string or a list, iat is optional, and times may have fractions.
#[test]
fn all_token_forms_of_rfc_7519_are_accepted() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[("free_per_minute", "77")]);
    let secret = EncodingKey::from_secret(JWT_SECRET.as_bytes());
    for (what, claims) in [
        ("a list of audiences", claims_with("aud", json!(["else", "ntsb"]))),
        ("a list of one audience", claims_with("aud", json!(["ntsb"]))),
        ("no iat", claims_without("iat")),
        ("a fractional iat", claims_with("iat", json!(unix_time() as f64 + 0.25))),
        ("a fractional exp", claims_with("exp", json!(unix_time() as f64 + 30.5))),
        ("an nbf within the leeway", claims_with("nbf", json!(unix_time() + 30))),
        ("an nbf that has passed", claims_with("nbf", json!(unix_time() as f64 - 10.5))),
        ("an unknown claim", claims_with("scope", json!("read"))),
    ] {
        assert_eq!(get_status(&service, &sign(&claims, Algorithm::HS256, &secret)), 200, "{what}");
    }
    let free = sign(&claims_without("tier"), Algorithm::HS256, &secret);
    let bearer = format!("Bearer {free}");
    let response = service.get_with("/api/v1/stats/summary", &[("authorization", &bearer)]);
    assert_eq!((response.status, response.header("ratelimit-limit")), (200, "77"));
}

#[test]
fn tokens_with_wrong_algorithm_key_audience_or_time_are_rejected() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    let secret = EncodingKey::from_secret(JWT_SECRET.as_bytes());
    let hs256 = |claims: &Value| sign(claims, Algorithm::HS256, &secret);
    assert_eq!(get_status(&service, &hs256(&claims())), 200);

    let other = EncodingKey::from_secret(b"another secret of thirty-two bytes");
    let unsigned = |claims: &Value| {
        let part = |v: &Value| BASE64_URL_SAFE_NO_PAD.encode(v.to_string());
        format!("{}.{}.", part(&json!({"alg": "none", "typ": "JWT"})), part(claims))
    };
    let mut changed = hs256(&claims()).into_bytes();
    changed[40] ^= 1;
    for (what, token) in [
        ("alg none", unsigned(&claims())),
        ("alg none with a signature", format!("{}abc", unsigned(&claims()))),
        ("another algorithm", sign(&claims(), Algorithm::HS512, &secret)),
        ("another key", sign(&claims(), Algorithm::HS256, &other)),
        ("expired", hs256(&claims_with("exp", json!(unix_time() - 61)))),
        ("expired API key", hs256(&expired_api_key_claims())),
        ("not yet valid", hs256(&claims_with("nbf", json!(unix_time() + 90)))),
        ("another audience in a list", hs256(&claims_with("aud", json!(["else", "other"])))),
        ("exp is not a number", hs256(&claims_with("exp", json!("soon")))),
        ("another audience", hs256(&claims_with("aud", json!("else")))),
        ("another issuer", hs256(&claims_with("iss", json!("else")))),
        ("unknown role", hs256(&claims_with("role", json!("superuser")))),
        ("changed bytes", String::from_utf8_lossy(&changed).into_owned()),
        ("not a token", "nonsense".to_owned()),
    ] {
        assert_eq!(get_status(&service, &token), 401, "{what}");
    }
    let basic = service.get_with("/api/v1/stats/summary", &[("authorization", "Basic eDp5")]);
    assert_eq!(basic.status, 401);
}

#[test]
fn keys_are_stored_as_hashes_and_stop_when_revoked_or_expired() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    service.wait_until_listening();
    let created = run_ntsb(
        &database,
        &["apikey", "create", "a dashboard", "--role", "analyst", "--days", "30", "--json"],
    );
    let created: Value = serde_json::from_str(&created.stdout).unwrap();
    let key = created["api_key"].as_str().unwrap();
    let row: String = database.query_value("SELECT to_jsonb(k)::text FROM ntsb.api_key k");
    assert!(!row.contains(key) && row.contains(r#""role": "analyst""#), "{row}");

    let token = service.post("/api/v1/auth/token", &[], &json!({ "api_key": key }));
    assert_eq!((token.status, token.json()["role"].as_str()), (200, Some("analyst")));
    assert_eq!(token.json()["expires_in"], 3600);
    assert_eq!(token.header("cache-control"), "no-store");
    let token = token.json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(get_status(&service, &token), 200);

    let listed = run_ntsb(&database, &["apikey", "list"]).stdout;
    assert!(
        listed.contains("a dashboard") && listed.contains("valid") && !listed.contains(key),
        "{listed}"
    );
    let id = created["key_id"].to_string();
    assert_eq!(run_ntsb(&database, &["apikey", "revoke", &id]).code, Some(0));
    assert_eq!(run_ntsb(&database, &["apikey", "revoke", &id]).code, Some(1));
    wait_for("the token to be rejected", 5, || (get_status(&service, &token) == 401).then_some(()));
    let refused = service.post("/api/v1/auth/token", &[], &json!({ "api_key": key }));
    assert_eq!(refused.status, 401);

    let (id, key) = create_key(&database, "viewer", "free");
    database.execute(&format!(
        "UPDATE ntsb.api_key SET expires_at = now() - interval '1 s' WHERE key_id = {id}"
    ));
    let refused = service.post("/api/v1/auth/token", &[], &json!({ "api_key": key }));
    assert_eq!(refused.status, 401);

    // A service that starts later also rejects the revoked key.
    let later = Service::start(&database, &[]);
    later.wait_until_listening();
    assert_eq!(get_status(&later, &token), 401);
}

/// Creates an RSA key and writes its public part to jwks.json.
fn create_rsa_key(folder: &std::path::Path) -> EncodingKey {
    create_named_rsa_key(folder, "one")
}

fn create_named_rsa_key(folder: &std::path::Path, name: &str) -> EncodingKey {
    let pem = folder.join("key.pem");
    let mut generate = Command::new("openssl");
    generate.args(["genrsa", "-traditional", "-out"]).arg(&pem).arg("2048");
    run_ok(generate);
    let mut show = Command::new("openssl");
    show.args(["rsa", "-noout", "-modulus", "-in"]).arg(&pem);
    let modulus = run_ok(show);
    let digits = modulus.trim().trim_start_matches("Modulus=");
    let bytes: Vec<u8> = (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
        .collect();
    let jwks = json!({"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": name, "e": "AQAB",
        "n": BASE64_URL_SAFE_NO_PAD.encode(bytes)}]});
    std::fs::write(folder.join("jwks.json"), jwks.to_string()).unwrap();
    EncodingKey::from_rsa_pem(&std::fs::read(&pem).unwrap()).unwrap()
}

#[test]
fn tokens_of_another_issuer_are_verified_by_its_public_keys() {
    let database = Database::with_sample();
    let folder = tempfile::tempdir().unwrap();
    let key = create_rsa_key(folder.path());
    let jwks = folder.path().join("jwks.json");
    let settings = [("jwt_algorithm", "RS256"), ("jwks", jwks.to_str().unwrap())];
    let service = Service::start(&database, &settings);
    let sign_with_kid = |kid: Option<&str>| {
        let header = Header { kid: kid.map(str::to_owned), ..Header::new(Algorithm::RS256) };
        encode(&header, &claims(), &key).unwrap()
    };
    assert_eq!(get_status(&service, &sign_with_kid(Some("one"))), 200);
    assert_eq!(get_status(&service, &sign_with_kid(None)), 200);
    assert_eq!(get_status(&service, &sign_with_kid(Some("two"))), 401);
    // The public key is not a secret: HS256 tokens signed with it must be rejected.
    let public = std::fs::read(&jwks).unwrap();
    let forged = sign(&claims(), Algorithm::HS256, &EncodingKey::from_secret(&public));
    assert_eq!(get_status(&service, &forged), 401);
    let (_, api_key) = create_key(&database, "viewer", "free");
    let refused = service.post("/api/v1/auth/token", &[], &json!({ "api_key": api_key }));
    assert_eq!(refused.status, 501);
}

#[test]
fn a_jwks_url_is_fetched_cached_and_rotated() {
    let database = Database::with_sample();
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let keys = [
        create_named_rsa_key(folders[0].path(), "one"),
        create_named_rsa_key(folders[1].path(), "two"),
    ];
    let read_jwks = |n: usize| std::fs::read(folders[n].path().join("jwks.json")).unwrap();
    let sign_with = |n: usize, kid: &str| {
        let header = Header { kid: Some(kid.into()), ..Header::new(Algorithm::RS256) };
        encode(&header, &claims(), &keys[n]).unwrap()
    };
    let jwks_server = WebServer::start();
    let file = |body| Reply::File { body, headers: vec![] };
    // An invalid response does not replace the known keys.
    let broken = Reply::Response { status: 500, headers: vec![], body: vec![] };
    jwks_server.set_replies("/jwks", vec![file(read_jwks(0)), broken, file(read_jwks(1))]);
    let url = format!("http://{}/jwks", jwks_server.address);
    let settings = [("jwt_algorithm", "RS256"), ("jwks", url.as_str())];
    let service = Service::start(&database, &settings);
    wait_for("the first key set", 10, || {
        (get_status(&service, &sign_with(0, "one")) == 200).then_some(())
    });
    for _ in 0..50 {
        assert_eq!(get_status(&service, &sign_with(0, "one")), 200);
        assert_eq!(get_status(&service, &sign_with(1, "unknown")), 401);
    }
    assert!(jwks_server.take_requests().len() <= 2, "unknown key ids cause requests");
    // An unknown key id causes a fetch, but not too often.
    wait_for("the second key set", 30, || {
        (get_status(&service, &sign_with(1, "two")) == 200).then_some(())
    });
    assert_eq!(
        get_status(&service, &sign_with(0, "one")),
        401,
        "a withdrawn key is still accepted"
    );
}
