//! The Helm chart in deploy/helm: lint, rendered manifests against the schemas of Kubernetes, values, network
//! policies, and the scripts that it runs in a database.

mod chart;
mod database;
mod expectations;
mod network;
mod readme;
mod refused_values;

use std::path::{Path, PathBuf};

use ntsb_tests::announce;

/// The folder of the repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// A program that scripts/kubernetes.sh installs. None where it cannot be had: the test is skipped.
pub fn optional_tool(variable: &str) -> Option<PathBuf> {
    let path = std::env::var_os(variable).map(PathBuf::from).filter(|path| path.exists());
    if path.is_none() {
        announce(&format!("skipped: {variable} names no program; no package registry answered"));
    }
    path
}
