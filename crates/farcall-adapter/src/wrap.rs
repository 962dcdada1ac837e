//! A core module that a toolchain built for a world, made into a component: what `wasm-tools component embed` and `new` do.
//!
//! Emits no code and renames nothing: the module's functions are called what the canonical ABI says.

use std::panic::{AssertUnwindSafe, catch_unwind};

use farcall_wit::Wit;
use farcall_wit::wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wasi_preview1_component_adapter_provider as preview1;
use wasmparser::{Encoding, Parser, Payload};

use crate::componentize::COMPONENT_TYPE;
use crate::error::AdaptError;
use crate::signatures::CoreFunctions;

/// What answers a module's calls of WASI preview 1, the WASI that compilers know, within a component.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preview1 {
    /// Wasmtime's adapter: the component imports WASI 0.2, and reaches what it is granted.
    #[default]
    Adapter,
    /// One that imports nothing: no files, no arguments, output thrown away, a clock that only sleeping and reading it
    /// move, and random numbers that are the same in every instance. For functions that only compute; nothing of it
    /// may be a secret.
    Nothing,
}

/// The component that a core module is, for the world that it carries or for `wit`, which is embedded then.
///
/// A module without calls of preview 1 is given no adapter.
///
/// # Errors
///
/// The module is none or a component already, has no world, does not export what its world says, or imports what neither
/// the world nor the adapter has.
pub fn wrap(module: &[u8], wit: Option<&Wit>, wasi: Preview1) -> Result<Vec<u8>, AdaptError> {
    // The encoder asserts what a strange module may break.
    let work = AssertUnwindSafe(|| encode(module, wit, wasi));
    catch_unwind(work).unwrap_or_else(|_| Err(AdaptError::Module("the encoder gave up".into())))
}

fn encode(module: &[u8], wit: Option<&Wit>, wasi: Preview1) -> Result<Vec<u8>, AdaptError> {
    let failed = |error: &dyn std::fmt::Display| AdaptError::Module(format!("{error:#}"));
    let has_world = has_world(module)?;
    wasmparser::validate(module).map_err(|error| failed(&error))?;
    let functions = CoreFunctions::of(module)?;
    let mut embedded = module.to_vec();
    match wit {
        Some(wit) => embed_component_metadata(&mut embedded, wit.resolve(), wit.world(), StringEncoding::UTF8)
            .map_err(|error| failed(&error))?,
        None if has_world => {}
        None => return Err(AdaptError::NoWorld),
    }
    let mut encoder = ComponentEncoder::default()
        .validate(true)
        .module(&embedded)
        .map_err(|error| failed(&error))?;
    if functions.imports_module(preview1::WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME) {
        let null;
        let adapter = match wasi {
            Preview1::Adapter if functions.exports.contains_key("_start") => {
                preview1::WASI_SNAPSHOT_PREVIEW1_COMMAND_ADAPTER
            }
            Preview1::Adapter => preview1::WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
            Preview1::Nothing => {
                null = wat::parse_str(NULL_PREVIEW1).map_err(|error| AdaptError::Encode(error.to_string()))?;
                &null
            }
        };
        encoder = encoder
            .adapter(preview1::WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME, adapter)
            .map_err(|error| failed(&error))?;
    }
    encoder.encode().map_err(|error| failed(&error))
}

// Whether the module carries a world; a component, or what is no WebAssembly, is an error.
fn has_world(module: &[u8]) -> Result<bool, AdaptError> {
    if !module.starts_with(b"\0asm") {
        return Err(AdaptError::Module("it does not begin with `\\0asm`".into()));
    }
    let mut found = false;
    for payload in Parser::new(0).parse_all(module) {
        match payload.map_err(|error| AdaptError::Module(error.to_string()))? {
            Payload::Version {
                encoding: Encoding::Component,
                ..
            } => return Err(AdaptError::Module("it is a component already".into())),
            Payload::CustomSection(section) => found |= section.name().starts_with(COMPONENT_TYPE),
            _ => {}
        }
    }
    Ok(found)
}

const NULL_PREVIEW1: &str = include_str!("null-preview1.wat");

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn the_null_adapter_has_every_function_that_the_other_has() {
        let null = CoreFunctions::of(&module(NULL_PREVIEW1)).unwrap();
        let whole = CoreFunctions::of(preview1::WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER).unwrap();
        assert!(null.imports.is_empty());
        let functions = whole.exports.iter().filter(|(name, _)| !name.contains("cabi_"));
        let missing: Vec<_> = functions
            .filter(|(name, ty)| null.exports.get(*name) != Some(ty))
            .collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
