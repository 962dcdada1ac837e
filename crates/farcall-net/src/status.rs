//! Why a call gave no result: gRPC's sixteen codes, a message for people, and whether the function may have run. How a
//! status travels is in `trailers` and `details`.

use std::fmt;

use http::HeaderMap;

use crate::details::Details;

/// gRPC's status codes, without OK.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Code {
    /// The caller went away or gave up.
    Cancelled = 1,
    /// Nothing better is known.
    Unknown = 2,
    /// The request does not decode, or is wrong in itself.
    InvalidArgument = 3,
    /// The deadline passed.
    DeadlineExceeded = 4,
    /// What was asked for is not there.
    NotFound = 5,
    /// What was to be made exists.
    AlreadyExists = 6,
    /// The caller is known and not allowed.
    PermissionDenied = 7,
    /// A limit was reached: size, memory, fuel, handles.
    ResourceExhausted = 8,
    /// The callee's state or type does not fit the call.
    FailedPrecondition = 9,
    /// A conflict with another call.
    Aborted = 10,
    /// Outside the valid range.
    OutOfRange = 11,
    /// No such function.
    Unimplemented = 12,
    /// The callee or the protocol broke.
    Internal = 13,
    /// Not reachable, overloaded or shutting down.
    Unavailable = 14,
    /// Data is lost.
    DataLoss = 15,
    /// Who calls is not known.
    Unauthenticated = 16,
}

impl Code {
    /// Every code, in gRPC's order.
    pub const ALL: [Code; 16] = [
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

    /// The code's number on the wire, 1 to 16.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The code with this number; `None` for 0 (OK) and for numbers that gRPC does not define.
    pub fn from_number(number: u32) -> Option<Code> {
        let index = usize::try_from(number).ok()?.checked_sub(1)?;
        Code::ALL.get(index).copied()
    }

    /// The code's name as gRPC writes it, `DEADLINE_EXCEEDED`.
    pub const fn name(self) -> &'static str {
        match self {
            Code::Cancelled => "CANCELLED",
            Code::Unknown => "UNKNOWN",
            Code::InvalidArgument => "INVALID_ARGUMENT",
            Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
            Code::NotFound => "NOT_FOUND",
            Code::AlreadyExists => "ALREADY_EXISTS",
            Code::PermissionDenied => "PERMISSION_DENIED",
            Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
            Code::FailedPrecondition => "FAILED_PRECONDITION",
            Code::Aborted => "ABORTED",
            Code::OutOfRange => "OUT_OF_RANGE",
            Code::Unimplemented => "UNIMPLEMENTED",
            Code::Internal => "INTERNAL",
            Code::Unavailable => "UNAVAILABLE",
            Code::DataLoss => "DATA_LOSS",
            Code::Unauthenticated => "UNAUTHENTICATED",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Whether the function may have run: what a caller may safely repeat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Executed {
    /// It did not run.
    No,
    /// Nobody knows. What a peer that does not say is taken to mean.
    #[default]
    Maybe,
    /// It ran.
    Yes,
}

impl Executed {
    /// `no`, `maybe` or `yes`.
    pub const fn name(self) -> &'static str {
        match self {
            Executed::No => "no",
            Executed::Maybe => "maybe",
            Executed::Yes => "yes",
        }
    }

    /// Anything but `no` and `yes` is `Maybe`.
    pub fn from_name(name: &str) -> Executed {
        match name {
            "no" => Executed::No,
            "yes" => Executed::Yes,
            _ => Executed::Maybe,
        }
    }
}

impl fmt::Display for Executed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why a call gave no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Status {
    /// The kind of failure.
    pub code: Code,
    /// For people: lowercase, no full stop, no secret, no payload.
    pub message: String,
    /// Whether the function may have run.
    pub executed: Executed,
    /// For programs: a reason and its facts.
    pub details: Details,
    /// What else is sent with it, or came with it; rarely anything.
    pub metadata: Option<Box<StatusMetadata>>,
}

/// Metadata of a call that gave no result.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatusMetadata {
    /// As [`Response::headers`](crate::Response::headers).
    pub headers: HeaderMap,
    /// As [`Response::trailers`](crate::Response::trailers).
    pub trailers: HeaderMap,
}

impl Status {
    /// A status that does not say whether the function ran, without details.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Status {
            code,
            message: message.into(),
            executed: Executed::Maybe,
            details: Details::default(),
            metadata: None,
        }
    }

    /// The same, for a call whose function certainly did not run.
    pub fn not_run(code: Code, message: impl Into<String>) -> Self {
        Status::new(code, message).executed(Executed::No)
    }

    /// With another answer to whether the function ran.
    pub fn executed(mut self, executed: Executed) -> Self {
        self.executed = executed;
        self
    }

    /// With metadata to be sent with it.
    pub fn with_metadata(mut self, headers: HeaderMap, trailers: HeaderMap) -> Self {
        let is_empty = headers.is_empty() && trailers.is_empty();
        self.metadata = (!is_empty).then(|| Box::new(StatusMetadata { headers, trailers }));
        self
    }

    /// With a reason in UPPER_SNAKE, for programs.
    pub fn reason(mut self, reason: impl Into<String>) -> Self {
        self.details.reason = reason.into();
        self
    }

    /// With one more fact beside the reason.
    pub fn fact(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.details.metadata.insert(key.into(), value.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_codes_are_one_to_one() {
        for (index, code) in Code::ALL.iter().enumerate() {
            assert_eq!(usize::from(code.number()), index + 1);
            assert_eq!(Code::from_number(u32::from(code.number())), Some(*code));
        }
        for number in [0, 17, u32::MAX] {
            assert_eq!(Code::from_number(number), None);
        }
    }
}
