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
