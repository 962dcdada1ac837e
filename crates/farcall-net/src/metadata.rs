//! Which header names belong to the protocol and which are metadata of the caller and the callee. Interprets no value.

use http::header::{HeaderMap, HeaderName};

/// Whether a name may carry metadata: not HTTP's own, not gRPC's or Connect's, not this protocol's (spec: C-7).
pub fn is_metadata(name: &HeaderName) -> bool {
    let name = name.as_str();
    !(RESERVED.iter().any(|prefix| name.starts_with(prefix)) || HOP_BY_HOP.contains(&name))
}

/// Take the protocol's own headers out of what a peer sent.
pub(crate) fn keep_metadata(headers: &mut HeaderMap) {
    retain(headers, is_metadata);
}

/// Take out what a response's trailers may not carry. `wit-` stays: `wit-result` is a trailer.
pub(crate) fn keep_trailers(trailers: &mut HeaderMap) {
    retain(trailers, is_trailer);
}

/// Whether a name may be a response's trailer.
pub(crate) fn is_trailer(name: &HeaderName) -> bool {
    !name.as_str().starts_with("grpc-") && !HOP_BY_HOP.contains(&name.as_str())
}

fn retain(headers: &mut HeaderMap, keep: impl Fn(&HeaderName) -> bool) {
    // Most calls carry no metadata: what is all to go goes at once.
    if !headers.keys().any(&keep) {
        *headers = HeaderMap::new();
        return;
    }
    // Looked for first: a map of eight names allocates nothing here.
    while let Some(name) = headers.keys().find(|name| !keep(name)).cloned() {
        headers.remove(name);
    }
}

const RESERVED: [&str; 3] = ["grpc-", "wit-", "connect-"];
const HOP_BY_HOP: [&str; 12] = [
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "host",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_metadata_is_kept() {
        let mut headers = HeaderMap::new();
        for name in [
            "grpc-timeout",
            "connect-timeout-ms",
            "wit-fp",
            "content-type",
            "content-encoding",
            "te",
            "traceparent",
            "authorization",
            "x-bin",
        ] {
            headers.append(HeaderName::from_static(name), http::HeaderValue::from_static("1"));
            headers.append(HeaderName::from_static(name), http::HeaderValue::from_static("2"));
        }
        keep_metadata(&mut headers);
        let mut names: Vec<&str> = headers.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["authorization", "traceparent", "x-bin"]);
        assert_eq!(headers.len(), 6);
    }

    #[test]
    fn headers_without_metadata_leave_nothing() {
        let mut headers = HeaderMap::new();
        for name in ["grpc-timeout", "wit-fp", "content-type", "te"] {
            headers.append(HeaderName::from_static(name), http::HeaderValue::from_static("1"));
        }
        keep_metadata(&mut headers);
        assert_eq!(headers, HeaderMap::new());
    }
}
