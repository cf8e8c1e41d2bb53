//! Limits the connections per address, so that one client cannot take all of them.

use std::net::IpAddr;
use std::sync::Arc;

use dashmap::DashMap;
use dashmap::mapref::entry::Entry;
use ipnet::IpNet;

use crate::limit::caller_network;

pub struct Peers {
    open: DashMap<IpAddr, usize>,
    max_per_address: usize,
    /// Proxies have no limit, as they carry the connections of many clients.
    trusted: Vec<IpNet>,
}

/// Counts one connection of an address until it is dropped. A WebSocket keeps it after the upgrade.
#[derive(Clone)]
pub struct PeerSlot(#[expect(dead_code, reason = "only its drop matters")] Arc<SlotGuard>);

struct SlotGuard(Option<(Arc<Peers>, IpAddr)>);

impl Peers {
    pub fn new(max_per_address: usize, trusted: Vec<IpNet>) -> Arc<Peers> {
        Arc::new(Peers { open: DashMap::new(), max_per_address, trusted })
    }

    /// Counts a connection. None if the address has reached its limit.
    pub fn acquire(self: &Arc<Peers>, address: IpAddr) -> Option<PeerSlot> {
        let address = address.to_canonical();
        if self.trusted.iter().any(|network| network.contains(&address)) {
            return Some(PeerSlot(Arc::new(SlotGuard(None))));
        }
        let network = caller_network(address);
        let mut open = self.open.entry(network).or_insert(0);
        if *open >= self.max_per_address {
            return None;
        }
        *open += 1;
        drop(open);
        Some(PeerSlot(Arc::new(SlotGuard(Some((self.clone(), network))))))
    }
}

impl Drop for SlotGuard {
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
    fn an_address_cannot_exceed_its_limit() {
        let trusted = "10.0.0.0/8".parse().into_iter().collect();
        let peers = Peers::new(2, trusted);
        let first = peers.acquire(address("2001:db8:0:1::1"));
        let second = peers.acquire(address("2001:db8:0:1::2"));
        assert!(first.is_some() && second.is_some());
        assert!(peers.acquire(address("2001:db8:0:1::3")).is_none());
        assert!(peers.acquire(address("2001:db8:0:2::3")).is_some());
        drop(first);
        assert!(peers.acquire(address("2001:db8:0:1::3")).is_some());
        let proxied: Vec<_> = (0..9).map(|_| peers.acquire(address("10.0.0.1"))).collect();
        assert!(proxied.iter().all(Option::is_some));
        drop((second, proxied));
        assert!(peers.open.is_empty());
    }
}
