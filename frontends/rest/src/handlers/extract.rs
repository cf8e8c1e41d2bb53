//! Extractors that reject invalid input with the service's own error format.

use axum::Json;
use axum::extract::{FromRequest, FromRequestParts, Path, Query};

use crate::error::Problem;

#[derive(FromRequestParts)]
#[from_request(via(Query), rejection(Problem))]
pub struct QueryParams<T>(pub T);

#[derive(FromRequestParts)]
#[from_request(via(Path), rejection(Problem))]
pub struct PathParams<T>(pub T);

#[derive(FromRequest)]
#[from_request(via(Json), rejection(Problem))]
pub struct JsonBody<T>(pub T);
