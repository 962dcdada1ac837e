//! The proposal's own example: `add` is called by others, `sub` is called elsewhere, and `back` shows that it is.

use farcall_guest::wasm_rpc;

#[wasm_rpc]
fn sub(a: i32, b: i32) -> i32 {}

#[wasm_rpc]
fn add(a: i32, b: i32) -> i32 {
    a + b
}

/// `a`, by way of `add` here and `sub` elsewhere.
#[wasm_rpc]
fn back(a: i32, b: i32) -> i32 {
    sub(add(a, b), b)
}
