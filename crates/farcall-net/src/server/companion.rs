//! gRPC services of other kinds on the same port: health, reflection. Knows none of them.

use std::error::Error;
use std::pin::Pin;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
pub use hyper::body::Incoming;

use crate::call::BoxFuture;

/// What a companion answers with: any body, its trailers included.
pub type CompanionBody = Pin<Box<dyn Body<Data = Bytes, Error = Box<dyn Error + Send + Sync>> + Send>>;

/// Services that read and write gRPC by themselves, streams included.
///
/// Their requests are not counted as calls and have no deadline but their own; they end with their connection. The limits
/// of connections and streams hold for them, and so does the stall timeout.
pub trait Companion: Send + Sync + 'static {
    /// Whether the path is one of its own. It goes before the service.
    fn knows(&self, path: &str) -> bool;

    /// Answer a request that came over HTTP/2. Dropping the future, or the body, means that the caller is gone.
    fn answer(&self, request: Request<Incoming>) -> BoxFuture<'static, Response<CompanionBody>>;

    /// The server takes no more calls. Called once, when the drain begins; streams that are still open hold it up.
    fn drain(&self);
}
