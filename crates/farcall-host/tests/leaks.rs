//! A million calls, traps among them, leave nothing behind: resident memory, mapped regions, open files and instances are
//! what they were.

#![cfg(target_os = "linux")]

mod fixtures;

use bytes::Bytes;
use farcall_host::{Closed, Failure, Host, Instances, Limits, Policy};
use fixtures::*;
use futures_util::FutureExt;
use std::fs;
use std::sync::Arc;
use tokio::sync::{Mutex, MutexGuard};

/// One after another: what is compared is the process's.
async fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::const_new(());
    ALONE.lock().await
}

#[derive(Debug)]
struct Held {
    resident: usize,
    regions: usize,
    files: usize,
}

impl Held {
    fn now() -> Self {
        let status = fs::read_to_string("/proc/self/status").unwrap();
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        let kibibytes: usize = resident.trim().trim_end_matches(" kB").parse().unwrap();
        Self {
            resident: kibibytes << 10,
            regions: fs::read_to_string("/proc/self/maps").unwrap().lines().count(),
            files: fs::read_dir("/proc/self/fd").unwrap().count(),
        }
    }

    /// A byte a call would be some hundred thousand; what the allocator does with its own is less than this.
    fn assert_no_more_than(&self, before: &Held) {
        assert!(
            self.resident <= before.resident + SLACK_BYTES,
            "{before:?}, then {self:?}"
        );
        assert!(
            self.regions <= before.regions + SLACK_REGIONS,
            "{before:?}, then {self:?}"
        );
        assert!(self.files <= before.files + SLACK_FILES, "{before:?}, then {self:?}");
    }
}

const SLACK_BYTES: usize = 2 << 20;
const SLACK_REGIONS: usize = 32;
const SLACK_FILES: usize = 2;
/// One of so many calls traps, one is refused, one is dropped.
const PERIOD: usize = 100;

async fn calls(instances: &Instances, callers: usize, calls_in_all: usize) {
    let callers = (0..callers).map(|_| {
        let instances = instances.clone();
        let calls = calls_in_all / callers;
        tokio::spawn(async move {
            for number in 0..calls {
                match number % PERIOD {
                    0 => {
                        let failure = instances.call(state::TRAP, Bytes::new(), soon()).await.unwrap_err();
                        assert!(matches!(failure, Failure::Trap { .. }), "{failure}");
                    }
                    1 => {
                        let failure = instances.call(state::REFUSE, Bytes::new(), soon()).await.unwrap_err();
                        assert!(matches!(failure, Failure::Refused(_)), "{failure}");
                    }
                    2 => {
                        let _ = instances.call(state::COUNT, Bytes::new(), soon()).now_or_never();
                    }
                    _ => {
                        let request = Bytes::from_static(&[16, 0, 0, 0]);
                        let answer = instances.call(state::WIDE, request, soon()).await;
                        assert_eq!(answer.map(|bytes| bytes.len()), Ok(16));
                    }
                }
            }
        })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await.unwrap();
    }
}

async fn leaves_nothing(policy: Policy, calls_in_all: usize) {
    let _alone = alone().await;
    let host = Host::default();
    let instances = stateful(&host, policy, Limits::default(), Arc::new(Closed));
    calls(&instances, 4, calls_in_all / 10).await;
    let before = Held::now();
    calls(&instances, 4, calls_in_all).await;
    let after = Held::now();
    println!("{policy}: {before:?}, after {calls_in_all} calls {after:?}");
    after.assert_no_more_than(&before);
    let alive = host.usage().instances;
    assert!(alive <= 4, "{alive} instances alive");
    drop(instances);
    assert_eq!(host.usage().instances, 0);
    assert_eq!(host.usage().memory, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_thousand_fresh_calls_leave_nothing() {
    leaves_nothing(Policy::Fresh, 200_000).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_hundred_thousand_pooled_calls_leave_nothing() {
    leaves_nothing(Policy::Pooled, 400_000).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_hundred_thousand_shared_calls_leave_nothing() {
    leaves_nothing(Policy::Shared, 400_000).await;
}
