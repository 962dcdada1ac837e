//! From a language to a component: the bindings of a world, components out of the core modules that compilers write, and
//! projects to start from.
//!
//! Runs no program and fetches nothing: compilers and package managers are `build.sh`'s, in the project.
//!
//! ```text
//!  world.wit ── bindings ──> *.c, *.h, *.go ── a compiler ──> core module ── componentize ──> component
//! ```
//!
//! ```
//! use farcall_project::{Generator, Wit, bindings};
//!
//! let wit = Wit::from_text("w.wit", "package demo:calc; world calc { export add: func(a: u32, b: u32) -> u32; }", None)?;
//! let files = bindings(&Generator::C, &wit)?;
//! assert!(files.iter().any(|file| file.path == "calc.h"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bindings;
mod error;
mod language;
mod name;
mod project;
mod templates;
mod write;

pub use bindings::{Generator, GoPackages, Written, bindings};
pub use error::ProjectError;
pub use farcall_adapter::{AdaptError, Preview1, wrap as componentize};
pub use farcall_wit::{LoadError, Wit};
pub use language::Language;
pub use name::{ProjectName, ProjectNameError};
pub use project::{caller, service};
pub use write::{write, write_new};
