//! The address of a client, also behind proxies.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use ipnet::IpNet;

use crate::error::Problem;

const FORWARDED: &str = "x-forwarded-for";

/// The other end of the connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

impl<S: Sync> FromRequestParts<S> for Peer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Peer, Problem> {
        let info = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        info.map(|info| Peer(info.0.ip().to_canonical())).ok_or_else(Problem::internal)
    }
}

/// The network that callers are counted by. A client with one IPv6 address has the 2^64 of its /64 network.
pub fn caller_network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX)).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// Parses ADDRESS, ADDRESS:PORT, [ADDRESS] or [ADDRESS]:PORT.
fn parse_address(text: &str) -> Option<IpAddr> {
    let address = text.parse::<IpAddr>().ok();
    let address = address.or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()));
    let bare = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok().map(IpAddr::V6);
    address.or_else(bare).map(|address| address.to_canonical())
}

impl Peer {
    /// The client's address. Each proxy appends the address that it saw to X-Forwarded-For. Read from the end,
    /// the first address that is not a trusted proxy's is the client's. Anything before it can be forged.
    pub fn client_address(self, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
        let is_trusted = |address: &IpAddr| trusted.iter().any(|net| net.contains(address));
        if !is_trusted(&self.0) {
            return self.0;
        }
        let lines = headers.get_all(FORWARDED).iter().filter_map(|v| v.to_str().ok());
        let forwarded: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
        let mut last = self.0;
        for text in forwarded.iter().rev() {
            let Some(address) = parse_address(text) else { break };
            last = address;
            if !is_trusted(&last) {
                break;
            }
        }
        last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(peer: &str, forwarded: &str, trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        if let Ok(value) = forwarded.parse() {
            headers.insert(FORWARDED, value);
        }
        let trusted: Vec<IpNet> = trusted.iter().filter_map(|net| net.parse().ok()).collect();
        let peer = peer.parse().map(Peer).unwrap_or_else(|_| panic!("{peer}"));
        peer.client_address(&headers, &trusted).to_string()
    }

    #[test]
    fn only_trusted_proxies_may_set_the_address() {
        assert_eq!(address("203.0.113.9", "1.2.3.4", &["10.0.0.0/8"]), "203.0.113.9");
        assert_eq!(address("10.0.0.1", "1.2.3.4", &["10.0.0.0/8"]), "1.2.3.4");
        // The client forged the first one.
        assert_eq!(address("10.0.0.1", "9.9.9.9, 1.2.3.4, 10.0.0.2", &["10.0.0.0/8"]), "1.2.3.4");
        assert_eq!(address("10.0.0.1", "nonsense", &["10.0.0.0/8"]), "10.0.0.1");
        assert_eq!(address("10.0.0.1", "2001:db8::1", &["10.0.0.0/8"]), "2001:db8::1");
    }

    #[test]
    fn a_forwarded_address_may_have_a_port() {
        for (forwarded, caller) in [
            ("1.2.3.4:5678", "1.2.3.4"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("::ffff:1.2.3.4", "1.2.3.4"),
            ("9.9.9.9:1, 1.2.3.4:5678, 10.0.0.2:80", "1.2.3.4"),
            ("1.2.3.4:x", "10.0.0.1"),
        ] {
            assert_eq!(address("10.0.0.1", forwarded, &["10.0.0.0/8"]), caller, "{forwarded}");
        }
    }

    #[test]
    fn ipv6_callers_are_counted_by_their_network() {
        for (address, network) in [
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            ("::ffff:1.2.3.4", "1.2.3.4"),
            ("1.2.3.4", "1.2.3.4"),
        ] {
            let address: IpAddr = address.parse().unwrap_or_else(|_| panic!("{address}"));
            assert_eq!(caller_network(address).to_string(), network);
        }
    }
}
