//! Bytes that are no component to run here, each told apart.

mod fixtures;

use farcall_host::{Closed, Grants, Host, HostConfig, Limits, LoadError, Program};
use fixtures::*;
use std::sync::Arc;

fn load(bytes: &[u8]) -> Result<Program, LoadError> {
    Program::load(
        &Host::default(),
        "it",
        bytes,
        Grants::default(),
        Limits::default(),
        Arc::new(Closed),
    )
}

fn load_text(text: &str) -> Result<Program, LoadError> {
    load(&wat::parse_str(text).unwrap())
}

#[test]
fn what_is_not_wasm_is_refused() {
    assert!(matches!(load(b"#!/bin/sh\necho"), Err(LoadError::NotWasm { size: 14 })));
    assert!(matches!(load(b""), Err(LoadError::NotWasm { size: 0 })));
    assert!(
        matches!(load(b"(component)"), Err(LoadError::NotWasm { .. })),
        "text is not taken for a binary"
    );
}

#[test]
fn a_truncated_component_is_refused_as_such() {
    let whole = behaviours();
    for length in [4, 7, 100, whole.len() / 2, whole.len() - 1] {
        assert!(
            matches!(load(&whole[..length]), Err(LoadError::Truncated { size }) if size == length),
            "{length}"
        );
    }
}

#[test]
fn a_core_module_is_refused_as_such() {
    assert!(matches!(load_text("(module)"), Err(LoadError::CoreModule)));
}

#[test]
fn a_component_with_one_byte_changed_never_panics() {
    let whole = behaviours();
    for at in (8..whole.len()).step_by(37) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        if let Err(LoadError::Panic(message)) = load(&bytes) {
            panic!("byte {at}: {message}");
        }
    }
}

#[test]
fn a_function_body_that_does_not_validate_is_refused() {
    let mut bytes = wat::parse_str("(component (core module (func (result i32) i32.const 7)))").unwrap();
    let at = bytes.windows(2).rposition(|pair| pair == [0x41, 0x07]).unwrap();
    bytes[at] = 0x42;
    let error = load(&bytes).unwrap_err();
    assert!(
        matches!(&error, LoadError::Engine(reason) if reason.contains("type mismatch")),
        "{error}"
    );
}

#[test]
fn imports_that_nothing_answers_are_all_named() {
    let error = load_text(
        r#"(component
            (import "demo:calc/ops@0.1.0" (instance (export "add" (func (param "a" s32) (result s32)))))
            (import "demo:calc/shapes@0.1.0" (instance (type $t (record (field "x" s32))) (export "point" (type (eq $t)))))
            (import "wasi:random/random@0.2.0" (instance (export "get-random-u64" (func (result u64)))))
            (import "wasi:http/types@0.2.0" (instance (export "fields" (type (sub resource)))))
            (import "log" (func (param "line" string))))"#,
    )
    .unwrap_err();
    assert!(
        matches!(&error, LoadError::MissingImports(names)
        if names == &["demo:calc/ops@0.1.0", "wasi:http/types@0.2.0", "log"]),
        "{error}"
    );
    assert_eq!(
        error.to_string(),
        "nothing answers the imports demo:calc/ops@0.1.0, wasi:http/types@0.2.0, log"
    );
}

#[test]
fn an_import_of_another_type_is_told_apart_from_a_missing_one() {
    let error = load_text(
        r#"(component
            (import "wasi:random/random@0.2.0" (instance (export "get-random-u64" (func (result string)))))
            (core module $m (func (export "run") (result i32) i32.const 0))
            (core instance $m (instantiate $m))
            (func $run (result (result)) (canon lift (core func $m "run")))
            (instance $door (export "run" (func $run)))
            (export "wasi:cli/run@0.2.0" (instance $door)))"#,
    )
    .unwrap_err();
    assert!(
        matches!(&error, LoadError::MismatchedImport(reason) if reason.contains("wasi:random/random")),
        "{error}"
    );
}

#[test]
fn a_component_without_a_door_is_refused() {
    let error = load_text("(component)").unwrap_err();
    assert_eq!(
        error.to_string(),
        "exports neither wasm-rpc:core/dispatch@0.1.0 nor wasi:cli/run@0.2.0"
    );
}

#[test]
fn a_component_past_the_limit_is_refused_unread() {
    let mut config = HostConfig::default();
    config.component_bytes = 100;
    let error = Program::load(
        &Host::new(config),
        "it",
        &behaviours(),
        Grants::default(),
        Limits::default(),
        Arc::new(Closed),
    );
    assert!(matches!(error, Err(LoadError::TooLarge { limit: 100, .. })));
}

#[tokio::test]
async fn a_component_with_asynchronous_types_runs_as_well() {
    let text = include_str!("fixtures/behaviours.wat");
    let with_stream = text.replacen(
        "(component\n",
        "(component (type (func async (param \"s\" (stream u8))))\n",
        1,
    );
    assert_ne!(text, with_stream);
    let program = load_text(&with_stream).unwrap();
    assert_eq!(program.call(ECHO, b"both", soon()).await, Ok(b"both".to_vec()));
    assert!(matches!(
        program.call(FORWARD, b"", soon()).await,
        Err(farcall_host::Failure::Refused(status)) if status.code == farcall_host::Code::Unimplemented
    ));
    assert!(matches!(
        program.call(LOOP, b"", within_ms(50)).await,
        Err(farcall_host::Failure::Deadline(_))
    ));
    assert!(matches!(
        program.call(TRAP, b"", soon()).await,
        Err(farcall_host::Failure::Trap { .. })
    ));
}
