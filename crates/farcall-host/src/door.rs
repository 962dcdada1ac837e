//! What crosses the doors besides bytes: methods, statuses, codes, and the doors' names.
//!
//! Not here: the doors' functions themselves (`transport` and `program`), and any mapping of a code to a carrier's number.

use std::fmt;
use wasmtime::component::{ComponentType, Lift, Lower};

/// The door in: exported by a skeleton.
pub(crate) const DISPATCH: &str = "wasm-rpc:core/dispatch@0.1.0";
/// The door out: imported by a stub.
pub(crate) const TRANSPORT: &str = "wasm-rpc:core/transport@0.1.0";
/// What a component asks about the call that runs.
pub(crate) const CONTEXT: &str = "wasm-rpc:core/context@0.1.0";
/// What a command exports.
pub(crate) const RUN: &str = "wasi:cli/run@0.2.0";

/// The status space of gRPC without `ok`, in gRPC's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, ComponentType, Lift, Lower)]
#[component(enum)]
#[repr(u8)]
pub enum Code {
    /// The caller went away or asked to stop.
    #[component(name = "cancelled")]
    Cancelled,
    /// Nothing better is known.
    #[component(name = "unknown")]
    Unknown,
    /// The request does not decode.
    #[component(name = "invalid-argument")]
    InvalidArgument,
    /// The deadline passed.
    #[component(name = "deadline-exceeded")]
    DeadlineExceeded,
    /// No such thing, a handle for instance.
    #[component(name = "not-found")]
    NotFound,
    /// The thing to be made exists.
    #[component(name = "already-exists")]
    AlreadyExists,
    /// The caller may not do this.
    #[component(name = "permission-denied")]
    PermissionDenied,
    /// A limit was reached.
    #[component(name = "resource-exhausted")]
    ResourceExhausted,
    /// The callee is not in a state for this; a fingerprint that differs, for instance.
    #[component(name = "failed-precondition")]
    FailedPrecondition,
    /// A conflict of concurrent calls.
    #[component(name = "aborted")]
    Aborted,
    /// Past the end.
    #[component(name = "out-of-range")]
    OutOfRange,
    /// No such function.
    #[component(name = "unimplemented")]
    Unimplemented,
    /// The callee broke.
    #[component(name = "internal")]
    Internal,
    /// The callee cannot be reached, or will not take calls now.
    #[component(name = "unavailable")]
    Unavailable,
    /// Data is lost or damaged.
    #[component(name = "data-loss")]
    DataLoss,
    /// The caller did not say who it is.
    #[component(name = "unauthenticated")]
    Unauthenticated,
}

/// Why a call gave no result.
#[derive(Clone, Debug, PartialEq, Eq, ComponentType, Lift, Lower)]
#[component(record)]
pub struct Status {
    /// The kind.
    pub code: Code,
    /// For people: lowercase, no full stop, no secret.
    pub message: String,
    /// The bytes of a `google.rpc.Status`, as in `grpc-status-details-bin`, or empty.
    pub details: Vec<u8>,
}

impl Status {
    /// A status without details.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            details: Vec::new(),
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Status {}

impl Code {
    /// The code by its place in `enum code`.
    pub(crate) fn of_case(case: u32) -> Option<Code> {
        const ALL: [Code; 16] = [
            Code::Cancelled,
            Code::Unknown,
            Code::InvalidArgument,
            Code::DeadlineExceeded,
            Code::NotFound,
            Code::AlreadyExists,
            Code::PermissionDenied,
            Code::ResourceExhausted,
            Code::FailedPrecondition,
            Code::Aborted,
            Code::OutOfRange,
            Code::Unimplemented,
            Code::Internal,
            Code::Unavailable,
            Code::DataLoss,
            Code::Unauthenticated,
        ];
        ALL.get(usize::try_from(case).ok()?).copied()
    }
}

impl fmt::Display for Code {
    /// The code's name in WIT: `invalid-argument`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Code::Cancelled => "cancelled",
            Code::Unknown => "unknown",
            Code::InvalidArgument => "invalid-argument",
            Code::DeadlineExceeded => "deadline-exceeded",
            Code::NotFound => "not-found",
            Code::AlreadyExists => "already-exists",
            Code::PermissionDenied => "permission-denied",
            Code::ResourceExhausted => "resource-exhausted",
            Code::FailedPrecondition => "failed-precondition",
            Code::Aborted => "aborted",
            Code::OutOfRange => "out-of-range",
            Code::Unimplemented => "unimplemented",
            Code::Internal => "internal",
            Code::Unavailable => "unavailable",
            Code::DataLoss => "data-loss",
            Code::Unauthenticated => "unauthenticated",
        })
    }
}

/// One function, as its caller names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, ComponentType, Lift, Lower)]
#[component(record)]
pub struct Method {
    /// The import that the call goes through: `demo:calc/ops@0.1.0`. Empty in what [`Program::describe`] returns.
    ///
    /// [`Program::describe`]: crate::Program::describe
    pub link: String,
    /// The path on the wire: `/demo.calc.v0_1.Ops/AddOne`.
    pub path: String,
    /// The fingerprint of the function's type.
    pub fingerprint: String,
}
