//! One HTTP exchange on one connection: a head and a message out, a head and bytes back, over HTTP/2 or HTTP/1.1. Knows no
//! envelope and no status of a call.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HOST, HeaderMap, HeaderValue};
use http::response::Parts;
use http::{Request as HttpRequest, Uri, Version};
use http_body::{Body, Frame, SizeHint};
use hyper::client::conn::http1;

use super::failure::{Failure, before_sending, of_http1, of_stream};
use crate::envelope::Message;
use crate::target::Endpoint;

/// The right to one exchange.
pub(super) struct Lane {
    kind: Kind,
    /// Whether another exchange may follow on the same HTTP/1.1 connection.
    clean: bool,
}

enum Kind {
    Http2(h2::client::SendRequest<Message>),
    Http1(http1::SendRequest<Upload>),
}

impl Lane {
    pub(super) fn http2(sender: h2::client::SendRequest<Message>) -> Lane {
        Lane {
            kind: Kind::Http2(sender),
            clean: true,
        }
    }

    pub(super) fn http1(sender: http1::SendRequest<Upload>) -> Lane {
        Lane {
            kind: Kind::Http1(sender),
            clean: true,
        }
    }

    pub(super) fn is_http1(&self) -> bool {
        matches!(self.kind, Kind::Http1(_))
    }

    /// The HTTP/1.1 connection's sender, if the connection can carry another exchange.
    pub(super) fn into_idle(self) -> Option<http1::SendRequest<Upload>> {
        match self.kind {
            Kind::Http1(sender) if self.clean && !sender.is_closed() => Some(sender),
            _ => None,
        }
    }

    /// Send a request and wait for the head of its answer. `sent` turns true when the first byte may have left. Dropping
    /// the future, or what it gives, ends the exchange for the server too.
    pub(super) async fn send(
        &mut self,
        endpoint: &Endpoint,
        mut head: HttpRequest<()>,
        message: Message,
        sent: &mut bool,
    ) -> Result<(Parts, Download<'_>), Failure> {
        match &mut self.kind {
            Kind::Http2(sender) => {
                std::future::poll_fn(|cx| sender.poll_ready(cx))
                    .await
                    .map_err(|error| before_sending(endpoint, &error))?;
                let (response, mut stream) = sender
                    .send_request(head, false)
                    .map_err(|error| before_sending(endpoint, &error))?;
                *sent = true;
                // A stream that the server has ended already is told by its response, below.
                let _ = stream.send_data(message, true);
                let response = response.await.map_err(|error| of_stream(endpoint, &error))?;
                let (head, body) = response.into_parts();
                Ok((head, Download::Http2(body)))
            }
            Kind::Http1(sender) => {
                in_origin_form(&mut head);
                sender.ready().await.map_err(|error| before_sending(endpoint, &error))?;
                self.clean = false;
                *sent = true;
                let request = head.map(|()| Upload(Some(message)));
                let response = sender.try_send_request(request).await.map_err(|mut error| {
                    match error.take_message() {
                        // It comes back whole if nothing of it was written.
                        Some(_) => before_sending(endpoint, error.error()),
                        None => of_http1(endpoint, error.error()),
                    }
                })?;
                let (head, body) = response.into_parts();
                let clean = &mut self.clean;
                Ok((head, Download::Http1 { body, clean }))
            }
        }
    }
}

/// HTTP/1.1 sends the path alone, and the authority as `host` (RFC 9112, 3.2.1).
fn in_origin_form(head: &mut HttpRequest<()>) {
    *head.version_mut() = Version::HTTP_11;
    let uri = std::mem::take(head.uri_mut()).into_parts();
    if let Some(Ok(host)) = uri.authority.map(|authority| HeaderValue::try_from(authority.as_str())) {
        head.headers_mut().insert(HOST, host);
    }
    *head.uri_mut() = uri.path_and_query.map_or_else(Uri::default, Uri::from);
}

/// The body of an answer.
pub(super) enum Download<'a> {
    Http2(h2::RecvStream),
    Http1 {
        body: hyper::body::Incoming,
        clean: &'a mut bool,
    },
}

impl Download<'_> {
    /// The next bytes; `None` at the end.
    pub(super) async fn data(&mut self, endpoint: &Endpoint) -> Result<Option<Bytes>, Failure> {
        match self {
            Download::Http2(body) => {
                let Some(data) = body.data().await else {
                    return Ok(None);
                };
                let data = data.map_err(|error| of_stream(endpoint, &error))?;
                // What is kept is bounded by the message's limit, so the window is given back at once.
                body.flow_control()
                    .release_capacity(data.len())
                    .map_err(|error| of_stream(endpoint, &error))?;
                Ok(Some(data))
            }
            Download::Http1 { body, clean } => loop {
                match std::future::poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx)).await {
                    None => {
                        **clean = true;
                        return Ok(None);
                    }
                    Some(Err(error)) => return Err(of_http1(endpoint, &error)),
                    Some(Ok(frame)) => {
                        if let Ok(data) = frame.into_data() {
                            return Ok(Some(data));
                        }
                    }
                }
            },
        }
    }

    /// What follows the bytes; HTTP/1.1 carries none that matter here.
    pub(super) async fn trailers(&mut self, endpoint: &Endpoint) -> Result<HeaderMap, Failure> {
        match self {
            Download::Http2(body) => {
                let trailers = body.trailers().await.map_err(|error| of_stream(endpoint, &error))?;
                Ok(trailers.unwrap_or_default())
            }
            Download::Http1 { .. } => Ok(HeaderMap::new()),
        }
    }

    /// Whether nothing follows the head.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Download::Http2(body) => body.is_end_stream(),
            Download::Http1 { body, .. } => body.is_end_stream(),
        }
    }
}

/// What an answer says of its length.
pub(super) fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// A request's body for hyper.
pub(super) struct Upload(Option<Message>);

impl Body for Upload {
    type Data = Message;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Message>, Infallible>>> {
        Poll::Ready(self.0.take().map(|message| Ok(Frame::data(message))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(
            self.0
                .as_ref()
                .map_or(0, |message| bytes::Buf::remaining(message) as u64),
        )
    }
}
