//! The languages that a project can be in.

use crate::templates::{self, Template};

/// A language with a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// Built by cargo for `wasm32-wasip2`.
    Rust,
    /// Built by a clang for WASI.
    C,
    /// The same, in C++23.
    Cpp,
    /// Built by componentize-py.
    Python,
    /// Built by jco.
    Js,
    /// Built by Go for `wasip1`.
    Go,
}

impl Language {
    /// All of them.
    pub const ALL: [Language; 6] = [
        Language::Rust,
        Language::C,
        Language::Cpp,
        Language::Python,
        Language::Js,
        Language::Go,
    ];

    /// As it is typed: `cpp`.
    pub fn name(self) -> &'static str {
        match self {
            Language::Rust => "rust",
            Language::C => "c",
            Language::Cpp => "cpp",
            Language::Python => "python",
            Language::Js => "js",
            Language::Go => "go",
        }
    }

    /// What has to be there before `build.sh`, in a sentence.
    pub(crate) fn needs(self) -> &'static str {
        match self {
            Language::Rust => "It needs Rust, and adds the target wasm32-wasip2 with `rustup` where that is missing.",
            Language::C | Language::Cpp => {
                "It takes the compiler that `WASI_CC` names, a `zig` or a `clang` that knows WASI, and else installs Zig \
                 from the Python package index into this folder (100 MB, once; the first build then takes a minute)."
            }
            Language::Python => "It needs Python 3.10 or later, and installs componentize-py into this folder.",
            Language::Js => "It needs Node 20 or later with npm, and installs jco into this folder.",
            Language::Go => "It needs Go 1.25 or later.",
        }
    }

    pub(crate) fn template(self) -> &'static Template {
        match self {
            Language::Rust => &templates::RUST,
            Language::C => &templates::C,
            Language::Cpp => &templates::CPP,
            Language::Python => &templates::PYTHON,
            Language::Js => &templates::JS,
            Language::Go => &templates::GO,
        }
    }
}
