//! The head of a call's HTTP request: the path, the protocol's headers, the caller's metadata. Sends nothing.

use std::time::Instant;

use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue, TE, USER_AGENT};
use http::uri::{PathAndQuery, Scheme, Uri};
use http::{Method, Request as HttpRequest, Version};

use crate::connect;
use crate::deadline::{encode_timeout, encode_timeout_ms};
use crate::envelope::Form;
use crate::metadata::is_metadata;
use crate::status::{Code, Status};
use crate::target::Endpoint;
use crate::trailers::{self, FINGERPRINT, GRPC_TIMEOUT};

/// What the headers of every attempt of one call are made of.
pub(super) struct Head {
    path: PathAndQuery,
    fingerprint: Option<HeaderValue>,
    metadata: HeaderMap,
}

impl Head {
    pub(super) fn new(path: String, fingerprint: Option<String>, metadata: HeaderMap) -> Result<Head, Status> {
        if let Some(name) = metadata.keys().find(|name| !is_metadata(name)) {
            let message = format!("metadata `{name}` has a name that belongs to the protocol");
            return Err(Status::not_run(Code::InvalidArgument, message).reason("METADATA_RESERVED"));
        }
        let fingerprint = fingerprint.map(HeaderValue::try_from).transpose().map_err(|_| {
            Status::not_run(Code::InvalidArgument, "the fingerprint is not ASCII").reason("FINGERPRINT_INVALID")
        })?;
        Ok(Head {
            path: checked(path)?,
            fingerprint,
            metadata,
        })
    }

    /// `None` once the deadline has passed.
    pub(super) fn request(&self, endpoint: &Endpoint, form: Form, deadline: Instant) -> Option<HttpRequest<()>> {
        let left = deadline
            .checked_duration_since(Instant::now())
            .filter(|left| !left.is_zero())?;
        let mut head = HttpRequest::new(());
        *head.method_mut() = Method::POST;
        *head.version_mut() = Version::HTTP_2;
        *head.uri_mut() = self.uri(endpoint)?;
        let headers = head.headers_mut();
        if !self.metadata.is_empty() {
            *headers = self.metadata.clone();
        }
        headers.reserve(FIXED_HEADERS);
        headers.entry(USER_AGENT).or_insert(AGENT);
        match form {
            Form::Grpc => {
                headers.insert(CONTENT_TYPE, trailers::CONTENT_TYPE);
                headers.insert(TE, TRAILERS);
                headers.insert(GRPC_TIMEOUT, encode_timeout(left));
            }
            Form::Connect => {
                headers.insert(CONTENT_TYPE, connect::CONTENT_TYPE);
                headers.insert(connect::PROTOCOL_VERSION, connect::VERSION);
                headers.insert(connect::TIMEOUT, encode_timeout_ms(left));
            }
        }
        if let Some(fingerprint) = &self.fingerprint {
            headers.insert(FINGERPRINT, fingerprint.clone());
        }
        Some(head)
    }

    /// Always there: scheme, authority and path are all that a URL needs.
    fn uri(&self, endpoint: &Endpoint) -> Option<Uri> {
        let mut parts = http::uri::Parts::default();
        parts.scheme = Some(Scheme::HTTP);
        parts.authority = Some(endpoint.authority());
        parts.path_and_query = Some(self.path.clone());
        Uri::from_parts(parts).ok()
    }
}

fn checked(path: String) -> Result<PathAndQuery, Status> {
    let visible = path
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'?' | b'#'));
    let shown: String = path.chars().take(200).collect();
    match PathAndQuery::try_from(path) {
        Ok(parsed) if visible && parsed.as_str().starts_with('/') => Ok(parsed),
        _ => {
            let message = format!("`{}` is not a function's path", shown.escape_debug());
            Err(Status::not_run(Code::InvalidArgument, message).reason("PATH_INVALID"))
        }
    }
}

/// Content type, te or version, user agent, fingerprint, timeout, host.
const FIXED_HEADERS: usize = 6;
const TRAILERS: HeaderValue = HeaderValue::from_static("trailers");
const AGENT: HeaderValue = HeaderValue::from_static(concat!("farcall/", env!("CARGO_PKG_VERSION")));
