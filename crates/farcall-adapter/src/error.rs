//! Why a component could not be adapted.

use farcall_wit::LoadError;

/// Why no adapter could be made for a component.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AdaptError {
    /// The component's own interfaces could not be read.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// A type is larger than a 32-bit memory.
    #[error("a type is larger than 4 GiB in memory")]
    TypeTooLarge,
    /// A type has no encoding yet; callers leave such functions out before they come here.
    #[error("a value of type {0} is not carried yet")]
    Uncarried(String),
    /// A link names an interface that the component does not import.
    #[error("the component does not import {name}; it imports {}", or_nothing(.imports))]
    NoSuchImport {
        /// What was to be linked.
        name: String,
        /// What could be.
        imports: Vec<String>,
    },
    /// Two functions share a path on the wire.
    #[error("{first} and {second} both have the path {path}; serve them by two servers")]
    PathTaken {
        /// The path.
        path: String,
        /// The function that has it.
        first: String,
        /// The function that wants it too.
        second: String,
    },
    /// The generated adapter could not be made into a component.
    #[error("the adapter could not be encoded: {0}")]
    Encode(String),
    /// A core module is none, or cannot become a component.
    #[error("the module cannot be made into a component: {0}")]
    Module(String),
    /// A core module does not say for which world it was built, and no WIT was given.
    #[error("the module says nothing of its world: it has no `component-type` section, and no WIT was given")]
    NoWorld,
    /// The WIT that a core module carries is wrong, or says what the module does not have.
    #[error("the module's section wasm-rpc:wit: {0}")]
    Annotation(String),
    /// The adapter and the component could not be composed.
    #[error("the adapter does not fit the component: {0}")]
    Compose(String),
}

fn or_nothing(names: &[String]) -> String {
    if names.is_empty() {
        "nothing that can be linked".to_string()
    } else {
        names.join(", ")
    }
}
