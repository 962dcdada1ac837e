//! One call as both sides see it: a request, a response, and the service that answers. Holds no carrier's details.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::time::Instant;

use bytes::Bytes;
use http::HeaderMap;

use crate::content::Codec;
use crate::status::Status;

/// A boxed future that may move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// One call's parameters and where they go.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The function's path on the wire, `/demo.calc.v0_1.Ops/AddOne`: byte-exact, no query. Over the device it may be a
    /// name as people write it, and is empty in a call as text ([`Session::new`](crate::Session::new)).
    pub path: String,
    /// The fingerprint of the function's type as the caller knows it (header `wit-fp`); without one nothing is checked.
    pub fingerprint: Option<String>,
    /// When the caller stops waiting. On the server always set, clamped to the server's maximum.
    pub deadline: Option<Instant>,
    /// Metadata from the caller. Names beginning with `grpc-` or `wit-` belong to the protocol and are not in here.
    pub metadata: HeaderMap,
    /// The other end of the connection; set by a server only, and not for a unix socket, whose callers have no address.
    pub peer: Option<SocketAddr>,
    /// How the body is written; the result is to be written in the same way. A client sends [`Codec::Wit`] only.
    pub codec: Codec,
    /// The encoded parameters. At most the limit `max_message` of either side.
    pub body: Bytes,
}

impl Request {
    /// A request without fingerprint, deadline or metadata.
    pub fn new(path: impl Into<String>, body: impl Into<Bytes>) -> Self {
        Request {
            path: path.into(),
            body: body.into(),
            ..Request::default()
        }
    }
}

/// One call's result.
#[derive(Debug, Clone, Default)]
pub struct Response {
    /// The encoded result.
    pub body: Bytes,
    /// Metadata sent before the result. Reserved names are left out on sending.
    pub headers: HeaderMap,
    /// Metadata sent after the result, `wit-result: err` among it. Names beginning with `grpc-` are left out on sending.
    pub trailers: HeaderMap,
}

impl Response {
    /// A response without metadata.
    pub fn new(body: impl Into<Bytes>) -> Self {
        Response {
            body: body.into(),
            ..Response::default()
        }
    }
}

/// What a server serves.
pub trait Service: Send + Sync + 'static {
    /// Answer one call.
    ///
    /// The future is dropped when the caller is gone or the deadline has passed; whatever it runs must end with it. A
    /// panic in it becomes INTERNAL and disturbs no other call. For a path that the service does not know it is called
    /// with an empty body, and its status (UNIMPLEMENTED, naming what exists) goes to the caller.
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Response, Status>>;

    /// Whether `path` is served. A body is read from the network for known paths only.
    fn knows(&self, path: &str) -> bool;

    /// What a GET of `path` gives: a document beside the functions. None by default.
    fn document(&self, path: &str) -> Option<Document> {
        let _ = path;
        None
    }
}

/// A document for people and their tools.
#[derive(Debug, Clone)]
pub struct Document {
    /// What it is: `application/json`.
    pub content_type: http::HeaderValue,
    /// All of it.
    pub body: Bytes,
}
