//! The components: what each is made of, and where a copy is checked in. It builds none.

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

const PLAIN: &str = "wasm32-unknown-unknown";
const WASI: &str = "wasm32-wasip2";
const WASI_1: &str = "wasm32-wasip1";

/// Every component, the quick ones first.
pub const RECIPES: &[Recipe] = &[
    rust("calc", "calc", PLAIN, "calc", Some("crates/farcall-cli/demo/calc.wasm")),
    rust(
        "calc-client",
        "calc-client",
        PLAIN,
        "calc",
        Some("crates/farcall-cli/demo/calc-client.wasm"),
    ),
    rust(
        "values-callee-rust",
        "values-callee",
        PLAIN,
        "values",
        Some("guests/fixtures/values-callee-rust.wasm"),
    ),
    rust(
        "values-caller-rust",
        "values-caller",
        PLAIN,
        "values",
        Some("guests/fixtures/values-caller-rust.wasm"),
    ),
    rust("values-callee-rust-wasi", "values-callee", WASI, "values", None),
    rust(
        "extras-callee-rust",
        "extras-callee",
        PLAIN,
        "extras",
        Some("guests/fixtures/extras-callee-rust.wasm"),
    ),
    rust(
        "extras-caller-rust",
        "extras-caller",
        PLAIN,
        "extras",
        Some("guests/fixtures/extras-caller-rust.wasm"),
    ),
    rust(
        "bench-callee",
        "bench-callee",
        PLAIN,
        "bench",
        Some("guests/fixtures/bench-callee.wasm"),
    ),
    rust(
        "bench-caller",
        "bench-caller",
        PLAIN,
        "bench",
        Some("guests/fixtures/bench-caller.wasm"),
    ),
    rust("shop", "shop", WASI, "shop", Some("guests/fixtures/shop.wasm")),
    rust(
        "hostile",
        "hostile",
        WASI,
        "hostile",
        Some("guests/fixtures/hostile.wasm"),
    ),
    rust(
        "interop",
        "interop",
        PLAIN,
        "interop",
        Some("guests/fixtures/interop.wasm"),
    ),
    rust(
        "conformance",
        "conformance",
        WASI,
        "conformance",
        Some("guests/fixtures/conformance.wasm"),
    ),
    rust(
        "device-client",
        "device-client",
        WASI_1,
        "calc",
        Some("guests/fixtures/device-client.wasm"),
    ),
    rust(
        "device-server",
        "device-server",
        WASI_1,
        "calc",
        Some("guests/fixtures/device-server.wasm"),
    ),
    c_module(
        "device-client-c",
        "device-client/client.c",
        "guests/fixtures/device-client-c.wasm",
    ),
    c_module(
        "device-server-c",
        "device-server/server.c",
        "guests/fixtures/device-server-c.wasm",
    ),
    c(
        "values-callee-c",
        "callee",
        "values",
        Some("guests/fixtures/values-callee-c.wasm"),
    ),
    c(
        "values-caller-c",
        "caller",
        "values",
        Some("guests/fixtures/values-caller-c.wasm"),
    ),
    marked("proposal", "proposal", PLAIN, Some("guests/fixtures/proposal.wasm")),
    marked("proposal-wasi1", "proposal", WASI_1, None),
    marked("proposal-wasi", "proposal", WASI, None),
    marked(
        "marked-callee",
        "marked-callee",
        PLAIN,
        Some("guests/fixtures/marked-callee.wasm"),
    ),
    marked(
        "marked-caller",
        "marked-caller",
        PLAIN,
        Some("guests/fixtures/marked-caller.wasm"),
    ),
    marked("marked-callee-wasi1", "marked-callee", WASI_1, None),
    marked("marked-caller-wasi1", "marked-caller", WASI_1, None),
    marked("marked-callee-wasi", "marked-callee", WASI, None),
    marked("marked-caller-wasi", "marked-caller", WASI, None),
    plain("plain-c", "callee.c"),
    plain("plain-cpp", "text.cpp"),
    javascript("calc-quickjs", "calc/calc.js", "calc", Engine::QuickJs, "calc"),
    javascript(
        "values-callee-js",
        "values-callee/callee.js",
        "callee",
        Engine::StarlingMonkey,
        "values",
    ),
    javascript(
        "values-caller-js",
        "values-caller/caller.js",
        "caller",
        Engine::StarlingMonkey,
        "values",
    ),
    python("values-callee-python", "values-callee", "callee", "values"),
    python("values-caller-python", "values-caller", "caller", "values"),
];

const fn rust(
    name: &'static str,
    package: &'static str,
    target: &'static str,
    wit: &'static str,
    checked_in: Option<&'static str>,
) -> Recipe {
    Recipe {
        name,
        source: Source::Rust { package, target },
        wit,
        checked_in,
    }
}

const fn marked(
    name: &'static str,
    package: &'static str,
    target: &'static str,
    checked_in: Option<&'static str>,
) -> Recipe {
    Recipe {
        name,
        source: Source::Marked { package, target },
        wit: "",
        checked_in,
    }
}

const fn plain(name: &'static str, file: &'static str) -> Recipe {
    Recipe {
        name,
        source: Source::Plain { file },
        wit: "",
        checked_in: None,
    }
}

const fn c(name: &'static str, world: &'static str, wit: &'static str, checked_in: Option<&'static str>) -> Recipe {
    let folder = if matches!(world.as_bytes(), b"callee") {
        "values-callee"
    } else {
        "values-caller"
    };
    Recipe {
        name,
        source: Source::C { folder, world },
        wit,
        checked_in,
    }
}

const fn c_module(name: &'static str, file: &'static str, checked_in: &'static str) -> Recipe {
    Recipe {
        name,
        source: Source::CModule { file },
        wit: "calc",
        checked_in: Some(checked_in),
    }
}

const fn javascript(
    name: &'static str,
    file: &'static str,
    world: &'static str,
    engine: Engine,
    wit: &'static str,
) -> Recipe {
    Recipe {
        name,
        source: Source::JavaScript { file, world, engine },
        wit,
        checked_in: None,
    }
}

const fn python(name: &'static str, folder: &'static str, world: &'static str, wit: &'static str) -> Recipe {
    Recipe {
        name,
        source: Source::Python { folder, world },
        wit,
        checked_in: None,
    }
}

impl Recipe {
    /// The component.
    pub fn output(&self) -> PathBuf {
        out().join(self.name).with_extension("wasm")
    }

    /// Files and folders that the component depends on.
    pub fn sources(&self) -> Result<Vec<PathBuf>> {
        let guests = root().join("guests");
        let tool = ["Cargo.toml", "Cargo.lock", "src"].map(|part| guests.join("tool").join(part));
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
