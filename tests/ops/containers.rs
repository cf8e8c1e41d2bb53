//! Containerfiles and compose.yaml in deploy/container, checked by hadolint and the compose plugin.
