//! A status as gRPC's headers, and back: one function in each direction. Decides no code.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use http::header::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode, utf8_percent_encode};

use crate::details::MAX_MESSAGE;
use crate::status::{Code, Status};

pub(crate) const GRPC_STATUS: HeaderName = HeaderName::from_static("grpc-status");
pub(crate) const GRPC_MESSAGE: HeaderName = HeaderName::from_static("grpc-message");
pub(crate) const GRPC_DETAILS: HeaderName = HeaderName::from_static("grpc-status-details-bin");
pub(crate) const GRPC_TIMEOUT: HeaderName = HeaderName::from_static("grpc-timeout");
pub(crate) const GRPC_PUSHBACK: HeaderName = HeaderName::from_static("grpc-retry-pushback-ms");
pub(crate) const GRPC_ENCODING: HeaderName = HeaderName::from_static("grpc-encoding");
pub(crate) const GRPC_ACCEPT_ENCODING: HeaderName = HeaderName::from_static("grpc-accept-encoding");
pub(crate) const FINGERPRINT: HeaderName = HeaderName::from_static("wit-fp");
pub(crate) const CONTENT_TYPE: HeaderValue = HeaderValue::from_static("application/grpc+wit");

/// The fact of a status that becomes `grpc-retry-pushback-ms`.
pub(crate) const PUSHBACK_FACT: &str = "retry-pushback-ms";

/// Write a status into headers or trailers.
pub(crate) fn encode_status(status: &Status, into: &mut HeaderMap) {
    into.insert(GRPC_STATUS, HeaderValue::from(u16::from(status.code.number())));
    let end = status.message.floor_char_boundary(MAX_MESSAGE);
    let message = status.message.get(..end).unwrap_or_default();
    if !message.is_empty()
        && let Ok(value) = HeaderValue::try_from(utf8_percent_encode(message, ENCODED_IN_MESSAGE).to_string())
    {
        into.insert(GRPC_MESSAGE, value);
    }
    let details = status.encode_details();
    if !details.is_empty()
        && let Ok(value) = HeaderValue::try_from(STANDARD_NO_PAD.encode(&details))
    {
        into.insert(GRPC_DETAILS, value);
    }
    if let Some(Ok(value)) = status.details.metadata.get(PUSHBACK_FACT).map(HeaderValue::try_from) {
        into.insert(GRPC_PUSHBACK, value);
    }
}

/// Read the outcome out of headers or trailers: `None` if they hold no `grpc-status`.
pub(crate) fn decode_status(from: &HeaderMap) -> Option<Result<(), Status>> {
    let number = from.get(GRPC_STATUS)?;
    if number == "0" {
        return Some(Ok(()));
    }
    let code = number
        .to_str()
        .ok()
        .and_then(|text| text.parse().ok())
        .and_then(Code::from_number);
    let message = from.get(GRPC_MESSAGE).map_or_else(String::new, |value| {
        let text = percent_decode(value.as_bytes()).decode_utf8_lossy();
        text.get(..text.floor_char_boundary(MAX_MESSAGE))
            .unwrap_or_default()
            .to_owned()
    });
    let details = from
        .get(GRPC_DETAILS)
        .and_then(|value| ANY_PADDING.decode(value.as_bytes()).ok())
        .unwrap_or_default();
    Some(Err(match code {
        Some(code) => Status::with_encoded_details(code, message, &details),
        // spec/status.md: a code that is not defined is UNKNOWN.
        None => Status::with_encoded_details(
            Code::Unknown,
            format!(
                "undefined status {}: {message}",
                String::from_utf8_lossy(number.as_bytes())
            ),
            &details,
        ),
    }))
}

const ENCODED_IN_MESSAGE: &AsciiSet = &CONTROLS.add(b'%');
pub(crate) const ANY_PADDING: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::Executed;

    #[test]
    fn every_code_survives_with_any_message() {
        for code in Code::ALL {
            for message in ["", "plain", "100 % of it\nand more", "größer als 4 MiB 🦀"] {
                let status = Status::new(code, message).executed(Executed::Yes).reason("WHY");
                let mut headers = HeaderMap::new();
                encode_status(&status, &mut headers);
                assert_eq!(decode_status(&headers), Some(Err(status)));
            }
        }
    }

    #[test]
    fn ok_is_ok_and_nothing_is_nothing() {
        let mut headers = HeaderMap::new();
        assert_eq!(decode_status(&headers), None);
        headers.insert(GRPC_STATUS, HeaderValue::from_static("0"));
        assert_eq!(decode_status(&headers), Some(Ok(())));
    }

    #[test]
    fn an_undefined_code_is_unknown_and_named() {
        for number in ["17", "-1", "x", ""] {
            let mut headers = HeaderMap::new();
            headers.insert(GRPC_STATUS, HeaderValue::from_static(number));
            let status = decode_status(&headers).unwrap().unwrap_err();
            assert_eq!(status.code, Code::Unknown);
            assert!(status.message.contains(number));
        }
    }

    #[test]
    fn padded_and_unpadded_details_are_read() {
        let status = Status::not_run(Code::Aborted, "m").reason("R");
        let engine = base64::engine::general_purpose::STANDARD;
        let mut headers = HeaderMap::new();
        encode_status(&status, &mut headers);
        headers.insert(
            GRPC_DETAILS,
            HeaderValue::try_from(engine.encode(status.encode_details())).unwrap(),
        );
        assert_eq!(decode_status(&headers), Some(Err(status)));
    }

    #[test]
    fn a_long_message_is_cut_at_a_character() {
        let mut headers = HeaderMap::new();
        encode_status(&Status::new(Code::Internal, "ü".repeat(10_000)), &mut headers);
        let status = decode_status(&headers).unwrap().unwrap_err();
        assert_eq!(status.message, "ü".repeat(MAX_MESSAGE / 2));
    }
}
