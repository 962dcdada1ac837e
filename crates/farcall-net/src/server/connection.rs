//! One connection: which HTTP it speaks, until when it lives. Looks into no request.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll};

use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::{HttpService, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior};

use super::answer::Answer;
use super::preface::{Rewound, Version, detect};
use super::{Shared, device, exchange};
use crate::stream::Stream;

/// Serve one connection until it ends, is idle or stalled for too long, or has drained. `draining` ends with its sender.
pub(super) async fn serve(shared: Arc<Shared>, io: Stream, peer: Option<SocketAddr>, draining: watch::Receiver<()>) {
    if let Err(error) = io.set_nodelay() {
        tracing::debug!(?peer, %error, "TCP_NODELAY is not set");
    }
    let is_local = matches!(io, Stream::Unix(_));
    let (version, io) = match tokio::time::timeout(shared.config.header_timeout, detect(io)).await {
        Ok(Ok(detected)) => detected,
        Ok(Err(error)) => return tracing::debug!(?peer, %error, "connection ended before its first request"),
        Err(_) => return tracing::debug!(?peer, "connection said nothing in time"),
    };
    if version == Version::Device {
        // The device is a thing of this machine: whoever reaches a socket's file may use it.
        if is_local && let Err(error) = device::serve(&shared, io, draining).await {
            tracing::debug!(%error, "connection ended");
        }
        return;
    }
    let activity = Arc::new(Activity::default());
    let service = {
        let (shared, activity) = (shared.clone(), activity.clone());
        service_fn(move |request| {
            // Counted from here, not from the task's first turn: see `InTurn`.
            let (shared, open) = (shared.clone(), activity.open());
            // Boxed, as what hyper makes of it is moved several times before it runs.
            Box::pin(async move { Ok::<_, Infallible>(exchange::answer(&shared, open, peer, request).await) })
        })
    };
    let io = TokioIo::new(io);
    let ended = match version {
        Version::Http2 => {
            let connection = InTurn {
                connection: http2_builder(&shared).serve_connection(io, service),
                activity: activity.clone(),
                waited: false,
            };
            supervise(connection, &shared, &activity, draining).await
        }
        Version::Http1 | Version::Device => {
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

/// An HTTP/2 connection that lets the exchanges which are ready to run do so first, once each time it is woken: their
/// answers then leave in one write, where each would wake the connection for a write of its own.
struct InTurn<C> {
    connection: C,
    activity: Arc<Activity>,
    waited: bool,
}

impl<C: Drains + Unpin> Future for InTurn<C> {
    type Output = hyper::Result<()>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<hyper::Result<()>> {
        let this = &mut *self;
        this.waited = !this.waited
            && this.activity.open.load(Ordering::Relaxed) > 0
            && pin!(tokio::task::yield_now()).poll(cx).is_pending();
        if this.waited {
            return Poll::Pending;
        }
        Pin::new(&mut this.connection).poll(cx)
    }
}

impl<C: Drains + Unpin> Drains for InTurn<C> {
    fn drain(mut self: Pin<&mut Self>) {
        Pin::new(&mut self.connection).drain();
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
    fn open(self: &Arc<Self>) -> Open {
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

impl Open {
    pub(super) fn activity(&self) -> &Arc<Activity> {
        &self.0
    }
}

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
    use std::sync::Mutex;
    use std::task::Waker;

    use super::*;

    /// Logs its turns; `None` is one of the connection, a number one of an exchange.
    #[derive(Default)]
    struct Turns {
        log: Mutex<Vec<Option<usize>>>,
        waker: Mutex<Option<Waker>>,
    }

    impl Future for &'static Turns {
        type Output = hyper::Result<()>;

        fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<hyper::Result<()>> {
            self.log.lock().unwrap().push(None);
            *self.waker.lock().unwrap() = Some(cx.waker().clone());
            Poll::Pending
        }
    }

    impl Drains for &'static Turns {
        fn drain(self: Pin<&mut Self>) {}
    }

    fn turns_with(open: usize) -> Vec<Option<usize>> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .build()
            .unwrap();
        let turns: &'static Turns = Box::leak(Box::default());
        let activity = Arc::new(Activity::default());
        let exchange = move |number: usize| async move {
            turns.log.lock().unwrap().push(Some(number));
            if let Some(waker) = turns.waker.lock().unwrap().take() {
                waker.wake();
            }
        };
        let connection = InTurn {
            connection: turns,
            activity: activity.clone(),
            waited: false,
        };
        let opened: Vec<Open> = (0..open).map(|_| activity.open()).collect();
        let first = async move {
            tokio::spawn(connection);
            // The connection has its first turn before any exchange.
            while turns.waker.lock().unwrap().is_none() {
                tokio::task::yield_now().await;
            }
            let exchanges: Vec<_> = (1..4).map(|number| tokio::spawn(exchange(number))).collect();
            for exchange in exchanges {
                exchange.await.unwrap();
            }
            while turns.log.lock().unwrap().last() != Some(&None) {
                tokio::task::yield_now().await;
            }
        };
        runtime.block_on(async { tokio::spawn(first).await.unwrap() });
        drop(opened);
        turns.log.lock().unwrap().clone()
    }

    #[test]
    fn a_connection_waits_for_the_exchanges_that_are_ready() {
        let turns = turns_with(3);
        assert_eq!(turns.len(), 5, "{turns:?}");
        assert_eq!((turns.first(), turns.last()), (Some(&None), Some(&None)), "{turns:?}");
    }

    #[tokio::test]
    async fn a_connection_without_exchanges_has_its_turn_at_once() {
        let turns: &'static Turns = Box::leak(Box::default());
        let mut connection = InTurn {
            connection: turns,
            activity: Arc::default(),
            waited: false,
        };
        let open = connection.activity.open();
        let mut polls = 0;
        std::future::poll_fn(|cx| {
            polls += 1;
            assert!(Pin::new(&mut connection).poll(cx).is_pending());
            match polls {
                1 => Poll::Pending,
                _ => Poll::Ready(()),
            }
        })
        .await;
        assert_eq!(turns.log.lock().unwrap().len(), 1);
        drop(open);
        std::future::poll_fn(|cx| Poll::Ready(Pin::new(&mut connection).poll(cx).is_pending())).await;
        assert_eq!(turns.log.lock().unwrap().len(), 2);
    }

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
