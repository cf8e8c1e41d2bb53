//! Accepts connections, with limits and TLS, and shuts down without losing responses.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_rustls::TlsAcceptor;

use crate::config::Settings;
use crate::connection::{Connections, Peers};
use crate::metrics::Metrics;

/// For all headers of a request together.
const MAX_HEADER_BYTES: u32 = 16 << 10;
const MAX_HEADERS: usize = 64;
/// How much an HTTP/2 client may send before it is read, per request and per connection.
const STREAM_WINDOW: u32 = 64 << 10;
const CONNECTION_WINDOW: u32 = 128 << 10;

pub struct Server {
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    peers: Arc<Peers>,
}

impl Server {
    pub async fn bind(settings: &Settings) -> Result<Server, String> {
        let listener = listen(settings.listen).await?;
        let trusted = settings.trusted_proxies.clone();
        let peers = Peers::new(settings.max_connections_per_address, trusted);
        Ok(Server { listener, tls: tls_acceptor(settings)?, peers })
    }

    /// Binds the separate address for metrics, without TLS. None if it is not set.
    pub async fn bind_metrics(settings: &Settings) -> Result<Option<Server>, String> {
        let Some(address) = settings.metrics_listen else { return Ok(None) };
        let peers = Peers::new(settings.max_connections_per_address, Vec::new());
        Ok(Some(Server { listener: listen(address).await?, tls: None, peers }))
    }

    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `shutdown` completes. Running responses may then take up to `shutdown_seconds`.
    pub async fn run(
        self,
        settings: &Settings,
        metrics: Arc<Metrics>,
        router: Router,
        shutdown: impl Future<Output = ()>,
    ) {
        let permits = Arc::new(Semaphore::new(settings.max_connections));
        let graceful = GracefulShutdown::new();
        let connections = Connections {
            http: Arc::new(http_builder(settings)),
            tls: self.tls.clone(),
            idle_timeout: Duration::from_millis(settings.header_timeout_ms),
            stall_timeout: Duration::from_millis(settings.stall_timeout_ms),
            router,
        };
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            let accepted = tokio::select! {
                accepted = self.accept(&permits) => accepted,
                () = &mut shutdown => break,
            };
            let Some((stream, peer, permit)) = accepted else { continue };
            let Some(slot) = self.peers.acquire(peer.ip()) else {
                metrics.refused_connections.inc();
                continue;
            };
            let (metrics, connections) = (metrics.clone(), connections.clone());
            let watcher = graceful.watcher();
            tokio::spawn(async move {
                metrics.connections.inc();
                connections.serve(stream, peer, slot, watcher).await;
                metrics.connections.dec();
                drop(permit);
            });
        }
        drop(self.listener);
        let limit = Duration::from_secs(settings.shutdown_seconds);
        if tokio::time::timeout(limit, graceful.shutdown()).await.is_err() {
            tracing::warn!("aborted the responses that took longer than shutdown_seconds");
        }
    }

    /// Waits for a permit first. Until then, further clients wait in the system's accept queue.
    async fn accept(
        &self,
        permits: &Arc<Semaphore>,
    ) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
        let permit = permits.clone().acquire_owned().await.ok()?;
        match self.listener.accept().await {
            Ok((stream, peer)) => Some((stream, peer, permit)),
            Err(error) => {
                // For example too many open files. A pause lets other connections end.
                tracing::warn!(%error, "could not accept a connection");
                tokio::time::sleep(Duration::from_millis(50)).await;
                None
            }
        }
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, String> {
    let listener = TcpListener::bind(address).await;
    listener.map_err(|e| format!("cannot listen on {address}: {e}"))
}

fn http_builder(settings: &Settings) -> Builder<TokioExecutor> {
    let mut http = Builder::new(TokioExecutor::new());
    http.http1()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_millis(settings.header_timeout_ms))
        .max_buf_size(MAX_HEADER_BYTES as usize)
        .max_headers(MAX_HEADERS);
    http.http2()
        .timer(TokioTimer::new())
        .max_header_list_size(MAX_HEADER_BYTES)
        .max_concurrent_streams(64)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_send_buf_size(64 << 10)
        .keep_alive_interval(Some(Duration::from_secs(30)))
        .keep_alive_timeout(Duration::from_secs(20));
    http
}

fn tls_acceptor(settings: &Settings) -> Result<Option<TlsAcceptor>, String> {
    let (Some(certificate), Some(key)) = (&settings.tls_certificate, &settings.tls_key) else {
        return match (&settings.tls_certificate, &settings.tls_key) {
            (None, None) => Ok(None),
            _ => Err("tls_certificate and tls_key must be set together".into()),
        };
    };
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|e| format!("{}: {e}", certificate.display()))?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(|e| format!("{}: {e}", key.display()))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|config| config.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|e| format!("TLS: {e}"))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Some(TlsAcceptor::from(Arc::new(config))))
}
