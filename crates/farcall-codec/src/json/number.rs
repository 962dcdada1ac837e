//! Numbers as JSON writes them, exactly: `1e3` and `12.50e1` are integers.
//!
//! Floats are the standard library's, which rounds them right.

/// Whether a text is a number of JSON.
pub(super) fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|exponent| digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)))
}

/// The integer that a number of JSON is; `None` if it is none, or of more than 64 bits and a sign.
pub(super) fn integer(text: &str) -> Option<i128> {
    let (is_negative, text) = match text.strip_prefix('-') {
        Some(text) => (true, text),
        None => (false, text),
    };
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = || whole.bytes().chain(fraction.bytes());
    let significant = digits().rev().skip_while(|b| *b == b'0').count();
    if significant == 0 || digits().all(|b| b == b'0') {
        return Some(0);
    }
    // How many zeros follow the significant digits.
    let dropped = i64::try_from(digits().count() - significant).ok()?;
    let fraction = i64::try_from(fraction.len()).ok()?;
    let zeros = exponent_of(exponent)?.checked_add(dropped)?.checked_sub(fraction)?;
    let mut value = 0u64;
    for digit in digits().take(significant) {
        value = value
            .checked_mul(10)?
            .checked_add(u64::from(digit.wrapping_sub(b'0')))?;
    }
    let scale = 10u64.checked_pow(u32::try_from(zeros).ok()?)?;
    let value = i128::from(value.checked_mul(scale)?);
    Some(if is_negative { -value } else { value })
}

fn exponent_of(text: &str) -> Option<i64> {
    text.strip_prefix('+').unwrap_or(text).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// spec: J-4
    #[test]
    fn integers_are_exact_however_they_are_written() {
        for (text, expected) in [
            ("0", Some(0)),
            ("-0", Some(0)),
            ("0.0", Some(0)),
            ("0e99999", Some(0)),
            ("1e3", Some(1000)),
            ("1E+3", Some(1000)),
            ("12.50e1", Some(125)),
            ("1000e-3", Some(1)),
            ("-1.0", Some(-1)),
            ("9007199254740993", Some(9_007_199_254_740_993)),
            ("18446744073709551615", Some(i128::from(u64::MAX))),
            ("1.8446744073709551615e19", Some(i128::from(u64::MAX))),
            ("-9223372036854775808", Some(i128::from(i64::MIN))),
            ("18446744073709551616", None),
            ("1.5", None),
            ("1e-1", None),
            ("1e20", None),
            ("1e99999999999999999999", None),
            ("1e-99999999999999999999", None),
        ] {
            assert!(is_number(text), "{text}");
            assert_eq!(integer(text), expected, "{text}");
        }
    }

    /// spec: J-4
    #[test]
    fn what_json_does_not_call_a_number_is_none() {
        for text in [
            "", "-", "+1", "01", "1.", ".5", "1e", "1e+", "0x1", "1_000", " 1", "NaN", "--1", "1e1e1", "1.2.3",
        ] {
            assert!(!is_number(text), "{text}");
        }
    }
}
