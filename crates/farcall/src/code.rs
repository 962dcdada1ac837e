//! A component's compiled code under its policy: there from the start, or made at its first call.
//!
//! Not here: what is compiled (`component`), and what a call of it answers (`registry`).

use std::sync::Arc;
use std::time::Instant;

use farcall_host::Instances;
use farcall_net::{Code as StatusCode, Status};
use tokio::sync::{OnceCell, Semaphore};

use crate::error::Error;

/// Makes the code; runs on a thread where that may take seconds.
type Make = dyn Fn() -> Result<Instances, Error> + Send + Sync;

/// The code of one component. Clones are the same code.
#[derive(Clone)]
pub(crate) struct Code {
    shared: Arc<Shared>,
}

struct Shared {
    /// What went wrong is kept too: a file that does not compile is not compiled again at every call.
    made: OnceCell<Result<Instances, String>>,
    later: Option<Later>,
}

struct Later {
    make: Box<Make>,
    workers: Arc<Semaphore>,
}

impl Code {
    /// Code that is there.
    pub(crate) fn ready(instances: Instances) -> Code {
        let made = OnceCell::new_with(Some(Ok(instances)));
        Code {
            shared: Arc::new(Shared { made, later: None }),
        }
    }

    /// Code that its first call makes. `workers` bounds how many are made at once: a sweep over a folder's paths would
    /// otherwise compile all of it side by side.
    pub(crate) fn at_first_call(workers: Arc<Semaphore>, make: Box<Make>) -> Code {
        let later = Some(Later { make, workers });
        Code {
            shared: Arc::new(Shared {
                made: OnceCell::new(),
                later,
            }),
        }
    }

    /// No code: something else answers.
    pub(crate) fn none() -> Code {
        let made = OnceCell::new_with(Some(Err("it has no code".to_owned())));
        Code {
            shared: Arc::new(Shared { made, later: None }),
        }
    }

    /// The code, if it is there.
    pub(crate) fn now(&self) -> Option<&Instances> {
        self.shared.made.get()?.as_ref().ok()
    }

    /// The code, made now if need be. Making goes on when its caller has gone, for the next one.
    pub(crate) async fn within(&self, deadline: Instant) -> Result<&Instances, Status> {
        if let Some(instances) = self.now() {
            return Ok(instances);
        }
        let shared = Arc::clone(&self.shared);
        let making = tokio::spawn(async move { shared.make().await });
        match tokio::time::timeout_at(deadline.into(), making).await {
            Ok(Ok(Ok(()))) => {}
            Ok(Ok(Err(transient))) => return Err(failed(StatusCode::Unavailable, &transient)),
            Ok(Err(_)) => return Err(failed(StatusCode::Internal, "the compiler broke over it")),
            Err(_) => {
                let status = Status::not_run(StatusCode::DeadlineExceeded, "the component is still being compiled");
                return Err(status.reason("DEADLINE"));
            }
        }
        match self.shared.made.get() {
            Some(Ok(instances)) => Ok(instances),
            Some(Err(why)) => Err(failed(StatusCode::Internal, why)),
            None => Err(failed(StatusCode::Internal, "it was not made")),
        }
    }
}

impl Shared {
    /// Fills the cell, once for all who wait. An error here may be gone at the next call.
    async fn make(self: Arc<Self>) -> Result<(), String> {
        let Some(later) = &self.later else { return Ok(()) };
        let make = async {
            let _worker = later.workers.acquire().await.map_err(|error| error.to_string())?;
            let shared = Arc::clone(&self);
            let made = tokio::task::spawn_blocking(move || shared.later.as_ref().map(|later| (later.make)())).await;
            match made {
                Ok(Some(Ok(instances))) => Ok(Ok(instances)),
                Ok(Some(Err(error @ Error::Read { .. }))) => Err(error.to_string()),
                Ok(Some(Err(error))) => Ok(Err(error.to_string())),
                Ok(None) => Ok(Err("nothing makes it".into())),
                Err(error) => Ok(Err(error.to_string())),
            }
        };
        self.made.get_or_try_init(|| make).await.map(|_| ())
    }
}

fn failed(code: StatusCode, why: &str) -> Status {
    tracing::error!("a component cannot be called: {why}");
    Status::not_run(code, "the component could not be made ready").reason("NOT_READY")
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let there = self.now().is_some();
        f.debug_struct("Code").field("there", &there).finish_non_exhaustive()
    }
}
