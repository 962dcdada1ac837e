//! The messages of the device, one by one: what each holds, and its bytes (`spec/device.md`). Does not find their borders
//! in a stream, and knows no order among them.

use std::time::Duration;

use bytes::Bytes;

use super::fields::{self, FieldError, put_text, put_u64};
use crate::status::{Code, Status};

/// One message, in either direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// Calls a function of the other side.
    Call(Call),
    /// Answers a call of the other side.
    Return {
        /// The number that the other side gave its call.
        number: u32,
        /// The encoded result, or why there is none.
        outcome: Result<Bytes, Status>,
    },
    /// Gives up a call of one's own. Its answer still comes.
    Cancel {
        /// The call's number.
        number: u32,
    },
    /// A program says what it serves.
    Announce {
        /// WIT text.
        wit: String,
    },
    /// A call as text: `(invoke "add" (i32.const 1) (i32.const 2))`.
    Invoke {
        /// As [`Call::number`].
        number: u32,
        /// As [`Call::timeout`].
        timeout: Option<Duration>,
        /// The text.
        text: String,
    },
    /// The host refuses a message that belongs to no call.
    Refuse(Status),
}

/// A call's message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Call {
    /// Chosen by the caller; free again when the answer has come.
    pub number: u32,
    /// A path, `/demo.calc.v0_1.Ops/Add`, or a name, `demo:calc/ops.add`.
    pub function: String,
    /// The fingerprint of the function's type as the caller knows it, if it does.
    pub fingerprint: Option<String>,
    /// The time that the call may take from now; in microseconds on the wire.
    pub timeout: Option<Duration>,
    /// Metadata by name.
    pub metadata: Vec<(String, String)>,
    /// The encoded parameters.
    pub request: Bytes,
}

/// A message that is no message of this protocol.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind} does not decode: {why}")]
pub struct Malformed {
    kind: &'static str,
    why: String,
    /// The call that it is about, if it says so much.
    pub number: Option<u32>,
}

/// A message's kind: the first of its bytes.
pub(super) mod kind {
    pub(crate) const CALL: u8 = 1;
    pub(crate) const RETURN: u8 = 2;
    pub(crate) const CANCEL: u8 = 3;
    pub(crate) const ANNOUNCE: u8 = 4;
    pub(crate) const INVOKE: u8 = 5;
    pub(crate) const REFUSE: u8 = 6;
}

impl Message {
    /// The message as it travels, in two pieces: all but the last field, and that one, uncopied.
    ///
    /// A message that is longer than a length can say is cut; limits are far below that.
    pub fn encode(self) -> (Vec<u8>, Bytes) {
        let mut head = vec![0; HEADER];
        let (kind, rest) = match self {
            Message::Call(call) => {
                put_u64(&mut head, call.number.into());
                put_text(&mut head, &call.function);
                put_text(&mut head, call.fingerprint.as_deref().unwrap_or_default());
                put_u64(&mut head, microseconds(call.timeout));
                put_u64(&mut head, call.metadata.len() as u64);
                for (name, value) in &call.metadata {
                    put_text(&mut head, name);
                    put_text(&mut head, value);
                }
                (kind::CALL, call.request)
            }
            Message::Return { number, outcome } => {
                put_u64(&mut head, number.into());
                let rest = match outcome {
                    Ok(response) => {
                        head.push(0);
                        response
                    }
                    Err(status) => put_status(&mut head, &status),
                };
                (kind::RETURN, rest)
            }
            Message::Cancel { number } => {
                put_u64(&mut head, number.into());
                (kind::CANCEL, Bytes::new())
            }
            Message::Announce { wit } => (kind::ANNOUNCE, wit.into()),
            Message::Invoke { number, timeout, text } => {
                put_u64(&mut head, number.into());
                put_u64(&mut head, microseconds(timeout));
                (kind::INVOKE, text.into())
            }
            Message::Refuse(status) => {
                let rest = put_status(&mut head, &status);
                (kind::REFUSE, rest)
            }
        };
        let length = (head.len() - HEADER).saturating_add(rest.len());
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        for (place, byte) in head.iter_mut().zip([kind].into_iter().chain(length.to_be_bytes())) {
            *place = byte;
        }
        (head, rest)
    }

    /// A message out of its kind and its body.
    ///
    /// # Errors
    ///
    /// What of it does not decode.
    pub fn decode(kind: u8, mut body: Bytes) -> Result<Message, Malformed> {
        let number = match kind {
            kind::CALL | kind::RETURN | kind::CANCEL | kind::INVOKE => {
                Some(fields::take_u32(&mut body, "its number").map_err(|why| malformed(kind, why, None))?)
            }
            _ => None,
        };
        rest(kind, number.unwrap_or_default(), body).map_err(|why| malformed(kind, why, number))
    }
}

fn rest(kind: u8, number: u32, mut body: Bytes) -> Result<Message, FieldError> {
    match kind {
        kind::CALL => {
            let function = fields::take_text(&mut body, "the function")?;
            let fingerprint = fields::take_text(&mut body, "the fingerprint")?;
            let timeout = take_timeout(&mut body)?;
            let count = fields::take_u32(&mut body, "the metadata")? as usize;
            // Two texts take two bytes at the least: the count reserves nothing that has not come.
            if count > body.len() / 2 {
                return Err(FieldError::Short("the metadata"));
            }
            let mut metadata = Vec::new();
            for _ in 0..count {
                let name = fields::take_text(&mut body, "a name of metadata")?;
                metadata.push((name, fields::take_text(&mut body, "a value of metadata")?));
            }
            Ok(Message::Call(Call {
                number,
                function,
                fingerprint: Some(fingerprint).filter(|fingerprint| !fingerprint.is_empty()),
                timeout,
                metadata,
                request: body,
            }))
        }
        kind::RETURN => {
            let code = fields::take_byte(&mut body, "the code")?;
            let outcome = match code {
                0 => Ok(body),
                code => Err(take_status(code, body)?),
            };
            Ok(Message::Return { number, outcome })
        }
        kind::CANCEL if body.is_empty() => Ok(Message::Cancel { number }),
        kind::CANCEL => Err(FieldError::Left(body.len())),
        kind::ANNOUNCE => Ok(Message::Announce {
            wit: fields::text(body, "the WIT")?,
        }),
        kind::INVOKE => Ok(Message::Invoke {
            number,
            timeout: take_timeout(&mut body)?,
            text: fields::text(body, "the text")?,
        }),
        _ => {
            let code = fields::take_byte(&mut body, "the code")?;
            Ok(Message::Refuse(take_status(code, body)?))
        }
    }
}

/// The number of the call that a message is about, out of the first bytes of its body.
pub(super) fn number_of(kind: u8, begin: &[u8]) -> Option<u32> {
    match kind {
        kind::CALL | kind::RETURN | kind::CANCEL | kind::INVOKE => {
            fields::take_u32(&mut Bytes::copy_from_slice(begin), "its number").ok()
        }
        _ => None,
    }
}

/// A kind's name, for errors.
pub(super) fn name_of(kind: u8) -> Option<&'static str> {
    match kind {
        kind::CALL => Some("a CALL"),
        kind::RETURN => Some("a RETURN"),
        kind::CANCEL => Some("a CANCEL"),
        kind::ANNOUNCE => Some("an ANNOUNCE"),
        kind::INVOKE => Some("an INVOKE"),
        kind::REFUSE => Some("a REFUSE"),
        _ => None,
    }
}

fn malformed(kind: u8, why: FieldError, number: Option<u32>) -> Malformed {
    Malformed {
        kind: name_of(kind).unwrap_or("a message"),
        why: why.to_string(),
        number,
    }
}

fn microseconds(timeout: Option<Duration>) -> u64 {
    let Some(timeout) = timeout else { return 0 };
    // 0 says that there is none, so that what is left of nothing is the least that there is.
    let micros = timeout.as_nanos().div_ceil(1_000).max(1);
    u64::try_from(micros).unwrap_or(u64::MAX)
}

fn take_timeout(body: &mut Bytes) -> Result<Option<Duration>, FieldError> {
    Ok(match fields::take_u64(body, 64, "the timeout")? {
        0 => None,
        micros => Some(Duration::from_micros(micros)),
    })
}

fn put_status(head: &mut Vec<u8>, status: &Status) -> Bytes {
    head.push(status.code.number());
    let end = status.message.floor_char_boundary(MAX_STATUS_TEXT);
    put_text(head, status.message.get(..end).unwrap_or_default());
    status.encode_details()
}

/// spec: S-1: a code that gRPC does not define is UNKNOWN.
fn take_status(code: u8, mut body: Bytes) -> Result<Status, FieldError> {
    let message = fields::take_text(&mut body, "the status's message")?;
    let code = Code::from_number(code.into()).unwrap_or(Code::Unknown);
    Ok(Status::with_encoded_details(code, message, &body))
}

/// Kind and length.
pub(super) const HEADER: usize = 5;
/// spec: S-2
const MAX_STATUS_TEXT: usize = 2048;
