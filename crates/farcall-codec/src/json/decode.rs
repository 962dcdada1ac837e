//! JSON to `wit` bytes: members in any order become values in the order of WIT.
//!
//! Members that no field has are skipped.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use farcall_wit::proto::{Field, Kind, Label, MessageId, Scalar, Shape};

use super::number;
use super::text::{Result, Text};
use crate::encode::{canonical_f32, canonical_f64};
use crate::limits::Limits;
use crate::message_error::{MessageError, MessageErrorKind as Error};
use crate::output::Output;
use crate::transcoder::Transcoder;

pub(crate) fn to_wit(transcoder: &Transcoder, id: MessageId, bytes: &[u8], limits: &Limits) -> Result<Vec<u8>> {
    if bytes.len() > limits.bytes {
        let (what, limit) = ("bytes of a message", limits.bytes);
        return Err(Error::Limit { what, limit }.at(0));
    }
    let mut decoder = Decoder {
        transcoder,
        text: Text::new(bytes, limits.depth)?,
        members: Vec::new(),
        out: Output::new(limits),
    };
    decoder.message(id)?;
    decoder.text.end()?;
    Ok(decoder.out.bytes)
}

struct Decoder<'a> {
    transcoder: &'a Transcoder,
    text: Text<'a>,
    members: Vec<Member>,
    out: Output,
}

/// What was seen of a field.
#[derive(Clone, Copy)]
enum Member {
    Absent,
    Null,
    Written(usize, usize),
}

impl Decoder<'_> {
    fn message(&mut self, id: MessageId) -> Result {
        let transcoder = self.transcoder;
        let message = transcoder.schema().message(id);
        let at = self.text.at();
        let (start, members) = (self.out.len(), self.members.len());
        match message.shape {
            Shape::Fields => {
                self.members.resize(members + message.fields.len(), Member::Absent);
                self.object(|decoder, name| {
                    let Some((at, field)) = decoder.known(id, &message.fields, name) else {
                        return decoder.text.skip();
                    };
                    decoder
                        .member(members + at, |decoder| decoder.field(field))
                        .map_err(|e| e.within_name(&field.name))
                })?;
                self.in_order(&message.fields, start, members)?;
            }
            Shape::Flags => {
                self.members.resize(members + message.fields.len(), Member::Absent);
                self.out.bytes.resize(start + message.fields.len().div_ceil(8), 0);
                self.object(|decoder, name| {
                    let Some((at, field)) = decoder.known(id, &message.fields, name) else {
                        return decoder.text.skip();
                    };
                    decoder
                        .member(members + at, |decoder| {
                            let is_set = decoder.bool()?;
                            decoder.out.flag(start, at, is_set);
                            Ok(())
                        })
                        .map_err(|e| e.within_name(&field.name))
                })?;
            }
            Shape::Variant(_) | Shape::Result(_) => {
                let mut is_set = false;
                self.object(|decoder, name| {
                    let Some((at, field)) = decoder.known(id, &message.fields, name) else {
                        return decoder.text.skip();
                    };
                    if decoder.null() {
                        return Ok(());
                    }
                    // spec: J-8
                    if std::mem::replace(&mut is_set, true) {
                        return Err(decoder.fails(Error::Twice).within_name(&field.name));
                    }
                    decoder.out.length(at).map_err(|e| decoder.fails(e))?;
                    decoder.one(field.kind).map_err(|e| e.within_name(&field.name))
                })?;
                if !is_set {
                    let cases = message.fields.len();
                    return Err(Error::Unset { cases }.at(at));
                }
            }
        }
        self.members.truncate(members);
        self.out.check_empty(start).map_err(|e| e.at(at))
    }

    fn known<'f>(&self, id: MessageId, fields: &'f [Field], name: &str) -> Option<(usize, &'f Field)> {
        let at = self.transcoder.field(id, name)?;
        Some((at, fields.get(at)?))
    }

    fn object(&mut self, mut member: impl FnMut(&mut Self, &str) -> Result) -> Result {
        if !self.text.take(b'{') {
            return Err(self.unexpected("an object"));
        }
        if self.text.take(b'}') {
            return Ok(());
        }
        loop {
            let name = self.text.name()?;
            member(self, &name)?;
            if !self.text.take(b',') {
                return self.text.expect(b'}', "`,` or `}`");
            }
        }
    }

    /// A member of an object with the place `slot`: written once, or null.
    fn member(&mut self, slot: usize, write: impl FnOnce(&mut Self) -> Result) -> Result {
        // spec: J-8
        if !matches!(self.members.get(slot), Some(Member::Absent)) {
            return Err(self.fails(Error::Twice));
        }
        let start = self.out.len();
        let seen = if self.null() {
            Member::Null
        } else {
            write(self)?;
            Member::Written(start, self.out.len())
        };
        if let Some(member) = self.members.get_mut(slot) {
            *member = seen;
        }
        Ok(())
    }

    /// Brings the fields that were written since `start` into their order, and what is absent between them.
    fn in_order(&mut self, fields: &[Field], start: usize, members: usize) -> Result {
        let mut expected = start;
        let seen = self.members.get(members..).unwrap_or_default();
        let is_in_order = seen.iter().all(|member| match member {
            Member::Written(start, end) => std::mem::replace(&mut expected, *end) == *start,
            Member::Absent | Member::Null => false,
        });
        if is_in_order {
            return Ok(());
        }
        let mut parts = Vec::new();
        for (i, field) in fields.iter().enumerate() {
            let range = match self.members.get(members + i) {
                Some(Member::Written(start, end)) => *start..*end,
                _ => {
                    let start = self.out.len();
                    self.absent(field).map_err(|e| e.within_name(&field.name))?;
                    start..self.out.len()
                }
            };
            parts.push(range);
        }
        self.out.arrange(start, parts);
        Ok(())
    }

    fn absent(&mut self, field: &Field) -> Result {
        let at = self.text.at();
        self.out
            .absent(self.transcoder, field)
            .map_err(|(error, path)| path.iter().fold(error.at(at), |error, name| error.within_name(name)))
    }

    fn field(&mut self, field: &Field) -> Result {
        match field.label {
            Label::Single => self.one(field.kind),
            Label::Optional => {
                self.out.bytes.push(1);
                self.one(field.kind)
            }
            Label::List => {
                let start = self.out.len();
                let count = self.elements(field.kind)?;
                self.out.count_before(start, count).map_err(|e| self.fails(e))
            }
            Label::FixedList(expected) => {
                let count = self.elements(field.kind)?;
                match u32::try_from(count) == Ok(expected) {
                    true => Ok(()),
                    false => Err(self.fails(Error::Count { expected })),
                }
            }
            Label::Map => {
                let Kind::Message(entry) = field.kind else {
                    return Ok(());
                };
                let start = self.out.len();
                let mut count = 0usize;
                let transcoder = self.transcoder;
                let entry = transcoder.schema().message(entry);
                self.object(|decoder, name| {
                    if let [key, value] = entry.fields.as_slice() {
                        decoder
                            .key(key.kind, name)
                            .and_then(|()| decoder.one(value.kind))
                            .map_err(|e| e.within_index(count))?;
                    }
                    count += 1;
                    Ok(())
                })?;
                self.out.count_before(start, count).map_err(|e| self.fails(e))
            }
        }
    }

    fn elements(&mut self, kind: Kind) -> Result<usize> {
        if !self.text.take(b'[') {
            return Err(self.unexpected("an array"));
        }
        let mut count = 0usize;
        if self.text.take(b']') {
            return Ok(count);
        }
        loop {
            self.one(kind).map_err(|e| e.within_index(count))?;
            count += 1;
            if !self.text.take(b',') {
                self.text.expect(b']', "`,` or `]`")?;
                return Ok(count);
            }
        }
    }

    /// One thing of a kind.
    fn one(&mut self, kind: Kind) -> Result {
        match kind {
            Kind::Message(id) => return self.message(id),
            Kind::Empty => return self.object(|decoder, _| decoder.text.skip()),
            Kind::Enum(id) => {
                let cases = self.transcoder.schema().enumeration(id).values.len();
                let number = match self.text.peek() {
                    Some(b'"') => {
                        let name = self.text.string()?;
                        self.transcoder.value(id, &name)
                    }
                    Some(b'-' | b'0'..=b'9') => {
                        let number = number::integer(self.text.number()?);
                        let number = number.and_then(|number| u32::try_from(number).ok());
                        number.filter(|number| usize::try_from(*number).is_ok_and(|number| number < cases))
                    }
                    _ => return Err(self.unexpected("a name or number of an enum")),
                };
                match number {
                    Some(number) => self.out.unsigned(number.into()),
                    None => return Err(self.fails(Error::Enum { cases })),
                }
            }
            Kind::Scalar(Scalar::Bool) => {
                let value = self.bool()?;
                self.out.bytes.push(u8::from(value));
            }
            Kind::Scalar(scalar @ (Scalar::String | Scalar::Char | Scalar::Bytes | Scalar::FixedBytes(_))) => {
                if self.text.peek() != Some(b'"') {
                    return Err(self.unexpected("a string"));
                }
                let text = self.text.string()?;
                self.string(scalar, &text)?;
            }
            Kind::Scalar(scalar) => match self.text.peek() {
                Some(b'"') => {
                    let text = self.text.string()?;
                    self.number(scalar, &text, true)?;
                }
                Some(b'-' | b'0'..=b'9') => {
                    let text = self.text.number()?;
                    self.number(scalar, text, false)?;
                }
                _ => return Err(self.unexpected("a number")),
            },
        }
        self.out.check().map_err(|e| self.fails(e))
    }

    /// A key of a map, which JSON writes as a string whatever it is.
    fn key(&mut self, kind: Kind, text: &str) -> Result {
        match kind {
            Kind::Scalar(Scalar::Bool) => {
                let value = match text {
                    "true" => 1,
                    "false" => 0,
                    _ => return Err(self.fails(Error::Expected { expected: "a bool" })),
                };
                self.out.bytes.push(value);
                Ok(())
            }
            Kind::Scalar(scalar @ (Scalar::String | Scalar::Char)) => self.string(scalar, text),
            Kind::Scalar(scalar) => self.number(scalar, text, true),
            Kind::Enum(_) | Kind::Message(_) | Kind::Empty => Ok(()),
        }
    }

    fn string(&mut self, scalar: Scalar, text: &str) -> Result {
        let done = match scalar {
            Scalar::Char => {
                if text.chars().count() != 1 {
                    return Err(self.fails(Error::Char));
                }
                self.out.bytes.extend_from_slice(text.as_bytes());
                Ok(())
            }
            Scalar::Bytes | Scalar::FixedBytes(_) => {
                let engine = if text.contains(['-', '_']) { URL_SAFE } else { STANDARD };
                let Ok(bytes) = engine.decode(text) else {
                    let expected = "base64";
                    return Err(self.fails(Error::Expected { expected }));
                };
                match scalar {
                    Scalar::FixedBytes(expected) if u32::try_from(bytes.len()) != Ok(expected) => {
                        return Err(self.fails(Error::Count { expected }));
                    }
                    Scalar::FixedBytes(_) => {
                        self.out.bytes.extend(bytes);
                        Ok(())
                    }
                    _ => self.out.prefixed(&bytes),
                }
            }
            _ => self.out.prefixed(text.as_bytes()),
        };
        done.map_err(|e| self.fails(e))
    }

    fn number(&mut self, scalar: Scalar, text: &str, is_quoted: bool) -> Result {
        let named = match text {
            "NaN" if is_quoted => Some(f64::NAN),
            "Infinity" if is_quoted => Some(f64::INFINITY),
            "-Infinity" if is_quoted => Some(f64::NEG_INFINITY),
            _ => None,
        };
        let is_float = matches!(scalar, Scalar::F32 | Scalar::F64);
        if !(number::is_number(text) || is_float && named.is_some()) {
            return Err(self.fails(Error::Expected { expected: "a number" }));
        }
        let (bits, done) = match scalar {
            Scalar::F32 => {
                let value = named.map_or_else(
                    || text.parse::<f32>().ok().filter(|v| v.is_finite()),
                    |v| Some(narrow(v)),
                );
                let done = value.map(|v| self.out.bytes.extend(canonical_f32(v).to_le_bytes()));
                (32, done)
            }
            Scalar::F64 => {
                let value = named.or_else(|| text.parse::<f64>().ok().filter(|v| v.is_finite()));
                let done = value.map(|v| self.out.bytes.extend(canonical_f64(v).to_le_bytes()));
                (64, done)
            }
            scalar => match number::integer(text) {
                Some(value) => self.integer(scalar, value),
                None => (64, None),
            },
        };
        match done {
            Some(()) => Ok(()),
            None => Err(self.fails(Error::Range { bits })),
        }
    }

    fn integer(&mut self, scalar: Scalar, value: i128) -> (u32, Option<()>) {
        let out = &mut self.out;
        match scalar {
            Scalar::U8 => (8, u8::try_from(value).ok().map(|v| out.bytes.push(v))),
            Scalar::U16 => (16, u16::try_from(value).ok().map(|v| out.unsigned(v.into()))),
            Scalar::U32 => (32, u32::try_from(value).ok().map(|v| out.unsigned(v.into()))),
            Scalar::U64 => (64, u64::try_from(value).ok().map(|v| out.unsigned(v))),
            Scalar::S8 => (8, i8::try_from(value).ok().map(|v| out.bytes.extend(v.to_le_bytes()))),
            Scalar::S16 => (16, i16::try_from(value).ok().map(|v| out.signed(v.into()))),
            Scalar::S32 => (32, i32::try_from(value).ok().map(|v| out.signed(v.into()))),
            Scalar::S64 => (64, i64::try_from(value).ok().map(|v| out.signed(v))),
            // No other scalar is an integer.
            _ => (64, None),
        }
    }

    fn bool(&mut self) -> Result<bool> {
        let at = self.text.at();
        match self.text.word() {
            Some("true") => Ok(true),
            Some("false") => Ok(false),
            Some(_) => Err(Error::Expected { expected: "a bool" }.at(at)),
            None => Err(self.unexpected("a bool")),
        }
    }

    /// Steps over `null`.
    fn null(&mut self) -> bool {
        self.text.peek() == Some(b'n') && self.text.word() == Some("null")
    }

    fn fails(&self, error: Error) -> MessageError {
        error.at(self.text.at())
    }

    /// Another value than is expected, or none at all.
    fn unexpected(&mut self, expected: &'static str) -> MessageError {
        let fails = self.fails(Error::Expected { expected });
        self.text.skip().err().unwrap_or(fails)
    }
}

/// Of infinities and NaN alone.
#[allow(clippy::cast_possible_truncation)]
fn narrow(value: f64) -> f32 {
    value as f32
}

/// spec: J-6
const fn lenient(alphabet: &alphabet::Alphabet) -> GeneralPurpose {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    GeneralPurpose::new(alphabet, config)
}

const STANDARD: GeneralPurpose = lenient(&alphabet::STANDARD);
const URL_SAFE: GeneralPurpose = lenient(&alphabet::URL_SAFE);
