//! Tokens: JSON Web Tokens of one algorithm, which the configuration names and no token may choose.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use jsonwebtoken::{DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};

use super::Role;
use super::jwks::{Jwks, Keys};
use super::revoked::Revoked;
use crate::config::{Algorithm, Settings};
use crate::error::Problem;
use crate::limit::Tier;

/// A secret that is shorter could be found by trying.
const SHORTEST_SECRET: usize = 32;

/// The clocks of other issuers may differ from ours by so many seconds.
const LEEWAY: f64 = 60.0;

/// What a token of ours says.
#[derive(Serialize)]
struct NewClaims<'a> {
    sub: &'a str,
    iss: &'a str,
    aud: &'a str,
    iat: u64,
    exp: u64,
    role: Role,
    tier: Tier,
    key: i64,
}

/// What is read from a token. `aud`, `iss` and `nbf` are checked before; numbers may have fractions (RFC 7519).
#[derive(Clone, Debug, Deserialize)]
pub struct Claims {
    /// Whose key it was.
    pub sub: String,
    pub exp: f64,
    pub role: Role,
    #[serde(default = "free")]
    pub tier: Tier,
    /// Number of the key, by which it can be revoked.
    #[serde(default)]
    pub key: Option<i64>,
}

fn free() -> Tier {
    Tier::Free
}

impl Claims {
    /// When the token ends, in seconds since 1970. A token of ours ends with its key, to the second.
    fn end(&self) -> f64 {
        if self.key.is_some() { self.exp } else { self.exp + LEEWAY }
    }

    pub fn expires_at(&self) -> Option<DateTime<Utc>> {
        let millis = (self.end() * 1000.0).clamp(0.0, 8.0e15);
        #[expect(clippy::cast_possible_truncation, reason = "clamped to what fits")]
        DateTime::from_timestamp_millis(millis as i64)
    }
}

/// A new token, and for how many seconds it is valid.
pub struct Made {
    pub token: String,
    pub seconds: u64,
}

pub struct Tokens {
    signer: Option<EncodingKey>,
    verifier: Verifier,
    algorithm: jsonwebtoken::Algorithm,
    validation: Validation,
    seconds: u64,
    issuer: String,
    audience: String,
    pub revoked: Revoked,
}

enum Verifier {
    /// Without a secret no token is valid, and none is made.
    None,
    Secret(Arc<Keys>),
    Public(Jwks),
}

/// Why a token is not valid.
pub enum Invalid {
    /// Its key may be in a newer set.
    UnknownKey,
    Refused(Problem),
}

impl Tokens {
    pub fn new(settings: &Settings) -> Result<Tokens, String> {
        let algorithm = match settings.jwt_algorithm {
            Algorithm::HS256 => jsonwebtoken::Algorithm::HS256,
            Algorithm::RS256 => jsonwebtoken::Algorithm::RS256,
        };
        let mut validation = Validation::new(algorithm);
        // The end is checked here, by Claims::end; the leeway is that of nbf.
        validation.validate_exp = false;
        validation.validate_nbf = true;
        validation.leeway = 60;
        validation.set_audience(&[&settings.jwt_audience]);
        validation.set_issuer(&[&settings.jwt_issuer]);
        validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
        let (signer, verifier) = match settings.jwt_algorithm {
            Algorithm::HS256 => shared(settings.jwt_secret.as_deref())?,
            Algorithm::RS256 => public(settings)?,
        };
        Ok(Tokens {
            signer,
            verifier,
            algorithm,
            validation,
            seconds: settings.jwt_minutes * 60,
            issuer: settings.jwt_issuer.clone(),
            audience: settings.jwt_audience.clone(),
            revoked: Revoked::default(),
        })
    }

    /// A token never outlives its key.
    pub fn make(
        &self,
        sub: &str,
        role: Role,
        tier: Tier,
        key: i64,
        key_ends: Option<DateTime<Utc>>,
    ) -> Result<Made, Problem> {
        let signer = self.signer.as_ref().ok_or_else(|| {
            let status = axum::http::StatusCode::NOT_IMPLEMENTED;
            Problem::new(status, "not_implemented", "this service does not make tokens").hint(
                "Tokens come from the issuer that jwt_issuer names; or set jwt_secret or jwt_private_key.",
            )
        })?;
        let iat = jsonwebtoken::get_current_timestamp();
        let key_ends = key_ends.map_or(u64::MAX, |end| end.timestamp().try_into().unwrap_or(0));
        let exp = (iat + self.seconds).min(key_ends);
        let (iss, aud) = (self.issuer.as_str(), self.audience.as_str());
        let claims = NewClaims { sub, iss, aud, iat, exp, role, tier, key };
        let token = encode(&Header::new(self.algorithm), &claims, signer).map_err(|error| {
            tracing::error!(%error, "no token could be made");
            Problem::internal()
        })?;
        Ok(Made { token, seconds: exp.saturating_sub(iat) })
    }

    /// Asks the issuer once more where the key is not known.
    pub async fn read(&self, token: &str) -> Result<Claims, Problem> {
        match (self.check(token), &self.verifier) {
            (Ok(claims), _) => return Ok(claims),
            (Err(Invalid::Refused(problem)), _) => return Err(problem),
            (Err(Invalid::UnknownKey), Verifier::Public(jwks)) => jwks.refresh().await,
            (Err(Invalid::UnknownKey), _) => {}
        }
        self.check(token).map_err(|invalid| match invalid {
            Invalid::Refused(problem) => problem,
            Invalid::UnknownKey => refused("its key is not known"),
        })
    }

    fn check(&self, token: &str) -> Result<Claims, Invalid> {
        let no = |why: &str| Invalid::Refused(refused(why));
        let header = decode_header(token).map_err(|_| no("it is not a JSON Web Token"))?;
        let keys = match &self.verifier {
            Verifier::None => Arc::default(),
            Verifier::Secret(keys) => keys.clone(),
            Verifier::Public(jwks) => jwks.keys(),
        };
        let key = find_key(&keys, header.kid.as_deref().unwrap_or_default());
        let key = key.ok_or(Invalid::UnknownKey)?;
        // What the header says of the algorithm is compared with the one that is set.
        let claims = decode::<Claims>(token, key, &self.validation)
            .map_err(|error| no(&error.to_string()))?
            .claims;
        if !claims.exp.is_finite() || claims.end() <= now() {
            return Err(no("it has expired"));
        }
        if claims.key.is_some_and(|key| self.revoked.contains(key)) {
            return Err(no("its key was revoked or has expired"));
        }
        Ok(claims)
    }

    /// Never ends where public keys are at a URL.
    pub async fn keep_keys_fresh(&self, every: Duration) {
        if let Verifier::Public(jwks) = &self.verifier {
            jwks.keep_fresh(every).await;
        }
    }
}

fn refused(why: &str) -> Problem {
    Problem::unauthorized("the token is not valid")
        .details(why)
        .hint("POST /api/v1/auth/token turns a key into a new one.")
}

fn now() -> f64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(f64::INFINITY, |time| time.as_secs_f64())
}

/// By its name, or the only one where the token names none.
fn find_key<'a>(keys: &'a HashMap<String, DecodingKey>, name: &str) -> Option<&'a DecodingKey> {
    keys.get(name).or_else(|| keys.get("")).or_else(|| {
        let only = keys.values().next();
        only.filter(|_| name.is_empty() && keys.len() == 1)
    })
}

fn shared(secret: Option<&str>) -> Result<(Option<EncodingKey>, Verifier), String> {
    let Some(secret) = secret else { return Ok((None, Verifier::None)) };
    if secret.len() < SHORTEST_SECRET {
        return Err(format!("jwt_secret has {} bytes; it needs {SHORTEST_SECRET}", secret.len()));
    }
    let key = DecodingKey::from_secret(secret.as_bytes());
    let keys = Keys::from([(String::new(), key)]);
    Ok((Some(EncodingKey::from_secret(secret.as_bytes())), Verifier::Secret(Arc::new(keys))))
}

fn public(settings: &Settings) -> Result<(Option<EncodingKey>, Verifier), String> {
    let place = settings.jwks.as_deref();
    let place = place.ok_or("jwt_algorithm RS256 needs jwks, a file or URL of public keys")?;
    let verifier = Verifier::Public(Jwks::new(place)?);
    let signer = match &settings.jwt_private_key {
        Some(path) => Some(
            EncodingKey::from_rsa_pem(&read(path)?)
                .map_err(|e| format!("{}: {e}", path.display()))?,
        ),
        None => None,
    };
    Ok((signer, verifier))
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|e| format!("{}: {e}", path.display()))
}
