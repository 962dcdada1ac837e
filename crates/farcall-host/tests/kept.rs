//! An instance that stays between calls: what it keeps, and what ends it.

use std::sync::Arc;
use std::time::Duration;

use farcall_host::{CallContext, Closed, Failure, Grants, Host, Limits, Program};

/// A dispatch of three functions: 0 counts up and answers with one byte, 1 traps, 2 refuses, 3 never ends.
const STATEFUL: &str = r#"
(component
  (type $types (instance
    (type $code (enum "cancelled" "unknown" "invalid-argument" "deadline-exceeded" "not-found" "already-exists"
      "permission-denied" "resource-exhausted" "failed-precondition" "aborted" "out-of-range" "unimplemented" "internal"
      "unavailable" "data-loss" "unauthenticated"))
    (export "code" (type $c (eq $code)))
    (type $status (record (field "code" $c) (field "message" string) (field "details" (list u8))))
    (export "status" (type (eq $status)))
    (type $method (record (field "link" string) (field "path" string) (field "fingerprint" string)))
    (export "method" (type (eq $method)))))
  (import "wasm-rpc:core/types@0.1.0" (instance $types (type $types)))
  (alias export $types "status" (type $status))
  (alias export $types "method" (type $method))
  (core module $m
    (memory (export "memory") 1)
    (global $heap (mut i32) (i32.const 1024))
    (global $n (mut i32) (i32.const 0))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (local $at i32)
      (local.set $at (i32.and (i32.add (global.get $heap) (i32.const 7)) (i32.const -8)))
      (global.set $heap (i32.add (local.get $at) (local.get 3)))
      (local.get $at))
    (func (export "describe") (result i32) (i32.const 0))
    (func (export "call") (param $f i32) (param $at i32) (param $length i32) (result i32)
      (if (i32.eq (local.get $f) (i32.const 1)) (then unreachable))
      (if (i32.eq (local.get $f) (i32.const 3)) (then (loop $for_ever (br $for_ever))))
      (memory.fill (i32.const 16) (i32.const 0) (i32.const 24))
      (if (i32.eq (local.get $f) (i32.const 2))
        (then (i32.store8 (i32.const 16) (i32.const 1)) (i32.store8 (i32.const 20) (i32.const 2)))
        (else
          (global.set $n (i32.add (global.get $n) (i32.const 1)))
          (i32.store8 (i32.const 64) (global.get $n))
          (i32.store (i32.const 20) (i32.const 64))
          (i32.store (i32.const 24) (i32.const 1))))
      (i32.const 16)))
  (core instance $i (instantiate $m))
  (func $describe (result (list $method)) (canon lift (core func $i "describe") (memory $i "memory")))
  (func $call (param "function" u32) (param "request" (list u8)) (result (result (list u8) (error $status)))
    (canon lift (core func $i "call") (memory $i "memory") (realloc (func $i "realloc"))))
  (component $door
    (import "types" (instance $types (type $types)))
    (alias export $types "status" (type $status))
    (alias export $types "method" (type $method))
    (import "describe" (func $describe (result (list $method))))
    (import "call" (func $call (param "function" u32) (param "request" (list u8)) (result (result (list u8) (error $status)))))
    (export "describe" (func $describe))
    (export "call" (func $call)))
  (instance $dispatch (instantiate $door
    (with "types" (instance $types)) (with "describe" (func $describe)) (with "call" (func $call))))
  (export "wasm-rpc:core/dispatch@0.1.0" (instance $dispatch)))"#;

fn program() -> Program {
    let component = wat::parse_str(STATEFUL).unwrap();
    Program::load(
        &Host::default(),
        "stateful",
        &component,
        Grants::default(),
        Limits::default(),
        Arc::new(Closed),
    )
    .unwrap()
}

fn soon() -> CallContext {
    CallContext::within(Duration::from_secs(20))
}

#[tokio::test]
async fn calls_in_a_kept_instance_see_each_others_state() {
    let program = program();
    let (mut one, mut other) = (program.keep(), program.keep());
    for count in 1..=3 {
        assert_eq!(one.call(0, &[], soon()).await.unwrap(), [count]);
    }
    assert_eq!(other.call(0, &[], soon()).await.unwrap(), [1]);
    assert_eq!(program.call(0, &[], soon()).await.unwrap(), [1]);
}

#[tokio::test]
async fn a_refused_call_leaves_the_instance_as_it_was() {
    let mut kept = program().keep();
    assert_eq!(kept.call(0, &[], soon()).await.unwrap(), [1]);
    assert!(matches!(kept.call(2, &[], soon()).await, Err(Failure::Refused(_))));
    assert_eq!(kept.call(0, &[], soon()).await.unwrap(), [2]);
}

#[tokio::test]
async fn after_a_trap_nobody_takes_a_new_state_for_the_old_one() {
    let mut kept = program().keep();
    assert_eq!(kept.call(0, &[], soon()).await.unwrap(), [1]);
    assert!(matches!(kept.call(1, &[], soon()).await, Err(Failure::Trap { .. })));
    assert_eq!(kept.call(0, &[], soon()).await, Err(Failure::Ended));
}

#[tokio::test]
async fn each_call_has_a_deadline_of_its_own() {
    let mut kept = program().keep();
    assert_eq!(
        kept.call(0, &[], CallContext::within(Duration::from_secs(5)))
            .await
            .unwrap(),
        [1]
    );
    let short = CallContext::within(Duration::from_millis(50));
    assert!(matches!(kept.call(3, &[], short).await, Err(Failure::Deadline(_))));
    assert_eq!(kept.call(0, &[], soon()).await, Err(Failure::Ended));
}
