//! What goes back for one HTTP request, in the form of the request: a message, a status, or a text. Chooses no status.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use http::{Response as HttpResponse, StatusCode};
use http_body::{Body, Frame, SizeHint};

use super::connection::{Activity, Untaken};
use crate::call::Response;
use crate::connect;
use crate::envelope::{Form, Message};
use crate::metadata::{keep_metadata, keep_trailers};
use crate::status::{Code, Executed, Status};
use crate::trailers::{self, GRPC_STATUS};

/// The body of an answer: at most one chunk, then at most one block of trailers.
pub(super) struct Answer {
    chunk: Option<Message<Untaken>>,
    trailers: Option<HeaderMap>,
    /// `content-length`; answers in gRPC's form have none.
    length: Option<u64>,
}

/// The result of a call.
pub(super) fn message(
    form: Form,
    response: Response,
    max_message: usize,
    activity: &Arc<Activity>,
) -> HttpResponse<Answer> {
    let Response {
        body,
        mut headers,
        mut trailers,
    } = response;
    let size = body.len();
    let chunk = match form {
        _ if size > max_message => None,
        Form::Grpc => Message::new(body, activity.untaken()),
        Form::Connect => Some(Message::bare(body, activity.untaken())),
    };
    if chunk.is_none() {
        let limit = max_message.min(u32::MAX as usize);
        let message = format!("response of {size} bytes is over the limit of {limit}");
        let too_large = Status::new(Code::ResourceExhausted, message)
            .executed(Executed::Yes)
            .reason("MESSAGE_TOO_LARGE");
        return status(form, &too_large, activity);
    }
    if !headers.is_empty() {
        keep_metadata(&mut headers);
    }
    if !trailers.is_empty() {
        keep_trailers(&mut trailers);
    }
    let (trailers, length) = match form {
        Form::Grpc => {
            headers.insert(CONTENT_TYPE, trailers::CONTENT_TYPE);
            trailers.insert(GRPC_STATUS, HeaderValue::from_static("0"));
            (Some(trailers), None)
        }
        Form::Connect => {
            connect::drop_trailers(&mut headers);
            connect::trailers_to_headers(&trailers, &mut headers);
            headers.insert(CONTENT_TYPE, connect::CONTENT_TYPE);
            (None, Some(size as u64))
        }
    };
    let mut answer = HttpResponse::new(Answer {
        chunk,
        trailers,
        length,
    });
    *answer.headers_mut() = headers;
    answer
}

/// A status instead of a result: in the headers alone (gRPC's "trailers-only"), or as Connect's JSON.
pub(super) fn status(form: Form, status: &Status, activity: &Arc<Activity>) -> HttpResponse<Answer> {
    if form == Form::Connect {
        let mut answer = whole(connect::encode_status(status), activity);
        *answer.status_mut() = connect::http_of_code(status.code);
        answer.headers_mut().insert(CONTENT_TYPE, connect::JSON);
        return answer;
    }
    let mut answer = HttpResponse::new(Answer {
        chunk: None,
        trailers: None,
        length: None,
    });
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, trailers::CONTENT_TYPE);
    headers.insert(GRPC_ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    trailers::encode_status(status, headers);
    answer
}

/// A text for people and for clients that speak something else.
pub(super) fn text(code: StatusCode, text: &'static str, activity: &Arc<Activity>) -> HttpResponse<Answer> {
    let mut answer = whole(Bytes::from_static(text.as_bytes()), activity);
    *answer.status_mut() = code;
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    if code == StatusCode::UNSUPPORTED_MEDIA_TYPE {
        headers.insert(ACCEPT, TAKEN);
        headers.insert(ACCEPT_POST, TAKEN);
    }
    if code == StatusCode::METHOD_NOT_ALLOWED {
        headers.insert(http::header::ALLOW, HeaderValue::from_static("POST"));
    }
    answer
}

fn whole(bytes: Bytes, activity: &Arc<Activity>) -> HttpResponse<Answer> {
    let length = Some(bytes.len() as u64);
    HttpResponse::new(Answer {
        chunk: Some(Message::bare(bytes, activity.untaken())),
        trailers: None,
        length,
    })
}

impl Body for Answer {
    type Data = Message<Untaken>;
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

const TAKEN: HeaderValue = HeaderValue::from_static("application/wit, application/grpc+wit");
const ACCEPT_POST: HeaderName = HeaderName::from_static("accept-post");
const GRPC_ACCEPT_ENCODING: HeaderName = HeaderName::from_static("grpc-accept-encoding");
