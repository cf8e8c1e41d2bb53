//! A primary killed under load: Patroni on three nodes behind HAProxy.
