//! The connections to one endpoint: opened when needed, one at a time, shared by all calls, with back-off in between
//! failures.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::config::ClientConfig;
use super::connection::Connection;
use super::dial::Spoken;
use super::lane::Lane;
use crate::status::Status;
use crate::target::Endpoint;

/// The connections to one endpoint.
pub(super) struct Pool {
    endpoint: Endpoint,
    config: ClientConfig,
    /// Whether calls go elsewhere when this endpoint is down: then nobody else would say that it is.
    is_one_of_several: bool,
    state: Mutex<State>,
    changed: Notify,
    waiting: AtomicUsize,
    /// Calls that are on their way here, waiting or sent.
    busy: AtomicUsize,
    /// Whether `state` knows a reason to leave this endpoint out; without one no call looks there.
    down: AtomicBool,
}

#[derive(Default)]
struct State {
    connections: Vec<Arc<Connection>>,
    connecting: usize,
    /// What the endpoint spoke when it was last reached.
    spoken: Option<Spoken>,
    /// Failed attempts since the start; tells a waiting call that one failed since it began to wait.
    failed: u64,
    failed_in_a_row: u32,
    last_failure: Option<(Status, Instant)>,
    /// Until when a server that refuses calls is left alone.
    resting_until: Option<Instant>,
}

/// A place for one call on one connection.
pub(super) struct Place {
    pool: Arc<Pool>,
    connection: Arc<Connection>,
    lane: Option<Lane>,
}

impl Pool {
    pub(super) fn new(endpoint: Endpoint, config: ClientConfig, is_one_of_several: bool) -> Arc<Pool> {
        Arc::new(Pool {
            endpoint,
            config,
            is_one_of_several,
            state: Mutex::default(),
            changed: Notify::new(),
            waiting: AtomicUsize::new(0),
            busy: AtomicUsize::new(0),
            down: AtomicBool::new(false),
        })
    }

    pub(super) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Count a call to this endpoint until the result is dropped.
    pub(super) fn enter(self: &Arc<Self>) -> Busy {
        self.busy.fetch_add(1, Ordering::Relaxed);
        Busy(self.clone())
    }

    /// Calls that are on their way here.
    pub(super) fn load(&self) -> usize {
        self.busy.load(Ordering::Relaxed)
    }

    /// Whether calls should go here. Where the last attempt to connect failed and its pause is over, another one is
    /// begun, and no call waits for it.
    pub(super) fn is_well(self: &Arc<Self>) -> bool {
        if !self.down.load(Ordering::Relaxed) {
            return true;
        }
        let mut state = self.state();
        let now = Instant::now();
        if let Some((_, until)) = &state.last_failure {
            if now >= *until && state.connecting == 0 {
                state.connecting += 1;
                tokio::spawn(self.clone().connect());
            }
            return false;
        }
        if state.resting_until.is_some_and(|until| now < until) {
            return false;
        }
        state.resting_until = None;
        self.down.store(false, Ordering::Relaxed);
        true
    }

    /// Leave a server alone for a moment that takes no calls now.
    pub(super) fn rest(&self) {
        let pause = self.pause(0);
        self.state().resting_until = Some(Instant::now() + pause);
        self.down.store(true, Ordering::Relaxed);
    }

    /// Find a place, connecting if there is none. Fails as soon as an attempt to connect fails, and at once for a while
    /// after that. Waits without end where all connections stay full.
    pub(super) async fn place(self: &Arc<Self>) -> Result<Place, Status> {
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
                if self.may_connect(&state) {
                    state.connecting += 1;
                    // A task of its own: a caller that gives up does not take the others' connection with it.
                    tokio::spawn(self.clone().connect());
                }
            }
            changed.await;
        }
    }

    fn take(self: &Arc<Self>, state: &mut State) -> Option<Place> {
        state.connections.retain(|connection| !connection.is_retired());
        state.connections.iter().find_map(|connection| {
            let lane = connection.enter()?;
            Some(Place {
                pool: self.clone(),
                connection: connection.clone(),
                lane: Some(lane),
            })
        })
    }

    /// An HTTP/2 connection carries many calls, so that one attempt is enough for all that wait; of HTTP/1.1 each call
    /// needs one.
    fn may_connect(&self, state: &State) -> bool {
        let (most, at_once) = if self.config.http1_only || state.spoken == Some(Spoken::Http1) {
            let waiting = self.waiting.load(Ordering::SeqCst);
            (self.config.max_http1_connections, waiting.min(MOST_CONNECTING))
        } else {
            (self.config.max_connections, 1)
        };
        state.connecting < at_once.max(1) && state.connections.len() + state.connecting < most.max(1)
    }

    async fn connect(self: Arc<Self>) {
        let known = self.state().spoken;
        let opened = Connection::open(&self.endpoint, &self.config, known).await;
        {
            let mut state = self.state();
            state.connecting -= 1;
            state.spoken = opened.as_ref().ok().map(Connection::spoken);
            match opened {
                Ok(connection) => {
                    state.connections.push(Arc::new(connection));
                    if self.is_one_of_several && state.failed_in_a_row > 0 {
                        tracing::warn!("{} takes calls again", self.endpoint);
                    }
                    state.failed_in_a_row = 0;
                    state.last_failure = None;
                    if state.resting_until.is_none() {
                        self.down.store(false, Ordering::Relaxed);
                    }
                }
                Err(status) => {
                    if self.is_one_of_several && state.failed_in_a_row == 0 {
                        tracing::warn!("{} is left out for now: {}", self.endpoint, status.message);
                    }
                    let pause = self.pause(state.failed_in_a_row);
                    state.failed = state.failed.wrapping_add(1);
                    state.failed_in_a_row = state.failed_in_a_row.saturating_add(1);
                    state.last_failure = Some((status, Instant::now() + pause));
                    self.down.store(true, Ordering::Relaxed);
                }
            }
        }
        self.changed.notify_waiters();
    }

    fn pause(&self, failed_in_a_row: u32) -> Duration {
        let factor = 2u32.saturating_pow(failed_in_a_row.min(16));
        let pause = self.config.backoff_first.saturating_mul(factor);
        let pause = pause.min(self.config.backoff_most).min(MOST_PAUSE);
        // Not all callers of a server that comes back shall come back at once.
        let random = RandomState::new().hash_one(failed_in_a_row) as u32;
        pause - (pause / 2).mul_f64(f64::from(random) / f64::from(u32::MAX))
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

    /// The right to one exchange; taken back when the place is dropped.
    pub(super) fn lane(&mut self) -> Option<&mut Lane> {
        self.lane.as_mut()
    }

    pub(super) fn is_http1(&self) -> bool {
        self.lane.as_ref().is_some_and(Lane::is_http1)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(lane) = self.lane.take() {
            self.connection.leave(lane);
        }
        if self.pool.waiting.load(Ordering::SeqCst) > 0 {
            self.pool.changed.notify_one();
        }
    }
}

/// One call on its way to an endpoint.
pub(super) struct Busy(Arc<Pool>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.busy.fetch_sub(1, Ordering::Relaxed);
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

const MOST_CONNECTING: usize = 8;
/// So that adding a pause to a time never overflows.
const MOST_PAUSE: Duration = Duration::from_secs(24 * 3600);
