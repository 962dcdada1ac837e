//! The doors of `wasm-rpc:core`, proved with stubs and skeletons written by hand.
//!
//! Uses the engine alone: nothing of this crate, nothing of the adapter's.

#[path = "doors/carrier.rs"]
mod carrier;
#[path = "doors/counter.rs"]
mod counter;
#[path = "doors/engine.rs"]
mod engine;
#[path = "doors/points.rs"]
mod points;
#[path = "doors/stub.rs"]
mod stub;
