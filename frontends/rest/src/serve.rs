//! Connections: how many, how long a request may take to come, TLS, and an end that loses no answer.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

use crate::config::Settings;
use crate::state::App;

/// Of all headers together, in bytes.
const LARGEST_HEADERS: usize = 16 << 10;
const MOST_HEADERS: usize = 64;

pub struct Server {
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    http: Builder<TokioExecutor>,
    header_timeout: Duration,
}

impl Server {
    pub async fn bind(settings: &Settings) -> Result<Server, String> {
        let listener = TcpListener::bind(settings.listen).await;
        let listener =
            listener.map_err(|e| format!("cannot listen on {}: {e}", settings.listen))?;
        let header_timeout = Duration::from_millis(settings.header_timeout_ms);
        let mut http = Builder::new(TokioExecutor::new());
        http.http1()
            .timer(TokioTimer::new())
            .header_read_timeout(header_timeout)
            .max_buf_size(LARGEST_HEADERS)
            .max_headers(MOST_HEADERS);
        http.http2()
            .timer(TokioTimer::new())
            .max_header_list_size(16 << 10)
            .max_concurrent_streams(64)
            .keep_alive_interval(Some(Duration::from_secs(30)));
        Ok(Server { listener, tls: tls(settings)?, http, header_timeout })
    }

    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Until `end`; then no connection is taken any more, and answers under way have so long.
    pub async fn run(self, app: Arc<App>, router: Router, end: impl Future<Output = ()>) {
        let places = Arc::new(Semaphore::new(app.settings.max_connections));
        let graceful = GracefulShutdown::new();
        let mut end = std::pin::pin!(end);
        loop {
            // Who finds no place waits in the system's own queue.
            let place = tokio::select! {
                place = places.clone().acquire_owned() => place,
                () = &mut end => break,
            };
            let accepted = tokio::select! {
                accepted = self.listener.accept() => accepted,
                () = &mut end => break,
            };
            let (stream, peer) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Such as too many open files: a pause, for others to end.
                    tracing::warn!(%error, "a connection could not be taken");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            };
            let watcher = graceful.watcher();
            let (app, router) = (app.clone(), router.clone());
            let (tls, http, patience) = (self.tls.clone(), self.http.clone(), self.header_timeout);
            tokio::spawn(async move {
                app.metrics.connections.inc();
                attend(stream, peer, tls, http, patience, router, watcher).await;
                app.metrics.connections.dec();
                drop(place);
            });
        }
        drop(self.listener);
        let limit = Duration::from_secs(app.settings.shutdown_seconds);
        if tokio::time::timeout(limit, graceful.shutdown()).await.is_err() {
            tracing::warn!("answers that took too long were broken off");
        }
    }
}

async fn attend(
    stream: TcpStream,
    peer: SocketAddr,
    tls: Option<TlsAcceptor>,
    http: Builder<TokioExecutor>,
    patience: Duration,
    router: Router,
    watcher: hyper_util::server::graceful::Watcher,
) {
    let _ = stream.set_nodelay(true);
    match tls {
        None => speak(stream, peer, http, router, watcher).await,
        Some(tls) => match tokio::time::timeout(patience, tls.accept(stream)).await {
            Ok(Ok(stream)) => speak(stream, peer, http, router, watcher).await,
            Ok(Err(error)) => tracing::debug!(%error, "no TLS"),
            Err(_) => tracing::debug!("the other end never finished TLS"),
        },
    }
}

async fn speak<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    stream: S,
    peer: SocketAddr,
    http: Builder<TokioExecutor>,
    router: Router,
    watcher: hyper_util::server::graceful::Watcher,
) {
    let service = router.map_request(move |mut request: hyper::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        request.map(axum::body::Body::new)
    });
    let service = TowerToHyperService::new(service);
    let connection = http.serve_connection_with_upgrades(TokioIo::new(stream), service);
    // An end that is gone is nothing to speak of.
    if let Err(error) = watcher.watch(connection.into_owned()).await {
        tracing::debug!(error, "a connection broke");
    }
}

fn tls(settings: &Settings) -> Result<Option<TlsAcceptor>, String> {
    let (Some(certificate), Some(key)) = (&settings.tls_certificate, &settings.tls_key) else {
        return match (&settings.tls_certificate, &settings.tls_key) {
            (None, None) => Ok(None),
            _ => Err("tls_certificate and tls_key go together".into()),
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
