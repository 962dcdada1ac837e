//! `wit` bytes to JSON: every field that has a value, defaults among them, in the order of WIT.
//!
//! Writes no spaces.

use std::collections::HashMap;
use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use farcall_wit::proto::{Field, Kind, Label, Message, MessageId, Scalar, Shape};

use crate::decode::Decoder;
use crate::decode_error::{DecodeError, DecodeErrorKind};
use crate::encode::{canonical_f32, canonical_f64};
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
        self.out.push(b'{');
        match message.shape {
            Shape::Fields => {
                let start = self.wit.position();
                let mut is_first = true;
                for field in &message.fields {
                    self.field(field, &mut is_first)
                        .map_err(|e| e.within_name(&field.name))?;
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
                let mut is_first = true;
                for (i, field) in message.fields.iter().enumerate() {
                    self.name(&field.json_name, &mut is_first);
                    let is_set = bytes.get(i / 8).is_some_and(|byte| byte >> (i % 8) & 1 == 1);
                    self.out.extend_from_slice(if is_set { b"true" } else { b"false" });
                }
            }
        }
        self.out.push(b'}');
        match self.out.len() > self.limits.decoded_bytes {
            true => Err(self.wit.error(too_long(&self.limits))),
            false => Ok(()),
        }
    }

    fn case(&mut self, field: Option<&Field>) -> Result {
        let Some(field) = field else { return Ok(()) };
        self.name(&field.json_name, &mut true);
        self.one(field.kind).map_err(|e| e.within_name(&field.name))
    }

    fn field(&mut self, field: &Field, is_first: &mut bool) -> Result {
        if field.label == Label::Optional && !self.tag("an option")? {
            return Ok(());
        }
        self.name(&field.json_name, is_first);
        match (field.label, field.kind) {
            (Label::Single | Label::Optional, kind) => self.one(kind),
            (Label::List, kind) => {
                let length = self.wit.length()?;
                self.elements(kind, length)
            }
            (Label::FixedList(length), kind) => self.elements(kind, length),
            (Label::Map, Kind::Message(entry)) => {
                let entry = self.transcoder.schema().message(entry);
                self.map(entry, field.kind)
            }
            // The entries of a map are messages.
            (Label::Map, _) => Ok(()),
        }
    }

    fn elements(&mut self, kind: Kind, length: u32) -> Result {
        let length = self.wit.plausible(length, self.transcoder.least(kind))?;
        self.out.push(b'[');
        for i in 0..length {
            if i > 0 {
                self.out.push(b',');
            }
            self.one(kind).map_err(|e| e.within_index(i))?;
        }
        self.out.push(b']');
        Ok(())
    }

    fn map(&mut self, entry: &Message, kind: Kind) -> Result {
        let [key, value] = entry.fields.as_slice() else {
            return Ok(());
        };
        let length = self.wit.length()?;
        let length = self.wit.plausible(length, self.transcoder.least(kind))?;
        self.out.push(b'{');
        let start = self.out.len();
        let mut seen: HashMap<&[u8], (usize, usize)> = HashMap::new();
        let mut has_dropped = false;
        for i in 0..length {
            let from = self.out.len();
            let key_start = self.wit.position();
            self.key(key.kind).map_err(|e| e.within_index(i))?;
            let key = self.wit.message().get(key_start..self.wit.position());
            self.out.push(b':');
            self.one(value.kind).map_err(|e| e.within_index(i))?;
            self.out.push(b',');
            // spec: V-11. One value has one encoding, so that one key is one slice.
            if let Some((from, to)) = seen.insert(key.unwrap_or_default(), (from, self.out.len())) {
                has_dropped = true;
                self.blank(from, to);
            }
        }
        if has_dropped {
            let kept = self.out.split_off(start);
            self.out.extend(kept.into_iter().filter(|byte| *byte != BLANK));
        }
        if self.out.len() > start {
            self.out.pop();
        }
        self.out.push(b'}');
        Ok(())
    }

    /// Overwrites what a later entry replaces with a byte that no JSON holds.
    fn blank(&mut self, from: usize, to: usize) {
        if let Some(replaced) = self.out.get_mut(from..to) {
            replaced.fill(BLANK);
        }
    }

    fn key(&mut self, kind: Kind) -> Result {
        let is_text = matches!(
            kind,
            Kind::Scalar(Scalar::String | Scalar::Char | Scalar::U64 | Scalar::S64)
        );
        if is_text {
            return self.one(kind);
        }
        self.out.push(b'"');
        self.one(kind)?;
        self.out.push(b'"');
        Ok(())
    }

    fn one(&mut self, kind: Kind) -> Result {
        match kind {
            Kind::Message(id) => self.message(id)?,
            Kind::Empty => self.out.extend_from_slice(b"{}"),
            Kind::Enum(id) => {
                let values = &self.transcoder.schema().enumeration(id).values;
                let (_, at) = self.wit.case(values.len())?;
                if let Some(value) = values.get(at) {
                    self.string(&value.name);
                }
            }
            Kind::Scalar(scalar) => self.scalar(scalar)?,
        }
        Ok(())
    }

    fn scalar(&mut self, scalar: Scalar) -> Result {
        match scalar {
            Scalar::Bool => match self.wit.byte()? {
                0 => self.out.extend_from_slice(b"false"),
                1 => self.out.extend_from_slice(b"true"),
                _ => return Err(self.wit.before(1, DecodeErrorKind::Bool)),
            },
            Scalar::U8 => {
                let value = self.wit.byte()?;
                self.display(format_args!("{value}"));
            }
            Scalar::S8 => {
                let value = i8::from_le_bytes([self.wit.byte()?]);
                self.display(format_args!("{value}"));
            }
            Scalar::U16 | Scalar::U32 => {
                let value: u64 = self.wit.unsigned(if scalar == Scalar::U16 { 16 } else { 32 })?;
                self.display(format_args!("{value}"));
            }
            Scalar::S16 | Scalar::S32 => {
                let value: i64 = self.wit.signed(if scalar == Scalar::S16 { 16 } else { 32 })?;
                self.display(format_args!("{value}"));
            }
            Scalar::U64 => {
                let value: u64 = self.wit.unsigned(64)?;
                self.display(format_args!("\"{value}\""));
            }
            Scalar::S64 => {
                let value: i64 = self.wit.signed(64)?;
                self.display(format_args!("\"{value}\""));
            }
            Scalar::F32 => {
                let value = canonical_f32(f32::from_le_bytes(self.wit.array()?));
                match value.is_finite() {
                    true => self.display(format_args!("{value:?}")),
                    false => self.not_finite(value.into()),
                }
            }
            Scalar::F64 => {
                let value = canonical_f64(f64::from_le_bytes(self.wit.array()?));
                match value.is_finite() {
                    true => self.display(format_args!("{value:?}")),
                    false => self.not_finite(value),
                }
            }
            Scalar::Char => {
                let value = self.wit.char()?;
                self.string(value.encode_utf8(&mut [0; 4]));
            }
            Scalar::String => {
                let text = self.wit.text()?;
                self.string(text);
            }
            Scalar::Bytes | Scalar::FixedBytes(_) => {
                let length = match scalar {
                    Scalar::FixedBytes(length) => length,
                    _ => self.wit.length()?,
                };
                let length = self.wit.plausible(length, 1)?;
                let text = STANDARD.encode(self.wit.take(length)?);
                self.display(format_args!("\"{text}\""));
            }
        }
        Ok(())
    }

    fn not_finite(&mut self, value: f64) {
        let name = match value {
            f64::INFINITY => "\"Infinity\"",
            f64::NEG_INFINITY => "\"-Infinity\"",
            _ => "\"NaN\"",
        };
        self.out.extend_from_slice(name.as_bytes());
    }

    fn tag(&mut self, of: &'static str) -> Result<bool> {
        match self.wit.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.wit.before(1, DecodeErrorKind::Tag { of })),
        }
    }

    /// A name and its `:`. Names of fields need no escapes.
    fn name(&mut self, name: &str, is_first: &mut bool) {
        if !std::mem::replace(is_first, false) {
            self.out.push(b',');
        }
        self.display(format_args!("\"{name}\":"));
    }

    fn string(&mut self, text: &str) {
        self.out.push(b'"');
        for run in text.split_inclusive(|c: char| matches!(c, '"' | '\\' | '\0'..='\x1f')) {
            let last = run.as_bytes().last().copied().unwrap_or_default();
            let escape = match last {
                b'"' => "\\\"",
                b'\\' => "\\\\",
                b'\n' => "\\n",
                b'\r' => "\\r",
                b'\t' => "\\t",
                0..=0x1f => "",
                _ => {
                    self.out.extend_from_slice(run.as_bytes());
                    continue;
                }
            };
            let plain = run.get(..run.len().saturating_sub(1)).unwrap_or_default();
            self.out.extend_from_slice(plain.as_bytes());
            match escape {
                "" => self.display(format_args!("\\u{last:04x}")),
                escape => self.out.extend_from_slice(escape.as_bytes()),
            }
        }
        self.out.push(b'"');
    }

    fn display(&mut self, value: std::fmt::Arguments<'_>) {
        // Writing into a vector does not fail.
        let _ = self.out.write_fmt(value);
    }
}

const BLANK: u8 = 0;
