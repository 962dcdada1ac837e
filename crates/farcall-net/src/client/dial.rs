//! Opens the stream to an endpoint, and finds out whether it speaks HTTP/1.1. Sends no call.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};

use super::sniff::is_http1;
use crate::stream::Stream;
use crate::target::Endpoint;

/// Connect; names are resolved anew each time.
pub(super) async fn dial(endpoint: &Endpoint) -> io::Result<Stream> {
    if let Some(path) = endpoint.path() {
        return UnixStream::connect(path).await.map(Stream::Unix);
    }
    let place = (endpoint.host().unwrap_or_default(), endpoint.port().unwrap_or_default());
    let stream = Stream::Tcp(TcpStream::connect(place).await?);
    stream.set_nodelay()?;
    Ok(stream)
}

/// What an endpoint speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spoken {
    Http1,
    Http2,
}

/// Ask a server that closed on HTTP/2's preface without a word, as some do that know only HTTP/1.1. `OPTIONS *` asks for
/// nothing that could run (RFC 9110, 9.3.7).
pub(super) async fn speaks_http1(endpoint: &Endpoint) -> bool {
    let Ok(mut io) = dial(endpoint).await else {
        return false;
    };
    let question = format!(
        "OPTIONS * HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n",
        endpoint.authority()
    );
    let mut head = [0; b"HTTP/1.".len()];
    io.write_all(question.as_bytes()).await.is_ok() && io.read_exact(&mut head).await.is_ok() && is_http1(&head)
}
