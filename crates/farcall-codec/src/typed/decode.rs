//! `wit` bytes to Rust's types, strictly; no length is believed.
//!
//! The rules are those of [`crate::decode`], whose reader this is.

use std::collections::BTreeMap;

use crate::decode::Decoder;
use crate::decode_error::{DecodeError, DecodeErrorKind as Kind};
use crate::encode::{canonical_f32, canonical_f64};
use crate::limits::{Limits, MAX_AHEAD_BYTES};

/// A type that is carried.
pub trait Decode: Sized {
    /// The fewest bytes that a value takes: what a list's length is held against (spec: V-9).
    const LEAST: usize;

    /// Takes one value.
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError>;

    /// Takes `length` values, which the bytes left have room for.
    fn decode_all(length: usize, decoder: &mut Decoder<'_>) -> Result<Vec<Self>, DecodeError> {
        let mut values = Vec::with_capacity(length.min(MAX_AHEAD_BYTES / size_of::<Self>().max(1)));
        for index in 0..length {
            decoder.charge(size_of::<Self>())?;
            values.push(Self::decode(decoder).map_err(|error| error.within_index(index))?);
        }
        Ok(values)
    }
}

/// What `decode` makes of a whole message. `keeps_nans` is for functions of core types alone (spec: V-6).
pub fn decode_all<T>(
    bytes: &[u8],
    keeps_nans: bool,
    limits: &Limits,
    decode: impl FnOnce(&mut Decoder<'_>) -> Result<T, DecodeError>,
) -> Result<T, DecodeError> {
    let mut decoder = Decoder::new(bytes, limits)?;
    decoder.keep_nans(keeps_nans);
    let value = decode(&mut decoder)?;
    decoder.end()?;
    Ok(value)
}

impl Decoder<'_> {
    /// A parameter, a result, or the payload of a case: an error in it says its name.
    pub fn named<T: Decode>(&mut self, name: &str) -> Result<T, DecodeError> {
        T::decode(self).map_err(|error| error.within_name(name))
    }

    /// What is made of a record's fields. One that takes no bytes counts towards [`Limits::zero_sized_elements`].
    pub fn fields<T>(&mut self, decode: impl FnOnce(&mut Self) -> Result<T, DecodeError>) -> Result<T, DecodeError> {
        let start = self.position();
        let value = decode(self)?;
        self.charge_if_empty(start)?;
        Ok(value)
    }

    /// The number of a case, of so many; it is below that.
    pub fn case_of(&mut self, cases: usize) -> Result<u32, DecodeError> {
        self.case(cases).map(|(number, _)| number)
    }

    /// What a case's number is that generated code has no arm for.
    pub fn no_case(&self, cases: usize) -> DecodeError {
        self.error(Kind::Case { cases })
    }

    /// Flags, the first in the lowest bit; at most 64.
    pub fn flags_of(&mut self, count: usize) -> Result<u64, DecodeError> {
        let bytes = self.flag_bytes(count)?;
        Ok(bytes.iter().rev().fold(0, |bits, byte| bits << 8 | u64::from(*byte)))
    }

    fn indexed<T: Decode>(&mut self, index: usize) -> Result<T, DecodeError> {
        T::decode(self).map_err(|error| error.within_index(index))
    }

    /// Whether the tag says the second.
    fn second(&mut self, of: &'static str) -> Result<bool, DecodeError> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.before(1, Kind::Tag { of })),
        }
    }
}

impl Decode for bool {
    const LEAST: usize = 1;

    fn decode(decoder: &mut Decoder<'_>) -> Result<bool, DecodeError> {
        match decoder.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(decoder.before(1, Kind::Bool)),
        }
    }
}

impl Decode for u8 {
    const LEAST: usize = 1;

    fn decode(decoder: &mut Decoder<'_>) -> Result<u8, DecodeError> {
        decoder.byte()
    }

    fn decode_all(length: usize, decoder: &mut Decoder<'_>) -> Result<Vec<u8>, DecodeError> {
        decoder.charge(length)?;
        decoder.take(length).map(<[u8]>::to_vec)
    }
}

impl Decode for i8 {
    const LEAST: usize = 1;

    fn decode(decoder: &mut Decoder<'_>) -> Result<i8, DecodeError> {
        decoder.array().map(i8::from_le_bytes)
    }
}

macro_rules! integers {
    ($read:ident: $($ty:ty)*) => {$(
        impl Decode for $ty {
            const LEAST: usize = 1;

            fn decode(decoder: &mut Decoder<'_>) -> Result<$ty, DecodeError> {
                decoder.$read(<$ty>::BITS)
            }
        }
    )*};
}
integers!(unsigned: u16 u32 u64);
integers!(signed: i16 i32 i64);

impl Decode for f32 {
    const LEAST: usize = 4;

    fn decode(decoder: &mut Decoder<'_>) -> Result<f32, DecodeError> {
        let value = f32::from_le_bytes(decoder.array()?);
        Ok(if decoder.keeps_nans() {
            value
        } else {
            canonical_f32(value)
        })
    }
}

impl Decode for f64 {
    const LEAST: usize = 8;

    fn decode(decoder: &mut Decoder<'_>) -> Result<f64, DecodeError> {
        let value = f64::from_le_bytes(decoder.array()?);
        Ok(if decoder.keeps_nans() {
            value
        } else {
            canonical_f64(value)
        })
    }
}

impl Decode for char {
    const LEAST: usize = 1;

    fn decode(decoder: &mut Decoder<'_>) -> Result<char, DecodeError> {
        decoder.char()
    }
}

impl Decode for String {
    const LEAST: usize = 1;

    fn decode(decoder: &mut Decoder<'_>) -> Result<String, DecodeError> {
        let text = decoder.text()?;
        decoder.charge(text.len())?;
        Ok(text.to_owned())
    }
}

impl<T: Decode> Decode for Vec<T> {
    const LEAST: usize = 1;

    fn decode(decoder: &mut Decoder<'_>) -> Result<Vec<T>, DecodeError> {
        let length = decoder.length()?;
        let length = decoder.plausible(length, T::LEAST)?;
        T::decode_all(length, decoder)
    }
}

impl<T: Decode, const N: usize> Decode for [T; N] {
    const LEAST: usize = T::LEAST.saturating_mul(N);

    fn decode(decoder: &mut Decoder<'_>) -> Result<[T; N], DecodeError> {
        let length = decoder.plausible(u32::try_from(N).unwrap_or(u32::MAX), T::LEAST)?;
        let values = T::decode_all(length, decoder)?;
        values.try_into().map_err(|_| decoder.error(Kind::End { needed: 1 }))
    }
}

impl<K: Decode + Ord, V: Decode> Decode for BTreeMap<K, V> {
    const LEAST: usize = 1;

    fn decode(decoder: &mut Decoder<'_>) -> Result<BTreeMap<K, V>, DecodeError> {
        let length = decoder.length()?;
        let length = decoder.plausible(length, K::LEAST.saturating_add(V::LEAST))?;
        let mut entries = BTreeMap::new();
        for index in 0..length {
            decoder.charge(size_of::<(K, V)>())?;
            let key = decoder.indexed(index)?;
            // spec: V-11.
            entries.insert(key, decoder.indexed(index)?);
        }
        Ok(entries)
    }
}

impl<T: Decode> Decode for Option<T> {
    const LEAST: usize = 1;

    fn decode(decoder: &mut Decoder<'_>) -> Result<Option<T>, DecodeError> {
        match decoder.second("an option")? {
            true => decoder.named("some").map(Some),
            false => Ok(None),
        }
    }
}

impl<T: Decode, E: Decode> Decode for Result<T, E> {
    const LEAST: usize = 1 + if T::LEAST < E::LEAST { T::LEAST } else { E::LEAST };

    fn decode(decoder: &mut Decoder<'_>) -> Result<Result<T, E>, DecodeError> {
        match decoder.second("a result")? {
            false => decoder.named("ok").map(Ok),
            true => decoder.named("err").map(Err),
        }
    }
}

/// What a result leaves out, or a function: no bytes.
impl Decode for () {
    const LEAST: usize = 0;

    fn decode(_: &mut Decoder<'_>) -> Result<(), DecodeError> {
        Ok(())
    }
}

macro_rules! tuples {
    ($($($name:ident $at:tt)+;)*) => {$(
        impl<$($name: Decode),+> Decode for ($($name,)+) {
            const LEAST: usize = { let mut least = 0usize; $(least = least.saturating_add($name::LEAST);)+ least };

            fn decode(decoder: &mut Decoder<'_>) -> Result<($($name,)+), DecodeError> {
                decoder.fields(|decoder| Ok(($(decoder.indexed::<$name>($at)?,)+)))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn refused<T: Decode + std::fmt::Debug>(bytes: &[u8]) -> Kind {
        let decode = |decoder: &mut Decoder<'_>| decoder.named::<T>("v");
        decode_all(bytes, false, &Limits::default(), decode).unwrap_err().kind
    }

    #[test]
    fn bytes_that_are_no_value_are_refused_as_values_are() {
        assert_eq!(refused::<bool>(&[2]), Kind::Bool);
        assert_eq!(refused::<u32>(&[0x80, 0x00]), Kind::NotMinimal);
        assert_eq!(refused::<Option<u8>>(&[2]), Kind::Tag { of: "an option" });
        assert_eq!(refused::<u8>(&[1, 2]), Kind::Trailing { count: 1 });
        assert_eq!(refused::<String>(&[1, 0xff]), Kind::Utf8);
        assert_eq!(
            refused::<[u16; 2]>(&[1]),
            Kind::Length {
                length: 2,
                needed: 2,
                left: 1
            }
        );
    }

    #[test]
    fn a_length_is_not_believed() {
        let (length, left) = (u32::MAX, 1);
        let needed = |least: usize| usize::try_from(length).unwrap() * least;
        let bytes = [0xff, 0xff, 0xff, 0xff, 0x0f, 0];
        let (of_bytes, of_pairs) = (needed(1), needed(5));
        assert_eq!(
            refused::<Vec<u8>>(&bytes),
            Kind::Length {
                length,
                needed: of_bytes,
                left
            }
        );
        assert_eq!(
            refused::<Vec<(u8, f32)>>(&bytes),
            Kind::Length {
                length,
                needed: of_pairs,
                left
            }
        );
        let limit = Limits::default().zero_sized_elements;
        let what = "elements without bytes";
        assert_eq!(refused::<Vec<()>>(&bytes), Kind::Limit { what, limit });
    }

    #[test]
    fn what_decodes_is_charged_before_it_is_kept() {
        let mut bytes = vec![0x80, 0x08];
        bytes.extend([0; 1024]);
        let limits = Limits {
            decoded_bytes: 1024 * size_of::<Vec<u8>>() - 1,
            ..Limits::default()
        };
        let decode = |decoder: &mut Decoder<'_>| decoder.named::<Vec<Vec<u8>>>("v");
        assert!(decode_all(&bytes, false, &limits, decode).unwrap_err().is_limit());
        assert_eq!(
            decode_all(&bytes, false, &Limits::default(), decode).unwrap().len(),
            1024
        );
    }
}
