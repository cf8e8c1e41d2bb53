//! The Grafana dashboards of deploy/monitoring/grafana/dashboards, as typed code: the JSON is generated.

mod data;
mod database;
mod model;
mod pipelines;
mod service;

use std::error::Error;
use std::path::Path;

use model::Dashboard;

fn all() -> [Dashboard; 4] {
    [service::dashboard(), database::dashboard(), pipelines::dashboard(), data::dashboard()]
}

/// Writes each dashboard as `UID.json`.
pub fn write(out_dir: &Path) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(out_dir)?;
    for dashboard in all() {
        let path = out_dir.join(format!("{}.json", dashboard.uid));
        std::fs::write(&path, dashboard.to_text()?)
            .map_err(|e| format!("cannot write {}: {e}", path.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
