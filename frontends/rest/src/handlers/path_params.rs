//! What somebody gave, or an error of the service's own form.

use axum::Json;
use axum::extract::{FromRequest, FromRequestParts, Path, Query};

use crate::error::Problem;

/// The query string.
#[derive(FromRequestParts)]
#[from_request(via(Query), rejection(Problem))]
pub struct Given<T>(pub T);

/// The parameters in the path.
#[derive(FromRequestParts)]
#[from_request(via(Path), rejection(Problem))]
pub struct Tail<T>(pub T);

/// The body.
#[derive(FromRequest)]
#[from_request(via(Json), rejection(Problem))]
pub struct Sent<T>(pub T);
