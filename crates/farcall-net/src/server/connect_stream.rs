//! Companions asked in Connect's streaming form, as `buf curl` asks for reflection: the same messages with the status in a last
//! one, where gRPC has trailers.
//!
//! Reads no message.

use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{BufMut, Bytes, BytesMut};
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use http::{Request, Response};
use http_body::{Body, Frame};

use super::companion::CompanionBody;
use crate::connect;
use crate::deadline::decode_timeout_ms;
use crate::status::{Code, Status};
use crate::trailers::{GRPC_ACCEPT_ENCODING, GRPC_ENCODING, GRPC_TIMEOUT, decode_status};

/// Whether a request is in that form.
pub(super) fn is_asked<B>(request: &Request<B>) -> bool {
    request.headers().get(CONTENT_TYPE) == Some(&CONNECT)
}

/// The same request in gRPC's form: its messages have the same five bytes before them.
pub(super) fn as_grpc<B>(mut request: Request<B>) -> Request<B> {
    let headers = request.headers_mut();
    headers.insert(CONTENT_TYPE, GRPC);
    headers.insert(http::header::TE, HeaderValue::from_static("trailers"));
    for (connect, grpc) in [(ENCODING, GRPC_ENCODING), (ACCEPT_ENCODING, GRPC_ACCEPT_ENCODING)] {
        if let Some(value) = headers.remove(connect) {
            headers.insert(grpc, value);
        }
    }
    let timeout = headers.remove(connect::TIMEOUT);
    if let Some(timeout) = timeout.as_ref().and_then(decode_timeout_ms)
        // gRPC has room for eight digits: a longer time is as good as none.
        && let Ok(value) = HeaderValue::try_from(format!("{}m", timeout.as_millis().min(99_999_999)))
    {
        headers.insert(GRPC_TIMEOUT, value);
    }
    request
}

/// A companion's answer in Connect's form.
pub(super) fn as_connect(answer: Response<CompanionBody>) -> Response<CompanionBody> {
    let (mut parts, body) = answer.into_parts();
    // A status in the headers alone comes last here.
    let early = decode_status(&parts.headers);
    parts.headers.insert(CONTENT_TYPE, CONNECT);
    for (grpc, connect) in [(GRPC_ENCODING, ENCODING), (GRPC_ACCEPT_ENCODING, ACCEPT_ENCODING)] {
        if let Some(value) = parts.headers.remove(grpc) {
            parts.headers.insert(connect, value);
        }
    }
    for name in ["grpc-status", "grpc-message", "grpc-status-details-bin"] {
        parts.headers.remove(name);
    }
    let body: CompanionBody = Box::pin(Ended {
        body,
        early,
        is_over: false,
    });
    Response::from_parts(parts, body)
}

/// A body whose trailers become its last message.
struct Ended {
    body: CompanionBody,
    early: Option<Result<(), Status>>,
    is_over: bool,
}

impl Ended {
    fn last(&mut self, trailers: &HeaderMap) -> Frame<Bytes> {
        self.is_over = true;
        let outcome = decode_status(trailers).or_else(|| self.early.take());
        let text =
            match outcome.unwrap_or_else(|| Err(Status::new(Code::Internal, "the answer ended without a status"))) {
                Ok(()) => b"{}".to_vec(),
                Err(status) => [b"{\"error\":", connect::encode_status(&status).as_ref(), b"}"].concat(),
            };
        let mut message = BytesMut::with_capacity(5 + text.len());
        message.put_u8(END_STREAM);
        // Far below 4 GiB: a status is bounded.
        message.put_u32(u32::try_from(text.len()).unwrap_or(u32::MAX));
        message.put_slice(&text);
        Frame::data(message.freeze())
    }
}

impl Body for Ended {
    type Data = Bytes;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        match std::task::ready!(self.body.as_mut().poll_frame(cx)) {
            Some(Ok(frame)) => Poll::Ready(Some(Ok(match frame.into_trailers() {
                Ok(trailers) => self.last(&trailers),
                Err(frame) => frame,
            }))),
            Some(Err(error)) => Poll::Ready(Some(Err(error))),
            None => Poll::Ready(Some(Ok(self.last(&HeaderMap::new())))),
        }
    }
}

const CONNECT: HeaderValue = HeaderValue::from_static("application/connect+proto");
const GRPC: HeaderValue = HeaderValue::from_static("application/grpc+proto");
const ENCODING: HeaderName = HeaderName::from_static("connect-content-encoding");
const ACCEPT_ENCODING: HeaderName = HeaderName::from_static("connect-accept-encoding");
/// The flag of the last message.
const END_STREAM: u8 = 2;

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    /// A body of these frames, each there at once.
    struct Frames(Vec<Frame<Bytes>>);

    impl Body for Frames {
        type Data = Bytes;
        type Error = Box<dyn Error + Send + Sync>;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
            Poll::Ready((!self.0.is_empty()).then(|| Ok(self.0.remove(0))))
        }
    }

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let lines = lines.iter();
        HeaderMap::from_iter(
            lines.map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))),
        )
    }

    /// What a companion's answer becomes: its headers, and all bytes of its body.
    fn said(head: &[(&'static str, &'static str)], frames: Vec<Frame<Bytes>>) -> (HeaderMap, Vec<u8>) {
        let body: CompanionBody = Box::pin(Frames(frames));
        let mut answer = Response::new(body);
        *answer.headers_mut() = headers(head);
        let (parts, mut body) = as_connect(answer).into_parts();
        let mut bytes = Vec::new();
        while let Some(frame) = std::future::poll_fn(|cx| body.as_mut().poll_frame(cx))
            .now_or_never()
            .unwrap()
        {
            bytes.extend(frame.unwrap().into_data().unwrap());
        }
        (parts.headers, bytes)
    }

    #[test]
    fn trailers_and_a_status_in_the_headers_alone_become_the_last_message() {
        let message = || Frame::data(Bytes::from_static(b"\0\0\0\0\x01x"));
        let well = Frame::trailers(headers(&[("grpc-status", "0")]));
        let (head, bytes) = said(&[("content-type", "application/grpc")], vec![message(), well]);
        assert_eq!((&head[CONTENT_TYPE], head.len()), (&CONNECT, 1));
        assert_eq!(bytes, b"\0\0\0\0\x01x\x02\0\0\0\x02{}");
        let early = [
            ("content-type", "application/grpc"),
            ("grpc-status", "5"),
            ("grpc-message", "none"),
        ];
        let (head, bytes) = said(&early, Vec::new());
        assert_eq!(head.len(), 1, "{head:?}");
        let text: serde_json::Value = serde_json::from_slice(&bytes[5..]).unwrap();
        assert_eq!(
            (&text["error"]["code"], &text["error"]["message"]),
            (&"not_found".into(), &"none".into())
        );
        // Neither: whoever asked is not left to take it for an end that is well.
        let (_, bytes) = said(&[], vec![message()]);
        let text: serde_json::Value = serde_json::from_slice(&bytes[11..]).unwrap();
        assert_eq!(text["error"]["code"], "internal");
    }

    #[test]
    fn a_request_says_in_grpcs_headers_what_it_said_in_connects() {
        let mut request = Request::new(());
        *request.headers_mut() = headers(&[
            ("content-type", "application/connect+proto"),
            ("connect-timeout-ms", "1500"),
            ("connect-content-encoding", "gzip"),
            ("x-mine", "1"),
        ]);
        assert!(is_asked(&request));
        let asked = headers(&[
            ("content-type", "application/grpc+proto"),
            ("te", "trailers"),
            ("grpc-timeout", "1500m"),
            ("grpc-encoding", "gzip"),
            ("x-mine", "1"),
        ]);
        assert_eq!(as_grpc(request).headers(), &asked);
    }
}
