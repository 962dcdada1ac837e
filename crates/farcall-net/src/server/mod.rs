//! The server: listens, accepts, drains. What happens on one connection is in `connection`, in one call in `exchange`.

mod answer;
mod companion;
mod config;
mod connect_stream;
mod connection;
mod cors;
mod device;
mod exchange;
mod gauges;
mod listener;
mod preface;
mod upload;

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::address::Address;
use crate::call::Service;
pub use companion::{Companion, CompanionBody, Incoming};
pub use config::ServerConfig;
pub use cors::{Cors, CorsError};
pub use gauges::ServerGauges;
use listener::Listener;

/// A bound server that does not serve yet.
pub struct Server {
    listener: Listener,
    shared: Shared,
}

/// How a server ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drained {
    /// Calls that were still running when the drain timeout ended, and were cut off.
    pub abandoned_calls: usize,
}

/// Why a server cannot listen.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {listen}: {source}")]
pub struct BindError {
    /// The address as it was given.
    pub listen: String,
    /// What the system said.
    pub source: io::Error,
}

impl Server {
    /// Listen on `host:port`, where port 0 picks a free one, or on `unix:/path`. Nothing is accepted before
    /// [`Server::serve`].
    ///
    /// A unix socket is open to its owner alone (mode 0600), and its file is removed when the server ends. The file of a
    /// server that is gone is replaced.
    ///
    /// # Errors
    ///
    /// What the system says; for a path: that a server listens there, that something else than a socket is there, or
    /// that it is longer than the system takes (107 bytes on Linux).
    pub async fn bind(listen: &str, service: Arc<dyn Service>, config: ServerConfig) -> Result<Server, BindError> {
        let failed = |source| BindError {
            listen: listen.to_owned(),
            source,
        };
        let listener = Listener::bind(listen).await.map_err(failed)?;
        let shared = Shared {
            service,
            config,
            companion: None,
            gauges: Arc::default(),
            draining: AtomicBool::new(false),
            assembling_bytes: AtomicUsize::new(0),
        };
        Ok(Server { listener, shared })
    }

    /// Put services of another kind beside the service.
    pub fn beside(mut self, companion: Arc<dyn Companion>) -> Server {
        self.shared.companion = Some(companion);
        self
    }

    /// Where the server listens, the port resolved.
    pub fn local_addr(&self) -> &Address {
        self.listener.address()
    }

    /// What the server counts; stays readable while it serves.
    pub fn gauges(&self) -> Arc<ServerGauges> {
        self.shared.gauges.clone()
    }

    /// Serve until `shutdown` resolves, then drain: stop listening, tell every peer (GOAWAY), refuse new calls with
    /// UNAVAILABLE, and let running calls finish within [`ServerConfig::drain_timeout`]. Dropping the future cuts
    /// everything off at once.
    pub async fn serve(self, shutdown: impl Future<Output = ()> + Send) -> Drained {
        let Server { listener, shared } = self;
        let shared = Arc::new(shared);
        let mut shutdown = pin!(shutdown);
        let mut connections = JoinSet::new();
        let (drain, draining) = watch::channel(());
        loop {
            tokio::select! {
                biased;
                () = &mut shutdown => break,
                Some(_) = connections.join_next(), if !connections.is_empty() => {}
                accepted = listener.accept() => match accepted {
                    Ok((io, peer)) if connections.len() < shared.config.max_connections => {
                        shared.gauges.connection_accepted();
                        connections.spawn(connection::serve(shared.clone(), io, peer, draining.clone()));
                    }
                    Ok((_, peer)) => {
                        tracing::warn!(?peer, limit = shared.config.max_connections, "too many connections, one refused");
                    }
                    Err(error) => {
                        tracing::warn!(%error, "accepting a connection failed");
                        // A connection that failed by itself is gone; without file descriptors only time helps.
                        if !is_of_one_connection(&error) {
                            tokio::time::sleep(ACCEPT_PAUSE).await;
                        }
                    }
                },
            }
        }
        drop(listener);
        shared.draining.store(true, Ordering::Release);
        if let Some(companion) = &shared.companion {
            companion.drain();
        }
        drop(drain);
        let all_ended = async { while connections.join_next().await.is_some() {} };
        if tokio::time::timeout(shared.config.drain_timeout, all_ended)
            .await
            .is_ok()
        {
            return Drained { abandoned_calls: 0 };
        }
        let abandoned_calls = shared.gauges.calls_running();
        connections.shutdown().await;
        Drained { abandoned_calls }
    }
}

struct Shared {
    service: Arc<dyn Service>,
    companion: Option<Arc<dyn Companion>>,
    config: ServerConfig,
    gauges: Arc<ServerGauges>,
    draining: AtomicBool,
    /// Bytes of messages that have arrived in part, over all connections.
    assembling_bytes: AtomicUsize,
}

fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted
    )
}

const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
