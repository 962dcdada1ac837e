//! What goes over the wire in one call and what must come back: the same work as WIT bytes and as protobuf.

use std::path::Path;

use anyhow::{Context, Result};
use bytes::{BufMut, Bytes, BytesMut};
use farcall_codec::{encode_params, encode_result, parse_args, parse_value};
use farcall_wit::{Function, Wit, path};
use prost::Message;

use crate::proto;

/// A request and the only right answer to it, both as bodies of HTTP.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The path of the function.
    pub path: String,
    /// Of the request, and so of the answer.
    pub content_type: &'static str,
    /// What a caller of ours sends along.
    pub fingerprint: Option<String>,
    /// The request's body.
    pub request: Bytes,
    /// The answer's body.
    pub expect: Bytes,
}

/// One of the calls that both servers answer.
#[derive(Clone, Copy, Debug, PartialEq, clap::ValueEnum)]
pub enum Work {
    /// Adds two numbers.
    Add,
    /// Returns a mebibyte.
    Echo,
    /// Returns a thousand records.
    Entries,
}

/// The message of the echo, in bytes.
pub const ECHO_BYTES: usize = 1 << 20;
const RECORDS: u64 = 1000;

impl Work {
    /// For a server of the bench's component.
    pub fn wit(self, component: &Path) -> Result<Exchange> {
        match self {
            Work::Add => Exchange::wit(component, "add", "(7, 35)", "42"),
            Work::Echo => {
                // A list of bytes is its length and its bytes (spec: V-6); text of this size takes seconds to read.
                let mut list = leb128(ECHO_BYTES as u64);
                list.extend(pattern());
                Exchange::encoded(component, "echo", list.clone(), list)
            }
            Work::Entries => {
                let records: Vec<String> = (0..RECORDS)
                    .map(|i| {
                        let proto::Entry {
                            id,
                            name,
                            score,
                            active,
                        } = entry(i);
                        format!("{{id: {id}, name: \"{name}\", score: {score:?}, active: {active}}}")
                    })
                    .collect();
                let records = format!("[{}]", records.join(", "));
                Exchange::wit(component, "entries", &format!("({records})"), &records)
            }
        }
    }

    /// For the native server.
    pub fn proto(self) -> Exchange {
        let (path, request, expect) = match self {
            Work::Add => {
                let request = proto::AddRequest { a: 7, b: 35 }.encode_to_vec();
                (
                    "/bench.Native/Add",
                    request,
                    proto::AddResponse { result: 42 }.encode_to_vec(),
                )
            }
            Work::Echo => {
                let v = Bytes::from(pattern());
                let echo = proto::Echo { v }.encode_to_vec();
                ("/bench.Native/Echo", echo.clone(), echo)
            }
            Work::Entries => {
                let v = (0..RECORDS).map(entry).collect();
                let entries = proto::Entries { v }.encode_to_vec();
                ("/bench.Native/Entries", entries.clone(), entries)
            }
        };
        Exchange {
            path: path.to_string(),
            content_type: "application/grpc",
            fingerprint: None,
            request: enveloped(&request),
            expect: enveloped(&expect),
        }
    }
}

impl Exchange {
    /// A call of the component's function of that name, arguments and result in WAVE.
    pub fn wit(component: &Path, function: &str, arguments: &str, result: &str) -> Result<Exchange> {
        let (path, function) = find(component, function)?;
        let request = encode_params(&parse_args(arguments, &function)?, &function)?;
        let result = match &function.result {
            Some(ty) => Some(parse_value(result, ty)?),
            None => None,
        };
        let expect = encode_result(result.as_ref(), &function)?;
        Ok(Exchange::of(path, &function, &request, &expect))
    }

    fn encoded(component: &Path, function: &str, request: Vec<u8>, expect: Vec<u8>) -> Result<Exchange> {
        let (path, function) = find(component, function)?;
        Ok(Exchange::of(path, &function, &request, &expect))
    }

    fn of(path: String, function: &Function, request: &[u8], expect: &[u8]) -> Exchange {
        Exchange {
            path,
            content_type: "application/grpc+wit",
            fingerprint: Some(function.fingerprint().to_string()),
            request: enveloped(request),
            expect: enveloped(expect),
        }
    }

    /// The same call in the envelope of Connect: no prefix, no trailers.
    pub fn connect(&self) -> Exchange {
        Exchange {
            content_type: "application/wit",
            request: self.request.slice(PREFIX..),
            expect: self.expect.slice(PREFIX..),
            ..self.clone()
        }
    }

    /// Whether the answer's status is in trailers.
    pub fn is_grpc(&self) -> bool {
        self.content_type.starts_with("application/grpc")
    }
}

fn find(component: &Path, name: &str) -> Result<(String, Function)> {
    let bytes = std::fs::read(component).with_context(|| component.display().to_string())?;
    for interface in Wit::from_component(&bytes)?.exports() {
        if let Some(function) = interface.function(name) {
            return Ok((path(&interface.name, name, ""), function.clone()));
        }
    }
    anyhow::bail!("{} exports no function {name}", component.display())
}

/// The bytes of the echo: no run of one byte, nothing that a copy in the wrong place would leave as it was.
fn pattern() -> Vec<u8> {
    (0..ECHO_BYTES as u32)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect()
}

fn entry(id: u64) -> proto::Entry {
    proto::Entry {
        id: id * 7919,
        name: format!("entry number {id}"),
        score: id as f64 * 0.25,
        active: id % 3 == 0,
    }
}

fn leb128(mut value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
    out
}

const PREFIX: usize = 5;

fn enveloped(message: &[u8]) -> Bytes {
    let mut body = BytesMut::with_capacity(PREFIX + message.len());
    body.put_u8(0);
    body.put_u32(message.len() as u32);
    body.put_slice(message);
    body.freeze()
}
