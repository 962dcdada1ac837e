//! The few messages of protobuf that a component has to write itself, since they lie in another one as bytes: what came, and the
//! details of a status. And base64, for headers whose names end in `-bin`.

use super::{Any, Header, RequestInfo, UnaryResponseDefinition};

/// What an `Any` calls a message of the runner's.
pub fn url(message: &str) -> String {
    format!("type.googleapis.com/connectrpc.conformance.v1.{message}")
}

/// A `UnaryRequest` or `IdempotentUnaryRequest`.
pub fn request(definition: Option<&UnaryResponseDefinition>, data: &[u8]) -> Vec<u8> {
    let mut out = Message::default();
    if let Some(definition) = definition {
        out.bytes(1, &response_definition(definition));
    }
    out.set_bytes(2, data);
    out.0
}

fn response_definition(definition: &UnaryResponseDefinition) -> Vec<u8> {
    let mut out = Message::default();
    out.headers(1, &definition.response_headers);
    if let Some(data) = &definition.response_data {
        out.bytes(2, data);
    }
    if let Some(error) = &definition.error {
        let mut inner = Message::default();
        inner.set_number(1, error.code as u64);
        if let Some(message) = &error.message {
            inner.bytes(2, message.as_bytes());
        }
        inner.anys(3, &error.details);
        out.bytes(3, &inner.0);
    }
    out.headers(4, &definition.response_trailers);
    if let Some(raw) = &definition.raw_response {
        let mut inner = Message::default();
        inner.set_number(1, raw.status_code.into());
        out.bytes(5, &inner.0);
    }
    out.set_number(6, definition.response_delay_ms.into());
    out.0
}

/// A `ConformancePayload.RequestInfo`.
pub fn request_info(info: &RequestInfo) -> Vec<u8> {
    let mut out = Message::default();
    out.headers(1, &info.request_headers);
    if let Some(timeout) = info.timeout_ms {
        out.number(2, timeout.cast_unsigned());
    }
    out.anys(3, &info.requests);
    out.0
}

/// A `google.rpc.Status`.
pub fn status(code: u64, message: &str, details: &[Any]) -> Vec<u8> {
    let mut out = Message::default();
    out.set_number(1, code);
    out.set_bytes(2, message.as_bytes());
    out.anys(3, details);
    out.0
}

#[derive(Default)]
struct Message(Vec<u8>);

impl Message {
    fn number(&mut self, field: u64, value: u64) {
        self.varint(field << 3);
        self.varint(value);
    }

    fn bytes(&mut self, field: u64, value: &[u8]) {
        self.varint(field << 3 | 2);
        self.varint(value.len() as u64);
        self.0.extend_from_slice(value);
    }

    /// Unless it is the default.
    fn set_number(&mut self, field: u64, value: u64) {
        if value != 0 {
            self.number(field, value);
        }
    }

    /// Unless it is the default.
    fn set_bytes(&mut self, field: u64, value: &[u8]) {
        if !value.is_empty() {
            self.bytes(field, value);
        }
    }

    fn headers(&mut self, field: u64, headers: &[Header]) {
        for header in headers {
            let mut inner = Message::default();
            inner.set_bytes(1, header.name.as_bytes());
            header.value.iter().for_each(|value| inner.bytes(2, value.as_bytes()));
            self.bytes(field, &inner.0);
        }
    }

    fn anys(&mut self, field: u64, anys: &[Any]) {
        for any in anys {
            let mut inner = Message::default();
            inner.set_bytes(1, any.type_url.as_bytes());
            inner.set_bytes(2, &any.value);
            self.bytes(field, &inner.0);
        }
    }

    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }
}

/// Base64 without padding.
pub fn base64(bytes: &[u8]) -> String {
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let mut group = 0u32;
        (0..3).for_each(|i| group = group << 8 | u32::from(chunk.get(i).copied().unwrap_or(0)));
        for i in 0..=chunk.len() {
            out.push(char::from(DIGITS[(group >> (18 - 6 * i) & 63) as usize]));
        }
    }
    out
}

/// What base64 means, with or without padding.
pub fn bytes(text: &str) -> Option<Vec<u8>> {
    let (mut out, mut group, mut bits) = (Vec::new(), 0u32, 0);
    for byte in text.trim_end_matches('=').bytes() {
        group = group << 6 | u32::try_from(DIGITS.iter().position(|digit| *digit == byte)?).ok()?;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((group >> bits) as u8);
        }
    }
    Some(out)
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
