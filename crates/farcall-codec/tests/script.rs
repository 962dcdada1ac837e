//! Calls as WebAssembly text: the vectors of `spec/vectors/text.json`, and what bounds the reader and the writer.
//!
//! Random values are in `properties.rs`.

use farcall_codec::{
    Limits, Value, decode_params, decode_result, encode_params, invoked_name, is_script, parse_invoke, print_invoke,
    print_results,
};
use farcall_wit::{Function, Wit};
use serde::Deserialize;

#[derive(Deserialize)]
struct Vector {
    wit: String,
    call: Option<String>,
    result: Option<String>,
    /// How the call is written, where `call` is another way.
    written: Option<String>,
    #[serde(default)]
    hex: String,
    invalid: Option<String>,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes(hex: &str) -> Vec<u8> {
    let byte = |i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(byte).collect()
}

fn f(items: &str) -> Function {
    let text = format!("package v:v; interface i {{ {items} }}");
    let interface = Wit::from_text("vector.wit", &text, None).unwrap().exports().remove(0);
    interface.function("f").unwrap().clone()
}

const UNLIMITED: usize = usize::MAX;

/// spec: T-2, T-4, T-5, T-6, T-7, T-8: every vector, read and written. What a name means (T-3) is not decided here.
#[test]
fn every_vector_of_text_holds() {
    let vectors: Vec<Vector> = serde_json::from_str(include_str!("../../../spec/vectors/text.json")).unwrap();
    let limits = Limits::default();
    for v in &vectors {
        let function = f(&v.wit);
        match (&v.call, &v.result) {
            (Some(call), None) => {
                let parsed = parse_invoke(call, &function, &limits);
                match v.invalid.as_deref() {
                    Some("T-3") => assert_ne!(parsed.unwrap().0, "f", "{call}"),
                    Some(_) => assert!(parsed.is_err(), "{call} is taken"),
                    None => {
                        let (name, arguments) = parsed.unwrap_or_else(|error| panic!("{call}: {error}"));
                        assert_eq!(invoked_name(call, &limits).unwrap(), name);
                        assert!(is_script(call), "{call}");
                        assert_eq!(hex(&encode_params(&arguments, &function).unwrap()), v.hex, "{call}");
                        let decoded = decode_params(&bytes(&v.hex), &function, &limits).unwrap();
                        let written = print_invoke("f", &decoded, &function, UNLIMITED).unwrap();
                        let plain = v.written.as_ref().unwrap_or(call);
                        if numbers_are_plain(plain) {
                            assert_eq!(&written, plain);
                        }
                        let (_, again) = parse_invoke(&written, &function, &limits).unwrap();
                        assert_eq!(hex(&encode_params(&again, &function).unwrap()), v.hex, "{written}");
                    }
                }
            }
            (None, Some(result)) => {
                let value = decode_result(&bytes(&v.hex), &function, &limits).unwrap();
                assert_eq!(&print_results(value.as_ref(), &function, UNLIMITED).unwrap(), result);
            }
            _ => panic!("neither a call nor a result: {}", v.wit),
        }
    }
    assert!(vectors.len() > 100);
}

/// Whether floats in a text are written as they are printed; the vectors show other ways too.
fn numbers_are_plain(text: &str) -> bool {
    !text.contains("0x") || text.contains("nan:0x")
}

#[test]
fn a_call_in_wave_is_no_script() {
    for text in [
        "add(1, 2)",
        "demo:calc/ops.add(1)",
        "",
        " ",
        ";; (",
        "(; (",
        "\"(\"",
        "$x (",
        "\u{0}(",
    ] {
        assert!(!is_script(text), "{text:?}");
    }
    for text in ["(", " (invoke", ";; c\n(x", "(;;)(", "((("] {
        assert!(is_script(text), "{text:?}");
    }
}

#[test]
fn an_error_says_where_in_the_text_and_in_the_value() {
    let function = f("record p { x: u8 } f: func(all: list<p>) -> bool;");
    let error = parse_invoke(
        "(;;)\n  (invoke \"f\" (list.const (record.const (field \"x\" u8.const 1)) (record.const (field \"x\" s8.const 1))))",
        &function,
        &Limits::default(),
    );
    assert_eq!(
        error.unwrap_err().to_string(),
        "line 2, column 4: argument all[1].x: expected u8, found s8.const"
    );
    let error = parse_invoke("(invoke \"f\"\n (list.const", &function, &Limits::default()).unwrap_err();
    assert_eq!(error.line, 2, "{error}");
    let error = parse_invoke("(invoke \"f\")", &function, &Limits::default()).unwrap_err();
    assert!(
        error.message.contains("expected 1 arguments (all: list<p>), found 0"),
        "{error}"
    );
}

#[test]
fn references_and_vectors_are_no_arguments() {
    let function = f("f: func(a: s32);");
    for text in [
        "(invoke \"f\" (v128.const i32x4 1 2 3 4))",
        "(invoke \"f\" (ref.null func))",
        "(invoke \"f\" (ref.extern 1))",
    ] {
        let error = parse_invoke(text, &function, &Limits::default()).unwrap_err();
        assert!(error.message.contains("which no call carries"), "{error}");
    }
}

/// spec: T-9: length and nesting are bounded.
#[test]
fn a_text_that_is_too_long_or_too_deep_is_refused() {
    let limits = Limits {
        bytes: 20,
        ..Limits::default()
    };
    let error = invoked_name("(invoke \"f\" (i32.const 1))", &limits).unwrap_err();
    assert!(error.message.contains("longer than the limit of 20 bytes"), "{error}");
    for text in [
        "(".repeat(1_000_000),
        format!("(invoke \"f\" {}", "(option.some ".repeat(300_000)),
        format!("(invoke \"f\" {}", "(list.const ".repeat(300_000)),
        "(;".repeat(1_000_000),
    ] {
        assert!(invoked_name(&text, &Limits::default()).is_err());
    }
    let nested = |depth: usize| {
        let open = "(option.some ".repeat(depth);
        format!("(invoke \"f\" {open}(u8.const 1){})", ")".repeat(depth))
    };
    assert_eq!(invoked_name(&nested(90), &Limits::default()).unwrap(), "f");
    let error = invoked_name(&nested(101), &Limits::default()).unwrap_err();
    assert!(error.message.contains("nesting too deep"), "{error}");
}

/// spec: T-9: a text is not written beyond its limit, however few bytes it stands for.
#[test]
fn a_text_that_would_be_too_long_is_not_written() {
    let case = "a".repeat(1000);
    let function = f(&format!("enum e {{ {case} }} f: func() -> list<e>;"));
    let many = Value::List(vec![Value::Enum(0); 1000]);
    let error = print_results(Some(&many), &function, 100_000).unwrap_err();
    assert_eq!(error.to_string(), "the text is longer than the limit of 100000 bytes");
    let text = print_results(Some(&many), &function, 2_000_000).unwrap();
    assert_eq!(
        text.len(),
        "(list.const)".len() + 1000 * (1000 + " (enum.const \"\")".len())
    );
}
