//! Tokens: JSON Web Tokens of one algorithm, which the configuration names and no token may choose.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use dashmap::DashSet;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};

use super::Role;
use crate::config::{Algorithm, Settings};
use crate::error::Problem;
use crate::limit::Tier;

/// A secret that is shorter could be found by trying.
const SHORTEST_SECRET: usize = 32;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claims {
    /// Whose key it was.
    pub sub: String,
    pub iss: String,
    pub aud: String,
    pub iat: u64,
    pub exp: u64,
    pub role: Role,
    pub tier: Tier,
    /// Number of the key, by which it can be revoked.
    #[serde(default)]
    pub key: Option<i64>,
}

pub struct Tokens {
    signer: Option<EncodingKey>,
    /// By the key's name; "" is the only one of a secret.
    keys: HashMap<String, DecodingKey>,
    algorithm: jsonwebtoken::Algorithm,
    validation: Validation,
    seconds: u64,
    issuer: String,
    audience: String,
    revoked: DashSet<i64>,
}

impl Tokens {
    pub fn new(settings: &Settings) -> Result<Tokens, String> {
        let algorithm = match settings.jwt_algorithm {
            Algorithm::HS256 => jsonwebtoken::Algorithm::HS256,
            Algorithm::RS256 => jsonwebtoken::Algorithm::RS256,
        };
        let mut validation = Validation::new(algorithm);
        validation.leeway = 5;
        validation.set_audience(&[&settings.jwt_audience]);
        validation.set_issuer(&[&settings.jwt_issuer]);
        validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
        let (signer, keys) = match settings.jwt_algorithm {
            Algorithm::HS256 => shared(settings.jwt_secret.as_deref())?,
            Algorithm::RS256 => public(settings)?,
        };
        Ok(Tokens {
            signer,
            keys,
            algorithm,
            validation,
            seconds: settings.jwt_minutes * 60,
            issuer: settings.jwt_issuer.clone(),
            audience: settings.jwt_audience.clone(),
            revoked: DashSet::new(),
        })
    }

    pub fn seconds(&self) -> u64 {
        self.seconds
    }

    pub fn make(&self, sub: String, role: Role, tier: Tier, key: i64) -> Result<String, Problem> {
        let signer = self.signer.as_ref().ok_or_else(|| {
            let status = axum::http::StatusCode::NOT_IMPLEMENTED;
            Problem::new(status, "not_implemented", "this service does not make tokens").hint(
                "Tokens come from whom jwt_issuer names; or set jwt_secret or jwt_private_key.",
            )
        })?;
        let iat = jsonwebtoken::get_current_timestamp();
        let claims = Claims {
            sub,
            role,
            tier,
            key: Some(key),
            iat,
            exp: iat + self.seconds,
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
        };
        encode(&Header::new(self.algorithm), &claims, signer).map_err(|error| {
            tracing::error!(%error, "no token could be made");
            Problem::internal()
        })
    }

    pub fn read(&self, token: &str) -> Result<Claims, Problem> {
        let refused = |why: &str| {
            Problem::unauthorized("the token does not hold")
                .details(why)
                .hint("POST /api/v1/auth/token turns a key into a new one.")
        };
        let header = decode_header(token).map_err(|_| refused("it is no JSON Web Token"))?;
        let name = header.kid.unwrap_or_default();
        let key = self.keys.get(&name).or_else(|| self.keys.get("")).or_else(|| {
            let only = self.keys.values().next();
            only.filter(|_| name.is_empty() && self.keys.len() == 1)
        });
        let key = key.ok_or_else(|| refused("its key is not known"))?;
        // What the header says of the algorithm is compared with the one that is set.
        let claims = decode::<Claims>(token, key, &self.validation)
            .map_err(|error| refused(&error.to_string()))?
            .claims;
        if claims.key.is_some_and(|key| self.revoked.contains(&key)) {
            return Err(refused("its key was revoked"));
        }
        Ok(claims)
    }

    pub fn revoke(&self, key: i64) {
        self.revoked.insert(key);
    }
}

type Keys = (Option<EncodingKey>, HashMap<String, DecodingKey>);

/// Without a secret no token holds, and none is made.
fn shared(secret: Option<&str>) -> Result<Keys, String> {
    let Some(secret) = secret else { return Ok((None, HashMap::new())) };
    if secret.len() < SHORTEST_SECRET {
        return Err(format!("jwt_secret has {} bytes; it needs {SHORTEST_SECRET}", secret.len()));
    }
    let key = DecodingKey::from_secret(secret.as_bytes());
    Ok((Some(EncodingKey::from_secret(secret.as_bytes())), HashMap::from([(String::new(), key)])))
}

fn public(settings: &Settings) -> Result<Keys, String> {
    let path = settings.jwks.as_deref().ok_or("jwt_algorithm RS256 needs jwks, a file of keys")?;
    let set: JwkSet = serde_json::from_slice(&read(path)?)
        .map_err(|e| format!("{} is no set of keys: {e}", path.display()))?;
    let mut keys = HashMap::new();
    for jwk in &set.keys {
        let key = DecodingKey::from_jwk(jwk).map_err(|e| format!("{}: {e}", path.display()))?;
        keys.insert(jwk.common.key_id.clone().unwrap_or_default(), key);
    }
    let signer = match &settings.jwt_private_key {
        Some(path) => Some(
            EncodingKey::from_rsa_pem(&read(path)?)
                .map_err(|e| format!("{}: {e}", path.display()))?,
        ),
        None => None,
    };
    Ok((signer, keys))
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|e| format!("{}: {e}", path.display()))
}
