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
    /// Of the request, and so of the answer. `None`: no HTTP, one connection a call that both sides end.
    pub content_type: Option<&'static str>,
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
            content_type: Some("application/grpc"),
            fingerprint: None,
            request: enveloped(&request),
            expect: enveloped(&expect),
        }
    }
}

impl Exchange {
    /// The same bytes in protobuf, for the component's function at that path.
    pub fn at(self, path: &str) -> Exchange {
        Exchange {
            path: path.to_string(),
            content_type: Some("application/grpc+proto"),
            ..self
        }
    }

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
            content_type: Some("application/grpc+wit"),
            fingerprint: Some(function.fingerprint().to_string()),
            request: enveloped(request),
            expect: enveloped(expect),
        }
    }

    /// The same call in the envelope of Connect: no prefix, no trailers.
    pub fn connect(&self) -> Exchange {
        Exchange {
            content_type: Some("application/wit"),
            request: self.request.slice(PREFIX..),
            expect: self.expect.slice(PREFIX..),
            ..self.clone()
        }
    }

    /// The same call as wRPC's framing over TCP has it: version, instance, function, then a frame with an empty path;
    /// its values are encoded as ours are. The answer is one frame.
    pub fn wrpc(&self, instance: &str, function: &str) -> Exchange {
        let framed = |message: &[u8]| [&[0], leb128(message.len() as u64).as_slice(), message].concat();
        let named = |name: &str| [leb128(name.len() as u64).as_slice(), name.as_bytes()].concat();
        let [request, expect] =
            [&self.request, &self.expect].map(|body| framed(body.get(PREFIX..).unwrap_or_default()));
        let request = [&[0], named(instance).as_slice(), &named(function), &request].concat();
        Exchange {
            path: format!("/{instance}/{function}"),
            content_type: None,
            fingerprint: None,
            request: request.into(),
            expect: expect.into(),
        }
    }

    /// Whether the answer's status is in trailers.
    pub fn is_grpc(&self) -> bool {
        self.content_type
            .is_some_and(|content_type| content_type.starts_with("application/grpc"))
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
        active: id.is_multiple_of(3),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn callee() -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../guests/fixtures/bench-callee.wasm")
    }

    #[test]
    fn a_small_call_has_the_bytes_of_each_protocol() {
        let wit = Work::Add.wit(&callee()).unwrap();
        assert_eq!(wit.path, "/bench.guest.v0_1.Ops/Add");
        assert_eq!(wit.request.as_ref(), [0, 0, 0, 0, 2, 7, 35]);
        assert_eq!(wit.expect.as_ref(), [0, 0, 0, 0, 1, 42]);
        assert_eq!(wit.connect().request.as_ref(), [7, 35]);
        assert_eq!(Work::Add.proto().request.as_ref(), [0, 0, 0, 0, 4, 8, 7, 16, 35]);
        let framed = wit.wrpc("a:b/c", "add");
        assert_eq!(framed.request.as_ref(), b"\0\x05a:b/c\x03add\0\x02\x07\x23");
        assert_eq!(framed.expect.as_ref(), [0, 1, 42]);
    }

    #[test]
    fn records_are_the_same_in_both_forms() {
        let (wit, proto) = (Work::Entries.wit(&callee()).unwrap(), Work::Entries.proto());
        let entries = proto::Entries::decode(proto.request.slice(PREFIX..)).unwrap();
        let function = find(&callee(), "entries").unwrap().1;
        let limits = farcall_codec::Limits::default();
        let values = farcall_codec::decode_params(&wit.request.slice(PREFIX..), &function, &limits).unwrap();
        let text = farcall_codec::print_value(&values[0], &function.params[0].ty);
        assert_eq!(entries.v.len(), RECORDS as usize);
        assert_eq!(text.matches("name: \"entry number ").count(), entries.v.len());
        let last = entries.v.last().unwrap();
        assert!(text.contains(&format!(
            "{{id: {}, name: \"{}\", score: {}, ",
            last.id, last.name, last.score
        )));
    }

    #[test]
    fn a_list_of_bytes_is_written_as_the_codec_does() {
        let wit = Work::Echo.wit(&callee()).unwrap();
        let function = find(&callee(), "echo").unwrap().1;
        let limits = farcall_codec::Limits::default();
        farcall_codec::decode_params(&wit.request.slice(PREFIX..), &function, &limits).unwrap();
        assert_eq!(wit.request, wit.expect);
    }
}
