//! The forms of requests and responses, and the many ways in which a message may be written.
//!
//! Random values are in `round_trips.rs`, refusals in `bad_input.rs`.

use farcall_codec::{Form, Limits, Response, Status};
use farcall_wit::Wit;
use farcall_wit::proto::{Schema, Shape};

use crate::subject::Subject;

fn json_of(subject: &Subject, args: &str) -> String {
    let json = subject.message(Form::Json, subject.request, &subject.params(args));
    String::from_utf8(json).unwrap()
}

/// Every text is taken as these arguments.
fn reads(items: &str, args: &str, texts: &[&str]) {
    let subject = Subject::of(items);
    let wit = subject.params(args);
    for text in texts {
        assert_eq!(subject.wit(Form::Json, subject.request, text.as_bytes()), wit, "{text}");
    }
}

/// Every message is taken as these arguments.
fn reads_proto(items: &str, args: &str, messages: &[&[u8]]) {
    let subject = Subject::of(items);
    let wit = subject.params(args);
    for message in messages {
        assert_eq!(
            subject.wit(Form::Proto, subject.request, message),
            wit,
            "{message:02x?}"
        );
    }
}

/// spec: G-10, G-11
#[test]
fn one_record_is_the_message_itself() {
    let point = "record point { x: s32, y: s32 }";
    let subject = Subject::of(&format!("{point} f: func(p: point) -> point;"));
    assert_eq!(subject.request, subject.response);
    assert_eq!(json_of(&subject, "({x: 1, y: -2})"), r#"{"x":1,"y":-2}"#);
    let subject = Subject::of(&format!("{point} f: func(p: point, q: point) -> tuple<point>;"));
    assert_eq!(
        json_of(&subject, "({x: 1, y: 0}, {x: 0, y: 1})"),
        r#"{"p":{"x":1,"y":0},"q":{"x":0,"y":1}}"#
    );
    let subject = Subject::of("f: func(a: s32, b: s32) -> s32;");
    let response = subject.message(Form::Json, subject.response, &subject.result("3"));
    assert_eq!(response, br#"{"result":3}"#);
    let subject = Subject::of("f: func();");
    assert_eq!(subject.wit(Form::Json, subject.request, b" { } "), b"");
    assert_eq!(subject.message(Form::Json, subject.response, b""), b"{}");
    assert_eq!(subject.message(Form::Proto, subject.response, b""), b"");
}

/// spec: G-11
#[test]
fn a_result_is_the_response_itself() {
    let subject = Subject::of("f: func() -> result<list<u32>, string>;");
    let response = |text: &str| subject.message(Form::Json, subject.response, &subject.result(text));
    assert_eq!(response("ok([1, 2])"), br#"{"ok":{"values":[1,2]}}"#);
    assert_eq!(response("err(\"no\")"), br#"{"err":"no"}"#);
    let subject = Subject::of("f: func() -> result;");
    let proto = subject.message(Form::Proto, subject.response, &subject.result("err"));
    assert_eq!(proto, [0x12, 0]);
}

/// spec: G-12
#[test]
fn an_error_that_is_a_status_is_the_status_of_the_call() {
    let text = "package v:v;
        interface i { use wasm-rpc:core/types@0.1.0.{status}; f: func() -> result<u32, status>; g: func() -> result<_, status>; }
        package wasm-rpc:core@0.1.0 { interface types {
            enum code { cancelled, unknown, invalid-argument, deadline-exceeded, not-found, already-exists, permission-denied,
                resource-exhausted, failed-precondition, aborted, out-of-range, unimplemented, internal, unavailable,
                data-loss, unauthenticated }
            record status { code: code, message: string, details: list<u8> } } }";
    let wit = Wit::from_text("status.wit", text, None).unwrap();
    let transcoder = farcall_codec::Transcoder::new(Schema::of_exports(&wit, ""));
    let limits = Limits::default();
    let f = transcoder.schema().method("/v.v.I/F").unwrap();
    assert!(f.returns_status);
    let answer = |wit: &[u8]| transcoder.response_from_wit(Form::Json, f, wit, &limits);
    assert_eq!(answer(&[0, 7]), Ok(Response::Message(br#"{"result":7}"#.to_vec())));
    let status = Status {
        code: 5,
        message: "no".to_owned(),
        details: vec![1],
    };
    let wit = [1, 4, 2, b'n', b'o', 1, 1];
    assert_eq!(answer(&wit), Ok(Response::Status(status.clone())));
    assert_eq!(transcoder.status_to_wit(f, &status), Some(wit.to_vec()));
    for broken in [
        &[][..],
        &[2, 0],
        &[1, 16, 0, 0],
        &[1, 0, 1, 0xff, 0],
        &[1, 0, 0, 0, 0],
        &[1, 0, 0, 5],
    ] {
        assert!(answer(broken).is_err(), "{broken:?}");
    }
    assert_eq!(
        transcoder.response_to_wit(Form::Json, f, b"{\"result\":7}", &limits),
        Ok(vec![0, 7])
    );
    let g = transcoder.schema().method("/v.v.I/G").unwrap();
    assert!(transcoder.schema().message(g.response).fields.is_empty());
    assert_eq!(transcoder.response_to_wit(Form::Proto, g, b"", &limits), Ok(vec![0]));
    assert_eq!(transcoder.status_to_wit(g, &Status { code: 17, ..status }), None);
}

/// spec: J-2
#[test]
fn defaults_are_written_and_absent_options_are_not() {
    let subject = Subject::of(
        "record r { a: option<u32>, b: string, c: list<u8>, d: list<u32>, e: u64, g: f64, h: bool }
         f: func(r: r);",
    );
    assert_eq!(
        json_of(&subject, "({a: none, b: \"\", c: [], d: [], e: 0, g: -0.0, h: false})"),
        r#"{"b":"","c":"","d":[],"e":"0","g":-0.0,"h":false}"#
    );
    // And what is absent is the same again, but for the sign of a zero.
    assert_eq!(
        subject.wit(Form::Json, subject.request, b"{\"g\":-0}"),
        subject.params("({a: none, b: \"\", c: [], d: [], e: 0, g: -0.0, h: false})")
    );
}

/// spec: J-3, J-8
#[test]
fn names_come_in_two_spellings_and_any_order_and_unknown_ones_are_skipped() {
    reads(
        "f: func(user-id: u32, b: string, c: option<list<u32>>);",
        "(7, \"x\", none)",
        &[
            r#"{"userId":7,"b":"x"}"#,
            r#"{"user_id":7,"b":"x","c":null}"#,
            r#"{"b":"x","other":{"a":[1,{"b":"]}"},null]},"userId":7}"#,
            r#" { "userId" : 7 , "b" : "x" , "z":[],"y":{},"x":-1.5e-7,"w":true } "#,
        ],
    );
}

/// spec: J-4
#[test]
fn integers_are_written_as_numbers_or_strings() {
    reads(
        "f: func(v: s64);",
        "(1000)",
        &[
            r#"{"v":1000}"#,
            r#"{"v":"1000"}"#,
            r#"{"v":1e3}"#,
            r#"{"v":1000.0}"#,
            r#"{"v":"10.0e2"}"#,
        ],
    );
    reads(
        "f: func(v: u8);",
        "(0)",
        &[r#"{"v":-0}"#, r#"{"v":null}"#, "{}", r#"{"v":0e5}"#, r#"{"v":"0"}"#],
    );
    reads(
        "f: func(v: u64);",
        "(18446744073709551615)",
        &[r#"{"v":18446744073709551615}"#, r#"{"v":"18446744073709551615"}"#],
    );
    reads("f: func(v: f32);", "(nan)", &[r#"{"v":"NaN"}"#]);
    reads("f: func(v: f64);", "(-inf)", &[r#"{"v":"-Infinity"}"#]);
    reads(
        "f: func(v: f64);",
        "(1.5)",
        &[r#"{"v":1.5}"#, r#"{"v":"1.5"}"#, r#"{"v":15e-1}"#],
    );
    // Halfway between two f32, decided by its last digit: by way of an f64 it would be 1.
    reads(
        "f: func(v: f32);",
        "(1.0000001)",
        &[r#"{"v":1.00000005960464477539062500000000000001}"#],
    );
}

/// spec: J-5, J-6
#[test]
fn text_and_bytes_are_written_in_several_ways() {
    reads(
        "f: func(v: string);",
        "(\"é/\\u{1f600}\\n\")",
        &[r#"{"v":"\u00e9\/\ud83d\ude00\n"}"#, "{\"v\":\"é/\u{1f600}\\u000a\"}"],
    );
    reads("f: func(v: char);", "('☃')", &["{\"v\":\"☃\"}", r#"{"v":"\u2603"}"#]);
    reads(
        "f: func(v: list<u8>);",
        "([251, 239, 255])",
        &[r#"{"v":"++//"}"#, r#"{"v":"--__"}"#],
    );
    reads(
        "f: func(v: list<u8>);",
        "([1])",
        &[r#"{"v":"AQ=="}"#, r#"{"v":"AQ"}"#, r#"{"v":"AQ="}"#],
    );
}

/// spec: J-7, J-8, J-9
#[test]
fn enums_cases_flags_and_maps_read_as_protobuf_writes_them() {
    let color = "enum color { red, dark-green }";
    reads(
        &format!("{color} f: func(v: color);"),
        "(dark-green)",
        &[r#"{"v":"COLOR_DARK_GREEN"}"#, r#"{"v":1}"#, r#"{"v":1.0}"#],
    );
    reads(
        "variant v { nothing, number(u32) } f: func(v: v);",
        "(nothing)",
        &[
            r#"{"v":{"nothing":{}}}"#,
            r#"{"v":{"number":null,"nothing":{"x":[{}]}}}"#,
        ],
    );
    reads(
        "flags p { read, write-all } f: func(v: p);",
        "({write-all})",
        &[r#"{"v":{"writeAll":true}}"#, r#"{"v":{"read":null,"write_all":true}}"#],
    );
    reads(
        "f: func(v: map<u32, string>);",
        "([(1, \"a\"), (2, \"\")])",
        &[r#"{"v":{"1":"a","2":""}}"#, r#"{"v":{"1.0":"a","2":""}}"#],
    );
    let subject = Subject::of("f: func(v: map<bool, u32>);");
    assert_eq!(
        json_of(&subject, "([(true, 1), (false, 2), (true, 3)])"),
        r#"{"v":{"false":2,"true":3}}"#
    );
}

/// spec: G-15
#[test]
fn the_last_of_several_counts_and_messages_are_merged() {
    reads_proto(
        "f: func(v: u32);",
        "(2)",
        &[&[8, 2], &[8, 1, 8, 2], &[8, 1, 0x1a, 0, 8, 2]],
    );
    let r = "record inner { a: u32, b: list<u32> } record r { i: inner, v: u32 } f: func(r: r);";
    reads_proto(
        r,
        "({i: {a: 1, b: [5, 6]}, v: 9})",
        &[
            &[0x0a, 4, 8, 1, 0x10, 5, 0x0a, 2, 0x10, 6, 0x10, 9],
            &[0x0a, 2, 0x10, 5, 0x10, 9, 0x0a, 4, 8, 1, 0x10, 6],
            &[0x0a, 2, 8, 3, 0x0a, 3, 0x12, 1, 5, 0x10, 9, 0x0a, 5, 0x12, 1, 6, 8, 1],
        ],
    );
    let v = "record p { x: u32, y: u32 } variant v { a(p), b(u32) } f: func(v: v);";
    reads_proto(
        v,
        "(a({x: 1, y: 2}))",
        &[
            // The same case twice is merged.
            &[0x0a, 8, 0x0a, 2, 8, 1, 0x0a, 2, 0x10, 2],
            // Another one between begins it anew.
            &[
                0x0a, 16, 0x0a, 2, 8, 9, 0x10, 1, 0x0a, 2, 8, 1, 0x0a, 4, 0x10, 3, 0x10, 2,
            ],
        ],
    );
    reads_proto(v, "(b(0))", &[&[0x0a, 2, 0x10, 0], &[0x0a, 6, 0x0a, 2, 8, 1, 0x10, 0]]);
}

/// spec: G-15
#[test]
fn lists_of_numbers_come_packed_or_not() {
    reads_proto(
        "f: func(v: list<u32>);",
        "([1, 300, 2])",
        &[
            &[0x0a, 4, 1, 0xac, 2, 2],
            &[8, 1, 8, 0xac, 2, 8, 2],
            &[8, 1, 0x0a, 2, 0xac, 2, 0x0a, 0, 8, 2],
            &[8, 1, 0x10, 7, 0x0a, 3, 0xac, 2, 2],
        ],
    );
    reads_proto(
        "f: func(v: list<bool>);",
        "([true, false])",
        &[&[0x0a, 2, 1, 0], &[8, 0xff, 1, 8, 0]],
    );
    reads_proto(
        "f: func(v: list<f32>);",
        "([0, 0])",
        &[&[0x0a, 8, 0, 0, 0, 0, 0, 0, 0, 0], &[13, 0, 0, 0, 0, 13, 0, 0, 0, 0]],
    );
}

/// spec: G-14, G-15
#[test]
fn unknown_fields_are_skipped_groups_too() {
    let group = [0x2b, 0x33, 8, 1, 0x34, 0x0a, 1, 0xff, 0x2c];
    let mut message = group.to_vec();
    message.extend([8, 5]);
    message.extend(group);
    message.extend([0x99, 6, 1, 2, 3, 4, 5, 6, 7, 8, 0x1d, 1, 2, 3, 4, 0x12, 2, 0xff, 0xff]);
    reads_proto("f: func(v: u32);", "(5)", &[&message]);
    reads_proto(
        "variant v { a, b } f: func(v: v);",
        "(b)",
        &[&[0x0a, 4, 0x12, 2, 8, 1], &[0x0a, 4, 0x18, 1, 0x12, 0]],
    );
}

/// spec: G-16
#[test]
fn a_number_of_32_bits_is_the_lower_half() {
    reads_proto("f: func(v: u32);", "(5)", &[&[8, 0x85, 0x80, 0x80, 0x80, 0x10]]);
    reads_proto(
        "f: func(v: s32);",
        "(-1)",
        &[
            &[8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
            &[8, 0xff, 0xff, 0xff, 0xff, 0x0f],
        ],
    );
    reads_proto(
        "f: func(v: s8);",
        "(-1)",
        &[&[8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]],
    );
    reads_proto(
        "f: func(v: bool);",
        "(true)",
        &[
            &[8, 1],
            &[8, 2],
            &[8, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1],
        ],
    );
}

/// spec: G-15
#[test]
fn absent_fields_are_their_defaults_in_records_within_records_too() {
    let items = "record point { x: s32, y: f64 } flags p { a, b }
        record r { p: point, q: option<point>, n: u64, t: tuple<string, bool>, l: list<point>, f: p, e: e }
        enum e { zero, one } f: func(r: r);";
    reads_proto(
        items,
        "({p: {x: 0, y: 0}, q: none, n: 0, t: (\"\", false), l: [], f: {}, e: zero})",
        &[&[], &[0x0a, 0], &[0x22, 0, 0x32, 0]],
    );
    reads_proto(
        items,
        "({p: {x: 0, y: 0}, q: some({x: 0, y: 0}), n: 0, t: (\"\", false), l: [], f: {}, e: zero})",
        &[&[0x12, 0]],
    );
    reads(
        items,
        "({p: {x: 0, y: 0}, q: none, n: 0, t: (\"\", false), l: [], f: {}, e: zero})",
        &["{}", r#"{"p":{},"t":null,"f":{}}"#],
    );
}

/// spec: G-10
#[test]
fn shapes_are_what_they_stand_for() {
    let subject = Subject::of("variant v { value(u32), other } f: func(v: v);");
    let schema = subject.transcoder.schema();
    let v = schema.messages().iter().find(|m| m.name == "V").unwrap();
    assert_eq!(v.shape, Shape::Variant("value_".to_owned()));
}
