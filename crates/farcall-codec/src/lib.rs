//! Component values in the forms that WASM RPC carries them: strict `wit` bytes, protobuf, JSON, WAVE text, and
//! WebAssembly scripts' text.
//!
//! Knows no call, no socket, no engine and no clock. Handles, streams and futures are not values here.
//!
//! ```text
//!                      encode, encode_params, encode_result
//!             Value  ────────────────────────────────────────>  wit bytes
//!               │    <────────────────────────────────────────
//!               │      decode, decode_params, decode_result      check_params: only whether they decode
//!  print_value  │
//!               v    parse_value, parse_args
//!           WAVE text ───────────────────────────────────────>  Value
//!               │  print_results, print_invoke
//!               └─> script text ────────────────────────────────────>  Value   parse_invoke
//!
//!  typed::Encode, typed::Decode
//!  Rust's own types <──────────────> wit bytes       for generated bindings
//!
//!             Transcoder::to_wit
//!  protobuf, JSON ──────────────> wit bytes        along a farcall_wit::proto::Schema, without a Value
//!                 <──────────────
//!             Transcoder::from_wit
//! ```
//!
//! ```
//! use farcall_codec::{decode_params, encode_params, parse_args, print_value};
//! let wit = farcall_wit::Wit::from_text("w", "package a:b; interface i { f: func(x: u32, y: string); }", None)?;
//! let f = &wit.exports()[0].functions[0];
//! let args = parse_args("(300, \"hi\")", f)?;
//! let bytes = encode_params(&args, f)?;
//! assert_eq!(bytes, [0xac, 0x02, 2, b'h', b'i']);
//! let args = decode_params(&bytes, f, &farcall_codec::Limits::default())?;
//! assert_eq!(print_value(&args[1], &f.params[1].ty), "\"hi\"");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod decode;
mod decode_error;
mod encode;
mod json;
mod leb128;
mod limits;
mod message_error;
mod openapi;
mod output;
mod parse;
mod path;
mod print;
mod proto;
mod script;
mod script_print;
mod size;
mod status;
mod transcoder;
pub mod typed;
mod value;

pub use decode::{check_params, decode, decode_params, decode_result};
pub use decode_error::{DecodeError, DecodeErrorKind};
pub use encode::{EncodeError, EncodeErrorKind, encode, encode_params, encode_result};
pub use limits::Limits;
pub use message_error::{MessageError, MessageErrorKind};
pub use openapi::openapi;
pub use parse::{TextError, parse_args, parse_value};
pub use path::Path;
pub use print::print_value;
pub use script::{invoked_name, is_script, parse_invoke};
pub use script_print::{TextTooLong, print_invoke, print_results};
pub use size::min_encoded_size;
pub use status::Status;
pub use transcoder::{Form, Response, Transcoder};
pub use value::Value;
