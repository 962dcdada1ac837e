//! One HTTP request from its headers to its answer: what may be called, with which limits, and what failure becomes.
//! Knows no function and no value.

use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::FutureExt;
use http::header::CONTENT_TYPE as CONTENT_TYPE_NAME;
use http::request::Parts;
use http::{Method, Request as HttpRequest, Response as HttpResponse, StatusCode, Version};
use http_body::Body;
use hyper::body::Incoming;

use super::Shared;
use super::answer::{self, Answer};
use super::connection::Activity;
use crate::call::{Request, Response};
use crate::deadline::decode_timeout;
use crate::envelope::{Assembly, EnvelopeError};
use crate::metadata::keep_metadata;
use crate::status::{Code, Status};
use crate::trailers::{CONTENT_TYPE, FINGERPRINT, GRPC_TIMEOUT, PUSHBACK_FACT};

/// Answer one HTTP request. Dropping the future drops the function that runs.
pub(super) async fn answer(
    shared: &Arc<Shared>,
    activity: &Arc<Activity>,
    peer: SocketAddr,
    request: HttpRequest<Incoming>,
) -> HttpResponse<Answer> {
    let _open = activity.open();
    if let Some((code, text)) = not_a_call(&request) {
        let drained = request.into_body();
        discard(shared, drained);
        return answer::text(code, text, activity);
    }
    let (parts, mut body) = request.into_parts();
    match call(shared, peer, parts, &mut body).await {
        Ok(response) => answer::message(response, shared.config.max_message, activity),
        Err(status) => {
            discard(shared, body);
            answer::status(&status)
        }
    }
}

/// What to say to a request that is no gRPC call with `+wit`.
fn not_a_call(request: &HttpRequest<Incoming>) -> Option<(StatusCode, &'static str)> {
    let content_type = request.headers().get(CONTENT_TYPE_NAME);
    if content_type == Some(&CONTENT_TYPE) {
        return match (request.version(), request.method()) {
            (Version::HTTP_2, &Method::POST) => None,
            (Version::HTTP_2, _) => Some((StatusCode::METHOD_NOT_ALLOWED, "a call is a POST\n")),
            _ => Some((
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "application/grpc+wit needs HTTP/2\n",
            )),
        };
    }
    Some(match (request.method(), request.uri().path(), content_type) {
        (&Method::GET | &Method::HEAD, "/", _) => (StatusCode::OK, ABOUT),
        (&Method::POST, _, _) | (_, _, Some(_)) => (
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "calls are taken as application/grpc+wit over HTTP/2\n",
        ),
        _ => (
            StatusCode::NOT_FOUND,
            "nothing here; calls are POSTs of application/grpc+wit over HTTP/2\n",
        ),
    })
}

async fn call(shared: &Arc<Shared>, peer: SocketAddr, parts: Parts, body: &mut Incoming) -> Result<Response, Status> {
    let deadline = deadline(shared, &parts)?;
    if shared.draining.load(Ordering::Acquire) {
        return Err(Status::not_run(Code::Unavailable, "the server is shutting down")
            .reason("DRAINING")
            .fact(PUSHBACK_FACT, "0"));
    }
    let fingerprint = match parts.headers.get(FINGERPRINT) {
        None => None,
        Some(value) => Some(value.to_str().map(str::to_owned).map_err(|_| {
            Status::not_run(Code::InvalidArgument, "header wit-fp is not ASCII").reason("FINGERPRINT_INVALID")
        })?),
    };
    let path = match parts.uri.query() {
        None => parts.uri.path().to_owned(),
        Some(_) => {
            return Err(Status::not_run(Code::Unimplemented, "a function's path has no query").reason("PATH_HAS_QUERY"));
        }
    };
    let message = if shared.service.knows(&path) {
        match tokio::time::timeout_at(deadline.into(), receive(shared, body)).await {
            Ok(received) => received?,
            Err(_) => return Err(late().executed(crate::Executed::No)),
        }
    } else {
        Bytes::new()
    };
    let mut metadata = parts.headers;
    keep_metadata(&mut metadata);
    run(
        shared,
        Request {
            path,
            fingerprint,
            deadline: Some(deadline),
            metadata,
            peer: Some(peer),
            body: message,
        },
    )
    .await
}

fn deadline(shared: &Shared, parts: &Parts) -> Result<Instant, Status> {
    let asked = match parts.headers.get(GRPC_TIMEOUT) {
        None => shared.config.default_deadline,
        Some(value) => decode_timeout(value).ok_or_else(|| {
            Status::not_run(Code::InvalidArgument, "header grpc-timeout is not a timeout").reason("TIMEOUT_INVALID")
        })?,
    };
    let allowed = asked.min(shared.config.max_deadline).min(FAR_AWAY);
    Ok(Instant::now() + allowed)
}

async fn run(shared: &Arc<Shared>, request: Request) -> Result<Response, Status> {
    let deadline = request.deadline.unwrap_or_else(Instant::now);
    if deadline <= Instant::now() {
        return Err(late().executed(crate::Executed::No));
    }
    let Some(_running) = shared.gauges.start_call(shared.config.max_concurrent_calls) else {
        let limit = shared.config.max_concurrent_calls;
        return Err(Status::not_run(
            Code::Unavailable,
            format!("{limit} calls run already, the most that may"),
        )
        .reason("OVERLOADED")
        .fact(PUSHBACK_FACT, OVERLOAD_PUSHBACK_MS));
    };
    // The call is made inside the future, so that a panic before the first await is caught too.
    let work = AssertUnwindSafe(async { shared.service.call(request).await }).catch_unwind();
    match tokio::time::timeout_at(deadline.into(), work).await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err(Status::new(Code::Internal, "the server failed while it handled the call").reason("PANIC")),
        Err(_) => Err(late()),
    }
}

fn late() -> Status {
    Status::new(Code::DeadlineExceeded, "the deadline passed at the callee").reason("DEADLINE")
}

async fn receive(shared: &Arc<Shared>, body: &mut Incoming) -> Result<Bytes, Status> {
    let mut assembly = Assembly::new(shared.config.max_message);
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
        if assembly.missing() > 0 {
            charged.add(size)?;
        }
    }
    assembly.finish().map_err(refused)
}

fn refused(error: EnvelopeError) -> Status {
    match error {
        EnvelopeError::TooLarge { size, limit } => Status::not_run(
            Code::ResourceExhausted,
            format!("request of {size} bytes is over the limit of {limit}"),
        )
        .reason("MESSAGE_TOO_LARGE"),
        EnvelopeError::Compressed => {
            Status::not_run(Code::Unimplemented, "the request is compressed; send it as identity").reason("COMPRESSED")
        }
        EnvelopeError::Flag(flag) => {
            Status::not_run(Code::InvalidArgument, format!("message flag {flag} is not defined")).reason("ENVELOPE")
        }
        EnvelopeError::Trailing => {
            Status::not_run(Code::InvalidArgument, "a unary request is one message; there is more").reason("ENVELOPE")
        }
        EnvelopeError::Truncated { expected, got } => Status::not_run(
            Code::InvalidArgument,
            format!("the request ends after {got} of {expected} bytes"),
        )
        .reason("ENVELOPE"),
        EnvelopeError::Missing => {
            Status::not_run(Code::InvalidArgument, "a unary request is one message; there is none").reason("ENVELOPE")
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
fn discard(shared: &Shared, mut body: Incoming) {
    if body.is_end_stream() {
        return;
    }
    let limit = shared.config.max_message;
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

const ABOUT: &str = "This is a Farcall server: it serves WebAssembly functions over WASM RPC.\n\
    See what is here:  farcall inspect http://HOST:PORT\n\
    Call a function:   farcall call http://HOST:PORT 'ns:pkg/iface.func(1, 2)'\n";
const OVERLOAD_PUSHBACK_MS: &str = "100";
const DISCARD_TIME: Duration = Duration::from_secs(2);
/// So that adding a deadline to a time never overflows.
const FAR_AWAY: Duration = Duration::from_secs(365 * 24 * 3600);
