//! What decoding and parsing say when something is wrong, and the limits they keep.
//!
//! Round trips are in `properties.rs`, rules in `vectors.rs`.

use std::sync::Arc;

use farcall_codec::{
    DecodeErrorKind, Limits, Value, check_params, decode, decode_params, encode_params, encode_result,
    min_encoded_size, parse_args, parse_value, print_value,
};
use farcall_wit::{Function, Record, Type, Wit};

/// The function `f` of an interface with these items.
fn f(items: &str) -> Function {
    let text = format!("package t:t; interface i {{ {items} }}");
    Wit::from_text("t.wit", &text, None).unwrap().exports()[0]
        .function("f")
        .unwrap()
        .clone()
}

const SHAPE: &str = "record point { x: s32, y: s32 }
    record rect { points: list<point> }
    variant shape { circle(f64), rect(rect) }
    f: func(n: u32, shape: shape) -> result<u32, string>;";

/// spec/values.md V-19.
#[test]
fn a_decode_error_names_the_place_in_bytes_and_value() {
    let f = f(SHAPE);
    let error = decode_params(&[7, 1, 2, 1, 1, 0x80, 0x00, 1], &f, &Limits::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "shape.rect.points[1].x (byte 5): an integer is longer than it needs to be"
    );
    assert_eq!(check_params(&[7, 1, 2, 1, 1, 0x80, 0x00, 1], &f), Err(error));
    let error = decode_params(&[7, 9], &f, &Limits::default()).unwrap_err();
    assert_eq!(error.to_string(), "shape (byte 1): no such case: there are 2");
    let error = decode_params(&[7], &f, &Limits::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "shape (byte 1): the message ends, expected 1 more bytes at least"
    );
    let error = decode_params(&[7, 1, 0, 0xaa, 0xbb], &f, &Limits::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the value (byte 3): 2 bytes are left over after the last value"
    );
}

/// spec/values.md V-9.
#[test]
fn a_lying_length_is_refused_before_anything_is_allocated() {
    let f = f(SHAPE);
    let error = decode_params(&[7, 1, 0xff, 0xff, 0xff, 0xff, 0x0f, 1, 2], &f, &Limits::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "shape.rect.points (byte 7): 4294967295 elements need at least 8589934590 bytes, but 2 are left"
    );
    assert!(!error.is_limit());
}

/// spec/values.md V-18.
#[test]
fn a_message_over_a_limit_is_refused_with_the_limit() {
    let bytes = Type::List(Arc::new(Type::U8));
    let limits = Limits {
        bytes: 4,
        ..Limits::default()
    };
    let error = decode(&[4, 1, 2, 3, 4], &bytes, &limits).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the value (byte 0): more than the limit of 4 bytes of a message"
    );
    assert!(error.is_limit());

    let bools = Type::List(Arc::new(Type::Bool));
    let limits = Limits {
        decoded_bytes: 1000,
        ..Limits::default()
    };
    let mut message = vec![0x80, 0x01];
    message.extend([1; 128]);
    let error = decode(&message, &bools, &limits).unwrap_err();
    assert!(matches!(
        error.kind,
        DecodeErrorKind::Limit {
            what: "bytes of decoded values",
            limit: 1000
        }
    ));

    let mut deep = Type::U8;
    for _ in 0..101 {
        deep = Type::Option(Arc::new(deep));
    }
    let error = decode(&[1; 102], &deep, &Limits::default()).unwrap_err();
    assert!(matches!(
        error.kind,
        DecodeErrorKind::Limit {
            what: "levels of nesting",
            limit: 100
        }
    ));
}

/// spec/values.md V-10.
#[test]
fn elements_without_bytes_are_counted() {
    // No WIT text makes a type of no bytes, but a type is not always out of text.
    let empty = Type::Record(Arc::new(Record {
        name: None,
        fields: Vec::new(),
    }));
    let list = Type::List(Arc::new(empty.clone()));
    assert_eq!(min_encoded_size(&empty), 0);
    assert_eq!(
        decode(&[3], &list, &Limits::default()),
        Ok(Value::List(vec![Value::Record(Vec::new()); 3]))
    );
    let error = decode(&[0xff, 0xff, 0xff, 0xff, 0x0f], &list, &Limits::default()).unwrap_err();
    assert!(matches!(
        error.kind,
        DecodeErrorKind::Limit {
            what: "elements without bytes",
            limit: 65_536
        }
    ));
    // 2^60 empty records, one within the other.
    let mut tree = empty;
    for _ in 0..60 {
        tree = Type::Tuple(vec![tree.clone(), tree].into());
    }
    assert_eq!(min_encoded_size(&tree), 0);
    assert!(decode(&[], &tree, &Limits::default()).unwrap_err().is_limit());
    let f = Function {
        name: "f".into(),
        params: vec![farcall_wit::Param {
            name: "t".into(),
            ty: tree,
        }],
        result: None,
        is_async: false,
        docs: None,
    };
    assert!(check_params(&[], &f).unwrap_err().is_limit());
}

#[test]
fn smallest_sizes_are_linear_and_saturate() {
    let mut tree = Type::Tuple(vec![Type::F64, Type::U32].into());
    for _ in 0..90 {
        tree = Type::Tuple(vec![tree.clone(), tree].into());
    }
    assert_eq!(min_encoded_size(&tree), usize::MAX);
    assert!(decode(&[0; 100], &tree, &Limits::default()).is_err());
    let list = Type::List(Arc::new(tree));
    let error = decode(&[1, 0, 0], &list, &Limits::default()).unwrap_err();
    assert!(matches!(error.kind, DecodeErrorKind::Length { .. }));
}

/// spec/values.md V-17.
#[test]
fn types_that_are_not_carried_are_refused_in_every_form() {
    let f = f("f: func(s: stream<u8>);");
    assert!(matches!(
        check_params(&[0], &f).unwrap_err().kind,
        DecodeErrorKind::Uncarried { .. }
    ));
    assert_eq!(
        encode_params(&[Value::U32(1)], &f).unwrap_err().to_string(),
        "s is of a type that is not carried yet: stream<u8>"
    );
    assert_eq!(
        parse_args("(1)", &f).unwrap_err().to_string(),
        "line 1, column 2: argument `s`: a value of stream<u8> has no text"
    );
}

#[test]
fn a_value_of_the_wrong_type_is_refused_with_its_place() {
    let f = f(SHAPE);
    let point = |x| Value::Record(vec![Value::S32(1), x]);
    let shape = |x| Value::Variant(1, Some(Box::new(Value::Record(vec![Value::List(vec![point(x)])]))));
    assert!(encode_params(&[Value::U32(1), shape(Value::S32(2))], &f).is_ok());
    let error = encode_params(&[Value::U32(1), shape(Value::U32(2))], &f).unwrap_err();
    assert_eq!(error.to_string(), "shape.rect.points[0].y is a u32, expected s32");
    let error = encode_params(&[Value::U32(1), Value::Variant(5, None)], &f).unwrap_err();
    assert_eq!(error.to_string(), "shape is case 5 of 2 cases");
    let error = encode_params(&[Value::U32(1), Value::Variant(1, None)], &f).unwrap_err();
    assert_eq!(error.to_string(), "shape.rect lacks its payload");
    let error = encode_params(&[Value::U32(1)], &f).unwrap_err();
    assert_eq!(error.to_string(), "the value has 1 parts, expected 2");
    assert!(encode_result(None, &f).is_err());
    let ok = Value::Result(Ok(Some(Box::new(Value::U32(300)))));
    assert_eq!(encode_result(Some(&ok), &f).unwrap(), [0, 0xac, 0x02]);
}

#[test]
fn bytes_and_a_list_of_u8_are_one_value() {
    let f = f("f: func(b: list<u8>);");
    let (bytes, list) = (Value::Bytes(vec![1, 2]), Value::List(vec![Value::U8(1), Value::U8(2)]));
    assert_eq!(bytes, list);
    assert_ne!(bytes, Value::List(vec![Value::U8(1)]));
    assert_eq!(
        encode_params(std::slice::from_ref(&bytes), &f),
        encode_params(std::slice::from_ref(&list), &f)
    );
    assert_eq!(
        print_value(&bytes, &f.params[0].ty),
        print_value(&list, &f.params[0].ty)
    );
}

/// spec/values.md V-6: who cannot tell a plain module's function from a component's carries the bits as they are.
#[test]
fn a_nan_keeps_its_bits() {
    let f = f("f: func(a: f32, b: f64);");
    let args = [
        Value::F32(f32::from_bits(0xffff_ffff)),
        Value::F64(f64::from_bits(0x7ff0_0000_0000_0001)),
    ];
    assert_eq!(
        encode_params(&args, &f).unwrap(),
        [0xff, 0xff, 0xff, 0xff, 1, 0, 0, 0, 0, 0, 0xf0, 0x7f]
    );
}

fn refused(args: &str, items: &str) -> String {
    parse_args(args, &f(items)).unwrap_err().to_string()
}

#[test]
fn wrong_arguments_say_what_was_expected_and_where() {
    let add = "f: func(a: u32, b: string);";
    let cases = [
        (
            "(1)",
            "line 1, column 3: expected 2 arguments (a: u32, b: string), missing `b: string`",
        ),
        (
            "()",
            "line 1, column 2: expected 2 arguments (a: u32, b: string), missing `a: u32`",
        ),
        (
            "(1, \"x\", 2)",
            "line 1, column 10: expected 2 arguments (a: u32, b: string), found 3 arguments",
        ),
        (
            "(\"x\", \"y\")",
            "line 1, column 2: argument `a`: expected u32, found a string",
        ),
        (
            "(-1, \"y\")",
            "line 1, column 2: argument `a`: expected u32 (0 to 4294967295), found another number",
        ),
        (
            "(1.5, \"y\")",
            "line 1, column 2: argument `a`: expected u32 (0 to 4294967295), found another number",
        ),
        ("(1, é)", "line 1, column 5: invalid token"),
        (
            "(1, \"é\", )x",
            "line 1, column 1: expected arguments in parentheses, as in `(1, \"a\")`",
        ),
        ("(1 \"y\")", "line 1, column 4: unexpected token: String"),
        (
            "(1,\n  y)",
            "line 2, column 3: argument `b`: expected string, found a name",
        ),
        (
            "1, 2",
            "line 1, column 1: expected arguments in parentheses, as in `(1, \"a\")`",
        ),
        (
            "(1, \"\\u{d800}\")",
            "line 1, column 6: argument `b`: invalid character escape",
        ),
    ];
    for (args, message) in cases {
        assert_eq!(refused(args, add), message, "{args}");
    }
    assert_eq!(
        refused("(1)", "f: func();"),
        "line 1, column 2: expected no arguments (), found 1 arguments"
    );
}

/// spec/values.md V-20.
#[test]
fn wrong_parts_of_values_say_so_too() {
    let types = "record p { x: s32, y: option<s32> } variant v { a(u8), b } enum e { red, green } flags l { r, w }
        f: func(v: option<tuple<p, v, e, l, list<u8, 2>, result<u8, u8>>>);";
    let whole = "({x: 1}, b, red, {r}, [1, 2], err(3))";
    assert!(parse_args(&format!("({whole})"), &f(types)).is_ok());
    let change = |from: &str, to: &str| refused(&format!("({})", whole.replace(from, to)), types);
    let place = "line 1, column ";
    assert_eq!(
        change("{x: 1}", "{y: 1}"),
        format!("{place}3: argument `v`: expected a field `x: s32`")
    );
    assert_eq!(
        change("{x: 1}", "{x: 1, z: 2}"),
        format!("{place}13: argument `v`: no field `z`, expected x, y")
    );
    assert_eq!(
        change("b,", "c,"),
        format!("{place}11: argument `v`: no `c`, expected one of a, b")
    );
    assert_eq!(
        change("b,", "a,"),
        format!("{place}11: argument `v`: expected `a(...)` with a u8")
    );
    assert_eq!(
        change("b,", "b(1),"),
        format!("{place}13: argument `v`: expected `b` without a payload")
    );
    assert_eq!(
        change("red", "blue"),
        format!("{place}14: argument `v`: no `blue`, expected one of red, green")
    );
    assert_eq!(
        change("{r}", "{x}"),
        format!("{place}19: argument `v`: no `x`, expected one of r, w")
    );
    assert_eq!(
        change("[1, 2]", "[1]"),
        format!("{place}24: argument `v`: expected 2 elements, found 1")
    );
    assert_eq!(
        change("err(3)", "err"),
        format!("{place}32: argument `v`: expected `err(...)` with a u8")
    );
    assert_eq!(
        change("[1, 2]", "[1, 256]"),
        format!("{place}28: argument `v`: expected u8 (0 to 255), found another number")
    );
}

#[test]
fn wave_may_leave_out_what_is_clear() {
    let f = f("record r { a: u8, b: option<u8> } f: func(r: r, o: option<string>, e: result<u8, u8>, l: option<u8>);");
    let short = parse_args("({a: 1}, \"x\", 2)", &f).unwrap();
    let long = parse_args("( {b: none, %a: 1,}, some(\"x\"), ok(2), none, ) // done\n", &f);
    assert_eq!(
        long.unwrap_err().message,
        "expected arguments in parentheses, as in `(1, \"a\")`"
    );
    let long = parse_args("( {b: none, %a: 1,}, some(\"x\"), ok(2), none, )", &f).unwrap();
    assert_eq!(short, long);
    let many = parse_value("\"\"\"\n  a\n  b\n  \"\"\"", &Type::String).unwrap();
    assert_eq!(many, Value::String("a\nb".to_owned()));
}
