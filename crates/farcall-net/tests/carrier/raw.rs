//! HTTP/2 by hand, for what no well-behaved client or server does.

use std::net::SocketAddr;

use bytes::Bytes;
use h2::client::SendRequest;
use http::{HeaderMap, Method, Request, Response, Version};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::fixture::in_time;

/// An HTTP/2 connection; it is served in the background.
pub async fn connect(addr: SocketAddr) -> SendRequest<Bytes> {
    let io = TcpStream::connect(addr).await.unwrap();
    let (sender, connection) = h2::client::handshake(io).await.unwrap();
    tokio::spawn(connection);
    sender
}

/// A POST with these headers; the body's chunks are sent one after another, the stream is left open if `end` is false.
pub async fn post(
    sender: &SendRequest<Bytes>,
    addr: SocketAddr,
    path: &str,
    headers: &[(&'static str, &str)],
    chunks: Vec<Vec<u8>>,
    end: bool,
) -> Answer {
    let mut head = Request::new(());
    *head.method_mut() = Method::POST;
    *head.version_mut() = Version::HTTP_2;
    *head.uri_mut() = format!("http://{addr}{path}").parse().unwrap();
    for (name, value) in headers {
        head.headers_mut().append(*name, value.parse().unwrap());
    }
    let mut sender = sender.clone().ready().await.unwrap();
    let (response, mut stream) = sender.send_request(head, end && chunks.is_empty()).unwrap();
    let last = chunks.len();
    for (index, chunk) in chunks.into_iter().enumerate() {
        stream.send_data(chunk.into(), end && index + 1 == last).unwrap();
    }
    let response = in_time(response).await.unwrap();
    let (head, mut body) = response.into_parts();
    let mut bytes = Vec::new();
    while let Some(chunk) = in_time(body.data()).await {
        let chunk = chunk.unwrap();
        body.flow_control().release_capacity(chunk.len()).unwrap();
        bytes.extend_from_slice(&chunk);
    }
    let trailers = in_time(body.trailers()).await.unwrap().unwrap_or_default();
    Answer {
        head: Response::from_parts(head, ()),
        bytes,
        trailers,
    }
}

pub struct Answer {
    pub head: Response<()>,
    pub bytes: Vec<u8>,
    pub trailers: HeaderMap,
}

impl Answer {
    /// `grpc-status`, wherever it is.
    pub fn status(&self) -> u32 {
        let value = self
            .head
            .headers()
            .get("grpc-status")
            .or(self.trailers.get("grpc-status"));
        value.expect("grpc-status").to_str().unwrap().parse().unwrap()
    }

    pub fn message(&self) -> &str {
        let value = self
            .head
            .headers()
            .get("grpc-message")
            .or(self.trailers.get("grpc-message"));
        value.map_or("", |value| value.to_str().unwrap())
    }
}

pub const WIT: (&str, &str) = ("content-type", "application/grpc+wit");

/// A server that answers each connection with these bytes, whatever it is asked, and then waits for the other to go.
pub async fn answering(bytes: &'static [u8]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut io, _)) = listener.accept().await {
            tokio::spawn(async move {
                io.write_all(bytes).await.unwrap();
                let mut sink = Vec::new();
                if bytes.is_empty() {
                    return;
                }
                drop(io.read_to_end(&mut sink).await);
            });
        }
    });
    addr
}

/// A server that answers the first bytes of each connection with these bytes, and closes it.
pub async fn answering_once(bytes: &'static [u8]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut io, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut chunk = [0; 4096];
                let _ = io.read(&mut chunk).await;
                io.write_all(bytes).await.unwrap();
            });
        }
    });
    addr
}

/// What an HTTP/1.1 server answers to these bytes until it closes the connection.
pub async fn http1(addr: SocketAddr, request: &str) -> String {
    let mut io = TcpStream::connect(addr).await.unwrap();
    io.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    in_time(io.read_to_string(&mut answer)).await.unwrap();
    answer
}

pub const HEADERS: u8 = 1;
pub const GO_AWAY: u8 = 7;

/// Whether these bytes, a row of HTTP/2 frames, hold the head of one of this type.
pub fn has_frame(mut bytes: &[u8], wanted: u8) -> bool {
    while let [a, b, c, kind, _, _, _, _, _, rest @ ..] = bytes {
        let length = usize::from(*a) << 16 | usize::from(*b) << 8 | usize::from(*c);
        if *kind == wanted {
            return true;
        }
        bytes = rest.get(length..).unwrap_or_default();
    }
    false
}
