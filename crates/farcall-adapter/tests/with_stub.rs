//! A component with both adapters: the skeleton inside it, the stub beside it.

mod engine;

use engine::{Ended, Side, Status, engine, hex};
use farcall_adapter::{Form, Plan, Serve, adapt};
use farcall_wit::InterfaceName;

/// Serves `g`, which calls what it imports: `f`, with twice its parameter and its text.
const BOTH: &str = r#"(component
  (import "a:b/i" (instance $i (export "f" (func (param "x" u32) (param "t" string) (result string)))))
  (alias export $i "f" (func $f))
  (core module $memory
    (memory (export "memory") 1)
    (global $at (mut i32) (i32.const 4096))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (global.get $at) (global.set $at (i32.add (global.get $at) (local.get 3)))))
  (core instance $memory (instantiate $memory))
  (core func $f (canon lower (func $f) (memory $memory "memory") (realloc (func $memory "realloc"))))
  (core module $main
    (import "memory" "f" (func $f (param i32 i32 i32 i32)))
    (func (export "g") (param i32 i32 i32) (result i32)
      (call $f (i32.shl (local.get 0) (i32.const 1)) (local.get 1) (local.get 2) (i32.const 64))
      (i32.const 64)))
  (core instance $imports (export "f" (func $f)))
  (core instance $main (instantiate $main (with "memory" (instance $imports))))
  (func $g (param "x" u32) (param "t" string) (result string)
    (canon lift (core func $main "g") (memory $memory "memory") (realloc (func $memory "realloc"))))
  (instance $out (export "g" (func $g)))
  (export "a:b/o" (instance $out)))"#;

fn plan(form: Form) -> Plan {
    Plan {
        links: vec!["a:b/i".parse::<InterfaceName>().unwrap()],
        serve: Serve::Interfaces,
        world_service: String::new(),
        form,
        ..Plan::default()
    }
}

#[test]
fn what_is_served_calls_what_is_linked() {
    let component = wat::parse_str(BOTH).unwrap();
    let engine = engine();
    for form in [Form::Composed, Form::Auto] {
        let adapted = adapt(&component, &plan(form)).unwrap();
        assert_eq!(adapted.fused.is_ok(), form == Form::Auto, "{:?}", adapted.fused);
        assert!(adapted.unlinked.is_empty());
        let mut side = Side::new(&engine, &adapted.component).unwrap();
        for _ in 0..100 {
            match side.outcome(0, &hex("15 02 68 69"), Ok(hex("03 79 65 73"))) {
                Ended::Answered(seen) => {
                    assert_eq!(
                        (seen.request, seen.response),
                        (hex("2a 02 68 69"), Ok(hex("03 79 65 73")))
                    );
                    assert_eq!(seen.method.path, "/a.b.I/F");
                }
                ended => panic!("{form:?}: {ended:?}"),
            }
        }
        let nobody = Status {
            code: engine::Code::Unavailable,
            message: "nobody is there".into(),
            details: Vec::new(),
        };
        match side.outcome(0, &hex("15 00"), Err(nobody.clone())) {
            Ended::Aborted(status) => assert_eq!(status, nobody),
            ended => panic!("{form:?}: {ended:?}"),
        }
    }
}

/// Only what is served is looked at: it stays where it is when nothing is.
#[test]
fn a_component_that_serves_nothing_is_not_fused() {
    let component = wat::parse_str(BOTH).unwrap();
    let serve = Serve::Nothing;
    let adapted = adapt(
        &component,
        &Plan {
            serve,
            ..plan(Form::Auto)
        },
    )
    .unwrap();
    assert_eq!(adapted.fused, Err("nothing is served".to_string()));
    assert!(adapted.functions.is_empty());
}

#[test]
fn what_cannot_be_fused_is_composed_and_says_why() {
    let lift = |options: &str, more: &str| {
        format!(
            r#"(component
              (core module $m
                (memory (export "memory") 1)
                (memory (export "other") 1)
                (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096))
                (func (export "f") (param i32 i32) (result i32) (i32.const 64)))
              (core instance $i (instantiate $m))
              (func (export "f") (param "t" string) (result string)
                (canon lift (core func $i "f") (memory $i "memory") (realloc (func $i "realloc")) {options}))
              {more})"#
        )
    };
    let other = r#"(func (export "g") (param "t" string) (result string)
        (canon lift (core func $i "f") (memory $i "other") (realloc (func $i "realloc"))))"#;
    for (text, why) in [
        (lift("string-encoding=utf16", ""), "f: its text is not UTF-8"),
        (lift("string-encoding=latin1+utf16", ""), "f: its text is not UTF-8"),
        (lift("", other), "its functions have more than one memory"),
        (
            format!(
                "(component {} (instance $n (instantiate $c)) (export \"f\" (func $n \"f\")))",
                lift("", "").replacen("(component", "(component $c", 1)
            ),
            "f: it is lifted in a nested component",
        ),
    ] {
        let component = wat::parse_str(&text).unwrap();
        let plan = Plan {
            serve: Serve::WithWorldFunctions,
            ..Plan::default()
        };
        let adapted = adapt(&component, &plan).unwrap();
        assert_eq!(adapted.fused, Err(why.to_string()));
        let mut side = Side::new(&engine(), &adapted.component).unwrap();
        match side.outcome(0, &hex("02 68 69"), Ok(Vec::new())) {
            Ended::Answered(seen) => assert_eq!(seen.response, Ok(vec![0]), "{why}"),
            ended => panic!("{why}: {ended:?}"),
        }
    }
}
