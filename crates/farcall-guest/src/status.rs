//! Why a call gave no result, for callers that want to see it: the record `status` of `wasm-rpc:core/types`.
//!
//! A function whose error is anything else traps where a call fails.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::Value;

/// Why a call gave no result. `Result<T, Status>` as the result of an outbound function is where it is told.
#[derive(Clone, Debug, Eq, PartialEq, Value)]
pub struct Status {
    /// What kind of failure.
    pub code: StatusCode,
    /// For people.
    pub message: String,
    /// The bytes of a `google.rpc.Status`, or empty.
    pub details: Vec<u8>,
}

/// gRPC's codes, without `ok`.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Value)]
pub enum StatusCode {
    /// The caller went away.
    Cancelled,
    /// Nothing better is known.
    Unknown,
    /// The request cannot be read.
    InvalidArgument,
    /// The deadline passed.
    DeadlineExceeded,
    /// What the call names is not there.
    NotFound,
    /// What the call makes is there already.
    AlreadyExists,
    /// The caller may not.
    PermissionDenied,
    /// A limit was reached.
    ResourceExhausted,
    /// Not as things are: the types differ, for one.
    FailedPrecondition,
    /// Something else came in between.
    Aborted,
    /// Past the end.
    OutOfRange,
    /// No such function.
    Unimplemented,
    /// The callee broke.
    Internal,
    /// Nobody answers.
    Unavailable,
    /// Data was lost.
    DataLoss,
    /// Nobody knows who calls.
    Unauthenticated,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.code, self.message)
    }
}

impl core::error::Error for Status {}
