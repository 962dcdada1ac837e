//! The caller: calls over HTTP/2 with `h2` itself, so that both servers meet the same one. Every answer is compared.
//!
//! Measures its own clock only; what the server spent is read elsewhere.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use bytes::Bytes;
use h2::client::SendRequest;
use http::{HeaderMap, Method, Request};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::exchange::Exchange;

/// How many calls, and how many at once.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Connections.
    pub connections: usize,
    /// Calls at once on each.
    pub streams: usize,
    /// Calls, over all.
    pub calls: u64,
}

impl Shape {
    /// One call after the other.
    pub fn one_at_a_time(calls: u64) -> Shape {
        Shape {
            connections: 1,
            streams: 1,
            calls,
        }
    }
}

/// What one round took.
#[derive(Clone, Debug)]
pub struct Took {
    /// From the first call to the last answer.
    pub wall: Duration,
    /// Of each call, sorted.
    latencies: Vec<Duration>,
}

impl Took {
    /// The latency that this share of the calls does not exceed.
    pub fn percentile(&self, percent: usize) -> Duration {
        let last = self.latencies.len().saturating_sub(1);
        self.latencies.get(last * percent / 100).copied().unwrap_or_default()
    }
}

/// A way to one server, kept between rounds.
pub struct Caller {
    connections: Vec<Connection>,
    request: Arc<Prepared>,
}

#[derive(Clone)]
enum Connection {
    Http2(SendRequest<Bytes>),
    /// A new one for each call.
    Each(SocketAddr),
}

struct Prepared {
    head: Request<()>,
    exchange: Exchange,
}

impl Caller {
    /// Connects.
    pub async fn connect(address: SocketAddr, connections: usize, exchange: &Exchange) -> Result<Caller> {
        let mut head = Request::builder()
            .method(Method::POST)
            .uri(format!("http://{address}{}", exchange.path));
        if exchange.is_grpc() {
            head = head.header("te", "trailers");
        }
        if let Some(content_type) = exchange.content_type {
            head = head.header("content-type", content_type);
        }
        if let Some(fingerprint) = &exchange.fingerprint {
            head = head.header("wit-fp", fingerprint);
        }
        let mut caller = Caller {
            connections: Vec::new(),
            request: Arc::new(Prepared {
                head: head.body(())?,
                exchange: exchange.clone(),
            }),
        };
        for _ in 0..connections {
            caller.connections.push(match exchange.content_type {
                Some(_) => Connection::Http2(open(address).await?),
                None => Connection::Each(address),
            });
        }
        Ok(caller)
    }

    /// Makes the calls; the first wrong answer is an error.
    pub async fn round(&self, streams: usize, calls: u64) -> Result<Took> {
        let left = Arc::new(AtomicU64::new(calls));
        let mut workers = JoinSet::new();
        let start = Instant::now();
        for connection in &self.connections {
            for _ in 0..streams {
                let (connection, request, left) = (connection.clone(), self.request.clone(), left.clone());
                workers.spawn(work(connection, request, left));
            }
        }
        let mut latencies = Vec::with_capacity(calls as usize);
        while let Some(worker) = workers.join_next().await {
            latencies.extend(worker??);
        }
        let wall = start.elapsed();
        ensure!(
            latencies.len() as u64 == calls,
            "{} of {calls} calls were made",
            latencies.len()
        );
        latencies.sort_unstable();
        Ok(Took { wall, latencies })
    }
}

async fn open(address: SocketAddr) -> Result<SendRequest<Bytes>> {
    let io = TcpStream::connect(address).await.with_context(|| address.to_string())?;
    io.set_nodelay(true)?;
    let (sender, connection) = h2::client::Builder::new()
        .enable_push(false)
        .initial_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .handshake(io)
        .await?;
    tokio::spawn(connection);
    Ok(sender)
}

async fn work(mut connection: Connection, request: Arc<Prepared>, left: Arc<AtomicU64>) -> Result<Vec<Duration>> {
    let mut latencies = Vec::new();
    while left
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1))
        .is_ok()
    {
        let start = Instant::now();
        let called = match connection {
            Connection::Http2(sender) => call(sender, &request).await.map(Connection::Http2),
            Connection::Each(address) => call_apart(address, &request.exchange)
                .await
                .map(|()| Connection::Each(address)),
        };
        let about = || {
            format!(
                "{} as {}",
                request.exchange.path,
                request.exchange.content_type.unwrap_or("frames")
            )
        };
        connection = called.with_context(about)?;
        latencies.push(start.elapsed());
    }
    Ok(latencies)
}

/// One call on a connection of its own.
async fn call_apart(address: SocketAddr, exchange: &Exchange) -> Result<()> {
    let mut io = TcpStream::connect(address).await?;
    io.set_nodelay(true)?;
    io.write_all(&exchange.request).await?;
    io.shutdown().await?;
    let mut answer = Vec::with_capacity(exchange.expect.len());
    let most = exchange.expect.len() as u64 + 1;
    (&mut io).take(most).read_to_end(&mut answer).await?;
    ensure!(answer == exchange.expect, "the answer has other bytes than expected");
    Ok(())
}

async fn call(sender: SendRequest<Bytes>, request: &Prepared) -> Result<SendRequest<Bytes>> {
    let exchange = &request.exchange;
    let mut sender = sender.ready().await?;
    let (answer, mut body) = sender.send_request(request.head.clone(), false)?;
    body.send_data(exchange.request.clone(), true)?;
    let (head, mut body) = answer.await?.into_parts();
    ensure!(head.status == 200, "HTTP status {}", head.status);
    let mut expected = exchange.expect.clone();
    while let Some(chunk) = body.data().await {
        let chunk = chunk?;
        body.flow_control().release_capacity(chunk.len())?;
        ensure!(expected.starts_with(&chunk), "the answer has other bytes than expected");
        let _ = expected.split_to(chunk.len());
    }
    if exchange.is_grpc() {
        match body.trailers().await? {
            Some(trailers) => succeeded(&trailers)?,
            None => succeeded(&head.headers)?,
        }
    }
    ensure!(expected.is_empty(), "the answer lacks {} bytes", expected.len());
    Ok(sender)
}

fn succeeded(trailers: &HeaderMap) -> Result<()> {
    match trailers.get("grpc-status").map(|code| code.as_bytes()) {
        Some(b"0") => Ok(()),
        None => bail!("the answer has no grpc-status"),
        Some(code) => bail!(
            "grpc-status {}: {}",
            String::from_utf8_lossy(code),
            trailers
                .get("grpc-message")
                .and_then(|message| message.to_str().ok())
                .unwrap_or_default()
        ),
    }
}

/// More than a message of the bench takes, for both servers: what is measured is not how windows grow.
const STREAM_WINDOW: u32 = 4 << 20;
const CONNECTION_WINDOW: u32 = 256 << 20;
