//! `--check-health`: for images without a shell, whose health check is a program in the image.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::config::Settings;

const TIMEOUT: Duration = Duration::from_secs(4);

/// Asks the service for `/health`. With TLS, the service has to accept a connection.
pub async fn run(settings: &Settings) -> Result<(), String> {
    let address = reachable(settings.listen);
    let outcome = tokio::time::timeout(TIMEOUT, ask(address, settings.tls_certificate.is_some()));
    let outcome = outcome.await.map_err(|_| format!("{address} does not answer within 4 s"))?;
    outcome.map_err(|e| format!("{address}: {e}"))
}

/// The loopback address for a service that listens on all addresses.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

async fn ask(address: SocketAddr, is_tls: bool) -> Result<(), String> {
    let mut stream = TcpStream::connect(address).await.map_err(|e| e.to_string())?;
    if is_tls {
        return Ok(());
    }
    let request = format!("GET /health HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.map_err(|e| e.to_string())?;
    let mut status = [0; 12];
    stream.read_exact(&mut status).await.map_err(|e| e.to_string())?;
    if &status == b"HTTP/1.1 200" {
        return Ok(());
    }
    Err(format!("/health answers {}", String::from_utf8_lossy(&status)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    /// The outcome of a check of a service that answers with `response`.
    async fn check(response: &'static str) -> Result<(), String> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let settings = Settings { listen: listener.local_addr().unwrap(), ..Settings::default() };
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 16];
            stream.read_exact(&mut request).await.unwrap();
            stream.write_all(response.as_bytes()).await.unwrap();
        });
        let outcome = run(&settings).await;
        server.await.unwrap();
        outcome
    }

    #[tokio::test]
    async fn only_status_200_is_healthy() {
        check("HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        let error = check("HTTP/1.1 503 Service Unavailable\r\n\r\n").await.unwrap_err();
        assert!(error.contains("503"), "{error}");
        let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let settings = Settings { listen: free, ..Settings::default() };
        assert!(run(&settings).await.unwrap_err().contains("refused"));
    }

    #[test]
    fn a_service_on_all_addresses_is_asked_on_loopback() {
        let text = |listen: &str| reachable(listen.parse().unwrap()).to_string();
        assert_eq!(text("0.0.0.0:8015"), "127.0.0.1:8015");
        assert_eq!(text("[::]:8015"), "[::1]:8015");
        assert_eq!(text("10.0.0.4:80"), "10.0.0.4:80");
    }
}
