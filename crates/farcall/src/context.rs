//! What a component that imports `wasm-rpc:core/context` is told of its call, and what it adds to the answer: `spec/context.md`.
//!
//! Sends nothing itself: what was added is taken when the function has returned.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use farcall_host::{Caller, Refusal};
use farcall_net::{Request, is_metadata};
use farcall_wit::{InterfaceName, Wit};
use http::{HeaderMap, HeaderName, HeaderValue};

/// Whether a component asks about its calls.
pub(crate) fn asks(wit: &Wit) -> bool {
    let is_context = |name: &InterfaceName| {
        matches!(name, InterfaceName::Package { namespace, package, interface, .. }
            if namespace == "wasm-rpc" && package == "core" && interface == "context")
    };
    wit.imports().iter().any(|interface| is_context(&interface.name))
}

/// One call's other side.
#[derive(Debug)]
pub(crate) struct Context {
    metadata: HeaderMap,
    peer: Option<SocketAddr>,
    added: Mutex<Added>,
}

/// What the function wants to be sent.
#[derive(Debug, Default)]
struct Added {
    headers: HeaderMap,
    trailers: HeaderMap,
    bytes: usize,
}

impl Context {
    pub(crate) fn of(request: &Request) -> Arc<Context> {
        Arc::new(Context {
            metadata: request.metadata.clone(),
            peer: request.peer,
            added: Mutex::default(),
        })
    }

    /// What the caller sent, as it came.
    pub(crate) fn lines(&self) -> &HeaderMap {
        &self.metadata
    }

    pub(crate) fn address(&self) -> Option<SocketAddr> {
        self.peer
    }

    /// Headers and trailers that the function added.
    pub(crate) fn take(&self) -> (HeaderMap, HeaderMap) {
        let mut added = self.added.lock().unwrap_or_else(PoisonError::into_inner);
        let Added { headers, trailers, .. } = std::mem::take(&mut *added);
        (headers, trailers)
    }

    fn add(&self, name: &str, value: &[u8], to: impl FnOnce(&mut Added) -> &mut HeaderMap) -> Result<(), Refusal> {
        let (name, value) = line(name, value)?;
        let mut added = self.added.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = added.bytes + name.as_str().len() + value.len() + OVERHEAD;
        if bytes > MAX_ADDED {
            return Err(Refusal::TooLarge);
        }
        added.bytes = bytes;
        to(&mut added).append(name, value);
        Ok(())
    }
}

impl Caller for Context {
    fn metadata(&self) -> Vec<(String, Vec<u8>)> {
        let lines = self.metadata.iter();
        lines.flat_map(|(name, value)| values(name.as_str(), value)).collect()
    }

    fn peer(&self) -> Option<String> {
        self.peer.map(|address| address.to_string())
    }

    fn add_header(&self, name: &str, value: &[u8]) -> Result<(), Refusal> {
        self.add(name, value, |added| &mut added.headers)
    }

    fn add_trailer(&self, name: &str, value: &[u8]) -> Result<(), Refusal> {
        self.add(name, value, |added| &mut added.trailers)
    }
}

/// spec: X-2. One line of a caller as the values that it means; what is no base64 under a `-bin` name means none.
fn values(name: &str, value: &HeaderValue) -> Vec<(String, Vec<u8>)> {
    if !name.ends_with(BINARY) {
        return vec![(name.to_owned(), value.as_bytes().to_vec())];
    }
    // Proxies may join lines of one name.
    let parts = value.as_bytes().split(|byte| *byte == b',');
    let decoded = parts.filter_map(|part| ANY_PADDING.decode(part.trim_ascii()).ok());
    decoded.map(|bytes| (name.to_owned(), bytes)).collect()
}

/// spec.
fn line(name: &str, value: &[u8]) -> Result<(HeaderName, HeaderValue), Refusal> {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(&byte);
    if name.is_empty() || !name.bytes().all(is_plain) {
        return Err(Refusal::NameInvalid);
    }
    let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| Refusal::NameInvalid)?;
    // Connect tells trailers from headers by that prefix.
    if !is_metadata(&header) || name.starts_with("trailer-") {
        return Err(Refusal::NameReserved);
    }
    let value = match name.ends_with(BINARY) {
        true => HeaderValue::try_from(STANDARD_NO_PAD.encode(value)),
        false if value.iter().all(|byte| matches!(byte, b' '..=b'~')) => HeaderValue::from_bytes(value),
        false => return Err(Refusal::ValueInvalid),
    };
    Ok((header, value.map_err(|_| Refusal::ValueInvalid)?))
}

const BINARY: &str = "-bin";
const ANY_PADDING: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
/// What a function may add to one answer, in bytes as HTTP/2 counts them: callers end connections over larger lists.
const MAX_ADDED: usize = 8 << 10;
/// What HTTP/2 counts for a line besides its text (RFC 9113, section 6.5.2).
const OVERHEAD: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    fn context(lines: &[(&'static str, &'static str)]) -> Arc<Context> {
        let mut request = Request::new("/a.B/C", "");
        for (name, value) in lines {
            request.metadata.append(*name, HeaderValue::from_static(value));
        }
        Context::of(&request)
    }

    /// spec: X-2
    #[test]
    fn binary_values_come_as_the_bytes_that_they_mean() {
        let context = context(&[("a", "1"), ("a", "2"), ("k-bin", "AQI, /w=="), ("k-bin", "!")]);
        let said = context.metadata();
        let line = |name: &str, value: &[u8]| (name.to_owned(), value.to_vec());
        assert_eq!(
            said,
            [
                line("a", b"1"),
                line("a", b"2"),
                line("k-bin", &[1, 2]),
                line("k-bin", &[255])
            ]
        );
    }

    /// spec
    #[test]
    fn what_may_not_be_sent_is_refused_with_its_reason() {
        let context = context(&[]);
        for (name, value, refusal) in [
            ("", "", Refusal::NameInvalid),
            ("Upper", "", Refusal::NameInvalid),
            ("a b", "", Refusal::NameInvalid),
            (":path", "", Refusal::NameInvalid),
            ("grpc-status", "0", Refusal::NameReserved),
            ("wit-result", "err", Refusal::NameReserved),
            ("content-type", "text/html", Refusal::NameReserved),
            ("trailer-a", "", Refusal::NameReserved),
            ("a", "line\nbreak", Refusal::ValueInvalid),
            ("a", "größe", Refusal::ValueInvalid),
        ] {
            assert_eq!(
                context.add_header(name, value.as_bytes()),
                Err(refusal),
                "{name}: {value}"
            );
            assert_eq!(
                context.add_trailer(name, value.as_bytes()),
                Err(refusal),
                "{name}: {value}"
            );
        }
        assert_eq!(context.add_header("a", b"b c"), Ok(()));
        assert_eq!(context.add_trailer("a-bin", &[0, 255]), Ok(()));
        let (headers, trailers) = context.take();
        assert_eq!(
            (&headers["a"], &trailers["a-bin"]),
            (&"b c".parse().unwrap(), &"AP8".parse().unwrap())
        );
    }

    /// spec: X-6
    #[test]
    fn an_answer_carries_no_more_than_its_limit() {
        let context = context(&[]);
        let value = [b'x'; 1000];
        let taken = (0..20)
            .take_while(|_| context.add_header("name", &value).is_ok())
            .count();
        assert_eq!(taken, MAX_ADDED / (value.len() + "name".len() + OVERHEAD));
        assert_eq!(context.add_trailer("name", &value), Err(Refusal::TooLarge));
        assert_eq!(context.add_trailer("a", b"b"), Ok(()), "what is small has room");
    }
}
