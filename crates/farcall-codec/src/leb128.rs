//! LEB128, minimal: what is longer than it needs to be is refused.
//!
//! Reads from a slice alone; where it stands is the reader's.

/// Why bytes are no minimal LEB128 of some width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    End,
    NotMinimal,
    TooLarge,
}

pub(crate) fn write_unsigned(mut value: u64, out: &mut Vec<u8>) {
    loop {
        let [low, ..] = value.to_le_bytes();
        value >>= 7;
        if value == 0 {
            return out.push(low & 0x7f);
        }
        out.push(low | 0x80);
    }
}

pub(crate) fn write_signed(mut value: i64, out: &mut Vec<u8>) {
    loop {
        let [low, ..] = value.to_le_bytes();
        value >>= 7;
        let sign = low & 0x40 != 0;
        if value == 0 && !sign || value == -1 && sign {
            return out.push(low & 0x7f);
        }
        out.push(low | 0x80);
    }
}

/// The value and how many bytes it took; `bits` is the width of the integer, at most 64.
pub(crate) fn read_unsigned(bytes: &[u8], bits: u32) -> Result<(u64, usize), Refused> {
    let mut value = 0u64;
    let mut shift = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let low = u64::from(byte & 0x7f);
        let room = bits - shift;
        if room < 7 && low >> room != 0 {
            return Err(Refused::TooLarge);
        }
        value |= low << shift;
        if byte & 0x80 == 0 {
            return if low == 0 && at > 0 {
                Err(Refused::NotMinimal)
            } else {
                Ok((value, at + 1))
            };
        }
        shift += 7;
        if shift >= bits {
            return Err(Refused::TooLarge);
        }
    }
    Err(Refused::End)
}

/// As [`read_unsigned`], with a sign.
pub(crate) fn read_signed(bytes: &[u8], bits: u32) -> Result<(i64, usize), Refused> {
    let mut value = 0i64;
    let mut shift = 0;
    let mut before = 0u8;
    for (at, byte) in bytes.iter().enumerate() {
        let negative = byte & 0x40 != 0;
        let low = i64::from(byte & 0x7f);
        let room = bits - shift;
        if room < 7 {
            // The bits beyond the width must all repeat the sign, which is the highest bit within it.
            let beyond = (byte & 0x7f) >> (room - 1);
            if beyond != 0 && beyond != 0x7f >> (room - 1) {
                return Err(Refused::TooLarge);
            }
        }
        value |= low << shift;
        if byte & 0x80 == 0 {
            let redundant = match byte {
                0x00 => before & 0x40 == 0,
                0x7f => before & 0x40 != 0,
                _ => false,
            };
            if at > 0 && redundant {
                return Err(Refused::NotMinimal);
            }
            let used = shift + 7;
            if negative && used < 64 {
                value |= -1 << used;
            }
            return Ok((value, at + 1));
        }
        before = *byte;
        shift += 7;
        if shift >= bits {
            return Err(Refused::TooLarge);
        }
    }
    Err(Refused::End)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_s16_reads_back_as_written() {
        for value in i16::MIN..=i16::MAX {
            let mut bytes = Vec::new();
            write_signed(value.into(), &mut bytes);
            assert_eq!(read_signed(&bytes, 16), Ok((value.into(), bytes.len())));
        }
    }

    #[test]
    fn one_s16_has_one_encoding_of_up_to_three_bytes() {
        let mut seen = std::collections::HashSet::new();
        for raw in 0u32..1 << 24 {
            let bytes = [raw.to_le_bytes()[0], raw.to_le_bytes()[1], raw.to_le_bytes()[2]];
            if let Ok((value, 3)) = read_signed(&bytes, 16) {
                assert!(seen.insert(value), "{value} has two encodings of three bytes");
                let mut written = Vec::new();
                write_signed(value, &mut written);
                assert_eq!(written, bytes);
            }
        }
        // Two bytes hold -8192 ..= 8191; the others need three.
        assert_eq!(seen.len(), 65_536 - 16_384);
    }

    #[test]
    fn extremes_of_64_bits_read_back() {
        for value in [i64::MIN, i64::MAX, -1, 0, 1 << 62, -(1 << 62)] {
            let mut bytes = Vec::new();
            write_signed(value, &mut bytes);
            assert_eq!(read_signed(&bytes, 64), Ok((value, bytes.len())));
        }
        let mut bytes = Vec::new();
        write_unsigned(u64::MAX, &mut bytes);
        assert_eq!(read_unsigned(&bytes, 64), Ok((u64::MAX, 10)));
    }

    #[test]
    fn too_long_too_large_and_cut_off_are_told_apart() {
        assert_eq!(read_unsigned(&[0x80, 0x00], 32), Err(Refused::NotMinimal));
        assert_eq!(
            read_unsigned(&[0xff, 0xff, 0xff, 0xff, 0x10], 32),
            Err(Refused::TooLarge)
        );
        assert_eq!(read_unsigned(&[0xff; 12], 64), Err(Refused::TooLarge));
        assert_eq!(read_unsigned(&[0x80], 32), Err(Refused::End));
        assert_eq!(read_signed(&[0xff, 0x7f], 32), Err(Refused::NotMinimal));
        assert_eq!(read_signed(&[0xff, 0xff, 0x01], 16), Ok((0x7fff, 3)));
        assert_eq!(read_signed(&[0x80, 0x80, 0x02], 16), Err(Refused::TooLarge));
    }
}
