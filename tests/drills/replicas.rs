//! Reads spread over replicas and PgBouncer.
