//! What goes back for one HTTP request: a message with trailers, a status alone, or a text. Chooses no status.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE as CONTENT_TYPE_NAME, HeaderMap, HeaderName, HeaderValue};
use http::{Response as HttpResponse, StatusCode};
use http_body::{Body, Frame, SizeHint};

use super::connection::{Activity, Untaken};
use crate::call::Response;
use crate::envelope::Envelope;
use crate::metadata::{keep_metadata, keep_trailers};
use crate::status::{Code, Executed, Status};
use crate::trailers::{CONTENT_TYPE, GRPC_STATUS, encode_status};

/// The body of an answer: at most one chunk, then at most one block of trailers.
pub(super) struct Answer {
    chunk: Option<Envelope<Untaken>>,
    trailers: Option<HeaderMap>,
    /// Known for texts only: gRPC answers carry no content-length.
    length: Option<u64>,
}

/// The result of a call.
pub(super) fn message(response: Response, max_message: usize, activity: &Arc<Activity>) -> HttpResponse<Answer> {
    let Response {
        body,
        mut headers,
        mut trailers,
    } = response;
    let size = body.len();
    let chunk = if size > max_message {
        None
    } else {
        Envelope::new(body, activity.untaken())
    };
    let Some(chunk) = chunk else {
        let limit = max_message.min(u32::MAX as usize);
        return status(
            &Status::new(
                Code::ResourceExhausted,
                format!("response of {size} bytes is over the limit of {limit}"),
            )
            .executed(Executed::Yes)
            .reason("MESSAGE_TOO_LARGE"),
        );
    };
    if !headers.is_empty() {
        keep_metadata(&mut headers);
    }
    if !trailers.is_empty() {
        keep_trailers(&mut trailers);
    }
    headers.insert(CONTENT_TYPE_NAME, CONTENT_TYPE);
    trailers.insert(GRPC_STATUS, HeaderValue::from_static("0"));
    let mut answer = HttpResponse::new(Answer {
        chunk: Some(chunk),
        trailers: Some(trailers),
        length: None,
    });
    *answer.headers_mut() = headers;
    answer
}

/// A status alone, in the headers (gRPC's "trailers-only").
pub(super) fn status(status: &Status) -> HttpResponse<Answer> {
    let mut answer = HttpResponse::new(Answer {
        chunk: None,
        trailers: None,
        length: None,
    });
    answer.headers_mut().insert(CONTENT_TYPE_NAME, CONTENT_TYPE);
    answer
        .headers_mut()
        .insert(GRPC_ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    encode_status(status, answer.headers_mut());
    answer
}

/// A text for people and for clients that speak something else.
pub(super) fn text(code: StatusCode, text: &'static str, activity: &Arc<Activity>) -> HttpResponse<Answer> {
    let bytes = Bytes::from_static(text.as_bytes());
    let length = Some(bytes.len() as u64);
    let chunk = Some(Envelope::bare(bytes, activity.untaken()));
    let mut answer = HttpResponse::new(Answer {
        chunk,
        trailers: None,
        length,
    });
    *answer.status_mut() = code;
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE_NAME, HeaderValue::from_static("text/plain; charset=utf-8"));
    if code == StatusCode::UNSUPPORTED_MEDIA_TYPE {
        headers.insert(ACCEPT, CONTENT_TYPE);
        headers.insert(ACCEPT_POST, CONTENT_TYPE);
    }
    if code == StatusCode::METHOD_NOT_ALLOWED {
        headers.insert(http::header::ALLOW, HeaderValue::from_static("POST"));
    }
    answer
}

impl Body for Answer {
    type Data = Envelope<Untaken>;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Infallible>>> {
        let chunk = self.chunk.take().map(Frame::data);
        Poll::Ready(chunk.or_else(|| self.trailers.take().map(Frame::trailers)).map(Ok))
    }

    fn is_end_stream(&self) -> bool {
        self.chunk.is_none() && self.trailers.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        self.length.map_or_else(SizeHint::new, SizeHint::with_exact)
    }
}

const ACCEPT_POST: HeaderName = HeaderName::from_static("accept-post");
const GRPC_ACCEPT_ENCODING: HeaderName = HeaderName::from_static("grpc-accept-encoding");
