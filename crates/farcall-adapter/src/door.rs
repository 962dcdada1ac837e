//! The doors of `wasm-rpc:core` as adapters see them: names, core signatures, layouts (spec/doors.md).

use wasm_encoder::{Instruction as I, ValType};

use crate::codec::Place;
use crate::module::Body;

/// The package's WIT, a copy of `spec/wit/wasm-rpc-core.wit` so that the crate stands alone; a test compares them.
pub const CORE_WIT: &str = include_str!("../wit/wasm-rpc-core.wit");

/// The door in, as a component exports it.
pub const DISPATCH_INTERFACE: &str = "wasm-rpc:core/dispatch@0.1.0";
/// The door out, as a component imports it.
pub const TRANSPORT_INTERFACE: &str = "wasm-rpc:core/transport@0.1.0";

pub(crate) const DISPATCH: &str = "dispatch";
pub(crate) const TRANSPORT: &str = "transport";

/// `method` as flat values: link, path, fingerprint, a pointer and a length each.
pub(crate) const METHOD_FLAT: usize = 6;
/// `status` as flat values: code, message, details.
pub(crate) const STATUS_FLAT: usize = 5;
/// `record method` in memory.
pub(crate) const METHOD_SIZE: u32 = 24;
/// `record status` in memory: code at 0, message at 4, details at 12.
pub(crate) const STATUS_SIZE: u32 = 20;
/// `result<list<u8>, status>` in memory: the tag at 0, the list or the status at 4.
pub(crate) const ANSWER_SIZE: u32 = 24;

/// The cases of `enum code` that adapters themselves use.
pub(crate) const INVALID_ARGUMENT: i32 = 2;
pub(crate) const RESOURCE_EXHAUSTED: i32 = 7;
pub(crate) const UNIMPLEMENTED: i32 = 11;
pub(crate) const INTERNAL: i32 = 12;

/// Stores a `status` without details: the instructions leave the code, the message's address and its length.
pub(crate) fn store_status(body: &mut Body, status: Place, code: Vec<I<'static>>, message: [I<'static>; 2]) {
    let [address, length] = message;
    status.set_word(body, |body| _ = body.extend(code));
    status.plus(4).set_word(body, |body| _ = body.push(address));
    status.plus(8).set_word(body, |body| _ = body.push(length));
    status.plus(12).set_word(body, |body| _ = body.push(I::I32Const(0)));
    status.plus(16).set_word(body, |body| _ = body.push(I::I32Const(0)));
}

pub(crate) fn words(count: usize) -> Vec<ValType> {
    vec![ValType::I32; count]
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_copy_of_the_doors_is_the_specs() {
        let spec = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/wit/wasm-rpc-core.wit");
        // A packaged crate has no spec beside it.
        if let Ok(text) = std::fs::read_to_string(spec) {
            assert!(
                text == super::CORE_WIT,
                "copy spec/wit/wasm-rpc-core.wit to crates/farcall-adapter/wit"
            );
        }
    }
}
