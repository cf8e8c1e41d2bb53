//! Creates the parts of the service. A handler takes only the parts that it needs (`State<Arc<Database>>`).

use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRef;

use crate::api_keys::ApiKeys;
use crate::auth::{Authenticator, RevokedKeys, Tokens};
use crate::body::BodyReader;
use crate::cache::Cache;
use crate::config::Settings;
use crate::data_version::DataVersion;
use crate::database::Database;
use crate::limit::Limiter;
use crate::live::{Hub, Listener, LiveContext};
use crate::metrics::{Gauges, Metrics};
use crate::middleware::RequestMonitor;
use crate::readiness::ReadinessCheck;
use crate::response::{Caveats, Responder};
use crate::shutdown::Shutdown;
use crate::warehouse_metrics::WarehouseMetrics;

#[derive(Clone, FromRef)]
pub struct App {
    pub settings: Arc<Settings>,
    pub metrics: Arc<Metrics>,
    pub database: Arc<Database>,
    pub responder: Arc<Responder>,
    pub cache: Arc<Cache>,
    pub limiter: Arc<Limiter>,
    pub tokens: Arc<Tokens>,
    pub api_keys: Arc<ApiKeys>,
    pub authenticator: Arc<Authenticator>,
    pub bodies: Arc<BodyReader>,
    pub monitor: Arc<RequestMonitor>,
    pub hub: Arc<Hub>,
    pub live: Arc<LiveContext>,
    pub readiness: Arc<ReadinessCheck>,
    pub warehouse_metrics: Arc<WarehouseMetrics>,
    pub shutdown: Arc<Shutdown>,
}

impl App {
    pub async fn new(settings: Settings) -> Result<App, String> {
        let metrics = Arc::new(Metrics::new().map_err(|e| e.to_string())?);
        let database = Arc::new(Database::new(&settings, metrics.clone())?);
        let version = Arc::new(DataVersion::default());
        let caveats = Caveats::new(database.clone(), version.clone());
        let metrics_interval = Duration::from_millis(settings.metrics_read_ms);
        let export_stall = Duration::from_millis(settings.export_stall_ms);
        let revoked = Arc::new(RevokedKeys::default());
        let tokens = Arc::new(Tokens::new(&settings, revoked.clone())?);
        let limiter = Arc::new(Limiter::new(&settings).await?);
        let hub = Arc::new(Hub::new(settings.socket_queue));
        let shutdown = Arc::new(Shutdown::default());
        let live = LiveContext {
            database: database.clone(),
            hub: hub.clone(),
            revoked: revoked.clone(),
            metrics: metrics.clone(),
            shutdown: shutdown.clone(),
            heartbeat: Duration::from_millis(settings.heartbeat_ms.max(10)),
            max_sockets: settings.max_sockets,
            allowed_origins: settings.cors_origins.clone(),
        };
        Ok(App {
            responder: Arc::new(Responder::new(database.clone(), caveats, export_stall)),
            cache: Arc::new(Cache::new(&settings, version, metrics.clone())),
            api_keys: ApiKeys::new(&settings, database.clone(), revoked),
            authenticator: Arc::new(Authenticator::new(&settings, tokens.clone(), limiter.clone())),
            bodies: Arc::new(BodyReader::new(&settings)),
            monitor: Arc::new(RequestMonitor::new(&settings, metrics.clone())),
            live: Arc::new(live),
            readiness: Arc::new(ReadinessCheck::new(database.clone())),
            warehouse_metrics: Arc::new(WarehouseMetrics::new(database.clone(), metrics_interval)),
            settings: Arc::new(settings),
            metrics,
            database,
            limiter,
            tokens,
            hub,
            shutdown,
        })
    }

    pub fn listener(&self) -> Listener {
        Listener::new(
            &self.settings,
            self.database.clone(),
            self.hub.clone(),
            self.cache.clone(),
            self.api_keys.clone(),
        )
    }

    /// The values that are read when the metrics are requested.
    pub fn gauges(&self) -> Gauges {
        let pools = self.database.pool_status();
        Gauges {
            open_connections: pools.primary.size,
            idle_connections: pools.primary.available,
            waiting: pools.primary.waiting,
            healthy_replicas: pools.healthy_replicas,
            cache: self.cache.size(),
            request_bytes: self.bodies.budget.used(),
            response_bytes: self.monitor.budget.used(),
        }
    }

    /// Frees the memory of callers that were not active lately.
    pub fn sweep(&self) {
        self.limiter.sweep();
        self.database.sweep();
    }
}
