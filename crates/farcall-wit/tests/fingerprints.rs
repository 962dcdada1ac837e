//! Fingerprints: the vectors of `spec/vectors/fingerprints.json`, and what does and does not change them.
//!
//! Does not load components; `load.rs` does.

use farcall_wit::{Fingerprint, Function, MAX_SIGNATURE_BYTES, Type, Uncarried, Wit, difference};
use serde::Deserialize;

#[derive(Deserialize)]
struct Vector {
    name: String,
    wit: String,
    /// The only one, if it is not said; empty for the world itself.
    interface: Option<String>,
    function: String,
    canonical: String,
    fingerprint: String,
    nameless: Option<String>,
    nameless_fingerprint: Option<String>,
}

fn function(wit: &str, name: &str) -> Function {
    let wit = Wit::from_text("test.wit", wit, None).unwrap();
    wit.exports()[0].function(name).unwrap().clone()
}

/// The function `f` of an interface with these items.
fn f(items: &str) -> Function {
    function(&format!("package demo:test@0.1.0; interface i {{ {items} }}"), "f")
}

/// spec: F-2, F-3, F-4, F-5
#[test]
fn every_fingerprint_vector_holds() {
    let vectors: Vec<Vector> = serde_json::from_str(include_str!("../../../spec/vectors/fingerprints.json")).unwrap();
    assert!(vectors.len() >= 60);
    for v in vectors {
        let wit = Wit::from_text("test.wit", &v.wit, None).unwrap_or_else(|error| panic!("{}: {error}", v.name));
        let exports = wit.exports();
        let meant = |name: &str| v.interface.as_ref().is_none_or(|interface| interface == name);
        let interface = exports.iter().find(|interface| meant(&interface.name.to_string()));
        let function = interface.and_then(|interface| interface.function(&v.function));
        let function = function.unwrap_or_else(|| panic!("{}", v.name));
        assert_eq!(function.canonical(), v.canonical, "{}", v.name);
        assert_eq!(function.fingerprint().to_string(), v.fingerprint, "{}", v.name);
        assert_eq!(function.nameless_canonical(), v.nameless, "{}", v.name);
        let nameless = function
            .nameless_fingerprint()
            .map(|fingerprint| fingerprint.to_string());
        assert_eq!(nameless, v.nameless_fingerprint, "{}", v.name);
    }
}

#[derive(Deserialize)]
struct Sent {
    name: String,
    wit: String,
    function: String,
    known: String,
    sent: String,
    accepted: bool,
}

/// spec: F-5, F-6, F-7
#[test]
fn every_vector_of_what_is_sent_holds() {
    let vectors: Vec<Sent> = serde_json::from_str(include_str!("../../../spec/vectors/sent.json")).unwrap();
    assert!(vectors.len() >= 16);
    for v in vectors {
        let function = function(&v.wit, &v.function);
        let own = match v.known.as_str() {
            "names" => function.fingerprint(),
            _ => function.nameless_fingerprint().unwrap(),
        };
        assert_eq!(function.is_meant_by(&v.sent, own), v.accepted, "{}", v.name);
    }
    let add = f("f: func(a: s32, b: s32) -> s32;");
    let both = format!("{},{}", add.fingerprint(), add.nameless_fingerprint().unwrap());
    assert_eq!(add.sent_fingerprint(), both);
    let cat = f("f: func(a: string);");
    assert_eq!(cat.sent_fingerprint(), cat.fingerprint().to_string());
}

/// spec/fingerprints.md F-1.
#[test]
fn a_fingerprint_reads_back_and_nothing_else_does() {
    let fingerprint = f("f: func();").fingerprint();
    let text = fingerprint.to_string();
    assert_eq!(text.len(), 22);
    assert_eq!(text.parse::<Fingerprint>(), Ok(fingerprint));
    for wrong in [
        "",
        "x",
        &text[1..],
        &format!("{text}A"),
        &format!("{}=", &text[1..]),
        "////////////////////AA",
        "é",
    ] {
        assert!(wrong.parse::<Fingerprint>().is_err(), "{wrong}");
    }
    // The last character carries four bits that must be zero.
    assert!("AAAAAAAAAAAAAAAAAAAAAB".parse::<Fingerprint>().is_err());
}

#[test]
fn sixty_nested_records_stay_linear() {
    let mut items = "record r0 { a: u8, b: u8 }\n".to_owned();
    let mut tuples = "type t0 = tuple<u8, u8>;\n".to_owned();
    for i in 1..60 {
        items += &format!("record r{i} {{ a: r{0}, b: r{0} }}\n", i - 1);
        tuples += &format!("type t{i} = tuple<t{0}, t{0}>;\n", i - 1);
    }
    let records = f(&format!("{items} f: func(v: r59);"));
    let again = f(&format!("{items} f: func(v: r59);"));
    assert_eq!(records.fingerprint(), again.fingerprint());
    assert!(records.params[0].ty == again.params[0].ty);
    assert_eq!(records.uncarried(), None);
    assert!(records.signature().contains("record r0 {"));
    // Tuples have no name to stand for them, so their text is cut off.
    let tuples = f(&format!("{tuples} f: func(v: t59);"));
    assert!(tuples.signature().len() <= MAX_SIGNATURE_BYTES);
    assert!(tuples.signature().ends_with("...\n"));
    assert_ne!(tuples.fingerprint(), records.fingerprint());
    assert!(format!("{:?}", tuples.params[0].ty).len() <= MAX_SIGNATURE_BYTES);
}

#[test]
fn types_are_equal_by_shape() {
    let point = f("record point { x: s32 } f: func(p: point);").params[0].ty.clone();
    let other_name = f("record pair { x: s32 } f: func(p: pair);").params[0].ty.clone();
    let other_field = f("record point { y: s32 } f: func(p: point);").params[0].ty.clone();
    assert!(point == other_name);
    assert!(point != other_field);
    assert!(point != Type::S32 && Type::S32 == Type::S32 && Type::S32 != Type::U32);
}

#[test]
fn a_resource_is_known_by_where_it_is_defined_not_where_it_is_used() {
    let text = "package demo:files@0.2.1 { interface types { resource file; } }
        package demo:main { interface i { use demo:files/types@0.2.1.{file as handle}; f: func(h: handle); } }";
    let used = function(text, "f");
    let newer = function(&text.replace("0.2.1", "0.2.7"), "f");
    let other = function(&text.replace("0.2.1", "0.3.0"), "f");
    assert_eq!(used.fingerprint(), newer.fingerprint());
    assert_ne!(used.fingerprint(), other.fingerprint());
}

#[test]
fn what_is_not_carried_is_named() {
    let text = |items: &str| f(items).uncarried().map(|uncarried| uncarried.to_string());
    assert_eq!(
        text("f: func(x: list<option<tuple<u8, string>>>) -> result<map<u8, u8>>;"),
        None
    );
    assert_eq!(
        text("f: func(x: list<stream<u8>>);").unwrap(),
        "its type holds a stream"
    );
    assert_eq!(text("f: func() -> future<u8>;").unwrap(), "its type holds a future");
    assert_eq!(
        text("resource r; record holder { r: own<r> } f: func(x: option<holder>);").unwrap(),
        "its type holds a handle of the resource `r`"
    );
    assert_eq!(
        text("f: func(e: error-context);").unwrap(),
        "its type holds an error-context"
    );
    let member = function("package a:b; interface i { resource r { m: func(); } }", "[method]r.m");
    assert_eq!(
        member.uncarried(),
        Some(Uncarried::Member {
            function: "[method]r.m".to_owned()
        })
    );
}

#[test]
fn a_signature_holds_the_definitions_that_it_needs() {
    let function = f("record point { x: s32, y: s32 }
        variant shape { circle(f64), polygon(list<point>), nothing }
        flags access { read, write } enum color { red, green }
        f: func(s: shape, a: access, c: color) -> result<list<u8, 4>, string>;");
    assert_eq!(
        function.signature(),
        "f: func(s: shape, a: access, c: color) -> result<list<u8, 4>, string>;
variant shape {
  circle(f64),
  polygon(list<point>),
  nothing,
}
flags access {
  read,
  write,
}
enum color {
  red,
  green,
}
record point {
  x: s32,
  y: s32,
}
"
    );
}

#[test]
fn two_types_of_one_name_are_told_apart_in_a_signature() {
    let text = "package a:b; interface one { record p { x: u8 } } interface two { record p { y: u8 } }
        interface i { use one.{p}; use two.{p as q}; f: func(p: p, q: q); } world w { export i; }";
    let wit = Wit::from_text("t", text, None).unwrap();
    let exports = wit.exports();
    let signature = exports.iter().find_map(|i| i.function("f")).unwrap().signature();
    assert!(signature.starts_with("f: func(p: p, q: p-2);\n"), "{signature}");
    assert!(signature.contains("record p-2 {\n  y: u8,\n}"), "{signature}");
}

#[test]
fn a_difference_shows_what_left_and_what_came() {
    let old = f("record point { x: s32, y: s32 } f: func(p: point) -> u32;").signature();
    let new = f("record point { x: s32, y: s64, z: s32 } f: func(p: point) -> u32;").signature();
    assert_eq!(
        difference(&old, &new),
        "  f: func(p: point) -> u32;
  record point {
    x: s32,
-   y: s32,
+   y: s64,
+   z: s32,
  }
"
    );
    assert_eq!(difference("", "a\n"), "+ a\n");
    assert_eq!(difference("a\n", ""), "- a\n");
    let long = "line\n".repeat(100_000);
    assert_eq!(difference(&long, "x").lines().count(), 1_001);
}
