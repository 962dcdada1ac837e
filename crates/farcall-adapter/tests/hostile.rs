//! Callees that break the canonical ABI's rules, composed and fused: both trap, or both give the same answer.

mod engine;

use engine::{Code, Ended, Side, engine, hex};
use farcall_adapter::{Form, Plan, Serve, adapt};

/// What a call must come to.
#[derive(Clone, Copy, Debug)]
enum Comes {
    Trap,
    Bytes(&'static str),
    Refused,
}
use Comes::{Bytes, Refused, Trap};

/// One function `f` of a hand-written component; memory is one page, with `data` from 64 on.
struct Callee {
    ty: &'static str,
    core: &'static str,
    body: &'static str,
    realloc: &'static str,
    post: Option<&'static str>,
    data: &'static str,
}

const PLAIN: Callee = Callee {
    ty: "",
    core: "",
    body: "",
    // Bumps from 4096 on.
    realloc: "(global.set $at (i32.and (i32.add (global.get $at) (i32.sub (local.get 2) (i32.const 1)))
                                       (i32.sub (i32.const 0) (local.get 2))))
              (global.get $at)
              (global.set $at (i32.add (global.get $at) (local.get 3)))",
    post: None,
    data: "",
};

impl Callee {
    fn text(&self) -> String {
        let Callee {
            ty,
            core,
            body,
            realloc,
            post,
            data,
        } = self;
        let (post, option) = match post {
            Some(post) => (
                format!("(func (export \"post\") {post})"),
                "(post-return (func $i \"post\"))",
            ),
            None => (String::new(), ""),
        };
        format!(
            r#"(component
              (core module $m
                (memory (export "memory") 1)
                (global $at (mut i32) (i32.const 4096))
                (func (export "realloc") (param i32 i32 i32 i32) (result i32) {realloc})
                (func (export "f") {core} {body})
                {post}
                (data (i32.const 64) "{data}"))
              (core instance $i (instantiate $m))
              (func (export "f") {ty}
                (canon lift (core func $i "f") (memory $i "memory") (realloc (func $i "realloc")) {option})))"#
        )
    }

    /// Calls it in both forms, twice: a callee that was refused a request must still be there for the next.
    fn check(&self, what: &str, request: &str, comes: Comes) {
        let component = wat::parse_str(self.text()).unwrap_or_else(|error| panic!("{what}: {error}"));
        let engine = engine();
        for form in [Form::Composed, Form::Auto] {
            let plan = Plan {
                serve: Serve::WithWorldFunctions,
                form,
                ..Plan::default()
            };
            let adapted = adapt(&component, &plan).unwrap();
            assert_eq!(adapted.fused.is_ok(), form == Form::Auto, "{what}: {:?}", adapted.fused);
            let mut side = Side::new(&engine, &adapted.component).unwrap();
            for _ in 0..2 {
                let ended = side.outcome(0, &hex(request), Ok(Vec::new()));
                let answer = match &ended {
                    Ended::Answered(seen) => Some(&seen.response),
                    _ => None,
                };
                let as_told = match (comes, answer) {
                    (Trap, None) => true,
                    (Bytes(bytes), Some(Ok(response))) => *response == hex(bytes),
                    (Refused, Some(Err(status))) => status.code == Code::InvalidArgument,
                    _ => false,
                };
                assert!(as_told, "{what} ({form:?}): {comes:?}, but {ended:?}");
            }
        }
    }
}

/// A function without parameters whose core function leaves that value.
fn gives(ty: &'static str, body: &'static str, data: &'static str) -> Callee {
    Callee {
        ty,
        core: "(result i32)",
        body,
        data,
        ..PLAIN
    }
}

#[test]
fn what_is_given_directly_is_made_fit_or_traps() {
    for (ty, body, comes) in [
        ("(result bool)", "i32.const 7", Bytes("01")),
        ("(result bool)", "i32.const 256", Bytes("01")),
        ("(result bool)", "i32.const 0", Bytes("00")),
        ("(result u8)", "i32.const 0x1ff", Bytes("ff")),
        ("(result s8)", "i32.const 0x180", Bytes("80")),
        ("(result u16)", "i32.const 0x12345", Bytes("c5 46")),
        ("(result s16)", "i32.const 0xffff", Bytes("7f")),
        ("(result char)", "i32.const 0x61", Bytes("61")),
        ("(result char)", "i32.const 0xd800", Trap),
        ("(result char)", "i32.const 0xdfff", Trap),
        ("(result char)", "i32.const 0xe000", Bytes("ee 80 80")),
        ("(result char)", "i32.const 0x110000", Trap),
        ("(result char)", "i32.const -1", Trap),
        ("(result (result))", "i32.const 1", Bytes("01")),
        ("(result (result))", "i32.const 2", Trap),
        ("(result (result))", "i32.const 256", Trap),
        ("(result (tuple bool))", "i32.const 3", Bytes("01")),
        ("(result (tuple (tuple char)))", "i32.const 0xd900", Trap),
    ] {
        gives(ty, body, "").check(&format!("{ty} {body}"), "", comes);
    }
}

#[test]
fn what_is_given_through_memory_is_made_fit_or_traps() {
    for (ty, at, data, comes) in [
        ("string", "64", r"\48\00\00\00\03\00\00\00abc", Bytes("03 61 62 63")),
        ("string", "64", r"\48\00\00\00\03\00\00\00ab\ff", Trap),
        ("string", "64", r"\48\00\00\00\03\00\00\00\ed\a0\80", Trap),
        ("string", "64", r"\48\00\00\00\ff\ff\ff\ff", Trap),
        ("string", "64", r"\f8\ff\00\00\09\00\00\00", Trap),
        (
            "string",
            "64",
            r"\f8\ff\00\00\08\00\00\00",
            Bytes("08 00 00 00 00 00 00 00 00"),
        ),
        ("string", "64", r"\00\00\01\00\00\00\00\00", Bytes("00")),
        ("string", "64", r"\01\00\01\00\00\00\00\00", Trap),
        ("string", "64", r"\ff\ff\ff\ff\01\00\00\00", Trap),
        // where the result itself is
        ("string", "66", "", Trap),
        ("string", "65532", "", Trap),
        ("string", "65528", "", Bytes("00")),
        ("string", "-8", "", Trap),
        ("(list u8)", "64", r"\48\00\00\00\02\00\00\00\01\ff", Bytes("02 01 ff")),
        ("(list u8)", "64", r"\00\00\00\00\01\00\01\00", Trap),
        (
            "(list bool)",
            "64",
            r"\48\00\00\00\03\00\00\00\00\01\09",
            Bytes("03 00 01 01"),
        ),
        (
            "(list u32)",
            "64",
            r"\48\00\00\00\02\00\00\00\01\00\00\00\80\00\00\00",
            Bytes("02 01 80 01"),
        ),
        ("(list u32)", "64", r"\49\00\00\00\01\00\00\00", Trap),
        ("(list u32)", "64", r"\49\00\00\00\00\00\00\00", Trap),
        // 4 times 2^30 elements are 2^32 bytes, and those of 2^30 + 1 look like four
        ("(list u32)", "64", r"\48\00\00\00\00\00\00\40", Trap),
        ("(list u32)", "64", r"\48\00\00\00\01\00\00\40", Trap),
        (
            "(list f32)",
            "64",
            r"\48\00\00\00\01\00\00\00\01\00\c0\ff",
            Bytes("01 00 00 c0 7f"),
        ),
        ("(list f32)", "64", r"\4a\00\00\00\01\00\00\00", Trap),
        ("(list f32)", "64", r"\48\00\00\00\01\00\00\40", Trap),
        (
            "(list f64)",
            "64",
            r"\48\00\00\00\01\00\00\00\01\00\00\00\00\00\f0\ff",
            Bytes("01 00 00 00 00 00 00 f8 7f"),
        ),
        ("(list f64)", "64", r"\48\00\00\00\00\00\00\20", Trap),
        ("(list char)", "64", r"\48\00\00\00\01\00\00\00\00\d8\00\00", Trap),
        (
            "(list string)",
            "64",
            r"\48\00\00\00\01\00\00\00\50\00\00\00\01\00\00\00a",
            Bytes("01 01 61"),
        ),
        (
            "(list string)",
            "64",
            r"\48\00\00\00\01\00\00\00\50\00\00\00\01\00\00\00\c3",
            Trap,
        ),
        (
            "(list string)",
            "64",
            r"\48\00\00\00\01\00\00\00\50\00\00\80\01\00\00\00",
            Trap,
        ),
        ("(option u32)", "64", r"\01\00\00\00\05\00\00\00", Bytes("01 05")),
        ("(option u32)", "64", r"\02\00\00\00\05\00\00\00", Trap),
        ("(result u32 (error string))", "64", r"\ff\00\00\00\05\00\00\00", Trap),
        (
            "(tuple u8 bool s64)",
            "64",
            r"\07\05\00\00\00\00\00\00\ff\ff\ff\ff\ff\ff\ff\ff",
            Bytes("07 01 7f"),
        ),
        ("(tuple char u8)", "64", r"\ff\ff\11\00\00\00\00\00", Trap),
    ] {
        let body: &'static str = Box::leak(format!("i32.const {at}").into_boxed_str());
        let ty: &'static str = Box::leak(format!("(result {ty})").into_boxed_str());
        gives(ty, body, data).check(&format!("{ty} at {at}: {data}"), "", comes);
    }
}

#[test]
fn memory_that_realloc_gives_is_checked() {
    let takes = |ty, core| Callee {
        ty,
        core,
        body: "local.get 0",
        ..PLAIN
    };
    let list = || takes("(param \"a\" (list u32)) (result u32)", "(param i32 i32) (result i32)");
    for (realloc, comes) in [
        ("i32.const 4096", Bytes("80 20")),
        ("i32.const 4098", Trap),
        ("i32.const 0x10000", Trap),
        ("i32.const 0xfffc", Trap),
        ("i32.const 0xfff8", Bytes("f8 ff 03")),
        ("i32.const -4", Trap),
        ("unreachable", Trap),
        (
            "(drop (memory.grow (i32.const 1))) i32.const 0x10000",
            Bytes("80 80 04"),
        ),
    ] {
        Callee { realloc, ..list() }.check(realloc, "02 01 02", comes);
    }
    let spilled =
        "(param \"a\" (tuple u64 u64 u64 u64 u64 u64 u64 u64 u64 u64 u64 u64 u64 u64 u64 u64 u64)) (result u32)";
    let request = "01 01 01 01 01 01 01 01 01 01 01 01 01 01 01 01 01";
    for (realloc, comes) in [
        ("i32.const 4096", Bytes("80 20")),
        ("i32.const 4100", Trap),
        ("i32.const 0xff80", Trap),
        ("unreachable", Trap),
    ] {
        let callee = takes(spilled, "(param i32) (result i32)");
        Callee { realloc, ..callee }.check(realloc, request, comes);
    }
}

/// A realloc that traps shows that it is not called.
#[test]
fn a_request_that_does_not_decode_reaches_nothing_of_the_callee() {
    let callee = Callee {
        ty: "(param \"a\" string) (param \"b\" (list (list u8))) (param \"c\" char)",
        core: "(param i32 i32 i32 i32 i32)",
        body: "unreachable",
        realloc: "unreachable",
        ..PLAIN
    };
    for request in [
        "",
        "01 61",
        "01 ff 00 61",
        "01 61 02 01 01 01",
        "01 61 01 01 01 ff",
        "01 61 00 61 00",
    ] {
        callee.check(request, request, Refused);
    }
    callee.check("a good one", "01 61 01 01 01 61", Trap);
}

#[test]
fn post_return_gets_what_was_given_after_it_was_read() {
    let text = || gives("(result string)", "i32.const 64", r"\48\00\00\00\01\00\00\00a");
    let sees = "(param i32)
        (if (i32.ne (local.get 0) (i32.const 64)) (then unreachable))
        (i32.store8 (i32.const 72) (i32.const 0xff))
        (i32.store8 (i32.const 72) (i32.const 0x61))";
    Callee {
        post: Some(sees),
        ..text()
    }
    .check("sees", "", Bytes("01 61"));
    let traps = "(param i32) unreachable";
    Callee {
        post: Some(traps),
        ..text()
    }
    .check("traps", "", Trap);
    // The value as it was given, not as it was made fit.
    let raw = "(param i32) (if (i32.ne (local.get 0) (i32.const 7)) (then unreachable))";
    let direct = gives("(result bool)", "i32.const 7", "");
    Callee {
        post: Some(raw),
        ..direct
    }
    .check("raw", "", Bytes("01"));
    let nothing = Callee {
        post: Some(""),
        ..PLAIN
    };
    nothing.check("nothing", "", Bytes(""));
}

#[test]
fn a_response_takes_the_place_of_its_request_only_as_far_as_it_fits() {
    let bytes = |length: usize| -> String {
        let leb128 = match length {
            0..128 => format!("{length:02x}"),
            _ => format!("{:02x} {:02x}", length & 0x7f | 0x80, length >> 7),
        };
        let bytes = (0..length).map(|i| format!(" {:02x}", i * 7 % 256));
        leb128 + &bytes.collect::<String>()
    };
    let twice = Callee {
        ty: "(param \"b\" (list u8)) (result (tuple (list u8) (list u8)))",
        core: "(param i32 i32) (result i32)",
        body: "(i32.store (i32.const 16) (local.get 0)) (i32.store (i32.const 20) (local.get 1))
               (i32.store (i32.const 24) (local.get 0)) (i32.store (i32.const 28) (local.get 1)) i32.const 16",
        ..PLAIN
    };
    let cut = Callee {
        ty: "(param \"b\" (list u8)) (result (tuple u8 (list u8)))",
        core: "(param i32 i32) (result i32)",
        body: "(i32.store8 (i32.const 16) (i32.const 9)) (i32.store (i32.const 20) (local.get 0))
               (i32.store (i32.const 24) (local.get 1)) i32.const 16",
        ..PLAIN
    };
    for length in [0, 1, 61, 62, 63, 64, 65, 66, 127, 128, 129, 1000] {
        let request = bytes(length);
        let (twofold, tagged) = (format!("{request} {request}"), format!("09 {request}"));
        twice.check("twice", &request, Bytes(twofold.leak()));
        cut.check("with a byte before", &request, Bytes(tagged.leak()));
    }
}
