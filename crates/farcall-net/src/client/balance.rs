//! Which of a target's endpoints a call goes to: the less busy one of two taken at random, those that are down left out.
//! Sends nothing.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::config::ClientConfig;
use super::pool::Pool;
use crate::status::{Code, Status};
use crate::target::Target;

/// The endpoints of a target, in its order, each with its connections.
pub(super) struct Balance {
    pools: Vec<Arc<Pool>>,
    random: AtomicU64,
}

impl Balance {
    pub(super) fn new(target: &Target, config: &ClientConfig) -> Balance {
        let are_several = target.endpoints().nth(1).is_some();
        let pools = target.endpoints();
        Balance {
            pools: pools
                .map(|endpoint| Pool::new(endpoint.clone(), config.clone(), are_several))
                .collect(),
            random: AtomicU64::new(RandomState::new().hash_one(0)),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.pools.len()
    }

    /// The next endpoint for a call; `None` when it has tried all. Two are drawn, for the less busy of two is nearly as
    /// good a choice as the least busy of all, and callers that decide alike do not all choose the same one.
    pub(super) fn pick(&self, tried: &Tried) -> Option<(usize, &Arc<Pool>)> {
        let count = self.pools.len();
        let random = self.random();
        let from = |start: u64, is_fit: &dyn Fn(usize, &Arc<Pool>) -> bool| {
            let start = usize::try_from(start % (count as u64)).unwrap_or(0);
            let (before, after) = self.pools.split_at_checked(start)?;
            let behind = after.iter().enumerate().map(|(index, pool)| (index + start, pool));
            behind
                .chain(before.iter().enumerate())
                .find(|(index, pool)| is_fit(*index, pool))
        };
        let is_well = |index, pool: &Arc<Pool>| !tried.has(index) && tried.last != Some(index) && pool.is_well();
        let one = from(random >> 32, &is_well);
        let other = from(random & u64::from(u32::MAX), &is_well);
        match (one, other) {
            (Some(one), Some(other)) if other.1.load() < one.1.load() => Some(other),
            (Some(one), _) => Some(one),
            // None is known to be well: the others are asked too, the one that was asked last at the very end.
            (None, _) => from(random, &|index, _| !tried.has(index) && tried.last != Some(index))
                .or_else(|| from(random, &|index, _| !tried.has(index))),
        }
    }

    /// The status of a call that no endpoint took.
    pub(super) fn taken_by_none(&self, tried: Tried) -> Status {
        let mut failures = tried.failures;
        if failures.len() < 2 {
            return failures.pop().map_or_else(
                || Status::not_run(Code::Unavailable, "there is no endpoint"),
                |(_, status)| status,
            );
        }
        failures.sort_by_key(|(index, _)| *index);
        let mut message = format!("none of {} endpoints takes the call", failures.len());
        for (at, (index, status)) in failures.iter().enumerate() {
            message.push_str(if at == 0 { ": " } else { "; " });
            if let Some(pool) = self.pools.get(*index) {
                let endpoint = pool.endpoint().to_string();
                if !status.message.contains(&endpoint) {
                    message.push_str(&endpoint);
                    message.push_str(": ");
                }
            }
            message.push_str(&status.message);
        }
        Status::not_run(Code::Unavailable, message).reason("NO_ENDPOINT")
    }

    /// splitmix64: one addition on the way of a call, no lock.
    fn random(&self) -> u64 {
        let step = 0x9e37_79b9_7f4a_7c15;
        let mut value = self.random.fetch_add(step, Ordering::Relaxed).wrapping_add(step);
        value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        value ^ (value >> 31)
    }
}

/// Where a call has been.
#[derive(Default)]
pub(super) struct Tried {
    failures: Vec<(usize, Status)>,
    is_tried: Vec<bool>,
    /// Worth another attempt, but elsewhere rather than there.
    last: Option<usize>,
}

impl Tried {
    /// The endpoint does not take this call.
    pub(super) fn refused(&mut self, index: usize, status: Status) {
        if self.is_tried.len() <= index {
            self.is_tried.resize(index + 1, false);
        }
        if let Some(slot) = self.is_tried.get_mut(index) {
            *slot = true;
        }
        self.failures.push((index, status));
        self.last = None;
    }

    /// The attempt failed; another one at the same endpoint may go well.
    pub(super) fn failed_at(&mut self, index: usize) {
        self.last = Some(index);
    }

    fn has(&self, index: usize) -> bool {
        self.is_tried.get(index).copied().unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn balance() -> Balance {
        let target = "http://a:1,http://b:2,unix:/c".parse().unwrap();
        Balance::new(&target, &ClientConfig::default())
    }

    #[test]
    fn every_endpoint_is_picked_and_none_twice_by_one_call() {
        let balance = balance();
        let mut firsts = [0; 3];
        for _ in 0..300 {
            let mut tried = Tried::default();
            let mut order = Vec::new();
            while let Some((index, _)) = balance.pick(&tried) {
                order.push(index);
                tried.refused(index, Status::not_run(Code::Unavailable, "no"));
            }
            firsts[order[0]] += 1;
            order.sort_unstable();
            assert_eq!(order, [0, 1, 2]);
        }
        assert!(firsts.iter().all(|count| *count > 50), "{firsts:?}");
    }

    #[test]
    fn a_busy_endpoint_is_picked_less() {
        let balance = balance();
        let busy: Vec<_> = (0..10).map(|_| balance.pools[0].enter()).collect();
        let picked = |wanted| {
            (0..300)
                .filter(|_| balance.pick(&Tried::default()).unwrap().0 == wanted)
                .count()
        };
        // Only where both draws are the busy one: one in nine.
        assert!(picked(0) < 80, "{}", picked(0));
        drop(busy);
        assert!(picked(0) > 50, "{}", picked(0));
    }

    #[test]
    fn the_endpoint_that_failed_last_is_asked_again_at_the_end() {
        let balance = balance();
        let mut tried = Tried::default();
        tried.failed_at(1);
        for _ in 0..100 {
            assert_ne!(balance.pick(&tried).unwrap().0, 1);
        }
        for index in [0, 2] {
            tried.refused(index, Status::not_run(Code::Unavailable, "no"));
            tried.failed_at(1);
        }
        assert_eq!(balance.pick(&tried).unwrap().0, 1);
    }

    #[test]
    fn the_status_of_a_call_that_none_took_names_all() {
        let mut tried = Tried::default();
        for (index, message) in [(2, "unix:/c is gone"), (0, "later"), (1, "no")] {
            tried.refused(index, Status::not_run(Code::Unavailable, message));
        }
        let status = balance().taken_by_none(tried);
        assert_eq!(
            status.message,
            "none of 3 endpoints takes the call: http://a:1: later; http://b:2: no; unix:/c is gone"
        );
        assert_eq!(status.executed, crate::status::Executed::No);
    }
}
