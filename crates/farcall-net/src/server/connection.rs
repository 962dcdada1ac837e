//! One connection: which HTTP it speaks, until when it lives. Looks into no request.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::{HttpService, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior};

use super::answer::Answer;
use super::preface::{Rewound, Version, detect};
use super::{Shared, exchange};
use crate::stream::Stream;

/// Serve one connection until it ends, is idle or stalled for too long, or has drained. `draining` ends with its sender.
pub(super) async fn serve(shared: Arc<Shared>, io: Stream, peer: Option<SocketAddr>, draining: watch::Receiver<()>) {
    if let Err(error) = io.set_nodelay() {
        tracing::debug!(?peer, %error, "TCP_NODELAY is not set");
    }
    let (version, io) = match tokio::time::timeout(shared.config.header_timeout, detect(io)).await {
        Ok(Ok(detected)) => detected,
        Ok(Err(error)) => return tracing::debug!(?peer, %error, "connection ended before its first request"),
        Err(_) => return tracing::debug!(?peer, "connection said nothing in time"),
    };
    let activity = Arc::new(Activity::default());
    let service = {
        let (shared, activity) = (shared.clone(), activity.clone());
        service_fn(move |request| {
            let (shared, activity) = (shared.clone(), activity.clone());
            async move { Ok::<_, Infallible>(exchange::answer(&shared, &activity, peer, request).await) }
        })
    };
    let io = TokioIo::new(io);
    let ended = match version {
        Version::Http2 => {
            let connection = http2_builder(&shared).serve_connection(io, service);
            supervise(connection, &shared, &activity, draining).await
        }
        Version::Http1 => {
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .auto_date_header(false)
                .header_read_timeout(shared.config.header_timeout)
                .max_header_size(shared.config.max_header_bytes as usize)
                .max_buf_size(http1_buffer(&shared))
                .serve_connection(io, service);
            supervise(connection, &shared, &activity, draining).await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(?peer, %error, "connection ended");
    }
}

fn http2_builder(shared: &Shared) -> http2::Builder<TokioExecutor> {
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(shared.config.max_streams_per_connection)
        .max_header_list_size(shared.config.max_header_bytes)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_frame_size(FRAME)
        .keep_alive_interval(shared.config.keep_alive)
        .keep_alive_timeout(shared.config.keep_alive)
        .auto_date_header(false);
    builder
}

/// hyper's smallest is 8 KiB.
fn http1_buffer(shared: &Shared) -> usize {
    (shared.config.max_header_bytes as usize).max(16 << 10)
}

async fn supervise<C: Drains>(
    connection: C,
    shared: &Shared,
    activity: &Activity,
    mut draining: watch::Receiver<()>,
) -> hyper::Result<()> {
    let mut connection = pin!(connection);
    let mut told = false;
    let period = shared
        .config
        .stall_timeout
        .min(shared.config.idle_timeout)
        .max(MIN_PERIOD);
    let mut tick = tokio::time::interval_at(Instant::now() + period, period);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut idle_since = Instant::now();
    let mut stall_checked = Instant::now();
    let mut requests_seen = 0;
    loop {
        tokio::select! {
            biased;
            ended = &mut connection => return ended,
            _ = draining.changed(), if !told => {
                told = true;
                connection.as_mut().drain();
            }
            now = tick.tick() => {
                if now.duration_since(stall_checked) >= shared.config.stall_timeout {
                    stall_checked = now;
                    if activity.turn_generation() {
                        tracing::warn!("connection closed: a response was left untaken");
                        return Ok(());
                    }
                }
                let requests = activity.requests.load(Ordering::Relaxed);
                if requests != requests_seen || activity.open.load(Ordering::Relaxed) > 0 {
                    (idle_since, requests_seen) = (now, requests);
                } else if !told && now.duration_since(idle_since) >= shared.config.idle_timeout {
                    told = true;
                    connection.as_mut().drain();
                }
            }
        }
    }
}

/// A connection that can be asked to finish what runs and take nothing new.
trait Drains: Future<Output = hyper::Result<()>> {
    fn drain(self: Pin<&mut Self>);
}

impl<S> Drains for http1::Connection<Io, S>
where
    S: HttpService<Incoming, ResBody = Answer, Error = Infallible>,
{
    fn drain(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

impl<S> Drains for http2::Connection<Io, S, TokioExecutor>
where
    S: HttpService<Incoming, ResBody = Answer, Error = Infallible>,
    S::Future: Send + 'static,
{
    fn drain(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

/// What happens on one connection, as its supervisor sees it.
#[derive(Default)]
pub(super) struct Activity {
    requests: AtomicU64,
    open: AtomicUsize,
    generation: AtomicUsize,
    untaken: [AtomicUsize; 2],
}

impl Activity {
    /// Count one exchange until the result is dropped.
    pub(super) fn open(self: &Arc<Self>) -> Open {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.open.fetch_add(1, Ordering::Relaxed);
        Open(self.clone())
    }

    /// Count one answer that waits to be taken by the peer.
    pub(super) fn untaken(self: &Arc<Self>) -> Untaken {
        let generation = self.generation.load(Ordering::Relaxed) & 1;
        if let Some(slot) = self.untaken.get(generation) {
            slot.fetch_add(1, Ordering::Relaxed);
        }
        Untaken {
            activity: self.clone(),
            generation,
        }
    }

    /// Begin a new generation of answers; whether one of the generation before the last is still untaken. An answer is
    /// thus late after one period at the least and two at the most, for two counters and no list.
    fn turn_generation(&self) -> bool {
        let next = self.generation.fetch_add(1, Ordering::Relaxed).wrapping_add(1) & 1;
        self.untaken
            .get(next)
            .is_some_and(|slot| slot.load(Ordering::Relaxed) > 0)
    }
}

/// One open exchange.
pub(super) struct Open(Arc<Activity>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}

/// One answer that the peer has not taken.
pub(super) struct Untaken {
    activity: Arc<Activity>,
    generation: usize,
}

impl Drop for Untaken {
    fn drop(&mut self) {
        if let Some(slot) = self.activity.untaken.get(self.generation) {
            slot.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

type Io = TokioIo<Rewound<Stream>>;

/// A call's usual message in one go; what a caller can have in flight unread on a stream and on a connection.
const STREAM_WINDOW: u32 = 1 << 20;
const CONNECTION_WINDOW: u32 = 4 << 20;
const FRAME: u32 = 64 << 10;
const MIN_PERIOD: std::time::Duration = std::time::Duration::from_millis(10);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_late_after_a_whole_period() {
        let activity = Arc::new(Activity::default());
        let first = activity.untaken();
        assert!(!activity.turn_generation());
        let second = activity.untaken();
        assert!(activity.turn_generation());
        drop(first);
        drop(second);
        assert!(!activity.turn_generation());
        assert!(!activity.turn_generation());
    }
}
