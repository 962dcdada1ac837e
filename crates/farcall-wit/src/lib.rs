//! WIT interfaces as data for WASM RPC: names, types, signatures, fingerprints. The only user of wit-parser.
//!
//! Knows no call, no socket, no engine and no clock, and does not know how values look.
//!
//! ```text
//!  component, WIT text, folder          Wit ── exports() ──> Interface ── functions ──> Function
//!        │      load.rs                  │                      │                          │
//!        └──────────────────────────────>│ render()             │ name                     │ params, result: Type
//!                                        v                      v                          v
//!                                    WIT text            path() "/demo.calc.v0_1.Ops/AddOne"   Fingerprint
//! ```
//!
//! ```
//! let wit = farcall_wit::Wit::from_text(
//!     "calc.wit",
//!     "package demo:calc@0.1.0; interface ops { add-one: func(x: u32) -> u32; }",
//!     None,
//! )?;
//! let ops = &wit.exports()[0];
//! assert_eq!(ops.name.to_string(), "demo:calc/ops@0.1.0");
//! assert_eq!(farcall_wit::path(&ops.name, &ops.functions[0].name, ""), "/demo.calc.v0_1.Ops/AddOne");
//! # Ok::<(), farcall_wit::LoadError>(())
//! ```

pub use semver::Version;
pub use wit_component;
pub use wit_parser;

mod call_name;
mod convert;
mod diff;
mod fingerprint;
mod function;
mod interface;
mod limits;
mod load;
mod name;
mod path;
mod place;
pub mod proto;
mod render;
mod sections;
mod signature;
mod ty;
mod wit;

pub use call_name::{CallName, CallNameError, InterfacePattern, parse_call};
pub use convert::Converter;
pub use diff::{Change, ChangeKind, Diff, diff, diff_interfaces};
pub use fingerprint::{Fingerprint, NotAFingerprint};
pub use function::{Function, Param, Uncarried};
pub use interface::Interface;
pub use limits::*;
pub use load::LoadError;
pub use name::{InterfaceName, NameError};
pub use path::{core_interface, core_label, core_method, core_path, method, path, service};
pub use place::Place;
pub use signature::difference;
pub use ty::{Case, Enum, Field, Flags, NodeId, Record, Resource, Type, Variant};
pub use wit::Wit;
