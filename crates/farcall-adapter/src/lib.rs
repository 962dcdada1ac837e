//! Stubs and skeletons, generated from WIT, and their composition with components: WASM RPC's one idea.
//!
//! A pure function from bytes to bytes: it opens no file and no socket, and runs no WebAssembly.
//!
//! ```text
//!                  ┌──────────────────────────── adapted component ────────────────────────────┐
//!  dispatch ──────>│ skeleton ── interfaces ──> the component ── interfaces ──> stub            │──────> transport
//!  (bytes in)      │ decode, call, encode                          encode, call out, decode     │        (bytes out)
//!                  └────────────────────────────────────────────────────────────────────────────┘
//! ```
//!
//! `adapt` plans and joins; `world` makes the adapters' worlds; `skeleton` and `stub` emit one function a function;
//! `encode`, `decode` and `flat` emit one routine a shape; `module` lays out the core module around `runtime.wat`.

mod adapt;
mod annotations;
mod attach;
mod codec;
mod component;
mod componentize;
mod compose;
mod decode;
mod door;
mod encode;
mod error;
mod flat;
mod fused;
mod module;
mod outline;
mod plain;
mod plain_error;
mod plain_sections;
mod plain_skeleton;
mod plain_stub;
mod plain_wit;
mod relocate;
mod runtime;
mod shape;
mod signatures;
mod skeleton;
mod stub;
mod survey;
mod switch;
mod world;
mod wrap;

pub use adapt::{Adapted, Form, LeftOut, Plan, Plug, Serve, Served, Skeleton, Stub, adapt, adapt_wit, skeleton, stub};
pub use annotations::{Annotation, Annotations, SYMBOL_PREFIX, WIT_SECTION};
pub use componentize::{componentize, needs_component};
pub use compose::compose;
pub use door::{CORE_WIT, DISPATCH_INTERFACE, TRANSPORT_INTERFACE};
pub use error::AdaptError;
pub use plain::{
    CoreType, Declared, PLAIN_IMPORTS, PLAIN_PREFIX, PlainExports, PlainFunction, PlainImport, PlainModule, is_plain,
};
pub use plain_error::PlainError;
pub use plain_skeleton::{PLAIN_MODULE, plain_skeleton};
pub use plain_stub::plain_stub;
pub use plain_wit::{plain_served, plain_wit};
pub use stub::returns_failures;
pub use survey::{Survey, survey, survey_wit};
pub use wrap::{Preview1, wrap};
