//! Messages in protobuf and JSON, along a few interfaces that have every kind of type.

use std::sync::LazyLock;

use farcall_codec::{Form, Limits, Response, Transcoder, check_params, encode_params, parse_args};
use farcall_wit::proto::{Method, Schema};
use farcall_wit::{Function, Wit};

struct Subject {
    transcoder: Transcoder,
    functions: Vec<(Function, Method)>,
}

/// Made on a thread of its own, so that it counts as nobody's memory.
static SUBJECT: LazyLock<Subject> = LazyLock::new(|| {
    let made = std::thread::spawn(|| {
        let wit = Wit::from_text("subject.wit", INTERFACE, None).expect("it is WIT");
        let schema = Schema::of_exports(&wit, "");
        let mut functions = Vec::new();
        for interface in wit.exports() {
            for function in interface.functions {
                let path = farcall_wit::path(&interface.name, &function.name, "");
                let method = schema.method(&path).expect("every function has messages").clone();
                functions.push((function, method));
            }
        }
        Subject {
            transcoder: Transcoder::new(schema),
            functions,
        }
    });
    made.join().expect("it is made")
});

/// A message of protobuf's binary form.
pub fn proto(data: &[u8]) {
    message(Form::Proto, data);
}

/// A message of protobuf's JSON.
pub fn json(data: &[u8]) {
    message(Form::Json, data);
}

/// What is taken as a request or a response is `wit` bytes of the type, and written again says the same; any `wit` bytes
/// are written, or refused.
fn message(form: Form, data: &[u8]) {
    let subject = &*SUBJECT;
    let [choice, bytes @ ..] = data else { return };
    let choice = usize::from(*choice);
    let (function, method) = &subject.functions[choice % subject.functions.len()];
    let transcoder = &subject.transcoder;
    let limits = Limits {
        decoded_bytes: MADE,
        ..Limits::default()
    };
    if let Ok(wit) = transcoder.request_to_wit(form, method, bytes, &limits) {
        assert_eq!(check_params(&wit, function), Ok(()), "{}", function.name);
        let again = transcoder.request_from_wit(form, method, &wit, &limits);
        if let Ok(again) = again {
            assert_eq!(
                transcoder.request_to_wit(form, method, &again, &limits).as_ref(),
                Ok(&wit)
            );
        }
    }
    if let Ok(wit) = transcoder.response_to_wit(form, method, bytes, &limits)
        && let Ok(again) = transcoder.response_from_wit(form, method, &wit, &limits)
    {
        let Response::Message(again) = again else {
            panic!("a response became a status")
        };
        assert_eq!(
            transcoder.response_to_wit(form, method, &again, &limits).as_ref(),
            Ok(&wit)
        );
    }
    let _ = transcoder.request_from_wit(form, method, bytes, &limits);
    let _ = transcoder.response_from_wit(form, method, bytes, &limits);
}

/// A message for each of some calls and results, as [`crate::PROTO`] takes it.
pub fn proto_seeds() -> Vec<Vec<u8>> {
    seeds(Form::Proto)
}

/// The same for [`crate::JSON`].
pub fn json_seeds() -> Vec<Vec<u8>> {
    seeds(Form::Json)
}

fn seeds(form: Form) -> Vec<Vec<u8>> {
    let subject = &*SUBJECT;
    let limits = Limits::default();
    let mut seeds = Vec::new();
    for (choice, (function, method)) in (0u8..).zip(&subject.functions) {
        let mut keep = |message: Vec<u8>| seeds.push([&[choice][..], &message].concat());
        for (_, text) in ARGUMENTS.iter().filter(|(name, _)| *name == function.name) {
            let arguments = parse_args(text, function).unwrap_or_else(|error| panic!("{text}: {error}"));
            let wit = encode_params(&arguments, function).expect("they are of the function's types");
            let message = subject.transcoder.request_from_wit(form, method, &wit, &limits);
            keep(message.unwrap_or_else(|error| panic!("{text}: {error}")));
        }
    }
    assert!(seeds.len() >= ARGUMENTS.len());
    seeds
}

/// Most bytes that may be made of a message: absent fields take none in it, and some in `wit`.
const MADE: usize = 1 << 16;

const INTERFACE: &str = "package f:f;
interface i {
  record p { x: s32, y: option<f64>, z: list<string> }
  variant v { a(p), b(list<u8>), c }
  flags f { g, h, i, j, k, l, m, n, o }
  enum e { q, r }
  record status { code: u32, message: string, details: list<u8> }
  record deep { l: list<list<option<option<v>>>>, m: map<string, list<p>>, t: tuple<e, f, char> }
  record wide { a: list<u8, 16>, b: list<p, 3>, c: result<p, e>, d: result<_, string>, e: result }
  f0: func(a: bool, b: u8, c: u16, d: u32, e: u64, f: s8, g: s16, h: s32, i: s64, j: f32, k: f64, l: char, m: string) -> u8;
  f1: func(v: p) -> v;
  f2: func(v: list<v>) -> list<f>;
  f3: func(v: deep) -> option<deep>;
  f4: func(v: wide) -> result<wide, status>;
  f5: func(a: list<f32>, b: list<u64>, c: list<bool>, d: list<e>) -> tuple<list<s16>, list<char>>;
  f6: func(v: map<u32, map<bool, string>>) -> map<s64, v>;
  f7: func(v: result<option<p>, v>) -> result<list<u8>, e>;
  f8: func();
}";

const ARGUMENTS: [(&str, &str); 14] = [
    (
        "f0",
        "(true, 1, 2, 3, 18446744073709551615, -1, -2, -3, -4, nan, -1.5e300, 'x', \"text\")",
    ),
    ("f0", "(false, 0, 0, 0, 0, 0, 0, 0, 0, 0.0, -0.0, '\\u{1f600}', \"\")"),
    ("f1", "({x: -1, y: some(inf), z: [\"a\", \"\\n\"]})"),
    ("f1", "({x: 0, y: none, z: []})"),
    ("f2", "([a({x: 1, y: some(0.0), z: [\"\"]}), b([1, 2, 255]), c])"),
    (
        "f3",
        "({l: [[some(some(c)), some(none), none], []], m: [(\"k\", [{x: 1, y: none, z: []}])], t: (r, {g, o}, 'c')})",
    ),
    ("f3", "({l: [], m: [], t: (q, {}, '0')})"),
    (
        "f4",
        "({a: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15], b: [{x: 1, y: none, z: []}, {x: 2, y: none, z: []}, \
         {x: 0, y: some(1.0), z: [\"z\"]}], c: err(r), d: err(\"no\"), e: ok})",
    ),
    ("f5", "([1.5, -inf], [1, 18446744073709551615], [true, false], [q, r])"),
    ("f5", "([], [], [], [])"),
    ("f6", "([(1, [(true, \"a\"), (false, \"b\")]), (4294967295, [])])"),
    ("f7", "(ok(some({x: 1, y: none, z: []})))"),
    ("f7", "(err(c))"),
    ("f8", "()"),
];
