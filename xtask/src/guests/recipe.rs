//! What a component is made of, and where a copy is checked in. It builds none.

use super::out;
use crate::process::root;
use anyhow::Result;
use std::path::PathBuf;

/// One component.
pub struct Recipe {
    /// Its file in `target/guests`, without `.wasm`.
    pub name: &'static str,
    /// What it is built from.
    pub source: Source,
    /// The folder of its WIT, under `guests/wit`; empty where its source is its WIT.
    pub wit: &'static str,
    /// The copy that is checked in, from the repository's root.
    pub checked_in: Option<&'static str>,
}

/// A language, and what its toolchain needs to know.
#[derive(Clone, Copy)]
pub enum Source {
    /// A package of the workspace `guests/rust`. Under `wasm32-wasip2` cargo's output is the component; under
    /// `wasm32-wasip1` it is a plain module and stays one.
    Rust {
        package: &'static str,
        target: &'static str,
    },
    /// A package of the workspace `guests/rust` whose functions are marked with `#[wasm_rpc]`: what cargo makes is left as
    /// it is, a core module or under `wasm32-wasip2` a component.
    Marked {
        package: &'static str,
        target: &'static str,
    },
    /// A file of `guests/c/plain`, with `wasm_rpc.h`: left as a core module.
    Plain { file: &'static str },
    /// A folder of `guests/c`.
    C { folder: &'static str, world: &'static str },
    /// A folder of `guests/cpp`.
    Cpp { folder: &'static str, world: &'static str },
    /// A folder of `guests/go`: packages that are laid over the bindings.
    Go { folder: &'static str, world: &'static str },
    /// A command in C, a plain module without bindings: a file of `guests/c`.
    CModule { file: &'static str },
    /// A file of `guests/js`.
    JavaScript {
        file: &'static str,
        world: &'static str,
        engine: Engine,
    },
    /// A folder of `guests/python` with a module of the world's name.
    Python { folder: &'static str, world: &'static str },
}

/// A JavaScript engine that a component carries.
#[derive(Clone, Copy, PartialEq)]
pub enum Engine {
    /// SpiderMonkey, 12 MB.
    StarlingMonkey,
    /// 2 MB. Exports one function more than its world has.
    QuickJs,
}

impl Recipe {
    /// The component.
    pub fn output(&self) -> PathBuf {
        out().join(self.name).with_extension("wasm")
    }

    /// Files and folders that the component depends on.
    pub fn sources(&self) -> Result<Vec<PathBuf>> {
        let guests = root().join("guests");
        let tool = [
            "tool/Cargo.toml",
            "tool/Cargo.lock",
            "tool/src",
            "../crates/farcall-adapter/src/null-preview1.wat",
        ]
        .map(|part| guests.join(part));
        let mut sources = Vec::new();
        if !self.wit.is_empty() {
            sources.push(guests.join("wit").join(self.wit));
        }
        match self.source {
            Source::Marked { package, .. } => {
                sources.extend(["Cargo.toml", "Cargo.lock", package].map(|part| guests.join("rust").join(part)));
                sources
                    .extend(["farcall-guest/src", "farcall-macros/src"].map(|part| root().join("crates").join(part)));
            }
            Source::Plain { file } => {
                sources.extend(["wasm_rpc.h", "requirements.txt"].map(|part| guests.join("c").join(part)));
                sources.push(guests.join("c/plain").join(file));
            }
            Source::Rust { package, .. } => {
                sources.extend(["Cargo.toml", "Cargo.lock", package].map(|part| guests.join("rust").join(part)));
                sources.push(guests.join("wit/calc"));
                // They use the protocol's own types.
                if matches!(package, "interop" | "conformance") {
                    sources.push(root().join("spec/wit"));
                }
                if package.starts_with("device-") {
                    sources.push(guests.join("rust/device-messages"));
                }
                sources.extend(tool);
            }
            Source::C { folder, .. } => {
                sources.extend([folder, "requirements.txt"].map(|part| guests.join("c").join(part)));
                sources.extend(tool);
            }
            Source::Cpp { folder, .. } => {
                sources.push(guests.join("cpp").join(folder));
                sources.push(guests.join("c/requirements.txt"));
                sources.extend(tool);
            }
            Source::Go { folder, .. } => {
                sources.extend([folder, "go.mod", "go.sum"].map(|part| guests.join("go").join(part)));
                sources.extend(tool);
            }
            Source::CModule { file } => {
                sources.extend([file, "wasm_rpc_device.h", "requirements.txt"].map(|part| guests.join("c").join(part)));
            }
            Source::Python { folder, .. } => {
                sources.extend([folder, "requirements.txt"].map(|part| guests.join("python").join(part)));
            }
            Source::JavaScript { file, .. } => {
                sources.extend([file, "package.json"].map(|part| guests.join("js").join(part)));
            }
        }
        Ok(sources)
    }
}
