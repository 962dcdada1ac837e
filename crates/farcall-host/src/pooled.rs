//! Instances that are used again: the pool of a program, and what all pools of a host give up when room is needed.
//!
//! Not here: what a call may use while it runs (`limits`, `live`).

use crate::failure::Failure;
use crate::live::Live;
use crate::program::Program;
use crate::transport::CallContext;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

/// A program whose instances are used again.
pub(crate) struct Pooled {
    program: Program,
    idle: Arc<Idle>,
}

impl Pooled {
    pub(crate) fn new(program: Program) -> Self {
        let idle = Arc::default();
        program.resting().add(&idle);
        Self { program, idle }
    }

    /// As `Program::call`. Whatever ends the call early drops its instance, which is in nobody else's hands meanwhile.
    pub(crate) async fn call(&self, function: u32, request: &[u8], context: CallContext) -> Result<Vec<u8>, Failure> {
        let program = &self.program;
        let budget = program.budget(context);
        let call = async {
            let mut live = match self.idle.take() {
                Some(mut live) => {
                    live.arm(&budget);
                    live
                }
                None => Box::new(program.instance(&budget).await?),
            };
            let answer = program.dispatch(&mut live, function, request, &budget).await;
            self.put_back(live);
            answer
        };
        program.guarded(&budget, call).await
    }

    fn put_back(&self, live: Box<Live>) {
        let limits = self.program.limits();
        let stays =
            live.is_reusable() && live.calls() < limits.calls_per_instance && !self.program.memory().is_scarce();
        if stays && self.idle.put(live, limits.idle_instances) == Watch::Wanted {
            tokio::spawn(Watcher::new(&self.idle).watch(limits.idle_time));
        }
    }
}

/// The instances of one pool that no call is in.
#[derive(Default)]
struct Idle {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    /// The one that became idle last is the last, and the next to be used: its memory is warm.
    stack: Vec<(Instant, Box<Live>)>,
    watched: bool,
}

/// Whether somebody has yet to see to it that idle instances end.
#[derive(PartialEq, Eq)]
enum Watch {
    Wanted,
    Unneeded,
}

impl Idle {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Option<Box<Live>> {
        self.lock().stack.pop().map(|(_, live)| live)
    }

    fn put(&self, live: Box<Live>, limit: usize) -> Watch {
        let mut inner = self.lock();
        if inner.stack.len() >= limit {
            // Dropping a store takes longer than the others should wait.
            drop(inner);
            return Watch::Unneeded;
        }
        inner.stack.push((Instant::now(), live));
        match std::mem::replace(&mut inner.watched, true) {
            true => Watch::Unneeded,
            false => Watch::Wanted,
        }
    }

    /// The older half, rounded up.
    fn older_half(&self) -> Vec<(Instant, Box<Live>)> {
        let mut inner = self.lock();
        let count = inner.stack.len().div_ceil(2);
        inner.stack.drain(..count).collect()
    }

    /// End what has idled since before `now - time`; when the next one is due, or `None` when there is none, and
    /// nobody watches any more.
    fn expire(&self, now: Instant, time: Duration) -> Option<Instant> {
        let mut inner = self.lock();
        let due = |since: Instant| since.checked_add(time).is_some_and(|due| due <= now);
        let count = inner.stack.iter().take_while(|(since, _)| due(*since)).count();
        let expired: Vec<_> = inner.stack.drain(..count).collect();
        let next = inner
            .stack
            .first()
            .map(|(since, _)| since.checked_add(time).unwrap_or(*since + FAR));
        inner.watched = next.is_some();
        drop(inner);
        drop(expired);
        next
    }
}

/// Ends idle instances when their time has come. It does not keep the pool alive.
struct Watcher {
    idle: Weak<Idle>,
    done: bool,
}

impl Watcher {
    fn new(idle: &Arc<Idle>) -> Self {
        Self {
            idle: Arc::downgrade(idle),
            done: false,
        }
    }

    async fn watch(mut self, time: Duration) {
        loop {
            let next = self.idle.upgrade().and_then(|idle| idle.expire(Instant::now(), time));
            match next {
                Some(due) => tokio::time::sleep_until(due.into()).await,
                None => {
                    self.done = true;
                    return;
                }
            }
        }
    }
}

impl Drop for Watcher {
    /// A runtime that stops drops its tasks; the pool may live on in another.
    fn drop(&mut self) {
        if let (false, Some(idle)) = (self.done, self.idle.upgrade()) {
            idle.lock().watched = false;
        }
    }
}

/// Every pool of a host. Idle instances hold places and memory that a call of any program may need.
#[derive(Default)]
pub(crate) struct Resting {
    pools: Mutex<Vec<Weak<Idle>>>,
}

impl Resting {
    fn add(&self, idle: &Arc<Idle>) {
        let mut pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        pools.retain(|pool| pool.strong_count() > 0);
        pools.push(Arc::downgrade(idle));
    }

    /// End the older half of what idles in each pool; whether there was any.
    pub(crate) fn release(&self) -> bool {
        let pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let released = pools
            .iter()
            .filter_map(Weak::upgrade)
            .map(|idle| idle.older_half().len());
        released.sum::<usize>() > 0
    }
}

/// Further than any time that matters here.
const FAR: Duration = Duration::from_secs(365 * 24 * 3600);
