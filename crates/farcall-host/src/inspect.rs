//! A look at bytes before the engine gets them: are they a whole component, and does it need asynchronous features? Or
//! a whole core module?
//!
//! Not here: function bodies, which the engine validates as it compiles them.

use crate::engine::Flavour;
use crate::load::LoadError;
use wasmparser::{BinaryReaderError, Chunk, Parser, Payload, ValidPayload, Validator, WasmFeatures};

/// The engine that `bytes` need.
pub(crate) fn flavour(bytes: &[u8]) -> Result<Flavour, LoadError> {
    check_header(bytes)?;
    let synchronous = WasmFeatures::default() | WasmFeatures::CM_MAP | WasmFeatures::CM_FIXED_LENGTH_LISTS;
    match validate(bytes, synchronous - WasmFeatures::CM_ASYNC) {
        Ok(()) => Ok(Flavour::Synchronous),
        Err(error @ LoadError::Truncated { .. }) => Err(error),
        Err(_) => validate(bytes, synchronous | WasmFeatures::CM_ASYNC).map(|()| Flavour::Asynchronous),
    }
}

/// Whether `bytes` are a whole and valid core module.
pub(crate) fn module(bytes: &[u8]) -> Result<(), LoadError> {
    match check_header(bytes) {
        Err(LoadError::CoreModule) => validate(bytes, WasmFeatures::default()),
        Ok(()) => Err(LoadError::Component),
        Err(error) => Err(error),
    }
}

fn check_header(bytes: &[u8]) -> Result<(), LoadError> {
    let magic = b"\0asm";
    let start = bytes.get(..magic.len()).unwrap_or(bytes);
    if start.is_empty() || !magic.starts_with(start) {
        return Err(LoadError::NotWasm { size: bytes.len() });
    }
    if bytes.len() < HEADER_BYTES {
        return Err(LoadError::Truncated { size: bytes.len() });
    }
    if Parser::is_core_wasm(bytes) {
        return Err(LoadError::CoreModule);
    }
    Ok(())
}

fn validate(bytes: &[u8], features: WasmFeatures) -> Result<(), LoadError> {
    let mut validator = Validator::new_with_features(features);
    let mut parser = Parser::new(0);
    parser.set_features(features);
    let mut outer = Vec::new();
    let mut rest = bytes;
    loop {
        let before = parser.clone();
        let (payload, consumed) = match parser.parse(rest, true) {
            Ok(Chunk::Parsed { payload, consumed }) => (payload, consumed),
            Ok(Chunk::NeedMoreData(_)) => return Err(LoadError::Truncated { size: bytes.len() }),
            Err(error) => return Err(unparsable(before, rest, bytes.len(), &error)),
        };
        rest = rest.get(consumed..).unwrap_or_default();
        // The parser takes the end of the file for the end of what is nested.
        if let Payload::ModuleSection { unchecked_range, .. } | Payload::ComponentSection { unchecked_range, .. } =
            &payload
            && unchecked_range.end > bytes.len()
        {
            return Err(LoadError::Truncated { size: bytes.len() });
        }
        let ends = matches!(payload, Payload::End(_));
        match validator.payload(&payload).map_err(|error| invalid(&error))? {
            ValidPayload::Parser(inner) => outer.push(std::mem::replace(&mut parser, inner)),
            ValidPayload::Ok | ValidPayload::Func(..) | ValidPayload::End(_) => {}
        }
        if ends {
            match outer.pop() {
                Some(parent) => parser = parent,
                None => return Ok(()),
            }
        }
    }
}

/// Bytes that parse as far as they go are a file cut short.
fn unparsable(mut parser: Parser, rest: &[u8], size: usize, error: &BinaryReaderError) -> LoadError {
    match parser.parse(rest, false) {
        Ok(Chunk::NeedMoreData(_)) => LoadError::Truncated { size },
        _ => invalid(error),
    }
}

fn invalid(error: &BinaryReaderError) -> LoadError {
    LoadError::Invalid {
        offset: error.offset() as u64,
        message: error.message().to_owned(),
    }
}

const HEADER_BYTES: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    fn component(text: &str) -> Vec<u8> {
        wat::parse_str(text).unwrap()
    }

    #[test]
    fn a_component_without_asynchronous_types_needs_the_synchronous_engine() {
        let bytes = component("(component (core module (func (export \"f\"))) (type (func (result s32))))");
        assert_eq!(flavour(&bytes).unwrap(), Flavour::Synchronous);
    }

    #[test]
    fn a_stream_needs_the_asynchronous_engine() {
        let bytes = component("(component (type (func async (param \"s\" (stream u8)))))");
        assert_eq!(flavour(&bytes).unwrap(), Flavour::Asynchronous);
    }

    #[test]
    fn maps_and_fixed_length_lists_are_no_reason_for_the_asynchronous_engine() {
        let bytes = component(
            "(component (type $l (list u8 4)) (type $m (map string u32)) (type (func (param \"l\" $l) (result $m))))",
        );
        assert_eq!(flavour(&bytes).unwrap(), Flavour::Synchronous);
    }

    #[test]
    fn what_is_not_a_component_is_told_apart() {
        assert!(matches!(flavour(b""), Err(LoadError::NotWasm { size: 0 })));
        assert!(matches!(flavour(b"#!/bin/sh"), Err(LoadError::NotWasm { size: 9 })));
        assert!(matches!(flavour(b"\0as"), Err(LoadError::Truncated { size: 3 })));
        assert!(matches!(flavour(&component("(module)")), Err(LoadError::CoreModule)));
        assert!(matches!(flavour(b"\0asm\x0a\0\x01\0"), Err(LoadError::Invalid { .. })));
    }

    #[test]
    fn every_cut_is_truncated_or_a_smaller_component() {
        let bytes =
            component("(component (core module (memory 1) (func (export \"f\") nop) (data (i32.const 0) \"abc\")))");
        for length in 1..bytes.len() {
            match flavour(&bytes[..length]) {
                Ok(_) => assert_eq!(length, HEADER_BYTES, "only the empty component is whole"),
                Err(LoadError::Truncated { size }) => assert_eq!(size, length),
                Err(other) => panic!("{length} of {} bytes: {other}", bytes.len()),
            }
        }
    }

    #[test]
    fn an_invalid_component_is_told_with_its_offset() {
        let mut bytes = component("(component (type (func (result s32))))");
        let last = bytes.len() - 1;
        bytes[last] = 0x05;
        assert!(matches!(flavour(&bytes), Err(LoadError::Invalid { offset, .. }) if offset > 8));
    }
}
