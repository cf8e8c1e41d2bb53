//! The nginx configuration in deploy/nginx, in a real nginx with ModSecurity.
