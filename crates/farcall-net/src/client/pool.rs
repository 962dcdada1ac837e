//! The connections to one endpoint: opened when needed, one at a time, shared by all calls, with back-off in between
//! failures.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use h2::client::SendRequest;
use tokio::sync::Notify;

use super::config::ClientConfig;
use super::connection::Connection;
use crate::envelope::Envelope;
use crate::status::Status;
use crate::target::Endpoint;

/// The connections to one endpoint.
pub(super) struct Pool {
    endpoint: Endpoint,
    config: ClientConfig,
    state: Mutex<State>,
    changed: Notify,
    waiting: AtomicUsize,
}

#[derive(Default)]
struct State {
    connections: Vec<Arc<Connection>>,
    connecting: bool,
    /// Failed attempts since the start; tells a waiting call that one failed since it began to wait.
    failed: u64,
    failed_in_a_row: u32,
    last_failure: Option<(Status, Instant)>,
}

/// A place for one call on one connection.
pub(super) struct Place {
    pool: Arc<Pool>,
    connection: Arc<Connection>,
}

impl Pool {
    pub(super) fn new(endpoint: Endpoint, config: ClientConfig) -> Arc<Pool> {
        Arc::new(Pool {
            endpoint,
            config,
            state: Mutex::default(),
            changed: Notify::new(),
            waiting: AtomicUsize::new(0),
        })
    }

    pub(super) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    pub(super) fn config(&self) -> &ClientConfig {
        &self.config
    }

    /// Find a place, connecting if there is none. Fails as soon as an attempt to connect fails, and at once for a while
    /// after that. Waits without end where all connections stay full.
    pub(super) async fn place(self: &Arc<Self>) -> Result<(Place, SendRequest<Envelope>), Status> {
        if let Some(place) = self.take(&mut self.state()) {
            return Ok(place);
        }
        let _waiting = Waiting::new(&self.waiting);
        let mut failed_before = None;
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            {
                let mut state = self.state();
                if let Some(place) = self.take(&mut state) {
                    return Ok(place);
                }
                let failed_before = *failed_before.get_or_insert(state.failed);
                if let Some((status, until)) = &state.last_failure
                    && (state.failed != failed_before || Instant::now() < *until)
                {
                    return Err(status.clone());
                }
                if !state.connecting && state.connections.len() < self.config.max_connections.max(1) {
                    state.connecting = true;
                    // A task of its own: a caller that gives up does not take the others' connection with it.
                    tokio::spawn(self.clone().connect());
                }
            }
            changed.await;
        }
    }

    fn take(self: &Arc<Self>, state: &mut State) -> Option<(Place, SendRequest<Envelope>)> {
        state.connections.retain(|connection| !connection.is_retired());
        state.connections.iter().find_map(|connection| {
            let sender = connection.enter()?;
            Some((
                Place {
                    pool: self.clone(),
                    connection: connection.clone(),
                },
                sender,
            ))
        })
    }

    async fn connect(self: Arc<Self>) {
        let opened = Connection::open(&self.endpoint, &self.config).await;
        {
            let mut state = self.state();
            state.connecting = false;
            match opened {
                Ok(connection) => {
                    state.connections.push(Arc::new(connection));
                    state.failed_in_a_row = 0;
                    state.last_failure = None;
                }
                Err(status) => {
                    let pause = self.pause(state.failed_in_a_row);
                    state.failed = state.failed.wrapping_add(1);
                    state.failed_in_a_row = state.failed_in_a_row.saturating_add(1);
                    state.last_failure = Some((status, Instant::now() + pause));
                }
            }
        }
        self.changed.notify_waiters();
    }

    fn pause(&self, failed_in_a_row: u32) -> Duration {
        let factor = 2u32.saturating_pow(failed_in_a_row.min(16));
        self.config
            .backoff_first
            .saturating_mul(factor)
            .min(self.config.backoff_most)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that can panic runs under the lock; a poisoned one would still be consistent.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Take no more calls on this connection.
    pub(super) fn retire(&self) {
        self.connection.retire();
    }

    pub(super) fn connection(&self) -> &Arc<Connection> {
        &self.connection
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connection.leave();
        if self.pool.waiting.load(Ordering::SeqCst) > 0 {
            self.pool.changed.notify_one();
        }
    }
}

/// One call that looks for a place. Counted before it looks, as a place is given back before the count is read: one of
/// the two sees the other.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Waiting(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
