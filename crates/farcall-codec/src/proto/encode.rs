//! `wit` bytes to messages of protobuf, fields in the order of their numbers: one value has one form.
//!
//! Writes no field that stands for its default, as proto3 does not, but every message and every `oneof`.

use farcall_wit::proto::{Field, Kind, Label, MessageId, Scalar, Shape};

use super::wire::{WireType, carried};
use crate::decode::Decoder;
use crate::decode_error::{DecodeError, DecodeErrorKind};
use crate::encode::{canonical_f32, canonical_f64};
use crate::leb128;
use crate::limits::Limits;
use crate::transcoder::{Transcoder, too_long};

type Result<T = (), E = DecodeError> = std::result::Result<T, E>;

pub(crate) fn from_wit(transcoder: &Transcoder, id: MessageId, bytes: &[u8], limits: &Limits) -> Result<Vec<u8>> {
    let mut encoder = Encoder {
        transcoder,
        wit: Decoder::new(bytes, limits)?,
        limits: *limits,
        out: Vec::new(),
    };
    encoder.message(id)?;
    encoder.wit.end()?;
    Ok(encoder.out)
}

struct Encoder<'a> {
    transcoder: &'a Transcoder,
    wit: Decoder<'a>,
    limits: Limits,
    out: Vec<u8>,
}

impl Encoder<'_> {
    fn message(&mut self, id: MessageId) -> Result {
        let transcoder = self.transcoder;
        let message = transcoder.schema().message(id);
        match message.shape {
            Shape::Fields => {
                let start = self.wit.position();
                for field in &message.fields {
                    self.field(field).map_err(|e| e.within_name(&field.name))?;
                }
                self.wit.charge_if_empty(start)?;
            }
            Shape::Variant(_) => {
                let (_, at) = self.wit.case(message.fields.len())?;
                self.case(message.fields.get(at))?;
            }
            Shape::Result(_) => {
                let at = usize::from(self.tag("a result")?);
                self.case(message.fields.get(at))?;
            }
            Shape::Flags => {
                let bytes = self.wit.flag_bytes(message.fields.len())?;
                for (i, field) in message.fields.iter().enumerate() {
                    if bytes.get(i / 8).is_some_and(|byte| byte >> (i % 8) & 1 == 1) {
                        self.key(field.number, WireType::Varint);
                        self.out.push(1);
                    }
                }
            }
        }
        match self.out.len() > self.limits.decoded_bytes {
            true => Err(self.wit.error(too_long(&self.limits))),
            false => Ok(()),
        }
    }

    fn case(&mut self, field: Option<&Field>) -> Result {
        match field {
            Some(field) => self
                .one(field.number, field.kind, true)
                .map_err(|e| e.within_name(&field.name)),
            None => Ok(()),
        }
    }

    fn field(&mut self, field: &Field) -> Result {
        match field.label {
            Label::Single => self.one(field.number, field.kind, false),
            Label::Optional => match self.tag("an option")? {
                true => self.one(field.number, field.kind, true),
                false => Ok(()),
            },
            Label::List | Label::Map => {
                let length = self.wit.length()?;
                self.elements(field, length)
            }
            Label::FixedList(length) => self.elements(field, length),
        }
    }

    fn elements(&mut self, field: &Field, length: u32) -> Result {
        let length = self.wit.plausible(length, self.transcoder.least(field.kind))?;
        let (_, is_packed) = carried(field.kind);
        if !is_packed {
            for i in 0..length {
                self.one(field.number, field.kind, true)
                    .map_err(|e| e.within_index(i))?;
            }
            return Ok(());
        }
        if length == 0 {
            return Ok(());
        }
        self.key(field.number, WireType::Length);
        let start = self.out.len();
        for i in 0..length {
            self.number(field.kind, None).map_err(|e| e.within_index(i))?;
        }
        self.length_before(start);
        Ok(())
    }

    /// One thing of a kind as a field. A default is left out unless the field's presence says something.
    fn one(&mut self, number: u32, kind: Kind, has_presence: bool) -> Result {
        match kind {
            Kind::Message(id) => {
                self.key(number, WireType::Length);
                let start = self.out.len();
                self.message(id)?;
                self.length_before(start);
            }
            Kind::Empty => {
                self.key(number, WireType::Length);
                self.out.push(0);
            }
            Kind::Scalar(Scalar::String) => {
                let text = self.wit.text()?;
                self.bytes(number, text.as_bytes(), has_presence);
            }
            Kind::Scalar(Scalar::Bytes) => {
                let length = self.wit.length()?;
                let length = self.wit.plausible(length, 1)?;
                let bytes = self.wit.take(length)?;
                self.bytes(number, bytes, has_presence);
            }
            Kind::Scalar(Scalar::FixedBytes(length)) => {
                let length = self.wit.plausible(length, 1)?;
                let bytes = self.wit.take(length)?;
                self.bytes(number, bytes, has_presence);
            }
            Kind::Scalar(Scalar::Char) => {
                let value = self.wit.char()?;
                self.bytes(number, value.encode_utf8(&mut [0; 4]).as_bytes(), true);
            }
            kind => {
                let before = self.out.len();
                self.key(number, carried(kind).0);
                if !self.number(kind, Some(has_presence))? {
                    self.out.truncate(before);
                }
            }
        }
        Ok(())
    }

    fn bytes(&mut self, number: u32, bytes: &[u8], has_presence: bool) {
        if bytes.is_empty() && !has_presence {
            return;
        }
        self.key(number, WireType::Length);
        self.varint(bytes.len());
        self.out.extend_from_slice(bytes);
    }

    /// A number, a bool or an enum without its key; whether it is to be kept, being no default or having presence.
    fn number(&mut self, kind: Kind, has_presence: Option<bool>) -> Result<bool> {
        let value = match kind {
            Kind::Scalar(Scalar::F32) => {
                let value = canonical_f32(f32::from_le_bytes(self.wit.array()?));
                self.out.extend(value.to_le_bytes());
                return Ok(value.to_bits() != 0 || has_presence != Some(false));
            }
            Kind::Scalar(Scalar::F64) => {
                let value = canonical_f64(f64::from_le_bytes(self.wit.array()?));
                self.out.extend(value.to_le_bytes());
                return Ok(value.to_bits() != 0 || has_presence != Some(false));
            }
            Kind::Enum(id) => {
                let cases = self.transcoder.schema().enumeration(id).values.len();
                self.wit.case(cases)?.0.into()
            }
            Kind::Scalar(Scalar::Bool) => match self.wit.byte()? {
                0 => 0,
                1 => 1,
                _ => return Err(self.wit.before(1, DecodeErrorKind::Bool)),
            },
            Kind::Scalar(Scalar::U8) => self.wit.byte()?.into(),
            Kind::Scalar(Scalar::U16) => self.wit.unsigned::<u64>(16)?,
            Kind::Scalar(Scalar::U32) => self.wit.unsigned::<u64>(32)?,
            Kind::Scalar(Scalar::U64) => self.wit.unsigned::<u64>(64)?,
            Kind::Scalar(Scalar::S8) => extended(i8::from_le_bytes([self.wit.byte()?]).into()),
            Kind::Scalar(Scalar::S16) => extended(self.wit.signed(16)?),
            Kind::Scalar(Scalar::S32) => extended(self.wit.signed(32)?),
            Kind::Scalar(Scalar::S64) => extended(self.wit.signed(64)?),
            // No other kind is a number.
            _ => 0,
        };
        leb128::write_unsigned(value, &mut self.out);
        Ok(value != 0 || has_presence != Some(false))
    }

    fn tag(&mut self, of: &'static str) -> Result<bool> {
        match self.wit.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.wit.before(1, DecodeErrorKind::Tag { of })),
        }
    }

    fn key(&mut self, number: u32, wire_type: WireType) {
        let wire_type = match wire_type {
            WireType::Varint => 0,
            WireType::Fixed64 => 1,
            WireType::Length | WireType::Group => 2,
            WireType::Fixed32 => 5,
        };
        leb128::write_unsigned(u64::from(number) << 3 | wire_type, &mut self.out);
    }

    fn varint(&mut self, value: usize) {
        // A varint that is as short as can be is the LEB128 of `wit`.
        leb128::write_unsigned(u64::try_from(value).unwrap_or(u64::MAX), &mut self.out);
    }

    /// Puts the length before what was written since `start`.
    fn length_before(&mut self, start: usize) {
        let end = self.out.len();
        self.varint(end.saturating_sub(start));
        let length = self.out.len() - end;
        if let Some(written) = self.out.get_mut(start..) {
            written.rotate_right(length);
        }
    }
}

/// A negative number is carried as one of 64 bits.
fn extended(value: i64) -> u64 {
    u64::from_le_bytes(value.to_le_bytes())
}
