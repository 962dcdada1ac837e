//! One call as gRPC has it, from its message to its status. Tries once.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap};
use http::{Request as HttpRequest, StatusCode};

use super::failure::{Failure, not_a_call, of_envelope, without_status};
use super::lane::Lane;
use crate::call::Response;
use crate::envelope::{Assembly, EnvelopeError, Message};
use crate::metadata::{keep_metadata, keep_trailers};
use crate::status::{Code, Status};
use crate::target::Endpoint;
use crate::trailers::decode_status;

/// Send one request and receive its answer. `sent` turns true when the first byte may have left. Dropping the future
/// resets the stream (CANCEL).
pub(super) async fn exchange(
    endpoint: &Endpoint,
    lane: &mut Lane,
    head: HttpRequest<()>,
    body: Bytes,
    max_message: usize,
    sent: &mut bool,
) -> Result<Response, Failure> {
    let message = Message::new(body, ()).ok_or_else(|| {
        Status::not_run(
            Code::ResourceExhausted,
            "the request does not fit gRPC's length of 4 GiB",
        )
    })?;
    let (mut head, mut body) = lane.send(endpoint, head, message, sent).await?;
    if head.status != StatusCode::OK || !is_grpc(&head.headers) {
        return Err(not_a_call(endpoint, head.status, &head.headers).into());
    }
    if body.is_empty() {
        // "Trailers-only": the status is in the headers.
        return Err(match decode_status(&head.headers) {
            Some(Err(status)) => status,
            Some(Ok(())) => of_envelope(endpoint, EnvelopeError::Missing),
            None => without_status(endpoint),
        }
        .into());
    }
    let mut assembly = Assembly::new(max_message);
    while let Some(data) = body.data(endpoint).await? {
        assembly.push(data).map_err(|error| of_envelope(endpoint, error))?;
    }
    let mut trailers = body.trailers(endpoint).await?;
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

/// A plain `application/grpc` is accepted: not every server mirrors the subtype.
fn is_grpc(headers: &HeaderMap) -> bool {
    matches!(essence(headers), b"application/grpc+wit" | b"application/grpc")
}

/// The content type without its parameters.
pub(super) fn essence(headers: &HeaderMap) -> &[u8] {
    let value = headers.get(CONTENT_TYPE).map(|value| value.as_bytes());
    let essence = value.unwrap_or_default().split(|byte| *byte == b';').next();
    essence.unwrap_or_default().trim_ascii()
}
