//! Rust's types to `wit` bytes.
//!
//! Checks nothing but lengths: a value of a Rust type is one of its WIT type.

use std::collections::BTreeMap;

use crate::encode::{EncodeError, EncodeErrorKind, canonical_f32, canonical_f64};
use crate::leb128;

/// The bytes of one message, as they grow.
#[derive(Debug, Default)]
pub struct Encoder {
    bytes: Vec<u8>,
    keeps_nans: bool,
    too_long: Option<usize>,
}

/// A type that is carried.
pub trait Encode {
    /// Appends the value.
    fn encode(&self, encoder: &mut Encoder);

    /// Appends values one after the other, without their number.
    fn encode_all(values: &[Self], encoder: &mut Encoder)
    where
        Self: Sized,
    {
        values.iter().for_each(|value| value.encode(encoder));
    }
}

impl Encoder {
    /// An empty message. `keeps_nans` is for functions of core types alone, whose NaNs are carried bit for bit (spec: V-6).
    pub fn new(keeps_nans: bool) -> Encoder {
        Encoder {
            keeps_nans,
            ..Encoder::default()
        }
    }

    /// The message; an error if a list or a string in it had more than 2^32 - 1 elements.
    pub fn finish(self) -> Result<Vec<u8>, EncodeError> {
        match self.too_long {
            None => Ok(self.bytes),
            Some(length) => Err(EncodeErrorKind::Length { length }.into()),
        }
    }

    /// The number of a variant's or enum's case.
    pub fn case(&mut self, case: u32) {
        leb128::write_unsigned(case.into(), &mut self.bytes);
    }

    /// Flags: `bits` has the first in its lowest bit, and none beyond `count`, at most 64.
    pub fn flags(&mut self, bits: u64, count: usize) {
        let bytes = bits.to_le_bytes();
        self.bytes
            .extend_from_slice(bytes.get(..count.div_ceil(8)).unwrap_or(&bytes));
    }

    fn tag(&mut self, tag: bool) {
        self.bytes.push(tag.into());
    }

    fn length(&mut self, length: usize) {
        match u32::try_from(length) {
            Ok(length) => leb128::write_unsigned(length.into(), &mut self.bytes),
            Err(_) => self.too_long = Some(length),
        }
    }
}

impl<T: Encode + ?Sized> Encode for &T {
    fn encode(&self, encoder: &mut Encoder) {
        T::encode(self, encoder);
    }
}

impl Encode for bool {
    fn encode(&self, encoder: &mut Encoder) {
        encoder.tag(*self);
    }
}

impl Encode for u8 {
    fn encode(&self, encoder: &mut Encoder) {
        encoder.bytes.push(*self);
    }

    fn encode_all(values: &[u8], encoder: &mut Encoder) {
        encoder.bytes.extend_from_slice(values);
    }
}

impl Encode for i8 {
    fn encode(&self, encoder: &mut Encoder) {
        encoder.bytes.extend(self.to_le_bytes());
    }
}

macro_rules! integers {
    ($write:ident: $($ty:ty)*) => {$(
        impl Encode for $ty {
            fn encode(&self, encoder: &mut Encoder) {
                leb128::$write((*self).into(), &mut encoder.bytes);
            }
        }
    )*};
}
integers!(write_unsigned: u16 u32 u64);
integers!(write_signed: i16 i32 i64);

impl Encode for f32 {
    fn encode(&self, encoder: &mut Encoder) {
        let value = if encoder.keeps_nans {
            *self
        } else {
            canonical_f32(*self)
        };
        encoder.bytes.extend(value.to_le_bytes());
    }
}

impl Encode for f64 {
    fn encode(&self, encoder: &mut Encoder) {
        let value = if encoder.keeps_nans {
            *self
        } else {
            canonical_f64(*self)
        };
        encoder.bytes.extend(value.to_le_bytes());
    }
}

impl Encode for char {
    fn encode(&self, encoder: &mut Encoder) {
        let mut bytes = [0; 4];
        encoder.bytes.extend_from_slice(self.encode_utf8(&mut bytes).as_bytes());
    }
}

impl Encode for str {
    fn encode(&self, encoder: &mut Encoder) {
        encoder.length(self.len());
        encoder.bytes.extend_from_slice(self.as_bytes());
    }
}

impl Encode for String {
    fn encode(&self, encoder: &mut Encoder) {
        self.as_str().encode(encoder);
    }
}

impl<T: Encode> Encode for [T] {
    fn encode(&self, encoder: &mut Encoder) {
        encoder.length(self.len());
        T::encode_all(self, encoder);
    }
}

impl<T: Encode> Encode for Vec<T> {
    fn encode(&self, encoder: &mut Encoder) {
        self.as_slice().encode(encoder);
    }
}

impl<T: Encode, const N: usize> Encode for [T; N] {
    fn encode(&self, encoder: &mut Encoder) {
        T::encode_all(self, encoder);
    }
}

impl<K: Encode, V: Encode> Encode for BTreeMap<K, V> {
    fn encode(&self, encoder: &mut Encoder) {
        encoder.length(self.len());
        for (key, value) in self {
            key.encode(encoder);
            value.encode(encoder);
        }
    }
}

impl<T: Encode> Encode for Option<T> {
    fn encode(&self, encoder: &mut Encoder) {
        encoder.tag(self.is_some());
        if let Some(value) = self {
            value.encode(encoder);
        }
    }
}

impl<T: Encode, E: Encode> Encode for Result<T, E> {
    fn encode(&self, encoder: &mut Encoder) {
        encoder.tag(self.is_err());
        match self {
            Ok(value) => value.encode(encoder),
            Err(error) => error.encode(encoder),
        }
    }
}

/// What a result leaves out, or a function: no bytes.
impl Encode for () {
    fn encode(&self, _: &mut Encoder) {}
}

macro_rules! tuples {
    ($($($name:ident $at:tt)+;)*) => {$(
        impl<$($name: Encode),+> Encode for ($($name,)+) {
            fn encode(&self, encoder: &mut Encoder) {
                $(self.$at.encode(encoder);)+
            }
        }
    )*};
}
tuples! {
    A 0;
    A 0 B 1;
    A 0 B 1 C 2;
    A 0 B 1 C 2 D 3;
    A 0 B 1 C 2 D 3 E 4;
    A 0 B 1 C 2 D 3 E 4 F 5;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11;
}
