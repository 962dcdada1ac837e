//! Messages compressed with gzip, within a limit on what they become. Chooses no coding.

use std::io::{Read, Write};

use bytes::Bytes;
use flate2::Compression;
use flate2::bufread::GzDecoder;
use flate2::write::GzEncoder;

/// Why bytes do not decompress.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum GzipError {
    /// They become more than that many bytes: a few can stand for gigabytes.
    TooLarge { limit: usize },
    /// They are not one member of gzip and nothing else.
    Broken,
}

/// What `bytes` stand for, at most `limit` of them. Memory grows with what comes out, never by what a header says.
pub(crate) fn decompress(bytes: &[u8], limit: usize) -> Result<Bytes, GzipError> {
    let mut decoder = GzDecoder::new(bytes);
    let mut whole = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    decoder
        .by_ref()
        .take(most)
        .read_to_end(&mut whole)
        .map_err(|_| GzipError::Broken)?;
    if whole.len() > limit {
        return Err(GzipError::TooLarge { limit });
    }
    // The end is read with the last byte only where there is a byte more to ask for.
    match decoder.read(&mut [0]) {
        Ok(0) if decoder.into_inner().is_empty() => Ok(whole.into()),
        _ => Err(GzipError::Broken),
    }
}

/// `bytes` compressed; `None` where that makes them no shorter.
pub(crate) fn compress(bytes: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).ok()?;
    let whole = encoder.finish().ok()?;
    (whole.len() < bytes.len()).then(|| whole.into())
}

/// Whether a list of codings, as in `accept-encoding`, has gzip in it and does not forbid it.
pub(crate) fn is_accepted(list: &str) -> bool {
    list.split(',').any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let is_gzip = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        let forbidden = parts.any(|part| {
            let weight = part.strip_prefix("q=").and_then(|weight| weight.parse::<f32>().ok());
            weight == Some(0.0)
        });
        is_gzip && !forbidden
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_compressed_comes_back() {
        for length in [100, 5_000, 300_000] {
            let bytes: Vec<u8> = (0..length).map(|i| (i / 40) as u8).collect();
            let short = compress(&bytes).unwrap();
            assert!(short.len() < bytes.len());
            assert_eq!(decompress(&short, bytes.len()).unwrap(), bytes);
            let limit = bytes.len() - 1;
            assert_eq!(decompress(&short, limit), Err(GzipError::TooLarge { limit }));
        }
        assert_eq!(compress(b"x"), None);
    }

    #[test]
    fn a_bomb_is_stopped_at_the_limit() {
        let bomb = compress(&vec![0; 50 << 20]).unwrap();
        assert!(bomb.len() < 1 << 20);
        assert_eq!(decompress(&bomb, 1 << 20), Err(GzipError::TooLarge { limit: 1 << 20 }));
    }

    #[test]
    fn what_is_not_one_whole_member_is_broken() {
        let whole = compress(&[7; 1000]).unwrap();
        for end in 0..whole.len() {
            assert_eq!(decompress(&whole[..end], 10_000), Err(GzipError::Broken), "{end}");
        }
        for bytes in [
            [&whole[..], b"x"].concat(),
            [&whole[..], &whole].concat(),
            b"plain text".to_vec(),
        ] {
            assert_eq!(decompress(&bytes, 10_000), Err(GzipError::Broken));
        }
        for i in 0..whole.len() {
            let mut damaged = whole.to_vec();
            damaged[i] ^= 0x55;
            drop(decompress(&damaged, 10_000));
        }
    }

    #[test]
    fn lists_of_codings_are_read() {
        for (list, accepted) in [
            ("gzip", true),
            ("identity, GZIP", true),
            ("br;q=1.0, gzip;q=0.5", true),
            ("gzip; q=0", false),
            ("gzip;q=0.000, br", false),
            ("identity", false),
            ("x-gzip", false),
            ("*", false),
            ("", false),
        ] {
            assert_eq!(is_accepted(list), accepted, "{list}");
        }
    }
}
