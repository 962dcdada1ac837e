//! Core modules of a toolchain made into components: what is made, and what is refused.
//!
//! Runs none of them.

use farcall_adapter::{Preview1, wrap};
use farcall_wit::Wit;
use farcall_wit::wit_component::{StringEncoding, embed_component_metadata};

fn module(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap()
}

fn world(text: &str) -> Wit {
    Wit::from_text("w.wit", text, None).unwrap()
}

fn adder() -> Wit {
    world("package demo:calc; world calc { export add: func(a: u32, b: u32) -> u32; }")
}

fn refused(module: &[u8], wit: Option<&Wit>, wasi: Preview1) -> String {
    wrap(module, wit, wasi).unwrap_err().to_string()
}

const ADD: &str = r#"(func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))"#;
const RANDOM: &str = r#"
    (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable)
    (func (export "add") (param i32 i32) (result i32) (call $random (local.get 0) (local.get 1)))"#;

#[test]
fn a_module_becomes_a_component_of_the_world_that_is_given() {
    let component = wrap(&module(&format!("(module {ADD})")), Some(&adder()), Preview1::Adapter).unwrap();
    let wit = Wit::from_component(&component).unwrap();
    assert_eq!(wit.exports()[0].functions[0].name, "add");
    assert!(wit.imports().is_empty());
}

#[test]
fn a_module_that_carries_its_world_needs_none() {
    let mut carrying = module(&format!("(module {ADD})"));
    let wit = adder();
    embed_component_metadata(&mut carrying, wit.resolve(), wit.world(), StringEncoding::UTF8).unwrap();
    assert!(wrap(&carrying, None, Preview1::Adapter).is_ok());
}

#[test]
fn preview_1_becomes_wasi_or_nothing() {
    let calling = module(&format!("(module {RANDOM})"));
    let imports = |wasi| {
        let component = wrap(&calling, Some(&adder()), wasi).unwrap();
        Wit::from_component(&component).unwrap().imports()
    };
    let named: Vec<String> = imports(Preview1::Adapter).iter().map(|i| i.name.to_string()).collect();
    assert!(
        named.iter().any(|name| name.starts_with("wasi:random/random@0.2")),
        "{named:?}"
    );
    assert!(imports(Preview1::Nothing).is_empty());
}

#[test]
fn a_module_without_a_world_is_refused() {
    let said = refused(&module(&format!("(module {ADD})")), None, Preview1::Adapter);
    assert!(said.contains("no `component-type` section"), "{said}");
}

#[test]
fn a_module_that_does_not_export_what_its_world_says_is_refused_with_the_functions_name() {
    let said = refused(&module("(module)"), Some(&adder()), Preview1::Adapter);
    assert!(said.contains("add"), "{said}");
    let other = r#"(module (func (export "add") (result i64) i64.const 0))"#;
    let said = refused(&module(other), Some(&adder()), Preview1::Adapter);
    assert!(said.contains("add"), "{said}");
}

#[test]
fn an_import_that_nothing_has_is_refused_with_its_name() {
    for from in ["env", "wasi_snapshot_preview1", "wasi_unstable"] {
        let text = format!(r#"(module (import "{from}" "mystery" (func)) (memory (export "memory") 1) {ADD})"#);
        for wasi in [Preview1::Adapter, Preview1::Nothing] {
            let said = refused(&module(&text), Some(&adder()), wasi);
            assert!(said.contains("mystery"), "{from}: {said}");
        }
    }
}

#[test]
fn what_is_no_module_is_refused() {
    let said = refused(b"(module)", None, Preview1::Adapter);
    assert!(said.contains("does not begin with"), "{said}");
    let said = refused(&module("(component)"), None, Preview1::Adapter);
    assert!(said.contains("a component already"), "{said}");
    assert!(wrap(b"\0asm\x01\0\0\0\xff\xff", Some(&adder()), Preview1::Nothing).is_err());
}
