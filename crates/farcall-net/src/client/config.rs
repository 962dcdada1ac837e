//! The client's limits and times. Reads no file and no environment.

use std::time::Duration;

/// How a channel writes its calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Envelope {
    /// Over HTTP/2 as is cheapest between servers of this kind; Connect with a server that proves to speak HTTP/1.1 only.
    #[default]
    Auto,
    /// `application/grpc+wit`, over HTTP/2 only.
    Grpc,
    /// Connect's unary call, `application/wit`, over HTTP/2 or HTTP/1.1.
    Connect,
}

/// Limits and times of a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientConfig {
    /// How calls are written: [`Envelope::Auto`].
    pub envelope: Envelope,
    /// Speak HTTP/1.1 without trying HTTP/2: no. For servers and proxies that are known to speak nothing else; without
    /// it that is found out once for each endpoint, at the price of a connection or two.
    pub http1_only: bool,
    /// The largest message, in bytes, request or response: 4 MiB. Stops a callee from filling the caller's memory.
    pub max_message: usize,
    /// The most bytes of a response's headers or trailers: 64 KiB. Stops header floods.
    pub max_header_bytes: u32,
    /// The most HTTP/2 connections to one endpoint: 4. A second one is opened when the first carries as many calls as the
    /// server allows; when all do, calls wait.
    pub max_connections: usize,
    /// The most HTTP/1.1 connections to one endpoint: 64. Each carries one call at a time; when all do, calls wait.
    pub max_http1_connections: usize,
    /// The deadline of a call that names none: 30 s.
    pub default_deadline: Duration,
    /// How long connecting may take, up to the proof of what HTTP the server speaks: 5 s.
    pub connect_timeout: Duration,
    /// How long calls fail at once after a failed attempt to connect: 50 ms, doubled with each further failure.
    pub backoff_first: Duration,
    /// The longest that this grows to: 3 s.
    pub backoff_most: Duration,
    /// How long a server may take to answer a ping, sent when a call's deadline passed without an answer: 5 s. Then the
    /// connection is given up.
    pub ping_timeout: Duration,
}

impl Default for ClientConfig {
    fn default() -> Self {
        ClientConfig {
            envelope: Envelope::Auto,
            http1_only: false,
            max_message: 4 << 20,
            max_header_bytes: 64 << 10,
            max_connections: 4,
            max_http1_connections: 64,
            default_deadline: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(5),
            backoff_first: Duration::from_millis(50),
            backoff_most: Duration::from_secs(3),
            ping_timeout: Duration::from_secs(5),
        }
    }
}
