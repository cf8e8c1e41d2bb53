//! Rules, routes and dashboards in deploy/monitoring, in a real Prometheus and Alertmanager.
