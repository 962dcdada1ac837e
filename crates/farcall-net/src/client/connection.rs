//! One connection to one endpoint: opens it, keeps it going, and knows how many calls it carries.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use h2::{Ping, PingPong};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::sync::Notify;
use tokio::task::AbortHandle;

use super::config::{ClientConfig, Envelope};
use super::dial::{Spoken, dial, speaks_http1};
use super::failure::not_reached;
use super::lane::{Lane, Upload};
use super::sniff::{Sniffed, describe, is_http1, is_http2};
use crate::envelope::Message;
use crate::status::{Code, Status};
use crate::stream::Stream;
use crate::target::Endpoint;

/// An open connection.
pub(super) struct Connection {
    line: Line,
    in_flight: AtomicUsize,
    most: AtomicUsize,
    health: Arc<Health>,
}

enum Line {
    Http2(h2::client::SendRequest<Message>),
    /// Carries one call at a time: whoever makes it has the sender.
    Http1 {
        idle: Mutex<Option<(http1::SendRequest<Upload>, Instant)>>,
        task: AbortHandle,
    },
}

#[derive(Default)]
struct Health {
    retired: AtomicBool,
    suspect: Notify,
}

impl Connection {
    /// Connect, and wait for the proof of what the server speaks: a call is sent to nothing else. `known` is what the
    /// endpoint spoke before.
    pub(super) async fn open(
        endpoint: &Endpoint,
        config: &ClientConfig,
        known: Option<Spoken>,
    ) -> Result<Connection, Status> {
        let timeout = config.connect_timeout;
        tokio::time::timeout(timeout, open(endpoint, config, known))
            .await
            .unwrap_or_else(|_| {
                let message = format!("{endpoint} did not answer as an HTTP/2 server within {timeout:?}");
                Err(Status::not_run(Code::Unavailable, message).reason("NOT_REACHED"))
            })
    }

    /// What the server speaks.
    pub(super) fn spoken(&self) -> Spoken {
        match self.line {
            Line::Http2(_) => Spoken::Http2,
            Line::Http1 { .. } => Spoken::Http1,
        }
    }

    /// Take a place for one call; `None` if the connection is full or retired. Given back by [`Connection::leave`].
    pub(super) fn enter(&self) -> Option<Lane> {
        if self.is_retired() {
            return None;
        }
        match &self.line {
            Line::Http2(sender) => {
                let before = self.in_flight.fetch_add(1, Ordering::SeqCst);
                if before >= self.most.load(Ordering::Relaxed) {
                    // Asked only here: the answer takes a lock that every stream of the connection uses.
                    let most = sender.current_max_send_streams();
                    self.most.store(most, Ordering::Relaxed);
                    if before >= most {
                        self.in_flight.fetch_sub(1, Ordering::SeqCst);
                        return None;
                    }
                }
                Some(Lane::http2(sender.clone()))
            }
            Line::Http1 { idle, .. } => {
                let (sender, since) = idle.lock().unwrap_or_else(PoisonError::into_inner).take()?;
                if sender.is_closed() || since.elapsed() > HTTP1_IDLE {
                    self.retire();
                    return None;
                }
                Some(Lane::http1(sender))
            }
        }
    }

    /// Give a place back. An HTTP/1.1 connection whose answer was not read to its end is closed: that is how its call is
    /// cancelled.
    pub(super) fn leave(&self, lane: Lane) {
        match &self.line {
            Line::Http2(_) => {
                self.in_flight.fetch_sub(1, Ordering::SeqCst);
            }
            Line::Http1 { idle, task } => match lane.into_idle() {
                Some(sender) => {
                    *idle.lock().unwrap_or_else(PoisonError::into_inner) = Some((sender, Instant::now()));
                }
                None => {
                    self.retire();
                    task.abort();
                }
            },
        }
    }

    pub(super) fn is_retired(&self) -> bool {
        self.health.retired.load(Ordering::Relaxed)
    }

    /// Take no more calls; those that run go on.
    pub(super) fn retire(&self) {
        self.health.retired.store(true, Ordering::Relaxed);
    }

    /// Find out whether the server still answers.
    pub(super) fn suspect(&self) {
        self.health.suspect.notify_one();
    }
}

async fn open(endpoint: &Endpoint, config: &ClientConfig, known: Option<Spoken>) -> Result<Connection, Status> {
    let io = dial(endpoint).await.map_err(|error| not_reached(endpoint, &error))?;
    if config.http1_only || known == Some(Spoken::Http1) {
        return open_http1(endpoint, config, io).await;
    }
    let (io, head) = Sniffed::new(io);
    let (sender, mut connection) = h2::client::Builder::new()
        .enable_push(false)
        .max_header_list_size(config.max_header_bytes)
        .initial_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_frame_size(FRAME)
        .handshake(io)
        .await
        .map_err(|error| {
            Status::not_run(Code::Unavailable, format!("{endpoint} cannot be reached ({error})")).reason("NOT_REACHED")
        })?;
    let health = Arc::new(Health::default());
    let pings = connection.ping_pong();
    tokio::spawn(keep_going(connection, pings, health.clone(), config.ping_timeout));
    let head = head.await.unwrap_or_default();
    if is_http2(&head) {
        let most = AtomicUsize::new(sender.current_max_send_streams());
        return Ok(Connection {
            line: Line::Http2(sender),
            in_flight: AtomicUsize::new(0),
            most,
            health,
        });
    }
    if config.envelope != Envelope::Grpc && (is_http1(&head) || (head.is_empty() && speaks_http1(endpoint).await)) {
        let io = dial(endpoint).await.map_err(|error| not_reached(endpoint, &error))?;
        return open_http1(endpoint, config, io).await;
    }
    let message = format!("{endpoint} does not speak HTTP/2: {}", describe(&head));
    Err(Status::not_run(Code::Unavailable, message).reason("NOT_HTTP2"))
}

async fn open_http1(endpoint: &Endpoint, config: &ClientConfig, io: Stream) -> Result<Connection, Status> {
    let header_bytes = usize::try_from(config.max_header_bytes).unwrap_or(usize::MAX);
    let (sender, connection) = http1::Builder::new()
        .max_header_size(header_bytes)
        .max_buf_size(header_bytes.max(HTTP1_BUFFER))
        .handshake(TokioIo::new(io))
        .await
        .map_err(|error| {
            Status::not_run(Code::Unavailable, format!("{endpoint} cannot be reached ({error})")).reason("NOT_REACHED")
        })?;
    let health = Arc::new(Health::default());
    let retired = health.clone();
    let task = tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "connection ended");
        }
        retired.retired.store(true, Ordering::Relaxed);
    });
    Ok(Connection {
        line: Line::Http1 {
            idle: Mutex::new(Some((sender, Instant::now()))),
            task: task.abort_handle(),
        },
        in_flight: AtomicUsize::new(0),
        most: AtomicUsize::new(1),
        health,
    })
}

async fn keep_going<C>(connection: C, pings: Option<PingPong>, health: Arc<Health>, ping_timeout: Duration)
where
    C: Future<Output = Result<(), h2::Error>>,
{
    tokio::select! {
        ended = connection => match ended {
            Ok(()) => {}
            Err(error) => tracing::debug!(%error, "connection ended"),
        },
        () = unanswered(pings, &health, ping_timeout) => tracing::debug!("connection given up: no answer to a ping"),
    }
    health.retired.store(true, Ordering::Relaxed);
}

/// Resolves once a ping was not answered in time.
async fn unanswered(pings: Option<PingPong>, health: &Health, timeout: Duration) {
    let Some(mut pings) = pings else {
        return std::future::pending().await;
    };
    loop {
        health.suspect.notified().await;
        match tokio::time::timeout(timeout, pings.ping(Ping::opaque())).await {
            Ok(Ok(_)) => {}
            // The connection's own future reports its end.
            Ok(Err(_)) => std::future::pending().await,
            Err(_) => return,
        }
    }
}

/// What a server can have in flight unread on a stream and on a connection.
const STREAM_WINDOW: u32 = 1 << 20;
const CONNECTION_WINDOW: u32 = 8 << 20;
/// Servers close HTTP/1.1 connections that are idle for long, and a request that crosses with that may or may not have
/// run; 5 s is the shortest time that is usual.
const HTTP1_IDLE: Duration = Duration::from_secs(3);
/// hyper's smallest is 8 KiB.
const HTTP1_BUFFER: usize = 16 << 10;
const FRAME: u32 = 64 << 10;
