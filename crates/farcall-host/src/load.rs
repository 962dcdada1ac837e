//! Why a component cannot be loaded.
//!
//! Not here: what goes wrong later, in a call (`failure`).

use std::io;
use std::path::PathBuf;

/// Why [`Program::load`](crate::Program::load) or [`Program::load_plain`](crate::Program::load_plain) gave no program.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The bytes do not begin as WebAssembly does.
    #[error("not WebAssembly: {size} bytes without its magic number")]
    NotWasm {
        /// How many bytes there are.
        size: usize,
    },
    /// The bytes end in the middle of a component.
    #[error("truncated: the component goes on after its {size} bytes")]
    Truncated {
        /// How many bytes there are.
        size: usize,
    },
    /// A core module where a component is wanted.
    #[error("a core module, not a component")]
    CoreModule,
    /// A component where a core module is wanted.
    #[error("a component, not a core module")]
    Component,
    /// Not a valid component.
    #[error("invalid at byte {offset:#x}: {message}")]
    Invalid {
        /// Where.
        offset: u64,
        /// What is wrong there.
        message: String,
    },
    /// More bytes than [`HostConfig::component_bytes`](crate::HostConfig::component_bytes).
    #[error("{size} bytes exceed the limit of {limit} for a component")]
    TooLarge {
        /// How many bytes there are.
        size: usize,
        /// How many there may be.
        limit: usize,
    },
    /// Imports that nothing answers: all of them, as the component names them.
    #[error("nothing answers the imports {}", .0.join(", "))]
    MissingImports(Vec<String>),
    /// An import that is answered, but by another type.
    #[error("an import has another type here: {0}")]
    MismatchedImport(String),
    /// A plain module without a skeleton that is no command either.
    #[error("nothing of it is served, and it exports no `_start` to run")]
    NoEntry,
    /// The component exports neither a skeleton's door nor a command's.
    #[error("exports neither {} nor {}", crate::door::DISPATCH, crate::door::RUN)]
    NoDoor,
    /// A granted directory cannot be opened.
    #[error("cannot open the granted directory {}: {source}", .path.display())]
    Directory {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The engine cannot start or will not compile this.
    #[error("the engine refuses it: {0}")]
    Engine(String),
    /// The engine broke over it. Nothing else is disturbed.
    #[error("the engine panicked: {0}")]
    Panic(String),
}
