//! What goes back for one HTTP request, in the form of the request: a message, a status, or a text. Chooses no status.

use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue,
};
use http::{Response as HttpResponse, StatusCode};
use http_body::{Body, Frame, SizeHint};

use super::companion::CompanionBody;
use super::connection::{Activity, Untaken};
use crate::call::{Document, Response};
use crate::connect;
use crate::content::Content;
use crate::envelope::{COMPRESSED, Form, Message, PLAIN, TRAILERS};
use crate::gzip;
use crate::metadata::{keep_metadata, keep_trailers};
use crate::status::{Code, Executed, Status, StatusMetadata};
use crate::trailers::{self, GRPC_ACCEPT_ENCODING, GRPC_ENCODING, GRPC_STATUS};

/// How a result is to be written.
#[derive(Clone, Copy)]
pub(super) struct Reply {
    pub(super) content: Content,
    /// Whether the caller takes a compressed one.
    pub(super) gzip: bool,
}

/// The body of an answer: at most two chunks, the second gRPC-Web's trailers, then at most one block of trailers.
pub(super) struct Answer {
    chunk: Option<Message<Untaken>>,
    last: Option<Message<Untaken>>,
    trailers: Option<HeaderMap>,
    /// `content-length`; answers in gRPC's form have none.
    length: Option<u64>,
    /// All of it, where a companion answers.
    companion: Option<(CompanionBody, Arc<Activity>)>,
}

/// The result of a call.
pub(super) fn message(
    reply: Reply,
    response: Response,
    max_message: usize,
    activity: &Arc<Activity>,
) -> HttpResponse<Answer> {
    let Response {
        mut body,
        mut headers,
        mut trailers,
    } = response;
    let Content { form, web, .. } = reply.content;
    let size = body.len();
    if !headers.is_empty() {
        keep_metadata(&mut headers);
    }
    if !trailers.is_empty() {
        keep_trailers(&mut trailers);
    }
    let compressed = match reply.gzip && (WORTH_GZIP..=max_message).contains(&size) {
        true => gzip::compress(&body),
        false => None,
    };
    let flag = if compressed.is_some() { COMPRESSED } else { PLAIN };
    if let Some(compressed) = compressed {
        body = compressed;
        let name = match form {
            Form::Grpc => GRPC_ENCODING,
            Form::Connect => CONTENT_ENCODING,
        };
        headers.insert(name, HeaderValue::from_static("gzip"));
    }
    let length = body.len();
    let chunk = match form {
        _ if size > max_message => None,
        Form::Grpc => Message::flagged(flag, body, activity.untaken()),
        Form::Connect => Some(Message::bare(body, activity.untaken())),
    };
    if chunk.is_none() {
        let limit = max_message.min(u32::MAX as usize);
        let message = format!("response of {size} bytes is over the limit of {limit}");
        let too_large = Status::new(Code::ResourceExhausted, message)
            .executed(Executed::Yes)
            .reason("MESSAGE_TOO_LARGE");
        return status(reply.content, &too_large, activity);
    }
    let mut answer = Answer {
        chunk,
        ..Answer::empty()
    };
    match form {
        Form::Grpc => {
            trailers.insert(GRPC_STATUS, HeaderValue::from_static("0"));
            match web {
                true => answer.last = Message::flagged(TRAILERS, trailers_as_text(&trailers), activity.untaken()),
                false => answer.trailers = Some(trailers),
            }
        }
        Form::Connect => {
            connect::drop_trailers(&mut headers);
            connect::trailers_to_headers(&trailers, &mut headers);
            answer.length = Some(length as u64);
        }
    }
    headers.insert(CONTENT_TYPE, reply.content.value());
    let mut answer = HttpResponse::new(answer);
    *answer.headers_mut() = headers;
    answer
}

/// Trailers as gRPC-Web has them: a block of HTTP/1 headers, names in lower case.
fn trailers_as_text(trailers: &HeaderMap) -> Bytes {
    let mut text = Vec::new();
    for (name, value) in trailers {
        text.extend_from_slice(name.as_str().as_bytes());
        text.extend_from_slice(b": ");
        text.extend_from_slice(value.as_bytes());
        text.extend_from_slice(b"\r\n");
    }
    text.into()
}

/// A status instead of a result: in the headers alone (gRPC's "trailers-only", gRPC-Web's too) unless headers of the
/// function's own go before it, or as Connect's JSON.
pub(super) fn status(content: Content, status: &Status, activity: &Arc<Activity>) -> HttpResponse<Answer> {
    let StatusMetadata {
        mut headers,
        mut trailers,
    } = status.metadata.as_deref().cloned().unwrap_or_default();
    keep_metadata(&mut headers);
    keep_trailers(&mut trailers);
    if content.form == Form::Connect {
        connect::drop_trailers(&mut headers);
        connect::trailers_to_headers(&trailers, &mut headers);
        let mut answer = whole(connect::encode_status(status), activity);
        *answer.status_mut() = connect::http_of_code(status.code);
        *answer.headers_mut() = headers;
        let headers = answer.headers_mut();
        headers.insert(CONTENT_TYPE, connect::JSON);
        if status.code == Code::Unimplemented {
            headers.insert(ACCEPT_ENCODING, CODINGS);
        }
        return answer;
    }
    let is_trailers_only = headers.is_empty();
    if is_trailers_only {
        std::mem::swap(&mut headers, &mut trailers);
    }
    headers.insert(CONTENT_TYPE, content.value());
    headers.insert(GRPC_ACCEPT_ENCODING, CODINGS);
    let mut answer = Answer::empty();
    match is_trailers_only {
        true => trailers::encode_status(status, &mut headers),
        false => {
            trailers::encode_status(status, &mut trailers);
            match content.web {
                true => answer.last = Message::flagged(TRAILERS, trailers_as_text(&trailers), activity.untaken()),
                false => answer.trailers = Some(trailers),
            }
        }
    }
    let mut answer = HttpResponse::new(answer);
    *answer.headers_mut() = headers;
    answer
}

/// What a companion answers, as it comes.
pub(super) fn of_companion(answer: HttpResponse<CompanionBody>, activity: &Arc<Activity>) -> HttpResponse<Answer> {
    answer.map(|body| Answer {
        companion: Some((body, activity.clone())),
        ..Answer::empty()
    })
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

/// A document; a HEAD gets its headers alone.
pub(super) fn document(document: Document, is_head: bool, activity: &Arc<Activity>) -> HttpResponse<Answer> {
    let length = document.body.len() as u64;
    let mut answer = whole(if is_head { Bytes::new() } else { document.body }, activity);
    answer.headers_mut().insert(CONTENT_TYPE, document.content_type);
    if is_head {
        answer.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
        answer.body_mut().length = None;
    }
    answer
}

fn whole(bytes: Bytes, activity: &Arc<Activity>) -> HttpResponse<Answer> {
    let length = Some(bytes.len() as u64);
    HttpResponse::new(Answer {
        chunk: Some(Message::bare(bytes, activity.untaken())),
        length,
        ..Answer::empty()
    })
}

impl Answer {
    fn empty() -> Answer {
        Answer {
            chunk: None,
            last: None,
            trailers: None,
            length: None,
            companion: None,
        }
    }
}

impl Default for Answer {
    fn default() -> Answer {
        Answer::empty()
    }
}

impl Body for Answer {
    type Data = Message<Untaken>;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        if let Some((body, activity)) = &mut self.companion {
            let frame = body.as_mut().poll_frame(cx);
            let counted = |frame: Frame<Bytes>| frame.map_data(|data| Message::bare(data, activity.untaken()));
            return frame.map(|frame| frame.map(|frame| frame.map(counted)));
        }
        let chunk = self.chunk.take().or_else(|| self.last.take()).map(Frame::data);
        Poll::Ready(chunk.or_else(|| self.trailers.take().map(Frame::trailers)).map(Ok))
    }

    fn is_end_stream(&self) -> bool {
        match &self.companion {
            Some((body, _)) => body.is_end_stream(),
            None => self.chunk.is_none() && self.last.is_none() && self.trailers.is_none(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        self.length.map_or_else(SizeHint::new, SizeHint::with_exact)
    }
}

const TAKEN: HeaderValue = HeaderValue::from_static(
    "application/wit, application/json, application/proto, application/wat, application/grpc, application/grpc+wit, \
     application/grpc-web, application/grpc-web+wit",
);
const ACCEPT_POST: HeaderName = HeaderName::from_static("accept-post");
const CODINGS: HeaderValue = HeaderValue::from_static("identity, gzip");
/// A shorter result is not worth the work of compressing it.
const WORTH_GZIP: usize = 1024;
