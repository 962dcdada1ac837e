//! The limits on what is read from a component or from WIT text, each with the attack it stops.
//!
//! Limits on values are the codec's; limits on guests the host's.

/// Deepest nesting of a type, aliases expanded: a type that nests deeper would exhaust the stack of whoever walks it.
/// The same bound as WebAssembly validators put on component types.
pub const MAX_TYPE_DEPTH: usize = 100;

/// Most functions of one component, over all its exported and imported interfaces: a component of a few megabytes can
/// declare a million empty functions, and each would cost a name, a fingerprint and a routing entry.
pub const MAX_FUNCTIONS: usize = 10_000;

/// Most type definitions of one component: each costs memory many times its encoded size.
pub const MAX_TYPES: usize = 100_000;

/// Most cases of a variant or enum, fields of a record or parameters of a function that are read from a component.
pub const MAX_MEMBERS: usize = 10_000;

/// Largest WIT text that is parsed, in bytes: text from a server is parsed in memory, at many times its size.
pub const MAX_TEXT_BYTES: usize = 8 * 1024 * 1024;

/// Largest component binary that is read, in bytes: a file or a peer could otherwise fill the memory.
pub const MAX_COMPONENT_BYTES: usize = 512 * 1024 * 1024;

/// Largest signature that is printed, in bytes: types shared a hundred times over print exponentially large.
pub const MAX_SIGNATURE_BYTES: usize = 16 * 1024;

/// Most lines of each signature that a difference compares: the comparison is quadratic, and one side is a peer's.
pub const MAX_DIFFERENCE_LINES: usize = 1_000;

/// Longest name of an interface or function that is parsed, in bytes.
pub const MAX_NAME_BYTES: usize = 1_024;
