//! Between the statuses of the doors, of the wire, and the ways a guest's call can end: one match each.
//!
//! What each event becomes is spec/status.md's table.

use farcall_host::Failure;
use farcall_net::{Code, Executed, Status};

/// A door's status as the wire's.
pub(crate) fn from_door(status: farcall_host::Status) -> Status {
    Status::with_encoded_details(code_from_door(status.code), status.message, &status.details)
}

/// The wire's status as a door's.
pub(crate) fn to_door(status: &Status) -> farcall_host::Status {
    farcall_host::Status {
        code: code_to_door(status.code),
        message: status.message.clone(),
        details: status.encode_details().to_vec(),
    }
}

/// How a call that ended in the guest is told to its caller: `function` is what was called.
pub(crate) fn from_failure(failure: Failure, function: &str) -> Status {
    let executed = match failure.executed() {
        farcall_host::Executed::No => Executed::No,
        farcall_host::Executed::Maybe => Executed::Maybe,
    };
    let status = match failure {
        // The skeleton decodes the whole request before it calls.
        Failure::Refused(status) => from_door(status),
        Failure::Trap { code, message, .. } => Status::new(Code::Internal, format!("{function} trapped: {message}"))
            .reason("TRAP")
            .fact("trap", code),
        Failure::Aborted { method, status } => {
            let cause = from_door(status);
            let message = format!(
                "{function} called {} through {}, which failed: {cause}",
                method.path, method.link
            );
            Status::new(Code::Internal, message)
                .reason("NESTED_CALL_FAILED")
                .fact("cause", cause.code.name())
                .fact("link", method.link)
                .fact("path", method.path)
        }
        Failure::Deadline(allowed) => {
            let message = format!("{function} did not end within {allowed:.3?}");
            Status::new(Code::DeadlineExceeded, message).reason("DEADLINE")
        }
        Failure::Waited { allowed } => {
            let message = format!(
                "{function} did not begin within {allowed:.3?}: its shared instance was busy; a call that comes back to \
                 its own instance waits for itself"
            );
            Status::new(Code::DeadlineExceeded, message).reason("INSTANCE_BUSY")
        }
        Failure::Memory { limit } => {
            let message =
                format!("{function} needs more memory than its {limit} bytes, or than the host has for all calls");
            Status::new(Code::ResourceExhausted, message)
                .reason("GUEST_MEMORY")
                .fact("limit", limit.to_string())
        }
        Failure::TooLarge { limit } => {
            let message = format!("a message of {function} exceeds the limit of {limit} bytes");
            Status::new(Code::ResourceExhausted, message)
                .reason("MESSAGE_TOO_LARGE")
                .fact("limit", limit.to_string())
        }
        Failure::Exit(code) => Status::new(
            Code::Internal,
            format!("{function} exited with code {code} before it returned"),
        )
        .reason("EXIT"),
        Failure::Full(what) => {
            let message = format!("no instance is free for {function}: {what}");
            Status::new(Code::Unavailable, message)
                .reason("OVERLOADED")
                .fact("retry-pushback-ms", "100")
        }
        Failure::Ended => Status::new(
            Code::Unavailable,
            format!("{function} cannot be called: its instance ended in an earlier call, and its state is lost"),
        ),
        Failure::NoDoor(door) => Status::new(Code::Unimplemented, format!("{function} is not behind {door}")),
        Failure::Directory { .. } => Status::new(
            Code::Unavailable,
            format!("a directory granted to {function}'s component is gone"),
        ),
        Failure::Instance(_) => Status::new(Code::Internal, format!("no instance could be made for {function}")),
        // What a later host may add is a fault of this side until it has a row of its own.
        _ => Status::new(Code::Internal, format!("{function} failed")),
    };
    status.executed(executed)
}

fn code_from_door(code: farcall_host::Code) -> Code {
    use farcall_host::Code as Door;
    match code {
        Door::Cancelled => Code::Cancelled,
        Door::Unknown => Code::Unknown,
        Door::InvalidArgument => Code::InvalidArgument,
        Door::DeadlineExceeded => Code::DeadlineExceeded,
        Door::NotFound => Code::NotFound,
        Door::AlreadyExists => Code::AlreadyExists,
        Door::PermissionDenied => Code::PermissionDenied,
        Door::ResourceExhausted => Code::ResourceExhausted,
        Door::FailedPrecondition => Code::FailedPrecondition,
        Door::Aborted => Code::Aborted,
        Door::OutOfRange => Code::OutOfRange,
        Door::Unimplemented => Code::Unimplemented,
        Door::Internal => Code::Internal,
        Door::Unavailable => Code::Unavailable,
        Door::DataLoss => Code::DataLoss,
        Door::Unauthenticated => Code::Unauthenticated,
    }
}

fn code_to_door(code: Code) -> farcall_host::Code {
    use farcall_host::Code as Door;
    match code {
        Code::Cancelled => Door::Cancelled,
        Code::Unknown => Door::Unknown,
        Code::InvalidArgument => Door::InvalidArgument,
        Code::DeadlineExceeded => Door::DeadlineExceeded,
        Code::NotFound => Door::NotFound,
        Code::AlreadyExists => Door::AlreadyExists,
        Code::PermissionDenied => Door::PermissionDenied,
        Code::ResourceExhausted => Door::ResourceExhausted,
        Code::FailedPrecondition => Door::FailedPrecondition,
        Code::Aborted => Door::Aborted,
        Code::OutOfRange => Door::OutOfRange,
        Code::Unimplemented => Door::Unimplemented,
        Code::Internal => Door::Internal,
        Code::Unavailable => Door::Unavailable,
        Code::DataLoss => Door::DataLoss,
        Code::Unauthenticated => Door::Unauthenticated,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_survives_the_door() {
        for code in Code::ALL {
            let status = Status::not_run(code, "why").reason("REASON").fact("key", "value");
            assert_eq!(from_door(to_door(&status)), status);
        }
    }

    #[test]
    fn a_trap_tells_its_code_and_no_backtrace() {
        let failure = Failure::Trap {
            code: "integer-divide-by-zero".into(),
            message: "integer divide by zero".into(),
            backtrace: "secret::frame".into(),
        };
        let status = from_failure(failure, "a:b/c.d");
        assert_eq!(status.code, Code::Internal);
        assert_eq!(status.executed, Executed::Maybe);
        assert_eq!(status.details.metadata["trap"], "integer-divide-by-zero");
        assert!(!status.to_string().contains("secret"));
    }
}
