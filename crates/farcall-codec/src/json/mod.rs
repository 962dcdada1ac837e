//! The JSON form of protobuf to `wit` bytes and back, `spec/json.md`.
//!
//! Reads text itself: values go straight to bytes, a float by way of no other width, an error knows its place.

mod decode;
mod encode;
mod number;
mod text;

pub(crate) use decode::to_wit;
pub(crate) use encode::from_wit;
