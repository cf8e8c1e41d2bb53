//! The REST service of pg_ntsb.
//!
//! It contains no domain rules. A handler reads its parameters, runs one query in a transaction under the caller's
//! role, and returns what the database returns.
//!
//! Dependencies run one way: `state` creates the parts and `router` connects them to the handlers. No part knows
//! `state`, the router or the handlers.

mod api_keys;
mod auth;
mod body;
mod budget;
mod cache;
pub mod config;
mod connection;
mod connection_string;
mod cursor;
mod data_version;
mod database;
mod error;
mod event_query;
mod exact_text;
mod facts;
mod filter_tree;
mod handlers;
mod health_check;
mod json_text;
mod known_params;
mod limit;
mod live;
pub mod manual;
mod metrics;
mod middleware;
mod openapi;
mod outage;
mod readiness;
mod redact;
mod response;
mod router;
mod schema;
mod serve;
mod shutdown;
mod state;
mod trace;
#[cfg(test)]
mod trace_tests;
mod warehouse_metrics;

use std::time::Duration;

use config::{Args, Settings};
use serve::Server;
use state::App;
use tokio::signal::unix::{SignalKind, signal};

const SWEEP_INTERVAL: Duration = Duration::from_secs(60);

/// Runs the service until it receives a signal to terminate.
pub async fn run(args: Args) -> Result<(), String> {
    let settings = Settings::read(&args).map_err(|e| format!("settings: {e}"))?;
    if args.print_config {
        print!("{}", settings.to_redacted_text());
        return Ok(());
    }
    if args.check_health {
        return health_check::run(&settings).await;
    }
    let _telemetry = trace::start(&settings)?;
    let server = Server::bind(&settings).await?;
    let metrics_server = Server::bind_metrics(&settings).await?;
    let app = App::new(settings).await?;
    let address = server.address().map_err(|e| e.to_string())?;
    tracing::info!(%address, "listening");
    start_background_tasks(&app);
    if let Some(server) = metrics_server {
        serve_metrics(server, &app)?;
    }
    let signal = termination_signal()?;
    let shutdown = async {
        signal.await;
        app.shutdown.start();
    };
    let router = router::router(&app);
    server.run(&app.settings, app.metrics.clone(), router, shutdown).await;
    wait_for_sockets(&app).await;
    // Nobody waits for the queries that are still running.
    app.database.close();
    Ok(())
}

fn start_background_tasks(app: &App) {
    tokio::spawn(app.listener().run());
    let max_lag = app.settings.replica_lag_seconds;
    tokio::spawn(database::watch_replicas(app.database.clone(), max_lag));
    let api_keys = app.api_keys.clone();
    tokio::spawn(async move { api_keys.watch_revoked().await });
    let (tokens, interval) = (app.tokens.clone(), app.settings.jwks_seconds.max(1));
    tokio::spawn(async move {
        tokens.refresh_keys_regularly(Duration::from_secs(interval)).await;
    });
    let app = app.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(SWEEP_INTERVAL).await;
            app.sweep();
        }
    });
}

fn serve_metrics(server: Server, app: &App) -> Result<(), String> {
    let address = server.address().map_err(|e| e.to_string())?;
    tracing::info!(%address, "serving metrics");
    let (settings, metrics) = (app.settings.clone(), app.metrics.clone());
    let router = router::metrics_router(app);
    tokio::spawn(async move {
        server.run(&settings, metrics, router, std::future::pending()).await;
    });
    Ok(())
}

/// Waits until the WebSockets have been told of the shutdown.
async fn wait_for_sockets(app: &App) {
    let limit = Duration::from_secs(app.settings.shutdown_seconds.min(3));
    let end = tokio::time::Instant::now() + limit;
    while app.metrics.sockets.get() > 0 && tokio::time::Instant::now() < end {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn termination_signal() -> Result<impl Future<Output = ()>, String> {
    let mut terminate = signal(SignalKind::terminate()).map_err(|e| e.to_string())?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(|e| e.to_string())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
