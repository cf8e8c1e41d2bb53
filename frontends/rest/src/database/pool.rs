//! The connection pools of one server.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use deadpool_postgres::{
    ClientWrapper, Hook, HookError, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime,
};
use ntsb_connect::SET_SEARCH_PATH;
use tokio_postgres::SimpleQueryMessage;

use super::connector::PoolConnector;
use super::query::Purpose;
use crate::config::Settings;
use crate::connection_string::{CONNECT_TIMEOUT, connection_settings};

/// The search_path that finds the extension, quoted. None before the first connection.
pub type SearchPath = Arc<RwLock<Option<String>>>;

/// Separate pools, so that slow exports leave connections for queries.
pub struct ServerPools {
    pub queries: Pool,
    pub exports: Pool,
}

impl ServerPools {
    pub fn new(
        connection: &str,
        settings: &Settings,
        search_path: &SearchPath,
    ) -> Result<ServerPools, String> {
        let pool = |size| new_pool(connection, settings, size, search_path);
        Ok(ServerPools {
            queries: pool(settings.pool_size)?,
            exports: pool(settings.export_pool_size)?,
        })
    }

    pub fn pool(&self, purpose: Purpose) -> &Pool {
        if purpose == Purpose::Export { &self.exports } else { &self.queries }
    }

    pub fn close(&self) {
        self.queries.close();
        self.exports.close();
    }
}

pub fn new_pool(
    connection: &str,
    settings: &Settings,
    size: usize,
    search_path: &SearchPath,
) -> Result<Pool, String> {
    // A broken connection is noticed when it is used.
    let method = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let connection = connection_settings(connection)?;
    let config = connection.config().clone();
    let manager = Manager::from_connect(config, PoolConnector(connection), method);
    let wait = Duration::from_millis(settings.pool_wait_ms);
    Pool::builder(manager)
        .max_size(size.max(1))
        .wait_timeout(Some(wait))
        .create_timeout(Some(wait.max(CONNECT_TIMEOUT)))
        .runtime(Runtime::Tokio1)
        .post_create(set_search_path(search_path.clone()))
        .build()
        .map_err(|e| e.to_string())
}

fn set_search_path(search_path: SearchPath) -> Hook {
    Hook::async_fn(move |client: &mut ClientWrapper, _| {
        let search_path = search_path.clone();
        Box::pin(async move {
            let messages =
                client.simple_query(SET_SEARCH_PATH).await.map_err(HookError::Backend)?;
            let path = messages.iter().find_map(|message| match message {
                SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                _ => None,
            });
            *search_path.write().unwrap_or_else(PoisonError::into_inner) = path;
            Ok(())
        })
    })
}
