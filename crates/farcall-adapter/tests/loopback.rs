//! A stub behind a skeleton: bytes in, through decoding, the canonical ABI and encoding, and bytes out again.
//!
//! No guest is needed: the skeleton calls the stub, whose door is this test. What comes out must be what went in.

mod engine;

use engine::{Code, Loop, Status, hex};
use farcall_wit::Wit;

fn check(wit: &str, function: &str, request: &str, response: &str) {
    let request = hex(request);
    let response = hex(response);
    let mut looped = Loop::new(wit);
    let seen = looped.call(function, &request, Ok(response.clone())).unwrap();
    assert_eq!(seen.request, request, "the request that reached the door");
    assert_eq!(seen.response, Ok(response), "the response that came back");
}

const CALC: &str = "package demo:calc@0.1.0;
    interface ops { add: func(a: s32, b: s32) -> s32; nop: func(); name: func(x: string) -> string; }
    world w { import ops; export ops; }";

#[test]
fn two_integers_and_their_sum() {
    check(CALC, "add", "01 7f", "0a");
}

#[test]
fn nothing_at_all() {
    check(CALC, "nop", "", "");
}

#[test]
fn a_string_each_way() {
    check(CALC, "name", "05 77 c3 b6 72 64", "02 68 69");
}

/// spec: D-1
#[test]
fn the_link_the_path_and_the_fingerprint_reach_the_door() {
    let mut looped = Loop::new(CALC);
    let seen = looped.call("add", &[1, 2], Ok(vec![3])).unwrap();
    let ops = &Wit::from_text("t.wit", CALC, Some("w")).unwrap().exports()[0];
    let add = ops.function("add").unwrap();
    assert_eq!(seen.method.link, "demo:calc/ops@0.1.0");
    assert_eq!(seen.method.path, "/demo.calc.v0_1.Ops/Add");
    assert_eq!(seen.method.fingerprint, add.sent_fingerprint());
}

/// spec: D-2
#[test]
fn describe_names_every_function_by_its_index() {
    let mut looped = Loop::new(CALC);
    let described = looped.describe();
    let served: Vec<_> = looped
        .skeleton
        .functions
        .iter()
        .map(|served| served.path.clone())
        .collect();
    assert_eq!(
        described.iter().map(|method| method.path.clone()).collect::<Vec<_>>(),
        served
    );
    assert_eq!(
        described[0].fingerprint,
        looped.skeleton.functions[0].fingerprint.to_string()
    );
    assert_eq!(described[0].link, "");
}

/// spec: D-4
#[test]
fn an_index_past_the_last_is_unimplemented() {
    let mut looped = Loop::new(CALC);
    let status = looped.call_index(3, &[], Ok(vec![])).unwrap().response.unwrap_err();
    assert_eq!(status.code, Code::Unimplemented);
    let status = looped
        .call_index(u32::MAX, &[], Ok(vec![]))
        .unwrap()
        .response
        .unwrap_err();
    assert_eq!(status.code, Code::Unimplemented);
}

#[test]
fn more_than_sixteen_flat_parameters_go_through_memory() {
    let wit = "package a:b; interface i {
        seventeen: func(a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8, h: u8, i: u8, j: u8, k: u8, l: u8, m: u8,
            n: u8, o: u8, p: u8, q: string) -> tuple<string, u64>;
        sixteen: func(a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8, h: u8, i: u8, j: u8, k: u8, l: u8, m: u8,
            n: u8, q: string) -> u64;
    } world w { import i; export i; }";
    check(
        wit,
        "seventeen",
        "01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 02 68 69",
        "01 78 80 80 01",
    );
    check(
        wit,
        "sixteen",
        "01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 02 68 69",
        "05",
    );
}

#[test]
fn a_message_longer_than_a_chunk_passes() {
    let wit = "package a:b; interface i { f: func(x: list<u8>, y: list<string>) -> list<u64>; }
        world w { import i; export i; }";
    let mut looped = Loop::new(wit);
    let mut request = vec![0x80, 0x80, 0x40];
    request.extend(std::iter::repeat_n(7, 1 << 20));
    request.extend([0x90, 0x4e]);
    (0..10_000).for_each(|_| request.extend([2, b'h', b'i']));
    let mut response = vec![0xa0, 0x8d, 0x06];
    (0..100_000).for_each(|_| response.extend([0x80, 0x01]));
    for _ in 0..3 {
        let seen = looped.call("f", &request, Ok(response.clone())).unwrap();
        assert!(seen.request == request, "the request that reached the door");
        assert!(seen.response == Ok(response.clone()), "the response that came back");
    }
}

/// spec: P-1
#[test]
fn interfaces_and_versions_of_a_package_stand_side_by_side() {
    let wit = "package t:t;
        world w { import a:b/c@0.1.0; import a:b/c@1.2.0; import a:b/d@0.1.0; export a:b/c@0.1.0; export a:b/c@1.2.0; export a:b/d@0.1.0; }
        package a:b@0.1.0 { interface types { record p { x: u8 } } interface c { use types.{p}; f: func(x: p) -> u8; }
            interface d { use types.{p}; f: func() -> p; } }
        package a:b@1.2.0 { interface c { f: func(x: string) -> u8; } }";
    let mut looped = Loop::new(wit);
    let paths: Vec<_> = looped
        .skeleton
        .functions
        .iter()
        .map(|served| served.path.clone())
        .collect();
    assert_eq!(paths, ["/a.b.v0_1.C/F", "/a.b.v1.C/F", "/a.b.v0_1.D/F"]);
    for (index, request, link) in [
        (0, "07", "a:b/c@0.1.0"),
        (1, "01 78", "a:b/c@1.2.0"),
        (2, "", "a:b/d@0.1.0"),
    ] {
        let seen = looped.call_index(index, &hex(request), Ok(vec![9])).unwrap();
        assert_eq!((seen.request, seen.response), (hex(request), Ok(vec![9])));
        assert_eq!(seen.method.link, link);
    }
}

#[test]
fn functions_of_the_world_itself_belong_to_a_named_service() {
    let wit = "package a:b; world w {
        import f: func(x: u32, y: string) -> string; export f: func(x: u32, y: string) -> string;
        import g: func(); export g: func();
    }";
    let mut looped = Loop::new(wit);
    let seen = looped.call("f", &hex("80 01 01 78"), Ok(hex("01 79"))).unwrap();
    assert_eq!((seen.request, seen.response), (hex("80 01 01 78"), Ok(hex("01 79"))));
    assert_eq!(
        (seen.method.link.as_str(), seen.method.path.as_str()),
        ("here", "/Here/F")
    );
    assert_eq!(looped.call("g", &[], Ok(vec![])).unwrap().response, Ok(vec![]));
}

fn unavailable() -> Status {
    Status {
        code: Code::Unavailable,
        message: "nobody is there".into(),
        details: vec![1, 2, 3],
    }
}

/// spec: D-6, S-8
#[test]
fn a_failed_call_aborts_where_the_type_has_no_room_for_a_status() {
    let mut looped = Loop::new(CALC);
    assert_eq!(
        looped.call("add", &[1, 2], Err(unavailable())).unwrap_err(),
        unavailable()
    );
}

const STATUS: &str = "package a:b;
    interface i {
        use wasm-rpc:core/types@0.1.0.{status};
        variant trouble { none, other(u64), remote(status) }
        plain: func() -> result<u32, status>;
        cased: func() -> result<string, trouble>;
        text: func() -> result<u32, string>;
    }
    world w { import i; export i; }
    package wasm-rpc:core@0.1.0 { interface types {
        enum code { cancelled, unknown, invalid-argument, deadline-exceeded, not-found, already-exists,
            permission-denied, resource-exhausted, failed-precondition, aborted, out-of-range, unimplemented, internal,
            unavailable, data-loss, unauthenticated }
        record status { code: code, message: string, details: list<u8> }
    } }";

/// spec: S-8
#[test]
fn a_failed_call_is_an_error_value_where_the_type_has_room_for_a_status() {
    let mut looped = Loop::new(STATUS);
    // err, code 13, 15 bytes of message, three of details
    let status = "0d 0f 6e 6f 62 6f 64 79 20 69 73 20 74 68 65 72 65 03 01 02 03";
    let seen = looped.call("plain", &[], Err(unavailable())).unwrap();
    assert_eq!(seen.response, Ok(hex(&format!("01 {status}"))));
    let seen = looped.call("cased", &[], Err(unavailable())).unwrap();
    assert_eq!(seen.response, Ok(hex(&format!("01 02 {status}"))));
    assert_eq!(looped.call("text", &[], Err(unavailable())).unwrap_err(), unavailable());
    // A response that does not decode is such a failure too.
    let seen = looped.call("plain", &[], Ok(vec![7])).unwrap();
    assert_eq!(seen.response.unwrap()[..2], [1, 12]);
}

/// spec: D-7
#[test]
fn a_thousand_calls_in_one_instance_give_the_memory_back() {
    let wit = "package a:b; interface i { f: func(x: list<u64>) -> list<string>; } world w { import i; export i; }";
    let mut looped = Loop::new(wit);
    let mut request = vec![0x90, 0x4e];
    request.extend(std::iter::repeat_n(5, 10_000));
    let response = hex("02 01 61 01 62");
    let mut highest = 0;
    for round in 0..1_000 {
        assert_eq!(
            looped.call("f", &request, Ok(response.clone())).unwrap().response,
            Ok(response.clone())
        );
        match round {
            0..10 => highest = looped.memory(),
            _ => assert_eq!(looped.memory(), highest, "round {round}"),
        }
    }
    assert!(highest > 0);
}
