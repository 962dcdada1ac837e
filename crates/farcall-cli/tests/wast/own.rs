//! Scripts written here: what passes, what fails and says so, and what is left out with its reason.

use std::path::Path;

use crate::harness::{Ended, run, text};

async fn script(name: &str, script: &str) -> Ended {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("wast-own");
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join(name);
    std::fs::write(&path, script).expect("it can be written");
    run(&["wast", text(&path)]).await
}

#[tokio::test]
async fn a_module_keeps_its_state_through_calls_and_traps() {
    let ended = script(
        "state.wast",
        r#"(module
             (global $count (mut i32) (i32.const 0))
             (memory (export "memory") 1)
             (func (export "next") (result i32)
               (global.set $count (i32.add (global.get $count) (i32.const 1))) (global.get $count))
             (func (export "trap") (i32.store (i32.const 0) (i32.const 7)) (unreachable))
             (func $deep (export "deep") (call $deep))
             (func (export "peek") (result i32) (i32.load (i32.const 0))))
           (assert_return (invoke "next") (i32.const 1))
           (assert_trap (invoke "trap") "unreachable")
           (assert_return (invoke "next") (i32.const 2))
           (assert_exhaustion (invoke "deep") "call stack exhausted")
           (assert_return (invoke "peek") (i32.const 7))
           (invoke "next")
           (assert_return (invoke "next") (i32.const 4))"#,
    )
    .await;
    ended.prints("8 passed, 0 failed, 0 skipped\n");
}

#[tokio::test]
async fn modules_of_a_script_share_what_they_register() {
    let ended = script(
        "shared.wast",
        r#"(module $a
             (memory (export "memory") 1)
             (global (export "g") (mut i64) (i64.const -3))
             (func (export "two") (result i32 f64) (i32.const 2) (f64.const -0.5))
             (func (export "peek") (result i32) (i32.load (i32.const 8))))
           (register "first" $a)
           (module
             (import "first" "memory" (memory 1))
             (import "first" "g" (global $g (mut i64)))
             (import "spectest" "global_i32" (global $spec i32))
             (func (export "") (i32.store (i32.const 8) (global.get $spec)) (global.set $g (i64.const 9))))
           (assert_return (get $a "g") (i64.const -3))
           (assert_return (invoke ""))
           (assert_return (invoke $a "peek") (i32.const 666))
           (assert_return (get $a "g") (i64.const 9))
           (assert_return (invoke $a "two") (i32.const 2) (f64.const -0.5))
           (assert_unlinkable (module (import "first" "absent" (func))) "unknown import")"#,
    )
    .await;
    ended.prints("9 passed, 0 failed, 0 skipped\n");
}

#[tokio::test]
async fn nans_keep_their_bits_over_the_wire() {
    let ended = script(
        "nans.wast",
        r#"(module
             (func (export "f32") (param f32) (result f32) (local.get 0))
             (func (export "f64") (param f64) (result f64) (local.get 0))
             (func (export "bits") (param f32) (result i32) (i32.reinterpret_f32 (local.get 0)))
             (func (export "quiet") (result f32) (f32.div (f32.const 0) (f32.const 0))))
           (assert_return (invoke "f32" (f32.const nan:0x200000)) (f32.const nan:0x200000))
           (assert_return (invoke "f32" (f32.const -nan:0x1)) (f32.const -nan:0x1))
           (assert_return (invoke "f64" (f64.const nan:0x4000000000001)) (f64.const nan:0x4000000000001))
           (assert_return (invoke "bits" (f32.const nan:0x200000)) (i32.const 0x7fa00000))
           (assert_return (invoke "quiet") (f32.const nan:canonical))
           (assert_return (invoke "f32" (f32.const nan:0x600000)) (f32.const nan:arithmetic))"#,
    )
    .await;
    ended.prints("7 passed, 0 failed, 0 skipped\n");
}

#[tokio::test]
async fn what_does_not_hold_is_told_by_line_and_fails() {
    let ended = script(
        "wrong.wast",
        r#"(module
             (func (export "one") (result i32) (i32.const 1))
             (func (export "nan") (result f32) (f32.const nan:0x200000))
             (func (export "halt") (unreachable)))
(assert_return (invoke "one") (i32.const 2))
(assert_return (invoke "one"))
(assert_return (invoke "nan") (f32.const nan:canonical))
(assert_trap (invoke "halt") "integer divide by zero")
(assert_trap (invoke "one") "unreachable")
(assert_return (invoke "halt"))
(assert_return (invoke "absent"))
(assert_return (invoke "one" (i32.const 1)) (i32.const 1))
(assert_return (invoke $m "one") (i32.const 1))
(assert_invalid (module (func)) "valid")
(assert_unlinkable (module (func)) "unknown import")
(assert_return (invoke "one") (i32.const 1))"#,
    )
    .await
    .with(1);
    for (line, piece) in [
        (5, "expected (i32.const 2), got (i32.const 1)"),
        (6, "expected no result, got (i32.const 1)"),
        (7, "expected (f32.const nan:canonical), got (f32.const nan:0x200000)"),
        (8, "got unreachable-code-reached"),
        (9, "expected the trap \"unreachable\", got"),
        (10, "trapped"),
        (11, "exports no function \"absent\""),
        (12, "has 1 parts, expected 0"),
        (13, "its module is not there"),
        (14, "it is taken for valid"),
        (15, "does not link, and it does"),
    ] {
        let start = format!("wrong.wast:{line}: ");
        let told = ended.stdout.lines().find(|told| told.contains(&start));
        let told = told.unwrap_or_else(|| panic!("nothing of line {line}:\n{}", ended.stdout));
        assert!(told.contains(piece), "`{piece}` is not in `{told}`");
    }
    assert_eq!(ended.stdout.lines().last(), Some("2 passed, 11 failed, 0 skipped"));
}

#[tokio::test]
async fn what_no_call_carries_is_left_out_with_its_reason() {
    let ended = script(
        "skipped.wast",
        r#"(module
             (func (export "ref") (param funcref) (result i32) (i32.const 1))
             (func (export "gives") (result funcref) (ref.null func))
             (func (export "fine") (result i32) (i32.const 1)))
(assert_return (invoke "ref" (ref.null func)) (i32.const 1))
(assert_return (invoke "gives") (ref.null func))
(assert_return (invoke "fine") (i32.const 1))"#,
    )
    .await
    .with(0);
    let lines: Vec<&str> = ended.stdout.lines().collect();
    assert!(
        lines[0].ends_with("skipped.wast:5: assert_return skipped: a reference has no value on the wire"),
        "{lines:?}"
    );
    assert!(
        lines[1].contains(":6: assert_return skipped: \"gives\": it has a result of type"),
        "{lines:?}"
    );
    assert_eq!(lines[2..], ["2 passed, 0 failed, 2 skipped"]);
}

#[tokio::test]
async fn a_text_that_is_no_script_says_where() {
    let ended = script("broken.wast", "(module)\n(assert_what)").await;
    ended.fails(1, &["broken.wast", "line 2, column 2"]);
    run(&["wast", "absent.wast"])
        .await
        .fails(1, &["cannot read absent.wast"]);
    run(&["wast", "absent.wast", "--carrier", "pigeon"])
        .await
        .fails(2, &["`pigeon` is no carrier of scripts: http, unix or device"]);
}
