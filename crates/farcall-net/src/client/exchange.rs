//! One call on one connection, from its headers to its status. Tries once.

use bytes::Bytes;
use h2::RecvStream;
use h2::client::SendRequest;
use http::header::{CONTENT_TYPE as CONTENT_TYPE_NAME, HeaderMap};
use http::{Request as HttpRequest, StatusCode};

use super::failure::{Failure, before_sending, not_grpc, of_envelope, of_stream, without_status};
use crate::call::Response;
use crate::envelope::{Assembly, Envelope, EnvelopeError};
use crate::metadata::{keep_metadata, keep_trailers};
use crate::status::{Code, Status};
use crate::target::Endpoint;
use crate::trailers::decode_status;

/// Send one request and receive its answer. `sent` turns true when the first byte may have left. Dropping the future
/// resets the stream (CANCEL).
pub(super) async fn exchange(
    endpoint: &Endpoint,
    mut sender: SendRequest<Envelope>,
    head: HttpRequest<()>,
    body: Bytes,
    max_message: usize,
    sent: &mut bool,
) -> Result<Response, Failure> {
    let envelope = Envelope::new(body, ()).ok_or_else(|| {
        Status::not_run(
            Code::ResourceExhausted,
            "the request does not fit gRPC's length of 4 GiB",
        )
    })?;
    std::future::poll_fn(|cx| sender.poll_ready(cx))
        .await
        .map_err(|error| before_sending(endpoint, &error))?;
    let (response, mut stream) = sender
        .send_request(head, false)
        .map_err(|error| before_sending(endpoint, &error))?;
    drop(sender);
    *sent = true;
    // A stream that the server has ended already is told by its response, below.
    let _ = stream.send_data(envelope, true);
    let response = response.await.map_err(|error| of_stream(endpoint, &error))?;
    let (mut head, mut body) = response.into_parts();
    if head.status != StatusCode::OK || !is_grpc(&head.headers) {
        let content_type = head
            .headers
            .get(CONTENT_TYPE_NAME)
            .map(|value| value.as_bytes())
            .unwrap_or_default();
        return Err(not_grpc(endpoint, head.status, &String::from_utf8_lossy(content_type)).into());
    }
    if body.is_end_stream() {
        // "Trailers-only": the status is in the headers.
        return Err(match decode_status(&head.headers) {
            Some(Err(status)) => status,
            Some(Ok(())) => of_envelope(endpoint, EnvelopeError::Missing),
            None => without_status(endpoint),
        }
        .into());
    }
    let assembly = receive(endpoint, &mut body, max_message).await?;
    let trailers = body.trailers().await.map_err(|error| of_stream(endpoint, &error))?;
    let mut trailers = trailers.unwrap_or_default();
    match decode_status(&trailers).or_else(|| decode_status(&head.headers)) {
        Some(Ok(())) => {}
        Some(Err(status)) => return Err(status.into()),
        None => return Err(without_status(endpoint).into()),
    }
    let body = assembly.finish().map_err(|error| of_envelope(endpoint, error))?;
    keep_metadata(&mut head.headers);
    keep_trailers(&mut trailers);
    Ok(Response {
        body,
        headers: head.headers,
        trailers,
    })
}

async fn receive(endpoint: &Endpoint, body: &mut RecvStream, max_message: usize) -> Result<Assembly, Failure> {
    let mut assembly = Assembly::new(max_message);
    while let Some(data) = body.data().await {
        let data = data.map_err(|error| of_stream(endpoint, &error))?;
        // What is kept is bounded by the message's limit, so the window is given back at once.
        body.flow_control()
            .release_capacity(data.len())
            .map_err(|error| of_stream(endpoint, &error))?;
        assembly.push(data).map_err(|error| of_envelope(endpoint, error))?;
    }
    Ok(assembly)
}

/// A plain `application/grpc` is accepted: not every server mirrors the subtype.
fn is_grpc(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(CONTENT_TYPE_NAME) else {
        return false;
    };
    let bytes = value.as_bytes();
    let essence = bytes
        .split(|byte| *byte == b';')
        .next()
        .unwrap_or_default()
        .trim_ascii();
    matches!(essence, b"application/grpc+wit" | b"application/grpc")
}
