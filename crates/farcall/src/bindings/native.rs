//! An interface that Rust of this process answers, as a server or a link in this process has it.
//!
//! Listens nowhere, and knows no type: the generated code decodes and encodes.

use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use farcall_adapter::Served;
use farcall_codec::DecodeError;
use farcall_codec::typed::{Decoder, Encode, Encoder, decode_all};
use farcall_host::{Caller, Refusal};
use farcall_net::{BoxFuture, Code, Executed, Request, Status};
use farcall_wit::{Wit, path};
use futures_util::FutureExt;
use http::HeaderMap;

use crate::bindings::Function;
use crate::catalog;
use crate::client::{CallOptions, decoding};
use crate::code;
use crate::component::{Component, Instead};
use crate::context::Context;
use crate::error::Error;
use crate::registry::forwarded_of;

/// An implementation of one interface: what the generated `serve` makes of a `Server`.
///
/// A [`Component`] like any other once it is in a registry: other processes call it over the network, in protobuf and JSON
/// too, and components of this process over a link ([`Links::native`](crate::Links::native)).
#[derive(Clone)]
pub struct Native {
    interface: &'static str,
    wit: &'static str,
    functions: &'static [&'static Function],
    dispatch: Arc<dyn Dispatch>,
}

/// Decodes a request, calls the implementation and encodes its result.
#[doc(hidden)]
pub trait Dispatch: Send + Sync + 'static {
    fn dispatch<'a>(
        &'a self,
        function: usize,
        request: &'a [u8],
        call: &'a Incoming,
    ) -> BoxFuture<'a, Result<Vec<u8>, Status>>;
}

/// A call as its callee sees it, besides the parameters.
#[derive(Debug)]
pub struct Incoming {
    deadline: Instant,
    context: Arc<Context>,
}

impl Incoming {
    pub(crate) fn new(request: &Request, deadline: Instant) -> Incoming {
        Incoming {
            deadline,
            context: Context::of(request),
        }
    }

    pub(crate) fn take(&self) -> (HeaderMap, HeaderMap) {
        self.context.take()
    }

    /// Metadata from the caller.
    pub fn metadata(&self) -> &HeaderMap {
        self.context.lines()
    }

    /// The other end of the connection; `None` for a unix socket and in one process.
    pub fn peer(&self) -> Option<SocketAddr> {
        self.context.address()
    }

    /// When the caller stops waiting. The future that answers is dropped then.
    pub fn deadline(&self) -> Instant {
        self.deadline
    }

    /// What to send with calls that this one makes: the time that is left, and what traces go by. Credentials do not go along.
    pub fn onward(&self) -> CallOptions {
        CallOptions {
            deadline: Some(self.deadline.saturating_duration_since(Instant::now())),
            metadata: forwarded_of(self.metadata()),
        }
    }

    /// Sends a line of metadata before the result. At most 8 KiB are sent beside one result.
    pub fn add_header(&self, name: &str, value: &str) -> Result<(), Error> {
        self.context
            .add_header(name, value.as_bytes())
            .map_err(|why| refused(name, why))
    }

    /// The same after the result.
    pub fn add_trailer(&self, name: &str, value: &str) -> Result<(), Error> {
        self.context
            .add_trailer(name, value.as_bytes())
            .map_err(|why| refused(name, why))
    }
}

impl Native {
    #[doc(hidden)]
    pub fn new(
        interface: &'static str,
        wit: &'static str,
        functions: &'static [&'static Function],
        dispatch: Arc<dyn Dispatch>,
    ) -> Native {
        Native {
            interface,
            wit,
            functions,
            dispatch,
        }
    }

    /// The interface that it answers.
    pub fn interface(&self) -> &str {
        self.interface
    }

    /// Answers a call within its time, a panic included.
    pub(crate) async fn answer(&self, index: u32, request: &[u8], call: &Incoming) -> Result<Bytes, Status> {
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        let work = AssertUnwindSafe(async { self.dispatch.dispatch(index, request, call).await }).catch_unwind();
        match tokio::time::timeout_at(call.deadline.into(), work).await {
            Ok(Ok(answer)) => answer.map(Bytes::from),
            Ok(Err(_)) => {
                let status = Status::new(Code::Internal, format!("{} panicked", self.called(index)));
                Err(status.reason("PANIC"))
            }
            Err(_) => {
                let status = Status::new(
                    Code::DeadlineExceeded,
                    format!("{} did not end in time", self.called(index)),
                );
                Err(status.reason("DEADLINE"))
            }
        }
    }

    fn called(&self, index: usize) -> &str {
        self.functions
            .get(index)
            .map_or(self.interface, |function| function.called)
    }

    /// Its functions as a server knows them, in the order in which it knows them itself.
    fn served(&self, wit: &Wit) -> Result<Vec<Served>, Error> {
        let broken = || Error::Description(format!("the bindings of {} are broken", self.interface));
        let interface = wit.exports().into_iter().next().ok_or_else(broken)?;
        let functions = self.functions.iter().map(|known| {
            let function = interface.function(known.name).ok_or_else(broken)?.clone();
            Ok(Served {
                path: path(&interface.name, &function.name, ""),
                fingerprint: function.fingerprint(),
                interface: interface.name.clone(),
                function,
            })
        });
        functions.collect()
    }
}

impl Component {
    /// An interface that this process answers itself, beside components or alone.
    pub fn native(native: Native) -> Result<Component, Error> {
        let wit = Wit::from_text(native.interface, native.wit, None)
            .map_err(|error| Error::Description(format!("the WIT of {}: {error}", native.interface)))?;
        let functions = native.served(&wit)?;
        Ok(Component {
            name: native.interface.to_owned(),
            path: PathBuf::from(native.interface),
            document: catalog::document(native.interface, &wit, &functions),
            functions,
            left_out: Vec::new(),
            world_service: String::new(),
            code: code::Code::none(),
            asks: false,
            instead: Some(Instead::Native(native)),
        })
    }
}

impl std::fmt::Debug for Native {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Native")
            .field("interface", &self.interface)
            .finish_non_exhaustive()
    }
}

/// The parameters of a request.
#[doc(hidden)]
pub fn decode_request<T>(
    function: &Function,
    request: &[u8],
    decode: impl FnOnce(&mut Decoder<'_>) -> Result<T, DecodeError>,
) -> Result<T, Status> {
    decode_all(request, function.is_core, &decoding(request.len()), decode).map_err(|error| {
        let code = match error.is_limit() {
            true => Code::ResourceExhausted,
            false => Code::InvalidArgument,
        };
        Status::not_run(
            code,
            format!("the request of {} does not decode: {error}", function.called),
        )
    })
}

/// A result.
#[doc(hidden)]
pub fn encode_response(function: &Function, result: &impl Encode) -> Result<Vec<u8>, Status> {
    let mut encoder = Encoder::new(function.is_core);
    result.encode(&mut encoder);
    encoder.finish().map_err(|error| {
        let status = Status::new(
            Code::ResourceExhausted,
            format!("the result of {}: {error}", function.called),
        );
        status.executed(Executed::Yes).reason("MESSAGE_TOO_LARGE")
    })
}

/// An index that no function has.
#[doc(hidden)]
pub fn unknown<'a>(function: usize) -> BoxFuture<'a, Result<Vec<u8>, Status>> {
    let status = Status::not_run(Code::Unimplemented, format!("there is no function {function}"));
    Box::pin(async move { Err(status.reason("UNKNOWN_FUNCTION")) })
}

fn refused(name: &str, why: Refusal) -> Error {
    Error::Setting(format!("the metadata `{name}` cannot be sent: {why:?}"))
}
