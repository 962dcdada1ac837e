//! WASM RPC for guest crates: a function marked `#[wasm_rpc]` is called from other processes, or calls them.
//!
//! Holds no transport: a host moves the bytes.
//!
//! ```
//! use farcall_guest::{Status, Value, wasm_rpc};
//!
//! #[derive(Value)]
//! pub struct Point { x: i32, y: i32 }
//!
//! #[wasm_rpc] // a body: others call it
//! fn add(a: i32, b: i32) -> i32 { a + b }
//!
//! #[wasm_rpc] // an empty body: it is called elsewhere; what goes wrong on the way comes back
//! fn distance(from: &Point, to: &Point) -> Result<f64, Status> {}
//! # fn main() { assert_eq!(add(40, 2), 42) }
//! ```
//!
//! Built for `wasm32-unknown-unknown` or `wasm32-wasip1` (`crate-type = ["cdylib"]`), `farcall serve calc.wasm --name calc`
//! serves `calc.add`, and `--link calc=http://host:port` says where `distance` is. The first is the export `__wasm_rpc_add`,
//! the second the import `__wasm_rpc_distance` of `env`, with the canonical ABI's core types; what the types mean stands in
//! the custom section `wasm-rpc:wit`. Built for `wasm32-wasip2` they are functions of the component's world.
//!
//! An outbound function whose result is no `Result<_, Status>` traps where the call fails; the host names the call and the
//! cause. On other targets inbound functions are what they are written as, and outbound ones panic: the rest of the crate
//! can be tested there.

#![no_std]

extern crate alloc;
extern crate self as farcall_guest;

mod call;
mod component_type;
mod compound;
mod function;
mod memory;
mod shape;
mod status;
mod value;
mod wit;

pub use farcall_macros::{Value, wasm_rpc};
pub use status::{Status, StatusCode};
pub use value::{Described, Lift, Lower};

/// What generated code uses. Not for people, and not stable.
#[doc(hidden)]
pub mod abi {
    pub use crate::call::{Area, Incoming, Outgoing, lift, release, result, result_in_memory};
    pub use crate::component_type::component_type;
    pub use crate::function::{CoreValue, Function, Param, Signature, Slot};
    pub use crate::memory::{Arena, Fields, Slots, cabi_realloc, load_case, store_case};
    pub use crate::shape::{MAX_FLAT_PARAMS, Member, Named, Shape};
    pub use crate::value::{Described, Lift, Lower, invalid};
    pub use crate::wit::entry;
    pub use alloc::{string::String, vec::Vec};
}
