//! Policies: whether a call gets an instance of its own, one that was used before, or the one that all calls share.
//!
//! Not here: how each works (`program` for fresh ones, `pooled`, `shared`).

use crate::failure::Failure;
use crate::pooled::Pooled;
use crate::program::Program;
use crate::shared::Shared;
use crate::stage::{Stage, Staged};
use crate::transport::CallContext;
use bytes::Bytes;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// Which instance a call gets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Policy {
    /// One of its own: nothing that a call leaves behind is seen by another.
    #[default]
    Fresh,
    /// One that is used again, the latest to become idle first; never by two calls at once. For components that keep no
    /// state: globals, memory, and files and other WASI handles that a call leaves open are there for whichever call
    /// comes next, and so is what it wrote of a line of output.
    ///
    /// A trap, an exit, a passed deadline or a dropped future ends the instance with the call; calls beside it do not
    /// notice. [`Limits`](crate::Limits) bounds how many idle, how long, and how many calls one takes. Idle ones make
    /// room when an instance is needed and the host has none free.
    Pooled,
    /// One for all calls, for components that keep state in memory.
    ///
    /// Calls run one after another in the order of their arrival. One that waits spends its own deadline, and fails as
    /// [`Failure::Waited`] a little before it, so that the answer still arrives; dropping its future takes it out of the
    /// queue. One that runs has a task of its own: when its deadline passes or its future is dropped, its caller is free
    /// but the call runs to its end, unheard. Only [`Limits::deadline`](crate::Limits::deadline), counted from where it
    /// began to run, a trap or an exit ends the instance: that call fails, a warning is logged, and calls that had not
    /// begun get a new instance, whose state is new.
    ///
    /// Components with asynchronous functions run so as well, one call after another; calls side by side in one instance
    /// come with a later version.
    Shared,
}

impl Policy {
    /// Its name: `fresh`, `pooled` or `shared`.
    pub fn name(self) -> &'static str {
        match self {
            Policy::Fresh => "fresh",
            Policy::Pooled => "pooled",
            Policy::Shared => "shared",
        }
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FromStr for Policy {
    type Err = UnknownPolicy;

    fn from_str(name: &str) -> Result<Self, UnknownPolicy> {
        match name {
            "fresh" => Ok(Policy::Fresh),
            "pooled" => Ok(Policy::Pooled),
            "shared" => Ok(Policy::Shared),
            _ => Err(UnknownPolicy(name.to_owned())),
        }
    }
}

/// A policy's name that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no policy: fresh, pooled or shared")]
pub struct UnknownPolicy(
    /// What was written.
    pub String,
);

/// A program under a policy. Clones have the same instances, which end with the last clone.
#[derive(Clone)]
pub struct Instances {
    program: Program,
    kind: Kind,
}

#[derive(Clone)]
enum Kind {
    Fresh,
    Pooled(Arc<Pooled>),
    Shared(Arc<Shared>),
    Staged(Stage, Staged),
}

impl Instances {
    /// No instance is made before the first call.
    pub fn new(program: Program, policy: Policy) -> Self {
        let kind = match policy {
            Policy::Fresh => Kind::Fresh,
            Policy::Pooled => Kind::Pooled(Arc::new(Pooled::new(program.clone()))),
            Policy::Shared => Kind::Shared(Arc::new(Shared::new(program.clone()))),
        };
        Self { program, kind }
    }

    /// A module on a stage: its calls, and those of the modules beside it, share one store.
    pub fn staged(stage: Stage, staged: Staged) -> Self {
        Self {
            program: stage.program().clone(),
            kind: Kind::Staged(stage, staged),
        }
    }

    /// The policy.
    pub fn policy(&self) -> Policy {
        match self.kind {
            Kind::Fresh => Policy::Fresh,
            Kind::Pooled(_) => Policy::Pooled,
            Kind::Shared(_) | Kind::Staged(..) => Policy::Shared,
        }
    }

    /// The program.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// As [`Program::call`], in the instance that the policy gives.
    ///
    /// Dropping the future ends a fresh or pooled call and its instance. A shared call that waits leaves the queue; one
    /// that runs goes on to its end, unheard.
    ///
    /// # Errors
    ///
    /// As [`Program::call`]; under [`Policy::Shared`] also [`Failure::Waited`], and [`Failure::Full`] when too many wait.
    /// Under every policy [`Failure::Refused`], and a response past the limit of a message, leave an instance as it is.
    pub async fn call(&self, function: u32, request: Bytes, context: CallContext) -> Result<Vec<u8>, Failure> {
        match &self.kind {
            Kind::Fresh => self.program.call(function, &request, context).await,
            Kind::Pooled(pooled) => pooled.call(function, &request, context).await,
            Kind::Shared(shared) => shared.call(function, request, context).await,
            Kind::Staged(stage, staged) => stage.call(*staged, function, &request, context).await,
        }
    }
}

impl fmt::Debug for Instances {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Instances")
            .field("program", &self.program)
            .field("policy", &self.policy())
            .finish_non_exhaustive()
    }
}
