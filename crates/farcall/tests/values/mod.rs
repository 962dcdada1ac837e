//! `test:values` in Rust without WebAssembly: a caller and a callee of every value type, for the tests of more than one crate.

pub mod callee;
pub mod caller;

// Not everything is used by every test that includes this.
#[allow(dead_code)]
pub mod bindings {
    farcall::bindgen!({
        path: "../../guests/wit/values",
        world: "callee",
    });
}
