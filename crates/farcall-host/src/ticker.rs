//! The clock of epoch interruption: while calls run, every engine's epoch advances by one each tick.
//!
//! Not here: what a tick means to a call (`program` sets that on its store).

use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle, Thread};
use std::time::Duration;
use wasmtime::Engine;

/// How long a busy guest holds a worker thread before other tasks get their turn, and how exactly a deadline is met.
pub(crate) const TICK: Duration = Duration::from_millis(2);

/// A thread that ticks while calls run and sleeps when none do. Dropping it stops the thread.
pub(crate) struct Ticker {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    engines: Mutex<Vec<Engine>>,
    running: AtomicUsize,
    asleep: AtomicBool,
    stopped: AtomicBool,
}

impl Ticker {
    pub(crate) fn start() -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let thread = thread::Builder::new().name("farcall-ticker".into()).spawn({
            let shared = Arc::clone(&shared);
            move || shared.tick()
        })?;
        Ok(Self {
            shared,
            thread: Some(thread),
        })
    }

    pub(crate) fn add(&self, engine: &Engine) {
        self.shared
            .engines
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(engine.clone());
    }

    /// A call runs until what is returned is dropped.
    pub(crate) fn run(&self) -> Running<'_> {
        self.shared.running.fetch_add(1, SeqCst);
        // Either the thread sees the call before it parks, or this sees that it is about to park.
        if self.shared.asleep.load(SeqCst) {
            self.thread().map(Thread::unpark);
        }
        Running(&self.shared)
    }

    fn thread(&self) -> Option<&Thread> {
        self.thread.as_ref().map(JoinHandle::thread)
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.shared.stopped.store(true, SeqCst);
        self.thread().map(Thread::unpark);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn tick(&self) {
        let mut idle_ticks = 0;
        while !self.stopped.load(SeqCst) {
            for engine in &*self.engines.lock().unwrap_or_else(PoisonError::into_inner) {
                engine.increment_epoch();
            }
            idle_ticks = if self.running.load(SeqCst) == 0 {
                idle_ticks + 1
            } else {
                0
            };
            if idle_ticks < LINGER_TICKS {
                thread::park_timeout(TICK);
                continue;
            }
            self.asleep.store(true, SeqCst);
            if self.running.load(SeqCst) == 0 && !self.stopped.load(SeqCst) {
                thread::park();
            }
            self.asleep.store(false, SeqCst);
            idle_ticks = 0;
        }
    }
}

/// One running call.
pub(crate) struct Running<'a>(&'a Shared);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, SeqCst);
    }
}

/// Ticks without a call before the thread sleeps: waking it costs a call some microseconds, so not after each one.
const LINGER_TICKS: u32 = 500;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticker_that_sleeps_wakes_for_a_call_and_stops_when_dropped() {
        let ticker = Ticker::start().unwrap();
        let asleep = || ticker.shared.asleep.load(SeqCst);
        while !asleep() {
            thread::yield_now();
        }
        let running = ticker.run();
        while asleep() {
            thread::yield_now();
        }
        drop(running);
        drop(ticker);
    }
}
