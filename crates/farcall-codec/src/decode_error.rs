//! Why bytes are not a value, where in the bytes, and where in the value.
//!
//! Never holds a byte of the message: what it says goes back to whoever sent it, and into logs.

use crate::path::Path;

/// Why bytes are not a value of a type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path} (byte {offset}): {kind}")]
pub struct DecodeError {
    /// How many bytes of the message come before what is wrong.
    pub offset: usize,
    /// Where in the value.
    pub path: Path,
    /// What is wrong.
    pub kind: DecodeErrorKind,
}

/// What is wrong with bytes. Each names the rule of `spec/values.md` that it enforces.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeErrorKind {
    /// V-2.
    #[error("the message ends, expected {needed} more bytes at least")]
    End {
        /// How many bytes are missing at least.
        needed: usize,
    },
    /// V-2.
    #[error("{count} bytes are left over after the last value")]
    Trailing {
        /// How many.
        count: usize,
    },
    /// V-4.
    #[error("a bool is neither 0 nor 1")]
    Bool,
    /// V-5.
    #[error("an integer is longer than it needs to be")]
    NotMinimal,
    /// V-5.
    #[error("an integer does not fit into {bits} bits")]
    Range {
        /// The width of the integer.
        bits: u32,
    },
    /// V-7.
    #[error("a char is not a Unicode scalar value in UTF-8")]
    Char,
    /// V-8.
    #[error("a string is not UTF-8")]
    Utf8,
    /// V-9.
    #[error("{length} elements need at least {needed} bytes, but {left} are left")]
    Length {
        /// What the length prefix says.
        length: u32,
        /// The fewest bytes that so many elements take.
        needed: usize,
        /// The bytes that are left.
        left: usize,
    },
    /// V-13.
    #[error("no such case: there are {cases}")]
    Case {
        /// How many cases there are.
        cases: usize,
    },
    /// V-14.
    #[error("a flag is set that does not exist: there are {flags}")]
    Flags {
        /// How many flags there are.
        flags: usize,
    },
    /// V-15, V-16.
    #[error("the tag of {of} is neither 0 nor 1")]
    Tag {
        /// `an option` or `a result`.
        of: &'static str,
    },
    /// A field of [`crate::Limits`] is exceeded.
    #[error("more than the limit of {limit} {what}")]
    Limit {
        /// What there is too much of.
        what: &'static str,
        /// How much is allowed.
        limit: usize,
    },
    /// A stream, a future, a handle or an error context.
    #[error("the type is not carried yet: {ty}")]
    Uncarried {
        /// The type.
        ty: String,
    },
}

impl DecodeError {
    /// Whether a limit was exceeded rather than a rule broken: RESOURCE_EXHAUSTED rather than INVALID_ARGUMENT.
    pub fn is_limit(&self) -> bool {
        matches!(self.kind, DecodeErrorKind::Limit { .. })
    }

    pub(crate) fn within_name(mut self, name: &str) -> DecodeError {
        self.path.within_name(name);
        self
    }

    pub(crate) fn within_index(mut self, index: usize) -> DecodeError {
        self.path.within_index(index);
        self
    }
}
