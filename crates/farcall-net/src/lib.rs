//! Carriers of WASM RPC: calls as bytes, from a caller's [`Channel`] to a callee's [`Server`], with status, deadline,
//! cancellation and limits. It never looks into a payload, knows no WIT and no engine, and reads no configuration.
//!
//! ```text
//!   Request ──> Channel ══ HTTP/2, application/grpc+wit ══> Server ──> Service::call
//!   Response <──   │  one of Target's endpoints,             │  limits, deadline, drain
//!   or Status      │  few connections, many calls            │  one future a call; dropped = the caller is gone
//! ```
//!
//! The binding is `spec/calls.md`, the statuses are `spec/status.md`.
//!
//! ```
//! use std::sync::Arc;
//! use farcall_net::{BoxFuture, Channel, ClientConfig, Request, Response, Server, ServerConfig, Service, Status, Target};
//!
//! struct Echo;
//!
//! impl Service for Echo {
//!     fn knows(&self, path: &str) -> bool {
//!         path == "/demo.Echo/Say"
//!     }
//!
//!     fn call(&self, request: Request) -> BoxFuture<'_, Result<Response, Status>> {
//!         Box::pin(async move { Ok(Response::new(request.body)) })
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = Server::bind("127.0.0.1:0", Arc::new(Echo), ServerConfig::default()).await?;
//! let target: Target = server.local_addr().to_string().parse()?;
//! let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
//! let serving = tokio::spawn(server.serve(async move { drop(stopped.await) }));
//!
//! let channel = Channel::new(target, ClientConfig::default());
//! let response = channel.call(Request::new("/demo.Echo/Say", "hello")).await?;
//! assert_eq!(&response.body[..], b"hello");
//!
//! drop(stop);
//! assert_eq!(serving.await?.abandoned_calls, 0);
//! # Ok(())
//! # }
//! ```

mod address;
mod call;
mod client;
mod connect;
mod content;
mod deadline;
mod details;
mod device;
mod envelope;
mod gzip;
mod metadata;
mod server;
mod status;
mod stream;
mod target;
mod trailers;

pub use address::Address;
pub use call::{BoxFuture, Document, Request, Response, Service};
pub use client::{Channel, ClientConfig, Envelope};
pub use content::Codec;
pub use details::{Details, ForeignDetail};
pub use device::{
    Call, DeviceClient, DeviceConfig, DeviceError, DeviceLimits, Event, Machine, Malformed, Message, Session,
};
#[doc(hidden)]
pub use envelope::assembled;
pub use metadata::is_metadata;
pub use server::{
    BindError, Companion, CompanionBody, Cors, CorsError, Drained, Incoming, Server, ServerConfig, ServerGauges,
};
pub use status::{Code, Executed, Status, StatusMetadata};
pub use target::{Endpoint, Target, TargetError};
