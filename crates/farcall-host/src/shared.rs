//! The one instance of a program that all its calls share, one after another.
//!
//! Not here: calls side by side in one instance.

use crate::failure::{Executed, Failure, panic_message};
use crate::live::{Budget, Live};
use crate::program::Program;
use crate::transport::CallContext;
use bytes::Bytes;
use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::Poll;
use std::time::{Duration, Instant};
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::timeout_at;
use tracing::Instrument;

/// A program whose calls share an instance.
pub(crate) struct Shared {
    program: Program,
    /// The lock is the queue: it is handed on in the order of arrival.
    instance: Arc<Mutex<Slot>>,
    waiting: AtomicUsize,
}

/// Empty before the first call, and after one that ended the instance.
type Slot = Option<Box<Live>>;

impl Shared {
    pub(crate) fn new(program: Program) -> Self {
        Self {
            program,
            instance: Arc::default(),
            waiting: AtomicUsize::new(0),
        }
    }

    /// As `Program::call`, in its turn. What runs is never ended by this future's end: what does not end
    /// at once belongs to a task of its own.
    pub(crate) async fn call(&self, function: u32, request: Bytes, context: CallContext) -> Result<Vec<u8>, Failure> {
        let budget = self.program.budget(context);
        let slot = match Arc::clone(&self.instance).try_lock_owned() {
            Ok(slot) => slot,
            Err(_) => self.turn(&budget).await?,
        };
        if budget.ends <= Instant::now() {
            return Err(Failure::Deadline(budget.allowed));
        }
        let (ends, allowed) = (budget.ends, budget.allowed);
        let mut work = Box::pin(work(self.program.clone(), slot, function, request, budget).in_current_span());
        // Most calls end without waiting for anything, and a task costs more than they do.
        if let Poll::Ready(answer) = poll_fn(|context| Poll::Ready(work.as_mut().poll(context))).await {
            return answer;
        }
        match timeout_at(ends.into(), tokio::spawn(work)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => Err(Failure::Panic(match error.try_into_panic() {
                Ok(payload) => panic_message(&*payload),
                Err(_) => "the runtime stopped in the middle of the call".to_owned(),
            })),
            Err(_) => Err(Failure::Deadline(allowed)),
        }
    }

    async fn turn(&self, budget: &Budget) -> Result<OwnedMutexGuard<Slot>, Failure> {
        let limit = self.program.limits().waiting;
        let _place = Place::take(&self.waiting, limit)
            .ok_or_else(|| Failure::Full(format!("{limit} calls wait for the shared instance, the limit")))?;
        let gives_up = budget.ends - (budget.allowed / PART_TO_ANSWER).min(LONGEST_TO_ANSWER);
        timeout_at(gives_up.into(), Arc::clone(&self.instance).lock_owned())
            .await
            .map_err(|_| Failure::Waited {
                allowed: budget.allowed,
            })
    }
}

/// One call, its turn having come, held to the operator's limit alone.
async fn work(
    program: Program,
    mut slot: OwnedMutexGuard<Slot>,
    function: u32,
    request: Bytes,
    budget: Budget,
) -> Result<Vec<u8>, Failure> {
    let allowed = program.limits().deadline;
    let budget = Budget {
        ends: Instant::now().checked_add(allowed).unwrap_or(budget.ends),
        allowed,
        ..budget
    };
    // Taken out for the call: whatever ends the call early ends the instance.
    let idle = slot.take();
    let had_state = idle.is_some();
    let call = async {
        let mut live = match idle {
            Some(mut live) => {
                live.arm(&budget);
                live
            }
            None => Box::new(program.instance(&budget).await?),
        };
        let answer = program.dispatch(&mut live, function, &request, &budget).await;
        Ok((live, answer))
    };
    match program.guarded(&budget, call).await {
        Ok((live, answer)) if live.is_reusable() => {
            *slot = Some(live);
            answer
        }
        Ok((_, answer)) => {
            lost(&program, answer.as_ref().err());
            answer
        }
        Err(failure) => {
            if had_state || failure.executed() == Executed::Maybe {
                lost(&program, Some(&failure));
            }
            Err(failure)
        }
    }
}

fn lost(program: &Program, failure: Option<&Failure>) {
    let component = program.name();
    match failure {
        Some(failure) => tracing::warn!(component, %failure, "the shared instance ended: its state is lost"),
        None => tracing::warn!(
            component,
            "a component that the shared instance is linked to ended: its state is lost"
        ),
    }
}

/// A call's place in the queue.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(waiting: &'a AtomicUsize, limit: usize) -> Option<Self> {
        let more = |count: usize| (count < limit).then_some(count + 1);
        waiting
            .fetch_update(Relaxed, Relaxed, more)
            .ok()
            .map(|_| Place(waiting))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

/// The part of its time that a call which waits in vain keeps for its answer's way back: where it waits for itself, its
/// caller has the same deadline, and would not hear why.
const PART_TO_ANSWER: u32 = 16;
const LONGEST_TO_ANSWER: Duration = Duration::from_millis(100);
