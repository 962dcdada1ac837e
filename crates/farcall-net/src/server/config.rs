//! The server's limits, each with the attack that it stops. Reads no file and no environment.

use std::time::Duration;

use super::cors::Cors;

/// Limits and times of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerConfig {
    /// The largest message, in bytes, request or response: 4 MiB. Stops a caller from filling memory with one message,
    /// and a function from answering with all that it has. Checked on the length prefix, before anything is kept.
    pub max_message: usize,
    /// The most bytes of requests that have arrived in part, over all connections: 256 MiB. Stops many callers that each
    /// send most of a message and wait.
    pub max_assembling: usize,
    /// The most calls that run at once: 1,024. Stops a flood of calls, those that are reset at once (rapid reset)
    /// included, since what counts is the running function. Over it: UNAVAILABLE, not executed.
    pub max_concurrent_calls: usize,
    /// The most connections: 1,024. Stops a flood of connections; those over it are closed unread.
    pub max_connections: usize,
    /// The most open HTTP/2 streams of one connection: 256. Bounds what one connection can hold of everything else.
    pub max_streams_per_connection: u32,
    /// The most bytes of a request's headers: 32 KiB. Stops header floods, CONTINUATION frames included.
    pub max_header_bytes: u32,
    /// The deadline of a call that names none: 30 s.
    pub default_deadline: Duration,
    /// The longest deadline that a caller may name; longer ones are shortened: 30 s. Bounds what a stalled call holds.
    pub max_deadline: Duration,
    /// How long a new connection may take to say which HTTP it speaks, and an HTTP/1.1 request to send its headers: 5 s.
    /// Stops slow-header callers.
    pub header_timeout: Duration,
    /// How long a connection without calls is kept: 5 min. Stops a hoard of silent connections.
    pub idle_timeout: Duration,
    /// How long a caller may leave a ready response untaken, give or take once that time: 30 s; then its connection is
    /// closed. Stops callers that grant no flow-control window (zero-window attack).
    pub stall_timeout: Duration,
    /// How long a silent HTTP/2 connection waits before it is pinged, and how long the answer may take: 20 s. Finds
    /// peers that vanished.
    pub keep_alive: Duration,
    /// How long running calls may go on after the shutdown signal: 10 s.
    pub drain_timeout: Duration,
    /// Pages of which other origins may call from a browser: none.
    pub cors: Option<Cors>,
}

impl Default for ServerConfig {
    fn default() -> Self {
        ServerConfig {
            max_message: 4 << 20,
            max_assembling: 256 << 20,
            max_concurrent_calls: 1024,
            max_connections: 1024,
            max_streams_per_connection: 256,
            max_header_bytes: 32 << 10,
            default_deadline: Duration::from_secs(30),
            max_deadline: Duration::from_secs(30),
            header_timeout: Duration::from_secs(5),
            idle_timeout: Duration::from_secs(300),
            stall_timeout: Duration::from_secs(30),
            keep_alive: Duration::from_secs(20),
            drain_timeout: Duration::from_secs(10),
            cors: None,
        }
    }
}
