//! The service: the functions of pg_ntsb over HTTP.
//!
//! It knows no rule of the domain. A handler reads what was asked, puts one question to the database,
//! in a transaction under the role of who asks, and passes on what the database says.

pub mod answer;
mod ask;
mod auth;
mod cache;
pub mod config;
mod encode;
mod error;
mod front;
mod handlers;
mod limit;
mod live;
mod metrics;
mod openapi;
mod pools;
pub mod router;
mod schema;
mod select;
pub mod serve;
pub mod state;
pub mod trace;
mod tree;

use std::sync::Arc;
use std::time::Duration;

use config::{Args, Settings};
use serve::Server;
use state::App;
use tokio::signal::unix::{SignalKind, signal};

/// Runs the service until a signal ends it.
pub async fn run(args: Args) -> Result<(), String> {
    let settings = Settings::read(&args).map_err(|e| format!("settings: {e}"))?;
    if args.print_config {
        print!("{}", settings.shown());
        return Ok(());
    }
    let _telemetry = trace::start(&settings)?;
    let server = Server::bind(&settings).await?;
    let app = App::start(settings).await?;
    let address = server.address().map_err(|e| e.to_string())?;
    tracing::info!(%address, "listening");
    tokio::spawn(live::listen(app.clone()));
    tokio::spawn(app.pools.clone().watch_replicas(app.settings.replica_lag_seconds));
    tokio::spawn(sweep(app.clone()));
    server.run(app.clone(), router::router(&app), asked_to_end()?).await;
    // What still runs in the database is of no use to anybody.
    app.pools.close();
    Ok(())
}

async fn sweep(app: Arc<App>) {
    loop {
        tokio::time::sleep(Duration::from_secs(60)).await;
        app.limiter.sweep();
    }
}

fn asked_to_end() -> Result<impl Future<Output = ()>, String> {
    let mut terminate = signal(SignalKind::terminate()).map_err(|e| e.to_string())?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(|e| e.to_string())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
