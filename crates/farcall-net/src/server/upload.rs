//! The body of a request: received within the limits, or read on and thrown away. Looks into no message.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http_body::Body;
use hyper::body::Incoming;

use super::Shared;
use super::exchange::OVERLOAD_PUSHBACK_MS;
use crate::envelope::{Assembly, EnvelopeError, Form};
use crate::gzip::{self, GzipError};
use crate::status::{Code, Status};
use crate::trailers::PUSHBACK_FACT;

/// How a request is compressed: all of it in Connect's form, a message that says so in gRPC's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    Identity,
    Gzip,
}

/// The request's message. What is kept is bounded by the limits of one message and of all, compressed or not.
pub(super) async fn receive(
    shared: &Arc<Shared>,
    form: Form,
    coding: Coding,
    body: &mut Incoming,
) -> Result<Bytes, Status> {
    let limit = shared.config.max_message;
    let mut assembly = match form {
        Form::Grpc => Assembly::new(limit).may_compress(coding == Coding::Gzip),
        Form::Connect => Assembly::bare(limit, body.size_hint().exact()).map_err(refused)?,
    };
    let mut charged = Charged { shared, bytes: 0 };
    while let Some(frame) = std::future::poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx)).await {
        let frame = frame.map_err(|_| {
            Status::not_run(
                Code::Cancelled,
                "the caller ended the request before its message was complete",
            )
        })?;
        let Ok(data) = frame.into_data() else { continue };
        let size = data.len();
        assembly.push(data).map_err(refused)?;
        if assembly.missing() != Some(0) && !body.is_end_stream() {
            charged.add(size)?;
        }
    }
    let compressed = match form {
        Form::Grpc => assembly.is_compressed(),
        Form::Connect => coding == Coding::Gzip,
    };
    let message = assembly.finish().map_err(refused)?;
    match compressed {
        false => Ok(message),
        true => gzip::decompress(&message, limit).map_err(burst),
    }
}

fn burst(error: GzipError) -> Status {
    match error {
        GzipError::TooLarge { limit } => Status::not_run(
            Code::ResourceExhausted,
            format!("the request becomes more than the limit of {limit} bytes when it is decompressed"),
        )
        .reason("MESSAGE_TOO_LARGE"),
        GzipError::Broken => {
            Status::not_run(Code::InvalidArgument, "the request is not whole as gzip").reason("COMPRESSED")
        }
    }
}

fn refused(error: EnvelopeError) -> Status {
    match error {
        EnvelopeError::TooLarge { size, limit } => Status::not_run(
            Code::ResourceExhausted,
            format!("request of {size} bytes is over the limit of {limit}"),
        )
        .reason("MESSAGE_TOO_LARGE"),
        EnvelopeError::Compressed => Status::not_run(
            Code::Internal,
            "the message is compressed, and no grpc-encoding: gzip says how",
        )
        .reason("COMPRESSED"),
        EnvelopeError::Flag(flag) => {
            Status::not_run(Code::InvalidArgument, format!("message flag {flag} is not defined")).reason("ENVELOPE")
        }
        EnvelopeError::Trailing => {
            Status::not_run(Code::Unimplemented, "a unary request is one message; there is more").reason("ENVELOPE")
        }
        EnvelopeError::Truncated { expected, got } => Status::not_run(
            Code::InvalidArgument,
            format!("the request ends after {got} of {expected} bytes"),
        )
        .reason("ENVELOPE"),
        EnvelopeError::Missing => {
            Status::not_run(Code::Unimplemented, "a unary request is one message; there is none").reason("ENVELOPE")
        }
    }
}

/// Bytes of one message in assembly, counted against the limit of all.
struct Charged<'a> {
    shared: &'a Arc<Shared>,
    bytes: usize,
}

impl Charged<'_> {
    fn add(&mut self, bytes: usize) -> Result<(), Status> {
        let assembling: &AtomicUsize = &self.shared.assembling_bytes;
        let limit = self.shared.config.max_assembling;
        self.bytes += bytes;
        if assembling.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes) > limit {
            return Err(Status::not_run(
                Code::ResourceExhausted,
                format!("requests that are still arriving are over the limit of {limit} bytes"),
            )
            .reason("ASSEMBLING")
            .fact(PUSHBACK_FACT, OVERLOAD_PUSHBACK_MS));
        }
        Ok(())
    }
}

impl Drop for Charged<'_> {
    fn drop(&mut self) {
        self.shared.assembling_bytes.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// Read on for a while what nobody will use: a proxy that sees its upload reset may swallow the status.
pub(super) fn discard(shared: &Shared, mut body: Incoming) {
    if body.is_end_stream() {
        return;
    }
    let limit = shared.config.max_message.max(DISCARD_BYTES);
    tokio::spawn(tokio::time::timeout(DISCARD_TIME, async move {
        let mut seen = 0;
        while seen < limit {
            match std::future::poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
                Some(Ok(frame)) => seen += frame.data_ref().map_or(0, Bytes::len),
                Some(Err(_)) | None => break,
            }
        }
    }));
}

/// An HTTP/1.1 caller reads the answer only once it has sent its request, or not at all where the connection breaks.
const DISCARD_BYTES: usize = 8 << 20;
const DISCARD_TIME: Duration = Duration::from_secs(2);
