//! The `wit` bytes that a message becomes, bounded, and what stands for what a message leaves out.
//!
//! Does not read messages; `proto/` and `json/` do.

use std::ops::Range;

use farcall_wit::proto::{Field, Kind, Label, MessageId, Scalar, Shape};

use crate::leb128;
use crate::limits::Limits;
use crate::message_error::MessageErrorKind as Error;
use crate::transcoder::{MADE_BYTES, Transcoder};

/// What is made of a message.
pub(crate) struct Output {
    pub(crate) bytes: Vec<u8>,
    limits: Limits,
    empty: usize,
}

impl Output {
    pub(crate) fn new(limits: &Limits) -> Output {
        Output {
            bytes: Vec::new(),
            limits: *limits,
            empty: 0,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Fails as soon as more was made than may be. What is made between two calls is bounded by what was read.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let limit = self.limits.decoded_bytes;
        match self.bytes.len() > limit {
            true => Err(Error::Limit {
                what: MADE_BYTES,
                limit,
            }),
            false => Ok(()),
        }
    }

    /// Counts something that took no bytes since `start`: no count of bytes bounds how many there are.
    pub(crate) fn check_empty(&mut self, start: usize) -> Result<(), Error> {
        self.empty = self.empty.saturating_add(usize::from(self.bytes.len() == start));
        let limit = self.limits.zero_sized_elements;
        match self.empty > limit {
            true => Err(Error::Limit {
                what: "elements without bytes",
                limit,
            }),
            false => self.check(),
        }
    }

    pub(crate) fn unsigned(&mut self, value: u64) {
        leb128::write_unsigned(value, &mut self.bytes);
    }

    pub(crate) fn signed(&mut self, value: i64) {
        leb128::write_signed(value, &mut self.bytes);
    }

    /// A length and bytes.
    pub(crate) fn prefixed(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.length(bytes.len())?;
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    pub(crate) fn length(&mut self, length: usize) -> Result<(), Error> {
        let length = u32::try_from(length).map_err(|_| Error::Limit {
            what: "elements",
            limit: usize::try_from(u32::MAX).unwrap_or(usize::MAX),
        })?;
        self.unsigned(length.into());
        Ok(())
    }

    /// Puts the number of elements before those that were written since `start`.
    pub(crate) fn count_before(&mut self, start: usize, count: usize) -> Result<(), Error> {
        let end = self.bytes.len();
        self.length(count)?;
        let length = self.bytes.len() - end;
        if let Some(written) = self.bytes.get_mut(start..) {
            written.rotate_right(length);
        }
        Ok(())
    }

    /// Brings parts that were written since `start` into the order of `parts`; what is in none is dropped.
    pub(crate) fn arrange(&mut self, start: usize, parts: impl IntoIterator<Item = Range<usize>>) {
        let written = self.bytes.split_off(start.min(self.bytes.len()));
        for part in parts {
            let part = part.start.saturating_sub(start)..part.end.saturating_sub(start);
            self.bytes.extend_from_slice(written.get(part).unwrap_or_default());
        }
    }

    /// What stands for a field that is absent: zero, nothing, and for a message one without fields. A variant has no
    /// such value, a char and a list of fixed length neither.
    pub(crate) fn absent(&mut self, transcoder: &Transcoder, field: &Field) -> Result<(), (Error, Vec<String>)> {
        let fails = |error| Err((error, Vec::new()));
        let zeros = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
        let count = match (field.label, field.kind) {
            (Label::Optional | Label::List | Label::Map, _) => 1,
            (Label::FixedList(0), _) => 0,
            (Label::FixedList(expected), _) => return fails(Error::Count { expected }),
            (Label::Single, Kind::Message(id)) => return self.absent_message(transcoder, id),
            (Label::Single, Kind::Empty) => 0,
            (Label::Single, Kind::Enum(_)) => 1,
            (Label::Single, Kind::Scalar(scalar)) => match scalar {
                Scalar::F32 => 4,
                Scalar::F64 => 8,
                Scalar::Char => return fails(Error::Char),
                Scalar::FixedBytes(expected) if expected > 0 => return fails(Error::Count { expected }),
                Scalar::FixedBytes(n) => zeros(n),
                _ => 1,
            },
        };
        self.bytes.resize(self.bytes.len() + count, 0);
        self.check().map_err(|error| (error, Vec::new()))
    }

    fn absent_message(&mut self, transcoder: &Transcoder, id: MessageId) -> Result<(), (Error, Vec<String>)> {
        let message = transcoder.schema().message(id);
        let start = self.bytes.len();
        match message.shape {
            Shape::Fields => {
                for field in &message.fields {
                    self.absent(transcoder, field).map_err(|(error, mut path)| {
                        path.push(field.name.clone());
                        (error, path)
                    })?;
                }
            }
            Shape::Flags => self.bytes.resize(start + message.fields.len().div_ceil(8), 0),
            Shape::Variant(_) | Shape::Result(_) => {
                let cases = message.fields.len();
                return Err((Error::Unset { cases }, Vec::new()));
            }
        }
        self.check_empty(start).map_err(|error| (error, Vec::new()))
    }

    /// Sets or clears a flag of those that begin at `start`.
    pub(crate) fn flag(&mut self, start: usize, flag: usize, is_set: bool) {
        if let Some(byte) = self.bytes.get_mut(start + flag / 8) {
            let bit = 1 << (flag % 8);
            *byte = if is_set { *byte | bit } else { *byte & !bit };
        }
    }
}
