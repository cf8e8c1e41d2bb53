//! The nginx configuration in deploy/nginx, in a real nginx with ModSecurity in front of a real ntsb-rest.

mod attacks;
mod headers;
mod limits;
mod proxy;
mod requests;
#[path = "../../rest/service.rs"]
#[allow(dead_code)]
mod service;
mod tls;
