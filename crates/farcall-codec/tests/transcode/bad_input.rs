//! Messages that are refused: by which rule, and where the error says that it is.
//!
//! None of the errors holds anything of the message.

use farcall_codec::{Form, Limits, MessageError, MessageErrorKind};

use crate::subject::Subject;

pub fn rule(kind: &MessageErrorKind, form: Form) -> &'static str {
    use MessageErrorKind::*;
    match (kind, form) {
        (End | Wire { .. }, _) => "G-14",
        (Utf8, Form::Proto) => "G-14",
        (Utf8, Form::Json) => "J-1",
        (WireType { .. }, _) => "G-15",
        (Range { .. }, Form::Proto) => "G-16",
        (Range { .. }, Form::Json) => "J-4",
        (Char, Form::Proto) => "G-16",
        (Char, Form::Json) => "J-5",
        (Enum { .. } | Unset { .. }, _) => "G-17",
        (Count { .. }, _) => "G-18",
        (Syntax { .. }, _) => "J-1",
        (Expected { .. }, _) => "J-3",
        (Twice, _) => "J-8",
        (Limit { .. }, _) => "G-19",
    }
}

fn error(items: &str, form: Form, message: &[u8]) -> MessageError {
    let subject = Subject::of(items);
    let made = subject
        .transcoder
        .to_wit(form, subject.request, message, &Limits::default());
    made.err()
        .unwrap_or_else(|| panic!("{items} took {}", String::from_utf8_lossy(message)))
}

fn refuses(items: &str, message: &[u8], expected: &str) {
    let error = error(items, Form::Proto, message);
    assert_eq!(
        format!("{} {}", rule(&error.kind, Form::Proto), error.path),
        expected,
        "{error}"
    );
    assert!(error.offset <= message.len());
}

fn refuses_text(items: &str, text: &str, expected: &str) {
    let error = error(items, Form::Json, text.as_bytes());
    assert_eq!(
        format!("{} {}", rule(&error.kind, Form::Json), error.path),
        expected,
        "{text}: {error}"
    );
    assert!(error.offset <= text.len());
}

/// spec: G-14
#[test]
fn what_is_no_message_of_protobuf_is_refused() {
    let items = "record r { s: string } f: func(v: u32, r: r, l: list<u32>);";
    for message in [
        &[8][..],
        &[8, 0x80],
        &[0x12],
        &[0x12, 2, 0],
        &[0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
        &[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1],
        &[8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2],
        // Field 0, a field beyond 2^29, wire types 6 and 7.
        &[0, 1],
        &[0x80, 0x80, 0x80, 0x80, 0x10, 1],
        &[0x0e],
        &[0x0f],
        // Groups that do not end, or that did not begin.
        &[0x2b],
        &[0x2b, 0x34],
        &[0x2c],
        &[0x2b, 0x33, 0x2c, 0x34],
        &[0x2d, 0, 0, 0],
        &[0x29, 0, 0, 0, 0, 0, 0, 0],
    ] {
        refuses(items, message, "G-14 the value");
    }
    refuses(items, &[0x12, 3, 0x0a, 1, 0xff], "G-14 r.s");
    refuses(items, &[0x1a, 2, 1, 0x80], "G-14 l[1]");
    refuses("f: func(v: list<f32>);", &[0x0a, 6, 0, 0, 0, 0, 0, 0], "G-14 v[1]");
}

/// spec: G-15, G-16, G-17, G-18
#[test]
fn what_is_not_of_the_type_is_refused_and_its_place_named() {
    refuses("f: func(v: u32);", &[0x0a, 1, 0], "G-15 v");
    refuses("f: func(v: u32);", &[0x0d, 0, 0, 0, 0], "G-15 v");
    refuses("f: func(v: string);", &[8, 1], "G-15 v");
    refuses("f: func(v: f64);", &[8, 1], "G-15 v");
    refuses("f: func(v: list<string>);", &[8, 1], "G-15 v");
    refuses("flags p { a } f: func(v: p);", &[0x0a, 2, 0x0a, 0], "G-15 v.a");
    refuses("f: func(v: u8);", &[8, 0x80, 2], "G-16 v");
    refuses("f: func(v: s8);", &[8, 0x80, 1], "G-16 v");
    refuses("f: func(v: u16);", &[8, 0x80, 0x80, 4], "G-16 v");
    refuses("f: func(v: list<s16>);", &[0x0a, 4, 1, 0x80, 0x80, 2], "G-16 v[1]");
    refuses("f: func(v: char);", &[], "G-16 v");
    refuses("f: func(v: char);", &[0x0a, 0], "G-16 v");
    refuses("f: func(v: char);", &[0x0a, 2, b'a', b'b'], "G-16 v");
    refuses("f: func(v: option<char>);", &[0x0a, 0], "G-16 v");
    refuses("enum e { a, b } f: func(v: e);", &[8, 2], "G-17 v");
    refuses(
        "enum e { a, b } f: func(v: e);",
        &[8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
        "G-17 v",
    );
    refuses(
        "variant v { a, b } record r { v: v } f: func(r: r, x: u8);",
        &[],
        "G-17 r.v",
    );
    refuses(
        "variant v { a, b } record r { v: v } f: func(r: r, x: u8);",
        &[0x0a, 0],
        "G-17 r.v",
    );
    refuses("f: func(v: list<result>);", &[0x0a, 2, 0x0a, 0, 0x0a, 0], "G-17 v[1]");
    refuses("f: func(v: list<u32, 3>);", &[0x0a, 2, 1, 2], "G-18 v");
    refuses("f: func(v: list<u32, 3>);", &[], "G-18 v");
    refuses("f: func(v: list<u8, 3>);", &[0x0a, 2, 1, 2], "G-18 v");
    refuses(
        "f: func(v: map<string, char>);",
        &[0x0a, 3, 0x0a, 1, b'k'],
        "G-16 v[0].value",
    );
}

/// spec: J-1
#[test]
fn what_is_no_json_is_refused() {
    for text in [
        "",
        " ",
        "nul",
        "{",
        "{\"v\"",
        "{\"v\":",
        "{\"v\":1",
        "{\"v\":1,",
        "{\"v\":1,}",
        "{,}",
        "{\"v\":1}x",
        "{\"v\":01}",
        "{\"v\":.5}",
        "{\"v\":+1}",
        "{'v':1}",
        "{v:1}",
        "{\"x\":[1,]}",
        "{\"x\":[}",
        "{\"x\":tru}",
        "{\"x\":nulll}",
        "{\"x\":\"\\q\"}",
        "{\"x\":\"\n\"}",
        "{\"x\":\"\\ud800\"}",
        "{\"x\":\"\\ud800\\u0041\"}",
        "{\"x\":\"\\udc00\"}",
        "{\"x\":\"\\u12\"}",
        "{\"x\":NaN}",
        "{\"v\":1}{\"v\":1}",
        "{\"x\":{\"a\":1]}",
        "// a\n{}",
        "\u{feff}{}",
    ] {
        let error = error("f: func(v: u32);", Form::Json, text.as_bytes());
        assert_eq!(rule(&error.kind, Form::Json), "J-1", "{text}: {error}");
    }
    let error = error("f: func(v: u32);", Form::Json, b"{\"v\xff\":1}");
    assert_eq!((rule(&error.kind, Form::Json), error.offset), ("J-1", 3));
}

/// spec: J-3, J-4, J-5, J-6, J-7, J-8, J-9
#[test]
fn json_of_another_type_is_refused_and_its_place_named() {
    let number = "f: func(v: u32);";
    for text in [
        "true", "{}", "[]", "\"x\"", "\"\"", "\" 1\"", "\"0x1\"", "\"NaN\"", "\"1 \"",
    ] {
        refuses_text(number, &format!("{{\"v\":{text}}}"), "J-3 v");
    }
    for text in ["-1", "4294967296", "1.5", "1e10", "\"-1\"", "1e-1", "1e400"] {
        refuses_text(number, &format!("{{\"v\":{text}}}"), "J-4 v");
    }
    refuses_text(number, "[]", "J-3 the value");
    refuses_text(number, "null", "J-3 the value");
    refuses_text("f: func(v: u8);", "{\"v\":256}", "J-4 v");
    refuses_text("f: func(v: s8);", "{\"v\":-129}", "J-4 v");
    refuses_text("f: func(v: u64);", "{\"v\":18446744073709551616}", "J-4 v");
    refuses_text("f: func(v: f32);", "{\"v\":3.5e38}", "J-4 v");
    refuses_text("f: func(v: f64);", "{\"v\":1e309}", "J-4 v");
    refuses_text("f: func(v: f64);", "{\"v\":\"nan\"}", "J-3 v");
    refuses_text("f: func(v: bool);", "{\"v\":1}", "J-3 v");
    refuses_text("f: func(v: bool);", "{\"v\":\"true\"}", "J-3 v");
    refuses_text("f: func(v: string);", "{\"v\":1}", "J-3 v");
    refuses_text("f: func(v: char);", "{\"v\":\"ab\"}", "J-5 v");
    refuses_text("f: func(v: char);", "{\"v\":\"\"}", "J-5 v");
    refuses_text("f: func(v: list<u8>);", "{\"v\":\"!\"}", "J-3 v");
    refuses_text("f: func(v: list<u8>);", "{\"v\":\"AQ==AQ==\"}", "J-3 v");
    refuses_text("f: func(v: list<u8>);", "{\"v\":\"+-\"}", "J-3 v");
    refuses_text("f: func(v: list<u8>);", "{\"v\":[1]}", "J-3 v");
    refuses_text("f: func(v: list<u8, 2>);", "{\"v\":\"AQ==\"}", "G-18 v");
    refuses_text("f: func(v: list<u32>);", "{\"v\":1}", "J-3 v");
    refuses_text("f: func(v: list<u32>);", "{\"v\":[1,null]}", "J-3 v[1]");
    refuses_text("f: func(v: map<u32, u32>);", "{\"v\":{\"a\":1}}", "J-3 v[0]");
    refuses_text("f: func(v: map<u32, u32>);", "{\"v\":{\"1\":null}}", "J-3 v[0]");
    refuses_text("f: func(v: map<bool, u32>);", "{\"v\":{\"1\":1}}", "J-3 v[0]");
    let color = "enum color { red } f: func(v: color);";
    for text in ["\"red\"", "\"color_red\"", "1", "-1", "0.5", "\"0\""] {
        refuses_text(color, &format!("{{\"v\":{text}}}"), "G-17 v");
    }
    refuses_text(color, "{\"v\":true}", "J-3 v");
    let variant = "variant v { a(u32), b } f: func(v: v);";
    refuses_text(variant, "{}", "G-17 v");
    refuses_text(variant, "{\"v\":{}}", "G-17 v");
    refuses_text(variant, "{\"v\":{\"a\":null}}", "G-17 v");
    refuses_text(variant, "{\"v\":{\"c\":1}}", "G-17 v");
    refuses_text(variant, "{\"v\":{\"a\":1,\"b\":{}}}", "J-8 v.b");
    refuses_text(variant, "{\"v\":{\"b\":1}}", "J-3 v.b");
    refuses_text(variant, "{\"v\":\"b\"}", "J-3 v");
    refuses_text("f: func(user-id: u32);", "{\"userId\":1,\"user_id\":1}", "J-8 user_id");
    refuses_text(
        "f: func(user-id: u32);",
        "{\"userId\":null,\"userId\":1}",
        "J-8 user_id",
    );
    refuses_text(
        "flags p { a } f: func(v: p);",
        "{\"v\":{\"a\":true,\"a\":false}}",
        "J-8 v.a",
    );
}

/// spec: G-19
#[test]
fn errors_hold_nothing_of_the_message() {
    let secret = "hunter2";
    for text in [
        format!("{{\"v\":\"{secret}\"}}"),
        format!("{{\"{secret}\":1,\"v\":{secret}}}"),
        format!("{{\"v\":1}}{secret}"),
    ] {
        let error = error("enum e { a } f: func(v: e, w: u32);", Form::Json, text.as_bytes());
        assert!(!error.to_string().contains(secret), "{error}");
    }
    let error = error("f: func(v: char);", Form::Proto, b"\x0a\x07hunter2");
    assert!(!error.to_string().contains(secret), "{error}");
    assert_eq!(error.to_string(), "v (byte 2): expected one character");
}
