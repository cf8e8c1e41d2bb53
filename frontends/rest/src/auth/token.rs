//! JSON Web Tokens. The settings fix the algorithm, and the token cannot choose another.

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
use super::revoked::RevokedKeys;
use crate::config::{Algorithm, Settings};
use crate::error::Problem;
use crate::limit::Tier;

/// A shorter secret could be found by brute force.
const MIN_SECRET_BYTES: usize = 32;

/// How much the clocks of other issuers may differ, in seconds.
const LEEWAY: u32 = 60;

/// The claims of a token that the service issues.
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

/// The claims of a verified token. `aud`, `iss` and `nbf` have been checked. Numbers may have fractions (RFC 7519).
#[derive(Clone, Debug, Deserialize)]
pub struct Claims {
    /// The name of the key.
    pub sub: String,
    pub exp: f64,
    pub role: Role,
    #[serde(default = "default_tier")]
    pub tier: Tier,
    /// The ID of the key. Revoking the key invalidates the token.
    #[serde(default)]
    pub key: Option<i64>,
}

fn default_tier() -> Tier {
    Tier::Free
}

impl Claims {
    /// When the token expires, in seconds since 1970. The service's own tokens get no leeway, as they must not
    /// outlive their key.
    fn expiry(&self) -> f64 {
        if self.key.is_some() { self.exp } else { self.exp + f64::from(LEEWAY) }
    }

    pub fn expires_at(&self) -> Option<DateTime<Utc>> {
        let millis = (self.expiry() * 1000.0).clamp(0.0, 8.0e15);
        #[expect(clippy::cast_possible_truncation, reason = "clamped to the range of i64")]
        DateTime::from_timestamp_millis(millis as i64)
    }
}

pub struct IssuedToken {
    pub token: String,
    /// How long it is valid.
    pub seconds: u64,
}

pub struct Tokens {
    signer: Option<EncodingKey>,
    verifier: Verifier,
    algorithm: jsonwebtoken::Algorithm,
    validation: Validation,
    lifetime_seconds: u64,
    issuer: String,
    audience: String,
    revoked: Arc<RevokedKeys>,
}

enum Verifier {
    /// No key is configured: no token is valid, and none is issued.
    None,
    SharedSecret(Arc<Keys>),
    PublicKeys(Jwks),
}

/// Why a token was rejected.
enum TokenError {
    /// The key may be in a newer version of the key set.
    UnknownKey,
    Invalid(Problem),
}

impl Tokens {
    pub fn new(settings: &Settings, revoked: Arc<RevokedKeys>) -> Result<Tokens, String> {
        let algorithm = match settings.jwt_algorithm {
            Algorithm::HS256 => jsonwebtoken::Algorithm::HS256,
            Algorithm::RS256 => jsonwebtoken::Algorithm::RS256,
        };
        let mut validation = Validation::new(algorithm);
        // The leeway applies to nbf. The expiry is checked by Claims::expiry.
        validation.validate_exp = false;
        validation.validate_nbf = true;
        validation.leeway = u64::from(LEEWAY);
        validation.set_audience(&[&settings.jwt_audience]);
        validation.set_issuer(&[&settings.jwt_issuer]);
        validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
        let (signer, verifier) = match settings.jwt_algorithm {
            Algorithm::HS256 => shared_secret(settings.jwt_secret.as_deref())?,
            Algorithm::RS256 => public_keys(settings)?,
        };
        Ok(Tokens {
            signer,
            verifier,
            algorithm,
            validation,
            lifetime_seconds: settings.jwt_minutes * 60,
            issuer: settings.jwt_issuer.clone(),
            audience: settings.jwt_audience.clone(),
            revoked,
        })
    }

    /// Issues a token, which never outlives its key.
    pub fn issue(
        &self,
        sub: &str,
        role: Role,
        tier: Tier,
        key: i64,
        key_expires_at: Option<DateTime<Utc>>,
    ) -> Result<IssuedToken, Problem> {
        let signer = self.signer.as_ref().ok_or_else(|| {
            let status = axum::http::StatusCode::NOT_IMPLEMENTED;
            Problem::new(status, "not_implemented", "this service does not issue tokens").hint(
                "Get a token from the issuer that jwt_issuer names, or set jwt_secret or jwt_private_key.",
            )
        })?;
        let iat = jsonwebtoken::get_current_timestamp();
        let key_exp = key_expires_at.map_or(u64::MAX, |at| at.timestamp().try_into().unwrap_or(0));
        let exp = (iat + self.lifetime_seconds).min(key_exp);
        let (iss, aud) = (self.issuer.as_str(), self.audience.as_str());
        let claims = NewClaims { sub, iss, aud, iat, exp, role, tier, key };
        let token = encode(&Header::new(self.algorithm), &claims, signer).map_err(|error| {
            tracing::error!(%error, "could not sign a token");
            Problem::internal()
        })?;
        Ok(IssuedToken { token, seconds: exp.saturating_sub(iat) })
    }

    /// Verifies a token. If its key is unknown, fetches the issuer's keys again.
    pub async fn verify(&self, token: &str) -> Result<Claims, Problem> {
        match (self.check(token), &self.verifier) {
            (Ok(claims), _) => return Ok(claims),
            (Err(TokenError::Invalid(problem)), _) => return Err(problem),
            (Err(TokenError::UnknownKey), Verifier::PublicKeys(jwks)) => jwks.refresh().await,
            (Err(TokenError::UnknownKey), _) => {}
        }
        self.check(token).map_err(|error| match error {
            TokenError::Invalid(problem) => problem,
            TokenError::UnknownKey => invalid_token("its key is unknown"),
        })
    }

    fn check(&self, token: &str) -> Result<Claims, TokenError> {
        let invalid = |reason: &str| TokenError::Invalid(invalid_token(reason));
        let header = decode_header(token).map_err(|_| invalid("it is not a JSON Web Token"))?;
        let keys = match &self.verifier {
            Verifier::None => Arc::default(),
            Verifier::SharedSecret(keys) => keys.clone(),
            Verifier::PublicKeys(jwks) => jwks.keys(),
        };
        let key = find_key(&keys, header.kid.as_deref().unwrap_or_default());
        let key = key.ok_or(TokenError::UnknownKey)?;
        // This compares the algorithm in the header with the configured one.
        let claims = decode::<Claims>(token, key, &self.validation)
            .map_err(|error| invalid(&error.to_string()))?
            .claims;
        if !claims.exp.is_finite() || claims.expiry() <= now() {
            return Err(invalid("it has expired"));
        }
        if claims.key.is_some_and(|key| self.revoked.contains(key)) {
            return Err(invalid("its key was revoked or has expired"));
        }
        Ok(claims)
    }

    /// Runs forever if the public keys are at a URL.
    pub async fn refresh_keys_regularly(&self, interval: Duration) {
        if let Verifier::PublicKeys(jwks) = &self.verifier {
            jwks.refresh_regularly(interval).await;
        }
    }
}

fn invalid_token(reason: &str) -> Problem {
    Problem::unauthorized("the token is not valid")
        .details(reason)
        .hint("Exchange an API key for a new token at POST /api/v1/auth/token.")
}

fn now() -> f64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(f64::INFINITY, |time| time.as_secs_f64())
}

/// Finds a key by its name. A token without a key name gets the only key of the set.
fn find_key<'a>(keys: &'a HashMap<String, DecodingKey>, name: &str) -> Option<&'a DecodingKey> {
    keys.get(name).or_else(|| keys.get("")).or_else(|| {
        let only = keys.values().next();
        only.filter(|_| name.is_empty() && keys.len() == 1)
    })
}

fn shared_secret(secret: Option<&str>) -> Result<(Option<EncodingKey>, Verifier), String> {
    let Some(secret) = secret else { return Ok((None, Verifier::None)) };
    if secret.len() < MIN_SECRET_BYTES {
        return Err(format!(
            "jwt_secret must have at least {MIN_SECRET_BYTES} bytes, got {}",
            secret.len()
        ));
    }
    let key = DecodingKey::from_secret(secret.as_bytes());
    let keys = Keys::from([(String::new(), key)]);
    Ok((Some(EncodingKey::from_secret(secret.as_bytes())), Verifier::SharedSecret(Arc::new(keys))))
}

fn public_keys(settings: &Settings) -> Result<(Option<EncodingKey>, Verifier), String> {
    let jwks = settings.jwks.as_deref();
    let jwks = jwks.ok_or("jwt_algorithm RS256 needs jwks: a file or URL of public keys")?;
    let verifier = Verifier::PublicKeys(Jwks::new(jwks)?);
    let signer = match &settings.jwt_private_key {
        Some(path) => Some(
            EncodingKey::from_rsa_pem(&read_file(path)?)
                .map_err(|e| format!("{}: {e}", path.display()))?,
        ),
        None => None,
    };
    Ok((signer, verifier))
}

fn read_file(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|e| format!("{}: {e}", path.display()))
}
