//! Whose fault an error is.
//!
//! Decides nothing about repeating a call: `executed` of a status does.

use farcall_net::{Code, Status};

use crate::error::Error;

/// Whose fault it is that something could not be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Blame {
    /// This program: what it asked for, a name, a value, a setting or a file.
    Misuse,
    /// The other side has other types, or not this function: one of both is built from other WIT.
    Incompatible,
    /// The other side breaks the protocol.
    Peer,
    /// The function ended without a result: it trapped, panicked, or exited.
    Trap,
    /// The function, or what stands before it, said so: its code and message are in the status.
    Remote,
    /// A limit of either side.
    Limit,
    /// The deadline passed.
    Deadline,
    /// The call was cancelled.
    Cancelled,
    /// The way there: nothing listens, the connection was lost, or the server takes no calls now.
    Carrier,
}

impl Error {
    /// Whose fault it is.
    pub fn blame(&self) -> Blame {
        match self {
            Error::Remote { status, .. } => of_status(status),
            Error::Mismatch { .. } => Blame::Incompatible,
            Error::Description(_) | Error::Result { .. } => Blame::Peer,
            Error::NoSuchFunction { .. }
            | Error::NotCarried { .. }
            | Error::Ambiguous { .. }
            | Error::Text(_)
            | Error::Target(_)
            | Error::Link(_)
            | Error::Setting(_)
            | Error::Config { .. }
            | Error::Read { .. }
            | Error::Component { .. }
            | Error::NoCommand(_)
            | Error::NoStart(_)
            | Error::Conflict { .. }
            | Error::Bind(_) => Blame::Misuse,
        }
    }

    /// The status of a call that the other side, or the way there, refused or ended.
    pub fn status(&self) -> Option<&Status> {
        match self {
            Error::Remote { status, .. } => Some(status),
            _ => None,
        }
    }
}

fn of_status(status: &Status) -> Blame {
    match (status.details.reason.as_str(), status.code) {
        ("TRAP" | "PANIC" | "EXIT" | "NESTED_CALL_FAILED", _) => Blame::Trap,
        ("FINGERPRINT_MISMATCH" | "UNKNOWN_FUNCTION", _) => Blame::Incompatible,
        ("MESSAGE_TOO_LARGE" | "ASSEMBLING" | "GUEST_MEMORY", _) => Blame::Limit,
        ("METADATA_RESERVED" | "PATH_INVALID" | "PATH_HAS_QUERY", _) => Blame::Misuse,
        ("NOT_GRPC" | "NOT_HTTP2" | "NO_STATUS" | "ENVELOPE" | "HTTP2_BROKEN" | "HTTP1_BROKEN" | "COMPRESSED", _) => {
            Blame::Peer
        }
        (
            "NOT_REACHED" | "NO_ENDPOINT" | "GOING_AWAY" | "RESET" | "CONNECTION_LOST" | "OVERLOADED" | "DRAINING"
            | "NOT_READY" | "PROGRAM_GONE",
            _,
        ) => Blame::Carrier,
        (_, Code::DeadlineExceeded) => Blame::Deadline,
        (_, Code::Cancelled) => Blame::Cancelled,
        (_, _) => Blame::Remote,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_blamed_on_whoever_caused_it() {
        let blamed = |code, reason: &str| {
            let status = Box::new(Status::new(code, "why").reason(reason));
            let (called, target) = ("a:b/c.d".into(), "http://a".into());
            Error::Remote { called, target, status }.blame()
        };
        for (code, reason, blame) in [
            (Code::Internal, "TRAP", Blame::Trap),
            (Code::Internal, "NO_STATUS", Blame::Peer),
            (Code::Unavailable, "NOT_REACHED", Blame::Carrier),
            (Code::ResourceExhausted, "MESSAGE_TOO_LARGE", Blame::Limit),
            (Code::ResourceExhausted, "", Blame::Remote),
            (Code::FailedPrecondition, "FINGERPRINT_MISMATCH", Blame::Incompatible),
            (Code::FailedPrecondition, "", Blame::Remote),
            (Code::DeadlineExceeded, "DEADLINE", Blame::Deadline),
            (Code::Cancelled, "", Blame::Cancelled),
            (Code::Unimplemented, "UNKNOWN_FUNCTION", Blame::Incompatible),
        ] {
            assert_eq!(blamed(code, reason), blame, "{code} {reason}");
        }
    }

    #[test]
    fn every_reason_that_is_blamed_is_one_of_the_specs() {
        let spec = include_str!("../../../spec/status.md");
        let source = include_str!("blame.rs");
        let table = source
            .split("fn of_status")
            .nth(1)
            .unwrap()
            .split("#[cfg(test)]")
            .next()
            .unwrap();
        let reasons = table.split('"').skip(1).step_by(2);
        let known = ["NOT_READY", "PROGRAM_GONE"];
        for reason in reasons {
            assert!(
                spec.contains(&format!("`{reason}`")) || known.contains(&reason),
                "{reason}"
            );
        }
    }
}
