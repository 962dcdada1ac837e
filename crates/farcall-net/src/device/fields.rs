//! The fields of a message's body, as `spec/values.md` encodes them: numbers in LEB128, texts behind their length. Knows
//! no message, and no type but these three.

use bytes::{Buf, Bytes};

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum FieldError {
    #[error("it ends inside {0}")]
    Short(&'static str),
    #[error("{0} is no number of its size in its shortest form")]
    Number(&'static str),
    #[error("{0} is not UTF-8")]
    Utf8(&'static str),
    #[error("{0} bytes are left over")]
    Left(usize),
}

pub(super) fn put_u64(into: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        into.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    into.push(number as u8);
}

pub(super) fn put_text(into: &mut Vec<u8>, text: &str) {
    put_u64(into, text.len() as u64);
    into.extend_from_slice(text.as_bytes());
}

/// Takes a number of at most `bits` bits. Strict: one number has one form (spec: V-5).
pub(super) fn take_u64(from: &mut Bytes, bits: u32, name: &'static str) -> Result<u64, FieldError> {
    let mut number = 0u64;
    for (at, byte) in from.iter().copied().enumerate() {
        let shift = 7 * at as u32;
        let part = u64::from(byte & 0x7f);
        let fits = shift < bits && (bits - shift >= 7 || part >> (bits - shift) == 0);
        if !fits || (byte == 0 && at > 0) {
            return Err(FieldError::Number(name));
        }
        number |= part << shift;
        if byte & 0x80 == 0 {
            from.advance(at + 1);
            return Ok(number);
        }
    }
    Err(FieldError::Short(name))
}

pub(super) fn take_u32(from: &mut Bytes, name: &'static str) -> Result<u32, FieldError> {
    let number = take_u64(from, 32, name)?;
    u32::try_from(number).map_err(|_| FieldError::Number(name))
}

pub(super) fn take_byte(from: &mut Bytes, name: &'static str) -> Result<u8, FieldError> {
    from.try_get_u8().map_err(|_| FieldError::Short(name))
}

pub(super) fn take_text(from: &mut Bytes, name: &'static str) -> Result<String, FieldError> {
    let length = take_u32(from, name)? as usize;
    if length > from.len() {
        return Err(FieldError::Short(name));
    }
    text(from.split_to(length), name)
}

/// The bytes as a text.
pub(super) fn text(bytes: Bytes, name: &'static str) -> Result<String, FieldError> {
    String::from_utf8(bytes.into()).map_err(|_| FieldError::Utf8(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(bytes: &'static [u8], bits: u32) -> Result<u64, FieldError> {
        take_u64(&mut Bytes::from_static(bytes), bits, "n")
    }

    #[test]
    fn numbers_come_back_as_they_were() {
        for value in [0, 1, 127, 128, 300, 16_383, 16_384, u64::from(u32::MAX), u64::MAX] {
            let mut bytes = Vec::new();
            put_u64(&mut bytes, value);
            let mut bytes = Bytes::from(bytes);
            assert_eq!(take_u64(&mut bytes, 64, "n"), Ok(value));
            assert!(bytes.is_empty());
        }
    }

    #[test]
    fn a_number_has_one_form_and_stays_in_its_size() {
        assert_eq!(number(&[0x80, 0x00], 32), Err(FieldError::Number("n")));
        assert_eq!(number(&[0xff, 0xff, 0xff, 0xff, 0x0f], 32), Ok(u64::from(u32::MAX)));
        assert_eq!(
            number(&[0xff, 0xff, 0xff, 0xff, 0x1f], 32),
            Err(FieldError::Number("n"))
        );
        assert_eq!(number(&[0xff; 11], 64), Err(FieldError::Number("n")));
        assert_eq!(number(&[0x80], 32), Err(FieldError::Short("n")));
        assert_eq!(number(&[], 32), Err(FieldError::Short("n")));
    }

    #[test]
    fn a_text_longer_than_what_is_there_is_refused() {
        let mut bytes = Bytes::from_static(&[5, b'a']);
        assert_eq!(take_text(&mut bytes, "t"), Err(FieldError::Short("t")));
        let mut bytes = Bytes::from_static(&[1, 0xff]);
        assert_eq!(take_text(&mut bytes, "t"), Err(FieldError::Utf8("t")));
    }
}
