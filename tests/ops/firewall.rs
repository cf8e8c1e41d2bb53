//! The nftables rules in deploy/nginx, loaded in network namespaces.
