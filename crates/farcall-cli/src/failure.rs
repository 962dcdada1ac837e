//! How a failed verb ends: the code and the message on standard error, and what to try.

use std::fmt;
use std::process::ExitCode;

use farcall::{Code, Error, Executed, Status};
use farcall_project::{AdaptError, LoadError};
use serde_json::json;

/// What was typed makes no sense, in a way that the parser of arguments does not know.
#[derive(Debug)]
pub struct Usage(pub String);

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}

/// Reports an error and gives the exit code of failed work, 1.
pub fn report(error: &anyhow::Error, json: bool) -> ExitCode {
    let known = error.downcast_ref::<Error>();
    if json {
        eprintln!("{}", as_json(error, known));
    } else {
        eprintln!("error: {}", told(error));
        if let Some(hint) = known.and_then(hint).or_else(|| build_hint(error)) {
            eprintln!("hint: {hint}");
        }
    }
    if error.is::<Usage>() {
        return ExitCode::from(2);
    }
    match known {
        // What was typed cannot be a call: usage, as for a wrong flag.
        Some(Error::Text(_) | Error::Target(_) | Error::Link(_) | Error::Setting(_)) => ExitCode::from(2),
        _ => ExitCode::from(1),
    }
}

/// The error and its causes, each said once: some errors quote their cause.
fn told(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        match text.is_empty() {
            true => text = cause,
            false if text.contains(&cause) => {}
            false => text = format!("{text}: {cause}"),
        }
    }
    text
}

fn as_json(error: &anyhow::Error, known: Option<&Error>) -> serde_json::Value {
    let message = told(error);
    match known {
        Some(Error::Remote { called, target, status }) => json!({ "error": {
            "code": status.code.name(),
            "message": status.message,
            "called": called,
            "target": target,
            "executed": status.executed.name(),
            "reason": status.details.reason,
            "facts": status.details.metadata,
        }}),
        _ => json!({ "error": { "message": message } }),
    }
}

fn hint(error: &Error) -> Option<String> {
    match error {
        Error::Remote { status, .. } => status_hint(status),
        Error::NoSuchFunction { .. } => Some("`farcall inspect TARGET` shows the WIT that is there".into()),
        Error::Read { path, .. } if path.to_string_lossy().contains(':') => {
            Some("a server's address begins with http://, as in http://127.0.0.1:7070".into())
        }
        _ => None,
    }
}

/// What to try when bindings or a component could not be made.
fn build_hint(error: &anyhow::Error) -> Option<String> {
    let hint = match (error.downcast_ref::<AdaptError>(), error.downcast_ref::<LoadError>()) {
        (Some(AdaptError::NoWorld), _) => {
            "--wit PATH --world NAME say for which world it was built; a plain module is served as it is"
        }
        (_, Some(LoadError::World { .. })) => "--world NAME chooses one",
        _ => return None,
    };
    Some(hint.into())
}

fn status_hint(status: &Status) -> Option<String> {
    let hint = match (status.code, status.executed) {
        (Code::Unavailable, Executed::No) => {
            "the function did not run; is the server up? `farcall serve FILE` starts one"
        }
        (Code::Unavailable, _) => "the function may have run: look before you repeat the call",
        (Code::DeadlineExceeded, Executed::No) => {
            "the function did not run; --deadline gives it more time, up to the server's own limit"
        }
        (Code::DeadlineExceeded, _) => {
            "--deadline gives it more time, up to the server's own limit; the function may have run"
        }
        (Code::ResourceExhausted, _) => "a server's limits are set by its --max-message and --memory",
        (Code::FailedPrecondition, _) => "caller and callee were built from different WIT",
        _ => return None,
    };
    Some(hint.into())
}
