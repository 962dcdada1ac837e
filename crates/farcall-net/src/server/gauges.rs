//! What a server counts. Keeps no history and no labels.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// A server's counters.
#[derive(Debug, Default)]
pub struct ServerGauges {
    connections_accepted: AtomicU64,
    calls_running: AtomicUsize,
    calls_started: AtomicU64,
}

impl ServerGauges {
    /// Connections accepted since the start.
    pub fn connections_accepted(&self) -> u64 {
        self.connections_accepted.load(Ordering::Relaxed)
    }

    /// Calls whose function runs now.
    pub fn calls_running(&self) -> usize {
        self.calls_running.load(Ordering::Relaxed)
    }

    /// Calls whose function was started since the start.
    pub fn calls_started(&self) -> u64 {
        self.calls_started.load(Ordering::Relaxed)
    }

    pub(super) fn connection_accepted(&self) {
        self.connections_accepted.fetch_add(1, Ordering::Relaxed);
    }

    /// Count one call until the result is dropped; `None` if `limit` calls run already.
    pub(super) fn start_call(self: &Arc<Self>, limit: usize) -> Option<RunningCall> {
        let running = RunningCall(self.clone());
        if self.calls_running.fetch_add(1, Ordering::Relaxed) >= limit {
            return None;
        }
        self.calls_started.fetch_add(1, Ordering::Relaxed);
        Some(running)
    }
}

/// One running call.
pub(super) struct RunningCall(Arc<ServerGauges>);

impl Drop for RunningCall {
    fn drop(&mut self) {
        self.0.calls_running.fetch_sub(1, Ordering::Relaxed);
    }
}
