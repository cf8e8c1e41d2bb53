//! Authentication: tokens, API keys and the caller of a request.

mod authenticator;
mod caller;
mod jwks;
mod revoked;
mod token;

pub use authenticator::{Authenticator, authenticate, require_token};
pub use caller::{Caller, Role};
pub use revoked::RevokedKeys;
pub use token::Tokens;
