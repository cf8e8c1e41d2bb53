//! Serves one connection.

mod activity;
mod linger;
mod peers;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::Watcher;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

use activity::{Activity, TrackedBody};
use linger::LingeringStream;
pub use peers::{PeerSlot, Peers};

/// The configuration of all connections.
#[derive(Clone)]
pub struct Connections {
    pub http: Arc<Builder<TokioExecutor>>,
    pub tls: Option<TlsAcceptor>,
    /// For the TLS handshake, for the headers of a request, and between requests.
    pub idle_timeout: Duration,
    /// How long a client may take to read what is written to it.
    pub stall_timeout: Duration,
    pub router: Router,
}

impl Connections {
    pub async fn serve(
        self,
        stream: TcpStream,
        peer: SocketAddr,
        slot: PeerSlot,
        watcher: Watcher,
    ) {
        let _ = stream.set_nodelay(true);
        match self.tls.clone() {
            None => self.serve_http(stream, peer, slot, watcher).await,
            Some(tls) => match tokio::time::timeout(self.idle_timeout, tls.accept(stream)).await {
                Ok(Ok(stream)) => self.serve_http(stream, peer, slot, watcher).await,
                Ok(Err(error)) => tracing::debug!(%error, "TLS handshake failed"),
                Err(_) => tracing::debug!("TLS handshake timed out"),
            },
        }
    }

    async fn serve_http<S>(&self, stream: S, peer: SocketAddr, slot: PeerSlot, watcher: Watcher)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let activity = Activity::new();
        let (router, requests) = (self.router.clone(), activity.clone());
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let running = requests.begin_request();
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            request.extensions_mut().insert(slot.clone());
            let handled = router.clone().oneshot(request);
            async move {
                let response = handled.await?;
                Ok::<_, std::convert::Infallible>(
                    response.map(|body| TrackedBody::new(body, running)),
                )
            }
        });
        let stream = LingeringStream::new(stream, activity.clone(), self.stall_timeout);
        let connection = self.http.serve_connection_with_upgrades(TokioIo::new(stream), service);
        tokio::select! {
            ended = watcher.watch(connection.into_owned()) => if let Err(error) = ended {
                // Clients may disconnect at any time.
                tracing::debug!(error, "a connection failed");
            },
            () = activity.until_idle(self.idle_timeout, self.stall_timeout) => {
                tracing::debug!("an idle connection was closed");
            }
        }
    }
}
