//! Settings. Each source overrides the previous one: defaults, a TOML file, the environment (`NTSB_REST_*`), flags.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Parser;
use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::connection_string::redact_password;

/// REST service for pg_ntsb
#[derive(Debug, Parser)]
#[command(name = "ntsb-rest", version)]
pub struct Args {
    /// TOML file of settings (see docs/rest.md)
    #[arg(long, env = "NTSB_REST_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Address and port to listen on
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub listen: Option<SocketAddr>,

    /// Set any setting: --set pool_size=4, or a list: --set 'replicas=["host=b"]'
    #[arg(long, value_name = "NAME=VALUE", value_parser = parse_assignment)]
    pub set: Vec<(String, String)>,

    /// Print the effective settings, without secrets, and exit
    #[arg(long)]
    pub print_config: bool,

    /// Ask the service that runs with these settings for /health, and exit with 0 if it answers
    #[arg(long)]
    pub check_health: bool,
}

fn parse_assignment(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("must be NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Algorithm {
    HS256,
    RS256,
}

/// The end of a name gives the unit of its value.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub listen: SocketAddr,
    /// Connection string of the primary, completed by libpq's environment variables.
    pub database: String,
    pub replicas: Vec<String>,
    pub replica_lag_seconds: f64,
    pub pool_size: usize,
    pub pool_wait_ms: u64,
    /// Queries that one caller may run at once.
    pub max_caller_queries: usize,
    pub export_pool_size: usize,
    pub max_caller_exports: usize,
    /// How long the reader of an export may read nothing before it is disconnected.
    pub export_stall_ms: u64,
    pub statement_timeout_ms: u64,
    pub export_timeout_ms: u64,
    /// Whether callers without a token may read.
    pub open_read: bool,
    pub free_per_minute: u32,
    pub premium_per_minute: u32,
    /// A Redis in which several services share the rate limits.
    pub redis_url: Option<String>,
    /// Networks of proxies whose X-Forwarded-For is trusted.
    pub trusted_proxies: Vec<IpNet>,
    pub jwt_algorithm: Algorithm,
    pub jwt_secret: Option<String>,
    pub jwt_private_key: Option<PathBuf>,
    /// A file, or an http or https URL.
    pub jwks: Option<String>,
    pub jwks_seconds: u64,
    pub jwt_issuer: String,
    pub jwt_audience: String,
    pub jwt_minutes: u64,
    pub max_body_bytes: usize,
    pub max_batch_bytes: usize,
    /// For all request bodies, and again for all large responses, at one time.
    pub max_bytes_in_flight: usize,
    pub max_caller_bytes: usize,
    pub header_timeout_ms: u64,
    pub body_timeout_ms: u64,
    pub max_connections: usize,
    pub max_connections_per_address: usize,
    /// How long a client may read nothing of a response before it is disconnected.
    pub stall_timeout_ms: u64,
    pub cors_origins: Vec<String>,
    pub tls_certificate: Option<PathBuf>,
    pub tls_key: Option<PathBuf>,
    /// The size of the response cache. 0 disables it.
    pub cache_bytes: usize,
    pub heartbeat_ms: u64,
    pub socket_queue: usize,
    pub max_sockets: usize,
    pub shutdown_seconds: u64,
    /// How often the revoked keys are read.
    pub revoked_keys_ms: u64,
    /// How often the service checks that notifications arrive.
    pub listen_probe_ms: u64,
    /// How often the metrics of the warehouse are read, at most.
    pub metrics_read_ms: u64,
    /// A separate address for /metrics. None: it is served on `listen`.
    pub metrics_listen: Option<SocketAddr>,
    /// The log filter, in the syntax of `RUST_LOG`.
    pub log: String,
    /// Where traces are sent, such as http://127.0.0.1:4318.
    pub otlp_endpoint: Option<String>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            listen: SocketAddr::from(([127, 0, 0, 1], 8015)),
            database: String::new(),
            replicas: Vec::new(),
            replica_lag_seconds: 10.0,
            pool_size: 8,
            pool_wait_ms: 2_000,
            max_caller_queries: 6,
            export_pool_size: 4,
            max_caller_exports: 2,
            export_stall_ms: 10_000,
            statement_timeout_ms: 10_000,
            export_timeout_ms: 120_000,
            open_read: true,
            free_per_minute: 100,
            premium_per_minute: 1_000,
            redis_url: None,
            trusted_proxies: Vec::new(),
            jwt_algorithm: Algorithm::HS256,
            jwt_secret: None,
            jwt_private_key: None,
            jwks: None,
            jwks_seconds: 600,
            jwt_issuer: "ntsb-rest".into(),
            jwt_audience: "ntsb".into(),
            jwt_minutes: 60,
            max_body_bytes: 256 << 10,
            max_batch_bytes: 16 << 20,
            max_bytes_in_flight: 24 << 20,
            max_caller_bytes: 18 << 20,
            header_timeout_ms: 10_000,
            body_timeout_ms: 20_000,
            max_connections: 20_000,
            max_connections_per_address: 1_000,
            stall_timeout_ms: 30_000,
            cors_origins: Vec::new(),
            tls_certificate: None,
            tls_key: None,
            cache_bytes: 16 << 20,
            heartbeat_ms: 30_000,
            socket_queue: 1_024,
            max_sockets: 20_000,
            shutdown_seconds: 10,
            revoked_keys_ms: 2_000,
            listen_probe_ms: 30_000,
            metrics_read_ms: 15_000,
            metrics_listen: None,
            log: "info".into(),
            otlp_endpoint: None,
        }
    }
}

impl Settings {
    pub fn read(args: &Args) -> Result<Settings, Box<figment::Error>> {
        let mut figment = Figment::from(Serialized::defaults(Settings::default()));
        if let Some(file) = &args.config {
            figment = figment.merge(Toml::file_exact(file));
        }
        let variables = Env::prefixed("NTSB_REST_").ignore(&["config"]);
        figment = figment.merge(variables.filter(|name| !is_service_link(name.as_str())));
        for (name, value) in &args.set {
            figment = figment.merge(Toml::string(&toml_assignment(name, value)));
        }
        if let Some(listen) = args.listen {
            figment = figment.merge(("listen", listen));
        }
        let settings: Settings = figment.extract()?;
        settings.check()?;
        Ok(settings)
    }

    fn check(&self) -> Result<(), Box<figment::Error>> {
        if self.max_caller_bytes < self.max_batch_bytes {
            return Err(Box::new(figment::Error::from(format!(
                "max_caller_bytes must be at least max_batch_bytes ({}), got {}",
                self.max_batch_bytes, self.max_caller_bytes
            ))));
        }
        Ok(())
    }

    /// The settings as text, without secrets.
    pub fn to_redacted_text(&self) -> String {
        let mut shown = self.clone();
        let hidden = || "(hidden)".to_owned();
        shown.jwt_secret = self.jwt_secret.as_ref().map(|_| hidden());
        shown.redis_url = self.redis_url.as_ref().map(|_| hidden());
        shown.database = redact_password(&self.database);
        shown.replicas = self.replicas.iter().map(|r| redact_password(r)).collect();
        let value = serde_json::to_value(&shown).unwrap_or_default();
        let lines: BTreeMap<String, serde_json::Value> =
            serde_json::from_value(value).unwrap_or_default();
        let lines = lines.iter().filter(|(_, v)| !v.is_null());
        lines.map(|(name, v)| format!("{name} = {v}\n")).collect()
    }
}

/// Whether Kubernetes set this variable. For a service named ntsb-rest, it gives each container NTSB_REST_PORT,
/// NTSB_REST_SERVICE_HOST, NTSB_REST_PORT_8015_TCP_ADDR and more, which are not settings.
fn is_service_link(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let is_port = |rest: &str| {
        let mut parts = rest.split('_');
        let number = parts.next().is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()));
        let protocol = parts.next().is_some_and(|p| ["tcp", "udp", "sctp"].contains(&p));
        number && protocol && parts.next().is_none_or(|p| ["proto", "port", "addr"].contains(&p))
    };
    name == "port"
        || name == "service_host"
        || name == "service_port"
        || name.starts_with("service_port_")
        || name.strip_prefix("port_").is_some_and(is_port)
}

/// Treats a value that is not valid TOML as text.
fn toml_assignment(name: &str, value: &str) -> String {
    let unquoted = format!("{name} = {value}");
    if is_valid_toml(&unquoted) { unquoted } else { format!("{name} = {value:?}") }
}

fn is_valid_toml(text: &str) -> bool {
    Figment::from(Toml::string(text)).extract::<figment::value::Dict>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(set: &[(&str, &str)]) -> Settings {
        let set = set.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let args =
            Args { config: None, listen: None, set, print_config: false, check_health: false };
        Settings::read(&args).unwrap_or_else(|e| panic!("{e}"))
    }

    #[test]
    fn flags_set_numbers_lists_and_text() {
        let s = read(&[
            ("pool_size", "3"),
            ("replicas", r#"["host=a", "host=b"]"#),
            ("database", "host=/tmp dbname=x"),
            ("trusted_proxies", r#"["10.0.0.0/8"]"#),
        ]);
        assert_eq!((s.pool_size, s.replicas.len()), (3, 2));
        assert_eq!(s.database, "host=/tmp dbname=x");
    }

    #[test]
    fn printed_settings_contain_no_secret() {
        let s = read(&[
            ("database", "host=db user=web password=hunter2 dbname=ntsb"),
            ("replicas", r#"["postgres://web:hunter2@b/ntsb"]"#),
            ("jwt_secret", "hunter2"),
            ("redis_url", "redis://:hunter2@r/"),
        ]);
        let shown = s.to_redacted_text();
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(shown.contains("host=db port=5432 user=web dbname=ntsb"), "{shown}");
    }

    #[test]
    fn kubernetes_variables_are_not_settings() {
        for name in
            ["PORT", "SERVICE_HOST", "SERVICE_PORT_HTTP", "PORT_8015_TCP", "PORT_1_UDP_ADDR"]
        {
            assert!(is_service_link(name), "{name}");
        }
        for name in ["pool_size", "PORT_x_TCP", "ports", "listen"] {
            assert!(!is_service_link(name), "{name}");
        }
    }

    #[test]
    fn an_unknown_setting_is_rejected() {
        let args = Args {
            config: None,
            listen: None,
            set: vec![("pool".into(), "3".into())],
            print_config: false,
            check_health: false,
        };
        assert!(Settings::read(&args).is_err());
    }
}
