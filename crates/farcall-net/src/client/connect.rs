//! One call as Connect has it, from its message to its status. Tries once.

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap, HeaderValue};
use http::{Request as HttpRequest, StatusCode};

use super::failure::{Failure, not_a_call, of_envelope};
use super::grpc::essence;
use super::lane::{Download, Lane, content_length};
use crate::call::Response;
use crate::connect::{code_of_http, decode_status, trailers_from_headers};
use crate::envelope::{Assembly, EnvelopeError, Message};
use crate::metadata::keep_metadata;
use crate::target::Endpoint;

/// Send one request and receive its answer. `sent` turns true when the first byte may have left. Dropping the future
/// resets the stream, or closes the HTTP/1.1 connection.
pub(super) async fn exchange(
    endpoint: &Endpoint,
    lane: &mut Lane,
    mut head: HttpRequest<()>,
    body: Bytes,
    max_message: usize,
    sent: &mut bool,
) -> Result<Response, Failure> {
    // Said over HTTP/2 too, so that a request over the callee's limit is refused before it is sent.
    head.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    let message = Message::bare(body, ());
    let (mut head, mut body) = lane.send(endpoint, head, message, sent).await?;
    if head.status != StatusCode::OK {
        let said = match essence(&head.headers) {
            b"application/json" => error_body(endpoint, &mut body).await?,
            _ => Bytes::new(),
        };
        return Err(match decode_status(&said, code_of_http(head.status)) {
            Some(status) => status,
            None => not_a_call(endpoint, head.status, &head.headers),
        }
        .into());
    }
    if essence(&head.headers) != b"application/wit" {
        return Err(not_a_call(endpoint, head.status, &head.headers).into());
    }
    if is_compressed(&head.headers) {
        return Err(of_envelope(endpoint, EnvelopeError::Compressed).into());
    }
    let refused = |error| of_envelope(endpoint, error);
    let mut assembly = Assembly::bare(max_message, content_length(&head.headers)).map_err(refused)?;
    while let Some(data) = body.data(endpoint).await? {
        assembly.push(data).map_err(refused)?;
    }
    let body = assembly.finish().map_err(refused)?;
    let trailers = trailers_from_headers(&mut head.headers);
    keep_metadata(&mut head.headers);
    Ok(Response {
        body,
        headers: head.headers,
        trailers,
    })
}

/// The body of a failure; what is longer than any status is not read to its end.
async fn error_body(endpoint: &Endpoint, body: &mut Download<'_>) -> Result<Bytes, Failure> {
    let Ok(mut assembly) = Assembly::bare(MAX_ERROR, None) else {
        return Ok(Bytes::new());
    };
    while let Some(data) = body.data(endpoint).await? {
        if assembly.push(data).is_err() {
            return Ok(Bytes::new());
        }
    }
    Ok(assembly.finish().unwrap_or_default())
}

fn is_compressed(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_ENCODING).is_some_and(|coding| coding != "identity")
}

/// A status of this protocol is at most 8 KiB of details, as base64, and 2 KiB of message.
const MAX_ERROR: usize = 64 << 10;
