//! A call of the other side as a request: its deadline bounded, its metadata checked. Does not look into what it carries.

use std::time::Instant;

use http::{HeaderMap, HeaderName, HeaderValue};

use super::limits::DeviceConfig;
use super::message::Call;
use crate::call::Request;
use crate::content::Codec;
use crate::metadata::is_metadata;
use crate::status::{Code, Status};

/// The request, which may not last beyond `latest`, with the metadata of `forward` where the call names none of its own.
pub(super) fn incoming(
    call: Call,
    codec: Codec,
    config: &DeviceConfig,
    latest: Option<Instant>,
    forward: &HeaderMap,
) -> Result<Request, Status> {
    let asked = call.timeout.unwrap_or(config.default_deadline).min(config.max_deadline);
    let now = Instant::now();
    let deadline = now.checked_add(asked).into_iter().chain(latest).min();
    let mut metadata = HeaderMap::new();
    for (name, value) in call.metadata {
        let header = HeaderName::try_from(name).ok().filter(is_metadata);
        let Some((name, value)) = header.zip(HeaderValue::try_from(value).ok()) else {
            let why = "the call carries metadata under a name that is reserved, or that is none";
            return Err(Status::not_run(Code::InvalidArgument, why).reason("METADATA_RESERVED"));
        };
        metadata.append(name, value);
    }
    for (name, value) in forward {
        if !metadata.contains_key(name) {
            metadata.append(name, value.clone());
        }
    }
    Ok(Request {
        path: call.function,
        fingerprint: call.fingerprint,
        deadline: deadline.or(Some(now)),
        metadata,
        peer: None,
        body: call.request,
        codec,
    })
}
