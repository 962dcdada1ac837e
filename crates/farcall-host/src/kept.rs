//! An instance that stays between calls: memory and state are kept, calls go one after another.
//!
//! Not shared and not pooled: it belongs to whoever holds it.

use crate::failure::Failure;
use crate::live::Live;
use crate::program::Program;
use crate::transport::CallContext;

/// One instance of a program, made at its first call.
///
/// A call that traps, passes its deadline or is dropped ends the instance and its state; calls after that fail as
/// [`Failure::Ended`], so that nobody takes a new state for the old one.
pub struct Kept {
    program: Program,
    state: Kind,
}

enum Kind {
    New,
    Live(Box<Live>),
    Ended,
}

impl Kept {
    pub(crate) fn new(program: Program) -> Self {
        Self {
            program,
            state: Kind::New,
        }
    }

    /// Whether every call from now on fails as [`Failure::Ended`].
    pub fn is_ended(&self) -> bool {
        matches!(self.state, Kind::Ended)
    }

    /// As [`Program::call`], in this instance.
    ///
    /// # Errors
    ///
    /// [`Failure::Refused`] leaves the instance as it was; any other ends it.
    pub async fn call(&mut self, function: u32, request: &[u8], context: CallContext) -> Result<Vec<u8>, Failure> {
        let program = self.program.clone();
        let budget = program.budget(context);
        // Taken out for the call: whatever ends the call early ends the instance.
        let state = std::mem::replace(&mut self.state, Kind::Ended);
        let (live, answer) = program
            .guarded(&budget, async {
                let mut live = match state {
                    Kind::New => Box::new(program.instance(&budget).await?),
                    Kind::Live(mut live) => {
                        live.arm(&budget);
                        live
                    }
                    Kind::Ended => return Err(Failure::Ended),
                };
                let answer = program.dispatch(&mut live, function, request, &budget).await;
                Ok((live, answer))
            })
            .await?;
        if matches!(answer, Ok(_) | Err(Failure::Refused(_))) {
            self.state = Kind::Live(live);
        }
        answer
    }
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Kept")
            .field("program", &self.program)
            .finish_non_exhaustive()
    }
}
