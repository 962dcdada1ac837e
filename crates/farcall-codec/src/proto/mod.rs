//! The binary form of protobuf to `wit` bytes and back, `spec/proto.md`.
//!
//! Keeps no value and no unknown field.

mod decode;
mod encode;
mod runs;
mod wire;

pub(crate) use decode::to_wit;
pub(crate) use encode::from_wit;
