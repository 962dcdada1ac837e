//! What a script expects of a call beside what came: results with their NaN patterns, and traps by their words.
//!
//! Makes no call.

use farcall_codec::Value;
use farcall_net::Status;
use wast::core::{NanPattern, WastArgCore, WastRetCore};
use wast::token::{F32, F64};
use wast::{WastArg, WastRet};

/// What no call carries, in words.
const REFERENCE: &str = "a reference has no value on the wire";
const VECTOR: &str = "a vector has no value on the wire";
const COMPONENT: &str = "a value of the component model, where scripts call plain modules here";

/// The arguments as values, or why there are none.
pub(super) fn arguments(args: &[WastArg<'_>]) -> Result<Vec<Value>, &'static str> {
    let value = |arg: &WastArg<'_>| match arg {
        WastArg::Core(WastArgCore::I32(v)) => Ok(Value::S32(*v)),
        WastArg::Core(WastArgCore::I64(v)) => Ok(Value::S64(*v)),
        WastArg::Core(WastArgCore::F32(v)) => Ok(Value::F32(f32::from_bits(v.bits))),
        WastArg::Core(WastArgCore::F64(v)) => Ok(Value::F64(f64::from_bits(v.bits))),
        WastArg::Core(WastArgCore::V128(_)) => Err(VECTOR),
        WastArg::Core(_) => Err(REFERENCE),
        _ => Err(COMPONENT),
    };
    args.iter().map(value).collect()
}

/// Why results like these cannot be compared; `None` if they can.
pub(super) fn uncarried(expected: &[WastRet<'_>]) -> Option<&'static str> {
    fn of(expected: &WastRetCore<'_>) -> Option<&'static str> {
        match expected {
            WastRetCore::I32(_) | WastRetCore::I64(_) | WastRetCore::F32(_) | WastRetCore::F64(_) => None,
            WastRetCore::V128(_) => Some(VECTOR),
            WastRetCore::Either(cases) => cases.iter().find_map(of),
            _ => Some(REFERENCE),
        }
    }
    expected.iter().find_map(|expected| match expected {
        WastRet::Core(expected) => of(expected),
        _ => Some(COMPONENT),
    })
}

/// Whether the results are what is expected; else both, in words.
pub(super) fn results(expected: &[WastRet<'_>], got: Option<&Value>) -> Result<(), String> {
    let got: &[Value] = match got {
        None => &[],
        Some(Value::Tuple(values)) => values,
        Some(value) => std::slice::from_ref(value),
    };
    let is_met =
        |(expected, got): (&WastRet<'_>, &Value)| matches!(expected, WastRet::Core(expected) if meets(expected, got));
    if expected.len() == got.len() && expected.iter().zip(got).all(is_met) {
        return Ok(());
    }
    let expected = expected.iter().map(|expected| match expected {
        WastRet::Core(expected) => wanted(expected),
        other => format!("{other:?}"),
    });
    let got = got.iter().map(shown);
    Err(format!("expected {}, got {}", listed(expected), listed(got)))
}

fn meets(expected: &WastRetCore<'_>, got: &Value) -> bool {
    match (expected, got) {
        (WastRetCore::I32(expected), Value::S32(got)) => expected == got,
        (WastRetCore::I64(expected), Value::S64(got)) => expected == got,
        (WastRetCore::F32(expected), Value::F32(got)) => f32_meets(expected, got.to_bits()),
        (WastRetCore::F64(expected), Value::F64(got)) => f64_meets(expected, got.to_bits()),
        (WastRetCore::Either(cases), got) => cases.iter().any(|case| meets(case, got)),
        _ => false,
    }
}

/// A canonical NaN is the quiet bit alone, of either sign; an arithmetic one has it.
fn f32_meets(expected: &NanPattern<F32>, got: u32) -> bool {
    match expected {
        NanPattern::CanonicalNan => got & 0x7fff_ffff == 0x7fc0_0000,
        NanPattern::ArithmeticNan => got & 0x7fc0_0000 == 0x7fc0_0000,
        NanPattern::Value(expected) => got == expected.bits,
    }
}

fn f64_meets(expected: &NanPattern<F64>, got: u64) -> bool {
    match expected {
        NanPattern::CanonicalNan => got & 0x7fff_ffff_ffff_ffff == 0x7ff8_0000_0000_0000,
        NanPattern::ArithmeticNan => got & 0x7ff8_0000_0000_0000 == 0x7ff8_0000_0000_0000,
        NanPattern::Value(expected) => got == expected.bits,
    }
}

fn listed(values: impl Iterator<Item = String>) -> String {
    match values.collect::<Vec<_>>().join(" ") {
        none if none.is_empty() => "no result".to_owned(),
        values => values,
    }
}

/// As scripts write it.
fn shown(value: &Value) -> String {
    match value {
        Value::S32(v) => format!("(i32.const {v})"),
        Value::S64(v) => format!("(i64.const {v})"),
        Value::F32(v) if v.is_nan() => {
            let bits = v.to_bits();
            format!("(f32.const {})", nan(bits >> 31 == 1, (bits & 0x007f_ffff).into()))
        }
        Value::F32(v) => format!("(f32.const {v})"),
        Value::F64(v) if v.is_nan() => {
            let bits = v.to_bits();
            format!("(f64.const {})", nan(bits >> 63 == 1, bits & 0x000f_ffff_ffff_ffff))
        }
        Value::F64(v) => format!("(f64.const {v})"),
        value => format!("{value:?}"),
    }
}

fn wanted(expected: &WastRetCore<'_>) -> String {
    match expected {
        WastRetCore::I32(v) => shown(&Value::S32(*v)),
        WastRetCore::I64(v) => shown(&Value::S64(*v)),
        WastRetCore::F32(NanPattern::Value(v)) => shown(&Value::F32(f32::from_bits(v.bits))),
        WastRetCore::F64(NanPattern::Value(v)) => shown(&Value::F64(f64::from_bits(v.bits))),
        WastRetCore::F32(NanPattern::CanonicalNan) => "(f32.const nan:canonical)".to_owned(),
        WastRetCore::F64(NanPattern::CanonicalNan) => "(f64.const nan:canonical)".to_owned(),
        WastRetCore::F32(NanPattern::ArithmeticNan) => "(f32.const nan:arithmetic)".to_owned(),
        WastRetCore::F64(NanPattern::ArithmeticNan) => "(f64.const nan:arithmetic)".to_owned(),
        WastRetCore::Either(cases) => format!("(either {})", listed(cases.iter().map(wanted))),
        other => format!("{other:?}"),
    }
}

/// A NaN by its sign and its other bits, which tell one from another.
fn nan(is_negative: bool, payload: u64) -> String {
    format!("{}nan:{payload:#x}", if is_negative { "-" } else { "" })
}

/// Whether a call's status is the trap that a script's words mean.
pub(super) fn trap(words: &str, status: &Status) -> Result<(), String> {
    match status.details.metadata.get("trap") {
        Some(code) => trap_code(words, code),
        None => Err(format!("expected the trap \"{words}\", got {status}")),
    }
}

/// The same for the engine's name of a trap.
pub(super) fn trap_code(words: &str, code: &str) -> Result<(), String> {
    let meant: &[&str] = TRAPS
        .iter()
        .find(|(prefix, _)| words.starts_with(prefix))
        .map_or(&[], |(_, codes)| *codes);
    match meant.contains(&code) {
        true => Ok(()),
        false => Err(format!("expected the trap \"{words}\", got {code}")),
    }
}

/// How scripts name a trap, and how the status of a call does. The scripts' words may go on with an index.
const TRAPS: &[(&str, &[&str])] = &[
    ("unreachable", &["unreachable-code-reached"]),
    ("out of bounds memory access", &["memory-out-of-bounds"]),
    ("out of bounds table access", &["table-out-of-bounds"]),
    ("undefined element", &["table-out-of-bounds"]),
    ("uninitialized element", &["indirect-call-to-null"]),
    ("undefined", &["table-out-of-bounds"]),
    ("indirect call type mismatch", &["bad-signature"]),
    ("indirect call", &["bad-signature"]),
    ("integer divide by zero", &["integer-division-by-zero"]),
    ("integer overflow", &["integer-overflow"]),
    ("invalid conversion to integer", &["bad-conversion-to-integer"]),
    ("call stack exhausted", &["stack-overflow"]),
    ("null ", &["null-reference", "indirect-call-to-null"]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use farcall_net::Code;

    fn pattern(text: &str) -> NanPattern<F32> {
        let buffer = wast::parser::ParseBuffer::new(text).unwrap();
        wast::parser::parse(&buffer).unwrap()
    }

    #[test]
    fn nan_patterns_tell_canonical_from_arithmetic_and_a_value_by_its_bits() {
        for (text, bits, met) in [
            ("nan:canonical", 0x7fc0_0000, true),
            ("nan:canonical", 0xffc0_0000, true),
            ("nan:canonical", 0x7fc0_0001, false),
            ("nan:canonical", 0x7fa0_0000, false),
            ("nan:arithmetic", 0xffff_ffff, true),
            ("nan:arithmetic", 0x7fa0_0000, false),
            ("nan:arithmetic", 0x7f80_0000, false),
            ("nan:0x200000", 0x7fa0_0000, true),
            ("nan:0x200000", 0x7fc0_0000, false),
            ("-0", 0x8000_0000, true),
            ("0", 0x8000_0000, false),
        ] {
            assert_eq!(f32_meets(&pattern(text), bits), met, "{text} {bits:#x}");
        }
    }

    #[test]
    fn what_came_is_told_as_scripts_write_it() {
        for (value, text) in [
            (Value::S32(-1), "(i32.const -1)"),
            (Value::F32(f32::from_bits(0xffa0_0000)), "(f32.const -nan:0x200000)"),
            (Value::F32(0.1), "(f32.const 0.1)"),
            (Value::F64(-0.0), "(f64.const -0)"),
            (Value::F64(f64::NEG_INFINITY), "(f64.const -inf)"),
        ] {
            assert_eq!(shown(&value), text);
        }
        let said = results(&[], Some(&Value::S64(7))).unwrap_err();
        assert_eq!(said, "expected no result, got (i64.const 7)");
    }

    #[test]
    fn a_trap_is_the_one_that_the_words_mean() {
        let status = |code: &str| Status::new(Code::Internal, "trapped").reason("TRAP").fact("trap", code);
        assert!(trap("integer divide by zero", &status("integer-division-by-zero")).is_ok());
        assert!(trap("uninitialized element 7", &status("indirect-call-to-null")).is_ok());
        assert!(trap("integer divide by zero", &status("integer-overflow")).is_err());
        assert!(trap("no such words", &status("integer-overflow")).is_err());
        assert!(trap("unreachable", &Status::new(Code::Internal, "unreachable")).is_err());
    }
}
