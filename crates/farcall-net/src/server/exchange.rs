//! One HTTP request from its headers to its answer: what may be called, with which limits, and what failure becomes.
//! Knows no function and no value.

use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::FutureExt;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue};
use http::request::Parts;
use http::{Method, Request as HttpRequest, Response as HttpResponse, StatusCode, Version};
use hyper::body::Incoming;

use super::Shared;
use super::answer::{self, Answer, Reply};
use super::connect_stream;
use super::connection::Open;
use super::upload::{Coding, discard, receive};
use crate::call::{Request, Response};
use crate::connect;
use crate::content::Content;
use crate::deadline::{decode_timeout, decode_timeout_ms};
use crate::envelope::Form;
use crate::gzip;
use crate::metadata::keep_metadata;
use crate::status::{Code, Status};
use crate::trailers::{FINGERPRINT, GRPC_ACCEPT_ENCODING, GRPC_ENCODING, GRPC_TIMEOUT, PUSHBACK_FACT};

/// Answer one HTTP request. Dropping the future drops the function that runs.
pub(super) async fn answer(
    shared: &Arc<Shared>,
    open: Open,
    peer: Option<SocketAddr>,
    request: HttpRequest<Incoming>,
) -> HttpResponse<Answer> {
    match &shared.config.cors {
        None => directly(shared, open, peer, request).await,
        Some(cors) => {
            let shared = Arc::clone(shared);
            let answer = move |request| async move { directly(&shared, open, peer, request).await };
            cors.around(request, answer).await
        }
    }
}

async fn directly(
    shared: &Arc<Shared>,
    open: Open,
    peer: Option<SocketAddr>,
    request: HttpRequest<Incoming>,
) -> HttpResponse<Answer> {
    let activity = open.activity();
    if let Some(companion) = &shared.companion
        && request.version() == Version::HTTP_2
        && companion.knows(request.uri().path())
    {
        let answer = match connect_stream::is_asked(&request) {
            true => connect_stream::as_connect(companion.answer(connect_stream::as_grpc(request)).await),
            false => companion.answer(request).await,
        };
        return answer::of_companion(answer, activity);
    }
    let is_head = *request.method() == Method::HEAD;
    if (is_head || *request.method() == Method::GET)
        && let Some(document) = shared.service.document(request.uri().path())
    {
        return answer::document(document, is_head, activity);
    }
    let reply = match content(&request) {
        Ok(content) => Reply {
            content,
            gzip: takes_gzip(content.form, request.headers()),
        },
        Err((code, text)) => {
            discard(shared, request.into_body());
            return answer::text(code, text, activity);
        }
    };
    let (parts, mut body) = request.into_parts();
    match call(shared, peer, reply.content, parts, &mut body).await {
        Ok(response) => answer::message(reply, response, shared.config.max_message, activity),
        Err(status) => {
            discard(shared, body);
            answer::status(reply.content, &status, activity)
        }
    }
}

/// What kind of call a request is, or what to say to one that is none.
fn content(request: &HttpRequest<Incoming>) -> Result<Content, (StatusCode, &'static str)> {
    let is_post = *request.method() == Method::POST;
    let Some(content) = request.headers().get(CONTENT_TYPE).and_then(Content::of) else {
        return Err(match (request.method(), request.uri().path()) {
            (&Method::GET | &Method::HEAD, "/") => (StatusCode::OK, ABOUT),
            _ if is_post => (StatusCode::UNSUPPORTED_MEDIA_TYPE, TAKEN),
            _ => (StatusCode::METHOD_NOT_ALLOWED, "a call is a POST\n"),
        });
    };
    if !is_post {
        return Err((StatusCode::METHOD_NOT_ALLOWED, "a call is a POST\n"));
    }
    if content.form == Form::Grpc && !content.web && request.version() != Version::HTTP_2 {
        return Err((
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "application/grpc needs HTTP/2; over HTTP/1.1 calls are Connect or gRPC-Web, application/wit for one\n",
        ));
    }
    Ok(content)
}

/// Whether the answer may be compressed.
fn takes_gzip(form: Form, headers: &HeaderMap) -> bool {
    let name = match form {
        Form::Grpc => GRPC_ACCEPT_ENCODING,
        Form::Connect => ACCEPT_ENCODING,
    };
    let mut lists = headers.get_all(name).iter();
    lists.any(|list| list.to_str().is_ok_and(gzip::is_accepted))
}

async fn call(
    shared: &Arc<Shared>,
    peer: Option<SocketAddr>,
    content: Content,
    parts: Parts,
    body: &mut Incoming,
) -> Result<Response, Status> {
    let form = content.form;
    let deadline = deadline(shared, form, &parts)?;
    if form == Form::Connect {
        check_connect(&parts)?;
    }
    let coding = coding(form, &parts.headers)?;
    not_draining(shared)?;
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
    // A name, which the device's messages may have for a path, is none here (spec: C-2).
    if !path.starts_with('/') {
        return Err(
            Status::not_run(Code::Unimplemented, "a function's path begins with `/`").reason("UNKNOWN_FUNCTION"),
        );
    }
    let message = if shared.service.knows(&path) {
        match tokio::time::timeout_at(deadline.into(), receive(shared, form, coding, body)).await {
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
            peer,
            codec: content.codec,
            body: message,
        },
    )
    .await
}

/// What only a Connect request says, and gRPC in its envelope or not at all.
fn check_connect(parts: &Parts) -> Result<(), Status> {
    if let Some(version) = parts.headers.get(connect::PROTOCOL_VERSION)
        && version != connect::VERSION
    {
        return Err(
            Status::not_run(Code::InvalidArgument, "header connect-protocol-version is not 1")
                .reason("VERSION_INVALID"),
        );
    }
    Ok(())
}

/// How a request may be compressed.
fn coding(form: Form, headers: &HeaderMap) -> Result<Coding, Status> {
    let name = match form {
        Form::Grpc => GRPC_ENCODING,
        Form::Connect => CONTENT_ENCODING,
    };
    match headers.get(&name).map(HeaderValue::as_bytes) {
        None | Some(b"identity") => Ok(Coding::Identity),
        Some(b"gzip") => Ok(Coding::Gzip),
        Some(_) => {
            let message = format!("header {name} is neither identity nor gzip");
            Err(Status::not_run(Code::Unimplemented, message).reason("COMPRESSED"))
        }
    }
}

fn deadline(shared: &Shared, form: Form, parts: &Parts) -> Result<Instant, Status> {
    let (name, asked) = match form {
        Form::Grpc => (GRPC_TIMEOUT, parts.headers.get(GRPC_TIMEOUT).map(decode_timeout)),
        Form::Connect => (
            connect::TIMEOUT,
            parts.headers.get(connect::TIMEOUT).map(decode_timeout_ms),
        ),
    };
    let asked = asked.unwrap_or(Some(shared.config.default_deadline)).ok_or_else(|| {
        Status::not_run(Code::InvalidArgument, format!("header {name} is not a timeout")).reason("TIMEOUT_INVALID")
    })?;
    let allowed = asked.min(shared.config.max_deadline).min(FAR_AWAY);
    Ok(Instant::now() + allowed)
}

/// An error for a call that comes when the server ends.
pub(super) fn not_draining(shared: &Shared) -> Result<(), Status> {
    match shared.draining.load(Ordering::Acquire) {
        false => Ok(()),
        true => Err(Status::not_run(Code::Unavailable, "the server is shutting down")
            .reason("DRAINING")
            .fact(PUSHBACK_FACT, "0")),
    }
}

/// Run the function of a call whose message has come, within its deadline and the limit of calls.
pub(super) async fn run(shared: &Arc<Shared>, request: Request) -> Result<Response, Status> {
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

const ABOUT: &str = "This is a Farcall server: it serves WebAssembly functions over WASM RPC.\n\
    See what is here:  farcall inspect http://HOST:PORT\n\
    Call a function:   farcall call http://HOST:PORT 'ns:pkg/iface.func(1, 2)'\n";
const TAKEN: &str = "calls are POSTs of application/wit, application/json, application/proto or application/wat, of \
    application/grpc-web, or over HTTP/2 of application/grpc\n";
pub(super) const OVERLOAD_PUSHBACK_MS: &str = "100";
/// So that adding a deadline to a time never overflows.
const FAR_AWAY: Duration = Duration::from_secs(365 * 24 * 3600);
