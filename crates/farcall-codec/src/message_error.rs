//! Why bytes are no message of proto3 or JSON, and where in the message.
//!
//! Never holds a byte of the message: what it says goes back to whoever sent it, and into logs.

use crate::path::Path;

/// Why bytes are not a message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path} (byte {offset}): {kind}")]
pub struct MessageError {
    /// About how many bytes of the message come before what is wrong.
    pub offset: usize,
    /// Where in the message: names of fields.
    pub path: Path,
    /// What is wrong.
    pub kind: MessageErrorKind,
}

/// What is wrong with a message. Each names the rule of `spec/proto.md` or `spec/json.md` that it enforces.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MessageErrorKind {
    /// G-14.
    #[error("the message ends within a field")]
    End,
    /// G-14.
    #[error("not a message of protobuf: {what}")]
    Wire {
        /// What cannot be.
        what: &'static str,
    },
    /// G-15.
    #[error("a field is not of its type: expected {expected}")]
    WireType {
        /// What the type is carried as.
        expected: &'static str,
    },
    /// G-16, J-4.
    #[error("an integer does not fit into {bits} bits")]
    Range {
        /// The width of the integer.
        bits: u32,
    },
    /// G-16, J-5.
    #[error("expected one character")]
    Char,
    /// G-14, J-1.
    #[error("text is not UTF-8")]
    Utf8,
    /// G-17.
    #[error("no such value of the enum: there are {cases}")]
    Enum {
        /// How many values there are.
        cases: usize,
    },
    /// G-17.
    #[error("none of the {cases} cases is set")]
    Unset {
        /// How many cases there are.
        cases: usize,
    },
    /// G-18.
    #[error("expected {expected} elements")]
    Count {
        /// How many elements the list has always.
        expected: u32,
    },
    /// J-1.
    #[error("not JSON: expected {expected}")]
    Syntax {
        /// What could stand there.
        expected: &'static str,
    },
    /// J-3.
    #[error("expected {expected}")]
    Expected {
        /// What the type is written as.
        expected: &'static str,
    },
    /// J-8.
    #[error("given twice")]
    Twice,
    /// A field of [`crate::Limits`] is exceeded.
    #[error("more than the limit of {limit} {what}")]
    Limit {
        /// What there is too much of.
        what: &'static str,
        /// How much is allowed.
        limit: usize,
    },
}

impl MessageErrorKind {
    pub(crate) fn at(self, offset: usize) -> MessageError {
        MessageError {
            offset,
            path: Path::default(),
            kind: self,
        }
    }
}

impl MessageError {
    /// Whether a limit was exceeded rather than a rule broken: RESOURCE_EXHAUSTED rather than INVALID_ARGUMENT.
    pub fn is_limit(&self) -> bool {
        matches!(self.kind, MessageErrorKind::Limit { .. })
    }

    pub(crate) fn within_name(mut self, name: &str) -> MessageError {
        self.path.within_name(name);
        self
    }

    pub(crate) fn within_index(mut self, index: usize) -> MessageError {
        self.path.within_index(index);
        self
    }
}
