//! Rust's own types as `wit` bytes, without a [`crate::Value`] between: what bindings that are generated for an interface use.
//!
//! Knows no type of WIT: the generated code calls in the order of the type. What is refused is what [`crate::decode`] refuses,
//! with the same error.
//!
//! | WIT | Rust |
//! |---|---|
//! | `bool`, integers, floats, `char` | the same |
//! | `string` | `String`, written from `str` too |
//! | `list<T>`, `list<T, N>` | `Vec<T>`, written from `[T]` too; `[T; N]` |
//! | `map<K, V>` | `BTreeMap<K, V>` |
//! | `option<T>`, `result<T, E>` | `Option<T>`, `Result<T, E>`, with `()` for what is left out |
//! | `tuple<...>` | a tuple of up to twelve |
//! | records, variants, enums, flags | generated types that implement [`Encode`] and [`Decode`] |

mod decode;
mod encode;

pub use crate::decode::Decoder;
pub use decode::{Decode, decode_all};
pub use encode::{Encode, Encoder};
