//! How many connections one address may have, so that no single caller takes all places.

use std::net::IpAddr;
use std::sync::Arc;

use dashmap::DashMap;
use dashmap::mapref::entry::Entry;
use ipnet::IpNet;

use crate::limit::caller_network;

pub struct Peers {
    open: DashMap<IpAddr, usize>,
    most: usize,
    /// Proxies bring the connections of many.
    trusted: Vec<IpNet>,
}

/// The place of one connection among those of its address. A WebSocket keeps it after the upgrade.
#[derive(Clone)]
pub struct PeerSlot(#[expect(dead_code, reason = "held for its end")] Arc<Held>);

struct Held(Option<(Arc<Peers>, IpAddr)>);

impl Peers {
    pub fn new(most: usize, trusted: Vec<IpNet>) -> Arc<Peers> {
        Arc::new(Peers { open: DashMap::new(), most, trusted })
    }

    /// None where this address has as many as it may.
    pub fn take(self: &Arc<Peers>, address: IpAddr) -> Option<PeerSlot> {
        let address = address.to_canonical();
        if self.trusted.iter().any(|network| network.contains(&address)) {
            return Some(PeerSlot(Arc::new(Held(None))));
        }
        let network = caller_network(address);
        let mut open = self.open.entry(network).or_insert(0);
        if *open >= self.most {
            return None;
        }
        *open += 1;
        drop(open);
        Some(PeerSlot(Arc::new(Held(Some((self.clone(), network))))))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let Some((peers, network)) = self.0.take() else { return };
        if let Entry::Occupied(mut open) = peers.open.entry(network) {
            if *open.get() <= 1 {
                open.remove();
            } else {
                *open.get_mut() -= 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap_or_else(|_| panic!("{text}"))
    }

    #[test]
    fn an_address_has_as_many_connections_as_it_may() {
        let trusted = "10.0.0.0/8".parse().into_iter().collect();
        let peers = Peers::new(2, trusted);
        let first = peers.take(address("2001:db8:0:1::1"));
        let second = peers.take(address("2001:db8:0:1::2"));
        assert!(first.is_some() && second.is_some());
        assert!(peers.take(address("2001:db8:0:1::3")).is_none());
        assert!(peers.take(address("2001:db8:0:2::3")).is_some());
        drop(first);
        assert!(peers.take(address("2001:db8:0:1::3")).is_some());
        let proxied: Vec<_> = (0..9).map(|_| peers.take(address("10.0.0.1"))).collect();
        assert!(proxied.iter().all(Option::is_some));
        drop((second, proxied));
        assert!(peers.open.is_empty());
    }
}
