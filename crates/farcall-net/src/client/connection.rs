//! One HTTP/2 connection to one endpoint: opens it, keeps it going, and knows how many calls it carries.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use h2::client::SendRequest;
use h2::{Ping, PingPong};
use tokio::net::TcpStream;
use tokio::sync::Notify;

use super::config::ClientConfig;
use super::failure::not_reached;
use super::sniff::{Sniffed, describe, is_http2};
use crate::envelope::Envelope;
use crate::status::{Code, Status};
use crate::target::Endpoint;

/// An open connection.
pub(super) struct Connection {
    sender: SendRequest<Envelope>,
    in_flight: AtomicUsize,
    most: AtomicUsize,
    health: Arc<Health>,
}

#[derive(Default)]
struct Health {
    retired: AtomicBool,
    suspect: Notify,
}

impl Connection {
    /// Connect, and wait for the server's first frame: what is no HTTP/2 server is told apart before a call is sent.
    pub(super) async fn open(endpoint: &Endpoint, config: &ClientConfig) -> Result<Connection, Status> {
        let timeout = config.connect_timeout;
        tokio::time::timeout(timeout, open(endpoint, config))
            .await
            .unwrap_or_else(|_| {
                let message = format!("{endpoint} did not answer as an HTTP/2 server within {timeout:?}");
                Err(Status::not_run(Code::Unavailable, message).reason("NOT_REACHED"))
            })
    }

    /// Take a place for one call; `None` if the connection is full or retired. Given back by [`Connection::leave`].
    pub(super) fn enter(&self) -> Option<SendRequest<Envelope>> {
        if self.is_retired() {
            return None;
        }
        let before = self.in_flight.fetch_add(1, Ordering::SeqCst);
        if before >= self.most.load(Ordering::Relaxed) {
            // Asked only here: the answer takes a lock that every stream of the connection uses.
            let most = self.sender.current_max_send_streams();
            self.most.store(most, Ordering::Relaxed);
            if before >= most {
                self.in_flight.fetch_sub(1, Ordering::SeqCst);
                return None;
            }
        }
        Some(self.sender.clone())
    }

    /// Give a place back.
    pub(super) fn leave(&self) {
        self.in_flight.fetch_sub(1, Ordering::SeqCst);
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

async fn open(endpoint: &Endpoint, config: &ClientConfig) -> Result<Connection, Status> {
    let io = TcpStream::connect((endpoint.host(), endpoint.port()))
        .await
        .and_then(|io| io.set_nodelay(true).map(|()| io))
        .map_err(|error| not_reached(endpoint, &error))?;
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
    if !is_http2(&head) {
        let message = format!("{endpoint} does not speak HTTP/2: {}", describe(&head));
        return Err(Status::not_run(Code::Unavailable, message).reason("NOT_HTTP2"));
    }
    let most = AtomicUsize::new(sender.current_max_send_streams());
    Ok(Connection {
        sender,
        in_flight: AtomicUsize::new(0),
        most,
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
const FRAME: u32 = 64 << 10;
