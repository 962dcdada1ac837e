//! A stub behind a skeleton: bytes in, through decoding, the canonical ABI and encoding, and bytes out again.
//!
//! No guest is needed: the skeleton calls the stub, whose door is this test. What comes out must be what went in.

mod engine;

use engine::{Loop, hex};
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

#[test]
fn the_link_the_path_and_the_fingerprint_reach_the_door() {
    let mut looped = Loop::new(CALC);
    let seen = looped.call("add", &[1, 2], Ok(vec![3])).unwrap();
    let ops = &Wit::from_text("t.wit", CALC, Some("w")).unwrap().exports()[0];
    let add = ops.function("add").unwrap();
    assert_eq!(seen.method.link, "demo:calc/ops@0.1.0");
    assert_eq!(seen.method.path, "/demo.calc.v0_1.Ops/Add");
    assert_eq!(seen.method.fingerprint, add.fingerprint().to_string());
}
