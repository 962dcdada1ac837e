//! A server: a registry behind listeners.

use std::future::Future;
use std::sync::Arc;

use farcall_net::{Address, ServerConfig};
use tokio::sync::watch;

use crate::built_in::Services;
use crate::error::Error;
use crate::registry::Registry;

/// Components served at one or more addresses.
pub struct Server {
    listeners: Vec<farcall_net::Server>,
    registry: Arc<Registry>,
}

impl Server {
    /// Opens a listener at each address (`127.0.0.1:7070`, where port 0 picks one, or `unix:/path`).
    pub async fn bind(registry: Registry, listen: &[String], config: &ServerConfig) -> Result<Server, Error> {
        let registry = Arc::new(registry);
        let services = Arc::new(Services::new(&registry));
        services.ready().await;
        let mut listeners = Vec::with_capacity(listen.len());
        for address in listen {
            let listener = farcall_net::Server::bind(address, Arc::clone(&registry) as _, config.clone()).await?;
            listeners.push(listener.beside(Arc::clone(&services) as _));
        }
        Ok(Server { listeners, registry })
    }

    /// Where it listens.
    pub fn addresses(&self) -> Vec<Address> {
        self.listeners
            .iter()
            .map(|listener| listener.local_addr().clone())
            .collect()
    }

    /// Counts the calls that run, also while the server serves.
    pub fn calls_running(&self) -> impl Fn() -> usize + Send + 'static {
        let gauges: Vec<_> = self.listeners.iter().map(farcall_net::Server::gauges).collect();
        move || gauges.iter().map(|listener| listener.calls_running()).sum()
    }

    /// Serves until `shutdown` resolves, then takes no more calls and lets those under way end within the drain timeout.
    /// Gives how many calls it had to abandon.
    pub async fn serve(self, shutdown: impl Future<Output = ()>) -> usize {
        let (stop, stopped) = watch::channel(false);
        let listeners = self.listeners.into_iter().map(|listener| {
            let mut stopped = stopped.clone();
            tokio::spawn(async move {
                let stopped = async move { drop(stopped.wait_for(|stop| *stop).await) };
                listener.serve(stopped).await.abandoned_calls
            })
        });
        let listeners: Vec<_> = listeners.collect();
        shutdown.await;
        stop.send_replace(true);
        let mut abandoned = 0;
        for listener in listeners {
            abandoned += listener.await.unwrap_or(0);
        }
        self.registry.stop().await;
        abandoned
    }
}
