//! What one call may use, what may stay between calls, and the meter that holds a call to its part.
//!
//! Not here: time, which the call's deadline and the engine's ticker bound together (`program`, `ticker`).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use wasmtime::ResourceLimiter;

/// What one call of a program may use, and what may stay between its calls. Each limit names the attack that it stops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of linear memory, all memories of the call's instance together; 512 MiB. Stops a guest that allocates
    /// without end.
    pub memory: usize,
    /// Time for one call, from its start to its result, the time inside nested calls included; 30 s. Stops a guest
    /// that loops or waits for ever.
    pub deadline: Duration,
    /// Bytes of one request or response, in either direction; 4 MiB. Stops a guest that makes the host buffer what it
    /// claims to send.
    pub message: usize,
    /// Table elements, all tables of the call's instance together; 1,000,000. Stops growth outside linear memory.
    pub table_elements: usize,
    /// Core instances, and likewise memories and tables, within one component; 1,000. Stops a component that is small
    /// on disk and vast when instantiated.
    pub instances: usize,
    /// WASI handles open at once: files, streams, pollables; 10,000. Stops a guest that opens without closing.
    pub handles: usize,
    /// Descriptors of the device open at once; 16. One more is EMFILE. Stops a guest that opens without closing: each is a
    /// conversation that may hold some messages.
    pub descriptors: usize,
    /// Instances that idle between calls, under [`Policy::Pooled`](crate::Policy::Pooled); 64. Those past it end with
    /// their call. Stops one burst of calls from holding memory from then on.
    pub idle_instances: usize,
    /// How long an instance idles before it ends, under [`Policy::Pooled`](crate::Policy::Pooled); 60 s. Stops the same.
    pub idle_time: Duration,
    /// Calls that one instance takes, under [`Policy::Pooled`](crate::Policy::Pooled); 100,000. Stops a guest that loses
    /// a little memory with each call.
    pub calls_per_instance: u64,
    /// Calls that wait for the instance, under [`Policy::Shared`](crate::Policy::Shared); 1,000. One past it fails as
    /// [`Failure::Full`](crate::Failure::Full). Stops a flood of calls from piling up behind a slow one.
    pub waiting: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory: 512 << 20,
            deadline: Duration::from_secs(30),
            message: 4 << 20,
            table_elements: 1_000_000,
            instances: 1_000,
            handles: 10_000,
            descriptors: 16,
            idle_instances: 64,
            idle_time: Duration::from_secs(60),
            calls_per_instance: 100_000,
            waiting: 1_000,
        }
    }
}

impl Limits {
    /// What a guest may move into the host in one call of a host function, in bytes: a message and what comes with it,
    /// but never less than WASI needs to be useful.
    pub(crate) fn hostcall_fuel(&self) -> usize {
        self.message
            .saturating_add(MESSAGE_OVERHEAD)
            .max(SMALLEST_HOSTCALL_FUEL)
    }
}

/// What the instances of a host hold at this moment, those that idle included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Usage {
    /// Instances alive.
    pub instances: usize,
    /// Bytes of linear memory, all together.
    pub memory: usize,
}

/// Bytes of linear memory that all stores of a host may hold together.
#[derive(Debug)]
pub(crate) struct Pool {
    limit: usize,
    used: AtomicUsize,
    stores: AtomicUsize,
}

impl Pool {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            used: AtomicUsize::new(0),
            stores: AtomicUsize::new(0),
        }
    }

    pub(crate) fn usage(&self) -> Usage {
        Usage {
            instances: self.stores.load(Ordering::Relaxed),
            memory: self.used.load(Ordering::Relaxed),
        }
    }

    /// Whether so much is taken that nothing should be held that no call needs.
    pub(crate) fn is_scarce(&self) -> bool {
        self.used.load(Ordering::Relaxed) > self.limit / 2
    }

    fn take(&self, more: usize) -> bool {
        let sum = |used: usize| used.checked_add(more).filter(|sum| *sum <= self.limit);
        self.used
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, sum)
            .is_ok()
    }

    fn give(&self, back: usize) {
        self.used.fetch_sub(back, Ordering::Relaxed);
    }
}

/// Counts what one store holds, and remembers whether it had to refuse.
#[derive(Debug)]
pub(crate) struct Meter {
    pool: Arc<Pool>,
    memory: Account,
    table_elements: Account,
    instances: usize,
    refused: bool,
}

impl Meter {
    pub(crate) fn new(limits: &Limits, pool: Arc<Pool>) -> Self {
        pool.stores.fetch_add(1, Ordering::Relaxed);
        Self {
            pool,
            memory: Account::new(limits.memory),
            table_elements: Account::new(limits.table_elements),
            instances: limits.instances,
            refused: false,
        }
    }

    /// Whether growth was refused in this call: a guest seldom survives that, and traps in its own words.
    pub(crate) fn refused(&self) -> bool {
        self.refused
    }

    /// Another call begins, which is not to be blamed for what was refused to the last.
    pub(crate) fn forget_refusal(&mut self) {
        self.refused = false;
    }
}

impl ResourceLimiter for Meter {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        let mut granted = self.memory.grow(current, desired);
        if granted && !self.pool.take(self.memory.last) {
            self.memory.undo();
            granted = false;
        }
        self.refused |= !granted;
        Ok(granted)
    }

    fn memory_grow_failed(&mut self, _: wasmtime::Error) -> wasmtime::Result<()> {
        self.pool.give(self.memory.last);
        self.memory.undo();
        Ok(())
    }

    fn table_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        let granted = self.table_elements.grow(current, desired);
        self.refused |= !granted;
        Ok(granted)
    }

    fn table_grow_failed(&mut self, _: wasmtime::Error) -> wasmtime::Result<()> {
        self.table_elements.undo();
        Ok(())
    }

    fn instances(&self) -> usize {
        self.instances
    }

    fn tables(&self) -> usize {
        self.instances
    }

    fn memories(&self) -> usize {
        self.instances
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        self.pool.give(self.memory.used);
        self.pool.stores.fetch_sub(1, Ordering::Relaxed);
    }
}

#[derive(Debug)]
struct Account {
    used: usize,
    limit: usize,
    last: usize,
}

impl Account {
    fn new(limit: usize) -> Self {
        Self {
            used: 0,
            limit,
            last: 0,
        }
    }

    fn grow(&mut self, current: usize, desired: usize) -> bool {
        let more = desired.saturating_sub(current);
        self.last = 0;
        match self.used.checked_add(more) {
            Some(used) if used <= self.limit => {
                self.used = used;
                self.last = more;
                true
            }
            _ => false,
        }
    }

    /// The growth that was just granted did not happen: the memory's own maximum, or the system, stood against it.
    fn undo(&mut self) {
        self.used -= self.last;
        self.last = 0;
    }
}

/// Room for the method and the status that travel with a message.
const MESSAGE_OVERHEAD: usize = 64 << 10;
/// Guests write files in pieces of any size.
const SMALLEST_HOSTCALL_FUEL: usize = 16 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    fn meter(memory: usize) -> Meter {
        within(memory, &Arc::new(Pool::new(usize::MAX)))
    }

    fn within(memory: usize, pool: &Arc<Pool>) -> Meter {
        let limits = Limits {
            memory,
            ..Limits::default()
        };
        Meter::new(&limits, Arc::clone(pool))
    }

    #[test]
    fn stores_share_the_hosts_memory_and_give_it_back() {
        let pool = Arc::new(Pool::new(150));
        let (mut one, mut other) = (within(100, &pool), within(100, &pool));
        assert!(one.memory_growing(0, 100, None).unwrap());
        assert!(!other.memory_growing(0, 60, None).unwrap());
        assert!(other.refused() && !one.refused());
        assert!(other.memory_growing(0, 50, None).unwrap());
        drop(one);
        assert!(other.memory_growing(50, 100, None).unwrap());
        other.memory_grow_failed(wasmtime::Error::msg("full")).unwrap();
        assert!(within(100, &pool).memory_growing(0, 100, None).unwrap());
    }

    #[test]
    fn memories_of_a_store_share_one_limit() {
        let mut meter = meter(100);
        assert!(meter.memory_growing(0, 60, None).unwrap());
        assert!(meter.memory_growing(0, 40, None).unwrap());
        assert!(!meter.refused());
        assert!(!meter.memory_growing(60, 61, None).unwrap());
        assert!(meter.refused());
    }

    #[test]
    fn growth_that_failed_elsewhere_is_given_back() {
        let mut meter = meter(100);
        assert!(meter.memory_growing(0, 80, None).unwrap());
        meter.memory_grow_failed(wasmtime::Error::msg("full")).unwrap();
        assert!(meter.memory_growing(0, 100, None).unwrap());
        assert!(!meter.refused());
    }

    #[test]
    fn a_desire_past_every_number_is_refused() {
        let mut meter = meter(usize::MAX);
        assert!(meter.memory_growing(0, 10, None).unwrap());
        assert!(!meter.memory_growing(0, usize::MAX, None).unwrap());
    }
}
