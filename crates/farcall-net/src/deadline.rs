//! Deadlines on the wire: the headers `grpc-timeout` and `connect-timeout-ms`. Reads no clock.

use std::time::Duration;

use http::HeaderValue;

/// `grpc-timeout` for a duration: at most eight digits and a unit, rounded up so that the callee never gives up first.
pub(crate) fn encode_timeout(left: Duration) -> HeaderValue {
    let nanos = left.as_nanos();
    let (amount, unit) = UNITS
        .iter()
        .map(|(unit, size)| (nanos.div_ceil(u128::from(*size)), *unit))
        .find(|(amount, _)| *amount <= MAX_AMOUNT)
        .unwrap_or((MAX_AMOUNT, 'H'));
    // Eight digits and a letter are always a valid value; zero is what remains if that were ever wrong.
    HeaderValue::try_from(format!("{amount}{unit}")).unwrap_or(HeaderValue::from_static("0n"))
}

/// The duration of a `grpc-timeout`; `None` if it is not one.
pub(crate) fn decode_timeout(value: &HeaderValue) -> Option<Duration> {
    let (unit, digits) = value.as_bytes().split_last()?;
    if digits.is_empty() || digits.len() > 8 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let amount: u64 = std::str::from_utf8(digits).ok()?.parse().ok()?;
    match unit {
        b'H' => Some(Duration::from_secs(amount * 3600)),
        b'M' => Some(Duration::from_secs(amount * 60)),
        b'S' => Some(Duration::from_secs(amount)),
        b'm' => Some(Duration::from_millis(amount)),
        b'u' => Some(Duration::from_micros(amount)),
        b'n' => Some(Duration::from_nanos(amount)),
        _ => None,
    }
}

/// `connect-timeout-ms` for a duration: at most ten digits, rounded up.
pub(crate) fn encode_timeout_ms(left: Duration) -> HeaderValue {
    let millis = left.as_nanos().div_ceil(1_000_000);
    HeaderValue::from(u64::try_from(millis).map_or(MAX_MILLIS, |millis| millis.min(MAX_MILLIS)))
}

/// The duration of a `connect-timeout-ms`; `None` if it is not one.
pub(crate) fn decode_timeout_ms(value: &HeaderValue) -> Option<Duration> {
    let digits = value.as_bytes();
    if digits.is_empty() || digits.len() > 10 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let millis = std::str::from_utf8(digits).ok()?.parse().ok()?;
    Some(Duration::from_millis(millis))
}

/// Ten digits.
const MAX_MILLIS: u64 = 9_999_999_999;
const MAX_AMOUNT: u128 = 99_999_999;
const UNITS: [(char, u64); 5] = [
    ('u', 1_000),
    ('m', 1_000_000),
    ('S', 1_000_000_000),
    ('M', 60_000_000_000),
    ('H', 3_600_000_000_000),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timeouts_are_never_shortened() {
        for nanos in [
            0,
            1,
            999,
            1_000,
            30_000_000_000,
            99_999_999_000,
            99_999_999_001,
            u64::MAX,
        ] {
            let sent = Duration::from_nanos(nanos);
            let seen = decode_timeout(&encode_timeout(sent)).unwrap();
            assert!(seen >= sent, "{sent:?} became {seen:?}");
            assert!(
                seen <= sent + sent / 1000 + Duration::from_micros(1),
                "{sent:?} became {seen:?}"
            );
        }
        assert_eq!(encode_timeout(Duration::MAX), "99999999H");
    }

    #[test]
    fn milliseconds_are_never_shortened() {
        for nanos in [0, 1, 1_000_000, 1_000_001, 30_000_000_000] {
            let sent = Duration::from_nanos(nanos);
            let seen = decode_timeout_ms(&encode_timeout_ms(sent)).unwrap();
            assert!(
                seen >= sent && seen < sent + Duration::from_millis(1),
                "{sent:?} became {seen:?}"
            );
        }
        assert_eq!(encode_timeout_ms(Duration::MAX), "9999999999");
    }

    #[test]
    fn what_is_not_milliseconds_is_refused() {
        for text in ["", "12345678901", "-5", "+5", "5m", " 5", "5.0", "0x5"] {
            assert_eq!(decode_timeout_ms(&HeaderValue::from_static(text)), None, "{text}");
        }
        assert!(decode_timeout_ms(&HeaderValue::from_static("9999999999")).is_some());
    }

    #[test]
    fn what_is_not_a_timeout_is_refused() {
        for text in ["", "5", "m", "123456789m", "-5m", "+5m", "5x", "5 m", "5.0S"] {
            assert_eq!(decode_timeout(&HeaderValue::from_static(text)), None, "{text}");
        }
        assert_eq!(
            decode_timeout(&HeaderValue::from_static("99999999H")),
            Some(Duration::from_secs(359_999_996_400))
        );
    }
}
