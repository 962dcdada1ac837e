//! What a failure of the carrier means for the call: a status, whether to try again, whether the connection is done for.

use std::io;

use h2::Reason;
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderMap};

use crate::connect::code_of_http;
use crate::envelope::EnvelopeError;
use crate::status::{Code, Executed, Status};
use crate::target::Endpoint;

/// A call that failed, and what that says beyond the status.
pub(super) struct Failure {
    pub(super) status: Status,
    /// The server certainly did not begin the call, and another attempt is worth it.
    pub(super) try_again: bool,
    /// The connection takes no more calls.
    pub(super) retire: bool,
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        Failure {
            status,
            try_again: false,
            retire: false,
        }
    }
}

/// Connecting failed.
pub(super) fn not_reached(endpoint: &Endpoint, error: &io::Error) -> Status {
    let message = match error.kind() {
        io::ErrorKind::ConnectionRefused => format!("nothing listens at {endpoint} (connection refused)"),
        io::ErrorKind::NotFound if endpoint.path().is_some() => {
            format!("nothing listens at {endpoint} (there is no such socket)")
        }
        _ => format!("{endpoint} cannot be reached ({error})"),
    };
    Status::not_run(Code::Unavailable, message).reason("NOT_REACHED")
}

/// The stream or its connection failed before the answer was complete.
pub(super) fn of_stream(endpoint: &Endpoint, error: &h2::Error) -> Failure {
    let reason = error.reason();
    if error.is_remote() && error.is_reset() {
        let refused = reason == Some(Reason::REFUSED_STREAM);
        let code = reason.map_or(Code::Unknown, code_of_reset);
        let status = Status::new(code, format!("{endpoint} ended the call ({})", said(reason)))
            .executed(if refused { Executed::No } else { Executed::Maybe })
            .reason("RESET");
        return Failure {
            status,
            try_again: refused,
            retire: false,
        };
    }
    if error.is_remote() && error.is_go_away() {
        // Streams above the one that GOAWAY names are the only ones that it ends (RFC 9113, 6.8).
        let status = Status::not_run(
            Code::Unavailable,
            format!("{endpoint} takes no more calls ({})", said(reason)),
        )
        .reason("GOING_AWAY");
        return Failure {
            status,
            try_again: true,
            retire: true,
        };
    }
    let status = if let Some(io) = error.get_io() {
        Status::new(
            Code::Unavailable,
            format!("the connection to {endpoint} was lost during the call ({io})"),
        )
        .reason("CONNECTION_LOST")
    } else {
        Status::new(
            Code::Internal,
            format!("the exchange with {endpoint} broke HTTP/2 ({error})"),
        )
        .reason("HTTP2_BROKEN")
    };
    Failure {
        status,
        try_again: false,
        retire: true,
    }
}

/// The call could not be put on the connection: nothing of it was sent.
pub(super) fn before_sending(endpoint: &Endpoint, error: &dyn std::error::Error) -> Failure {
    let status = Status::not_run(
        Code::Unavailable,
        format!("the connection to {endpoint} is gone ({error})"),
    )
    .reason("CONNECTION_LOST");
    Failure {
        status,
        try_again: true,
        retire: true,
    }
}

/// The HTTP/1.1 connection failed before the answer was complete.
pub(super) fn of_http1(endpoint: &Endpoint, error: &hyper::Error) -> Failure {
    let status = if error.is_parse() || error.is_parse_too_large() {
        let message = format!("the exchange with {endpoint} broke HTTP/1.1 ({error})");
        Status::new(Code::Internal, message).reason("HTTP1_BROKEN")
    } else {
        let message = format!("the connection to {endpoint} was lost during the call ({error})");
        Status::new(Code::Unavailable, message).reason("CONNECTION_LOST")
    };
    Failure {
        status,
        try_again: false,
        retire: true,
    }
}

/// The answer is HTTP, but none that a call gets.
pub(super) fn not_a_call(endpoint: &Endpoint, http: StatusCode, headers: &HeaderMap) -> Status {
    let content_type = headers.get(CONTENT_TYPE).map(|value| value.as_bytes());
    let content_type = String::from_utf8_lossy(content_type.unwrap_or_default());
    let content_type: String = content_type.chars().take(100).collect();
    Status::new(
        code_of_http(http),
        format!(
            "{endpoint} answered HTTP {} with content type `{content_type}`, not as a call is answered",
            http.as_u16()
        ),
    )
    .reason("NOT_GRPC")
}

/// The answer's message is not one message.
pub(super) fn of_envelope(endpoint: &Endpoint, error: EnvelopeError) -> Status {
    let broken = |what: String| Status::new(Code::Internal, format!("{endpoint} {what}")).reason("ENVELOPE");
    match error {
        EnvelopeError::TooLarge { size, limit } => Status::new(
            Code::ResourceExhausted,
            format!("response of {size} bytes is over the limit of {limit}"),
        )
        .executed(Executed::Yes)
        .reason("MESSAGE_TOO_LARGE"),
        EnvelopeError::Compressed => broken("compressed its response, though it was asked not to".to_owned()),
        EnvelopeError::Flag(flag) => broken(format!("sent a message with the undefined flag {flag}")),
        EnvelopeError::Trailing => broken("sent more than one message".to_owned()),
        EnvelopeError::Truncated { expected, got } => {
            broken(format!("ended its response after {got} of {expected} bytes"))
        }
        EnvelopeError::Missing => broken("answered OK without a message".to_owned()),
    }
}

/// The answer ends without `grpc-status`.
pub(super) fn without_status(endpoint: &Endpoint) -> Status {
    Status::new(
        Code::Internal,
        format!("{endpoint} ended its answer without grpc-status"),
    )
    .reason("NO_STATUS")
}

/// gRPC over HTTP/2, "Errors".
fn code_of_reset(reason: Reason) -> Code {
    match reason {
        Reason::REFUSED_STREAM => Code::Unavailable,
        Reason::CANCEL => Code::Cancelled,
        Reason::ENHANCE_YOUR_CALM => Code::ResourceExhausted,
        Reason::INADEQUATE_SECURITY => Code::PermissionDenied,
        Reason::STREAM_CLOSED | Reason::HTTP_1_1_REQUIRED => Code::Unknown,
        _ => Code::Internal,
    }
}

fn said(reason: Option<Reason>) -> String {
    reason.map_or_else(
        || "no reason given".to_owned(),
        |reason| reason.description().to_owned(),
    )
}
