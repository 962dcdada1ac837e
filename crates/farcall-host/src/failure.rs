//! Why a call gave no response, and how the engine's errors become that.
//!
//! Not here: a carrier's codes; whoever serves the program maps each failure to one.

use crate::door::{Method, Status};
use crate::limits::Limits;
use crate::state::State;
use std::any::Any;
use std::path::PathBuf;
use std::time::Duration;
use wasmtime::{PoolConcurrencyLimitError, Store, Trap, WasmBacktrace};
use wasmtime_wasi::I32Exit;

/// Why a call gave no response. In a fresh instance, whichever it is, the instance is gone and no other call noticed;
/// [`Policy`](crate::Policy) says what becomes of others.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The skeleton refused the request. The function did not run.
    #[error("{0}")]
    Refused(Status),
    /// The guest trapped, or broke the rules of its doors.
    #[error("guest trapped: {message}")]
    Trap {
        /// The engine's name of the trap in words joined with `-`, such as `unreachable-code-reached`; `other` for a
        /// broken rule.
        code: String,
        /// What happened, without frames and without data.
        message: String,
        /// The guest's frames, for the operator only; may be empty.
        backtrace: String,
    },
    /// A nested call failed and its function's type has no room to say so.
    #[error("nested call {} through `{}` failed: {status}", .method.path, .method.link)]
    Aborted {
        /// What was called.
        method: Method,
        /// How it failed.
        status: Status,
    },
    /// The deadline passed.
    #[error("deadline passed after {0:?}")]
    Deadline(
        /// The time that the call had.
        Duration,
    ),
    /// The guest came up against its limit of memory or of table elements, and did not survive it.
    #[error("guest needs more memory than its {limit} bytes, or than the host has for all")]
    Memory {
        /// [`Limits::memory`], in bytes.
        limit: usize,
    },
    /// The response, or what the guest hands to a function of the host, exceeds the limit of a message.
    #[error("message exceeds the limit of {limit} bytes")]
    TooLarge {
        /// [`Limits::message`], in bytes.
        limit: usize,
    },
    /// The guest ended its program in the middle of the call.
    #[error("guest exited with code {0}")]
    Exit(
        /// Its exit code.
        i32,
    ),
    /// The shared instance was busy for as long as the call could wait. Nothing ran.
    #[error(
        "the shared instance was busy for the {allowed:?} that the call could wait; a call that comes back to its own \
         instance waits for itself"
    )]
    Waited {
        /// The time that the call had.
        allowed: Duration,
    },
    /// As many instances as the host has room for are alive, or as many calls wait as may.
    #[error("no instance is free: {0}")]
    Full(
        /// What there is none left of.
        String,
    ),
    /// Code of the host panicked: a [`Transport`](crate::Transport), most likely.
    #[error("host panicked: {0}")]
    Panic(
        /// The panic's message.
        String,
    ),
    /// The instance that was kept for these calls ended in an earlier one, and its state with it.
    #[error("the instance ended in an earlier call, and its state is lost")]
    Ended,
    /// The component does not export this door.
    #[error("component does not export {0}")]
    NoDoor(
        /// The door's name.
        &'static str,
    ),
    /// A granted directory has become unusable since the program was loaded.
    #[error("cannot open the granted directory {}: {reason}", .path.display())]
    Directory {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The instance could not be made, for a reason of the engine's own.
    #[error("instance could not be made: {0}")]
    Instance(
        /// The engine's words.
        String,
    ),
}

/// Whether a call's function may have run, so that a caller knows what is safe to repeat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Executed {
    /// It did not.
    No,
    /// It may have, in part or in full.
    Maybe,
}

impl Failure {
    /// Whether the function may have run.
    pub fn executed(&self) -> Executed {
        match self {
            Failure::Refused(_)
            | Failure::Waited { .. }
            | Failure::Full(_)
            | Failure::Ended
            | Failure::NoDoor(_)
            | Failure::Directory { .. }
            | Failure::Instance(_) => Executed::No,
            Failure::TooLarge { .. }
            | Failure::Trap { .. }
            | Failure::Aborted { .. }
            | Failure::Deadline(_)
            | Failure::Memory { .. }
            | Failure::Exit(_)
            | Failure::Panic(_) => Executed::Maybe,
        }
    }

    /// What an error that ended a call in `store` means.
    pub(crate) fn in_call(error: &wasmtime::Error, store: &Store<State>, limits: &Limits, allowed: Duration) -> Self {
        let known = Self::known(error, allowed).or_else(|| Self::out_of_memory(store, limits));
        known
            .or_else(|| Self::too_large(error, limits))
            .unwrap_or_else(|| Self::trap(error))
    }

    /// What an error that ended the making of an instance in `store` means. Start functions run in there.
    pub(crate) fn in_start(error: &wasmtime::Error, store: &Store<State>, limits: &Limits, allowed: Duration) -> Self {
        let known = Self::known(error, allowed);
        known
            .or_else(|| Self::out_of_memory(store, limits))
            .unwrap_or_else(|| match error.downcast_ref::<Trap>() {
                Some(_) => Self::trap(error),
                None => Failure::Instance(format!("{error:#}")),
            })
    }

    pub(crate) fn panicked(payload: &(dyn Any + Send)) -> Self {
        Failure::Panic(panic_message(payload))
    }

    /// Whether an error is the host's own word for what ended a guest, or the guest's trap.
    pub(crate) fn is_end(error: &wasmtime::Error) -> bool {
        error.is::<Trap>() || Self::known(error, Duration::ZERO).is_some()
    }

    /// Errors that say themselves what they are.
    fn known(error: &wasmtime::Error, allowed: Duration) -> Option<Self> {
        if let Some(aborted) = error.downcast_ref::<Aborted>() {
            let Aborted { method, status } = aborted.clone();
            return Some(Failure::Aborted { method, status });
        }
        if error.is::<DeadlinePassed>() {
            return Some(Failure::Deadline(allowed));
        }
        if let Some(I32Exit(code)) = error.downcast_ref() {
            return Some(Failure::Exit(*code));
        }
        error
            .downcast_ref::<PoolConcurrencyLimitError>()
            .map(|full| Failure::Full(full.to_string()))
    }

    fn out_of_memory(store: &Store<State>, limits: &Limits) -> Option<Self> {
        store
            .data()
            .meter
            .refused()
            .then_some(Failure::Memory { limit: limits.memory })
    }

    fn too_large(error: &wasmtime::Error, limits: &Limits) -> Option<Self> {
        // The engine has no type for this one.
        let message = error.root_cause().to_string();
        message
            .contains("fuel allocated for hostcalls")
            .then_some(Failure::TooLarge { limit: limits.message })
    }

    fn trap(error: &wasmtime::Error) -> Self {
        let code = error
            .downcast_ref::<Trap>()
            .map_or_else(|| "other".to_owned(), |trap| words(&format!("{trap:?}")));
        let message = match error.downcast_ref::<Trap>() {
            Some(trap) => trap.to_string(),
            None => error.root_cause().to_string(),
        };
        let backtrace = error
            .downcast_ref::<WasmBacktrace>()
            .map(ToString::to_string)
            .unwrap_or_default();
        Failure::Trap {
            code,
            message,
            backtrace,
        }
    }
}

/// The guest's stub called `transport.abort`.
#[derive(Clone, Debug, thiserror::Error)]
#[error("nested call {} failed: {status}", .method.path)]
pub(crate) struct Aborted {
    pub(crate) method: Method,
    pub(crate) status: Status,
}

/// A tick found the deadline in the past.
#[derive(Debug, thiserror::Error)]
#[error("deadline passed")]
pub(crate) struct DeadlinePassed;

pub(crate) fn panic_message(payload: &(dyn Any + Send)) -> String {
    let text = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("without a message").to_owned()
}

/// `MemoryOutOfBounds` as `memory-out-of-bounds`.
fn words(name: &str) -> String {
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !words.is_empty() {
            words.push('-');
        }
        words.push(letter.to_ascii_lowercase());
    }
    words
}
