//! The service: the functions of pg_ntsb over HTTP.
//!
//! It knows no rule of the domain. A handler reads what was asked, puts one question to the database,
//! in a transaction under the role of who asks, and passes on what the database says.

pub mod answer;
mod ask;
mod auth;
mod body;
mod budget;
mod cache;
mod cache_store;
pub mod config;
mod connection;
mod cursor;
mod database;
mod encode;
mod error;
mod exact_text;
mod export;
mod facts;
mod handlers;
mod json_text;
mod lease;
mod limit;
mod live;
mod metrics;
mod middleware;
mod openapi;
mod outage;
mod parameters;
mod pools;
mod presentable;
mod replicas;
pub mod router;
mod schema;
mod select;
pub mod serve;
mod shares;
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
    let metrics = Server::bind_metrics(&settings).await?;
    let app = App::start(settings).await?;
    let address = server.address().map_err(|e| e.to_string())?;
    tracing::info!(%address, "listening");
    tokio::spawn(live::listen(app.clone()));
    tokio::spawn(replicas::watch_replicas(app.clone()));
    tokio::spawn(auth::watch_revoked_keys(app.clone()));
    tokio::spawn(keep_keys_fresh(app.clone()));
    tokio::spawn(sweep(app.clone()));
    if let Some(metrics) = metrics {
        let address = metrics.address().map_err(|e| e.to_string())?;
        tracing::info!(%address, "metrics are answered here");
        let (app, router) = (app.clone(), router::metrics_router(&app));
        tokio::spawn(async move { metrics.run(app, router, std::future::pending()).await });
    }
    let signal = asked_to_end()?;
    let ending = app.clone();
    let end = async move {
        signal.await;
        ending.shut_down();
    };
    server.run(app.clone(), router::router(&app), end).await;
    wait_for_sockets(&app).await;
    // What still runs in the database is of no use to anybody.
    app.pools.close();
    Ok(())
}

async fn sweep(app: Arc<App>) {
    loop {
        tokio::time::sleep(Duration::from_secs(60)).await;
        app.sweep();
    }
}

async fn keep_keys_fresh(app: Arc<App>) {
    let every = Duration::from_secs(app.settings.jwks_seconds.max(1));
    app.tokens.keep_keys_fresh(every).await;
}

/// Until each was told that the service ends.
async fn wait_for_sockets(app: &App) {
    let end =
        tokio::time::Instant::now() + Duration::from_secs(app.settings.shutdown_seconds.min(3));
    while app.metrics.sockets.get() > 0 && tokio::time::Instant::now() < end {
        tokio::time::sleep(Duration::from_millis(20)).await;
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
