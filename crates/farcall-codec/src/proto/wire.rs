//! Fields as they lie in the bytes of a message: keys, wire types, payloads.
//!
//! Does not know what a field means.

use farcall_wit::proto::{Kind, Scalar};

use crate::message_error::{MessageError, MessageErrorKind as Error};

/// How the payload of a field is carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WireType {
    Varint,
    Fixed64,
    Length,
    Group,
    Fixed32,
}

/// A place within the bytes of a message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
}

/// One field as it lies there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Occurrence {
    pub(super) number: u32,
    pub(super) wire_type: WireType,
    /// From the key to the end.
    pub(super) whole: Span,
    /// A varint, eight or four bytes, or what the length counts.
    pub(super) payload: Span,
}

/// Reads fields one after the other out of a span.
pub(super) struct Fields<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: usize,
}

impl<'a> Fields<'a> {
    /// `depth` is how deep groups may nest, which are known to no message here.
    pub(super) fn new(message: &'a [u8], span: Span, depth: usize) -> Fields<'a> {
        Fields {
            bytes: message.get(..span.end).unwrap_or_default(),
            at: span.start,
            depth,
        }
    }

    /// The next field that is no group, or `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Occurrence>, MessageError> {
        let mut open: Vec<u32> = Vec::new();
        loop {
            if self.at >= self.bytes.len() {
                return match open.is_empty() {
                    true => Ok(None),
                    false => Err(self.fails(Error::End)),
                };
            }
            let start = self.at;
            let (number, wire_type) = self.key()?;
            let payload = match wire_type {
                0 => {
                    let start = self.at;
                    self.varint()?;
                    Span { start, end: self.at }
                }
                1 => self.take(8)?,
                2 => {
                    let length = self.varint()?;
                    self.take(usize::try_from(length).unwrap_or(usize::MAX))?
                }
                3 => {
                    // spec: G-14. No group is known; what is in one is skipped without recursion.
                    if open.len() >= self.depth {
                        let limit = self.depth;
                        let what = "levels of nesting";
                        return Err(self.fails(Error::Limit { what, limit }));
                    }
                    open.push(number);
                    continue;
                }
                4 => {
                    if open.pop() != Some(number) {
                        return Err(self.fails(Error::Wire {
                            what: "a group ends that did not begin",
                        }));
                    }
                    continue;
                }
                5 => self.take(4)?,
                _ => {
                    return Err(self.fails(Error::Wire {
                        what: "a wire type that there is not",
                    }));
                }
            };
            if open.is_empty() {
                let wire_type = match wire_type {
                    0 => WireType::Varint,
                    1 => WireType::Fixed64,
                    2 => WireType::Length,
                    5 => WireType::Fixed32,
                    _ => WireType::Group,
                };
                return Ok(Some(Occurrence {
                    number,
                    wire_type,
                    whole: Span { start, end: self.at },
                    payload,
                }));
            }
        }
    }

    /// The next varint of a packed payload.
    pub(super) fn varint(&mut self) -> Result<u64, MessageError> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let mut value = 0u64;
        for (i, byte) in rest.iter().take(10).enumerate() {
            let low = u64::from(byte & 0x7f);
            if i == 9 && low > 1 {
                return Err(self.fails(Error::Wire {
                    what: "a varint of more than 64 bits",
                }));
            }
            value |= low << (7 * i);
            if byte & 0x80 == 0 {
                self.at += i + 1;
                return Ok(value);
            }
        }
        match rest.len() < 10 {
            true => Err(self.fails(Error::End)),
            false => Err(self.fails(Error::Wire {
                what: "a varint of more than 64 bits",
            })),
        }
    }

    /// The next `N` bytes of a packed payload.
    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], MessageError> {
        let span = self.take(N)?;
        let mut array = [0; N];
        array.copy_from_slice(self.bytes.get(span.start..span.end).unwrap_or(&[0; N]));
        Ok(array)
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at >= self.bytes.len()
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    fn key(&mut self) -> Result<(u32, u64), MessageError> {
        let key = self.varint()?;
        match u32::try_from(key >> 3) {
            Ok(number) if (1..=MAX_NUMBER).contains(&number) => Ok((number, key & 7)),
            _ => Err(self.fails(Error::Wire {
                what: "a number of a field that there is not",
            })),
        }
    }

    fn take(&mut self, count: usize) -> Result<Span, MessageError> {
        let start = self.at;
        match start.checked_add(count) {
            Some(end) if end <= self.bytes.len() => {
                self.at = end;
                Ok(Span { start, end })
            }
            _ => Err(self.fails(Error::End)),
        }
    }

    fn fails(&self, kind: Error) -> MessageError {
        kind.at(self.at)
    }
}

impl Error {
    pub(super) fn wire_type(wire_type: WireType) -> Error {
        Error::WireType {
            expected: match wire_type {
                WireType::Varint => "a varint",
                WireType::Fixed64 => "eight bytes",
                WireType::Fixed32 => "four bytes",
                WireType::Length | WireType::Group => "a length and bytes",
            },
        }
    }
}

/// How one thing of a kind is carried, and whether several may be packed together.
pub(super) fn carried(kind: Kind) -> (WireType, bool) {
    match kind {
        Kind::Scalar(Scalar::F32) => (WireType::Fixed32, true),
        Kind::Scalar(Scalar::F64) => (WireType::Fixed64, true),
        Kind::Scalar(Scalar::Char | Scalar::String | Scalar::Bytes | Scalar::FixedBytes(_)) => {
            (WireType::Length, false)
        }
        Kind::Scalar(_) | Kind::Enum(_) => (WireType::Varint, true),
        Kind::Message(_) | Kind::Empty => (WireType::Length, false),
    }
}

const MAX_NUMBER: u32 = (1 << 29) - 1;
