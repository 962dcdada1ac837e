//! An instance in its store, armed for one call at a time, and the one step that every policy shares: a call through its
//! door.
//!
//! Not here: who keeps an instance between calls (`kept`, `pooled`, `shared`), and how one is made (`program`).

use crate::door::Status;
use crate::failure::{DeadlinePassed, Failure};
use crate::limits::Limits;
use crate::state::State;
use crate::transport::CallContext;
use std::sync::Arc;
use std::time::{Duration, Instant};
use wasmtime::component::{ComponentExportIndex, Instance, TypedFunc};
use wasmtime::{Store, UpdateDeadline};

/// What a call may take.
pub(crate) struct Budget {
    pub(crate) context: Arc<CallContext>,
    /// When the engine ends it. The context's deadline, unless the call may go on without its caller.
    pub(crate) ends: Instant,
    /// The time that it had, for the failure to name.
    pub(crate) allowed: Duration,
}

/// A skeleton's `call`.
type Door = TypedFunc<(u32, &'static [u8]), (Result<Vec<u8>, Status>,)>;

/// An instance in its store.
pub(crate) struct Live {
    pub(crate) store: Store<State>,
    pub(crate) instance: Instance,
    door: Option<Door>,
    calls: u64,
    sound: bool,
}

impl Live {
    pub(crate) fn new(store: Store<State>, instance: Instance) -> Self {
        Self {
            store,
            instance,
            door: None,
            calls: 0,
            sound: true,
        }
    }

    /// Make ready for another call: nothing of the last one's context, deadline or refused growth remains.
    pub(crate) fn arm(&mut self, budget: &Budget) {
        let state = self.store.data_mut();
        state.context = Arc::clone(&budget.context);
        state.ends = budget.ends;
        state.meter.forget_refusal();
        self.store.set_epoch_deadline(1);
    }

    /// One call. Both an answer and a refusal leave the instance sound.
    pub(crate) async fn dispatch(
        &mut self,
        call: &ComponentExportIndex,
        function: u32,
        request: &[u8],
        limits: &Limits,
        budget: &Budget,
    ) -> Result<Vec<u8>, Failure> {
        self.sound = false;
        self.calls += 1;
        let door: Door = match self.door {
            Some(door) => door,
            None => {
                let door = self.instance.get_typed_func(&mut self.store, call);
                *self
                    .door
                    .insert(door.map_err(|error| Failure::Instance(format!("{error:#}")))?)
            }
        };
        let answer = door.call_async(&mut self.store, (function, request)).await;
        let (response,) = answer.map_err(|error| Failure::in_call(&error, &self.store, limits, budget.allowed))?;
        self.sound = true;
        let response = response.map_err(Failure::Refused)?;
        match limits.message {
            limit if response.len() > limit => Err(Failure::TooLarge { limit }),
            _ => Ok(response),
        }
    }

    /// Whether another call may run in it: its last one returned, and what answers its imports is still there.
    pub(crate) fn is_reusable(&self) -> bool {
        self.sound && !self.store.data().transport.is_ended()
    }

    /// How many calls it has begun.
    pub(crate) fn calls(&self) -> u64 {
        self.calls
    }
}

/// Ends what runs in the store when the armed deadline has passed. Set once; what is armed stands in the state.
pub(crate) fn watch(store: &mut Store<State>) {
    store.set_epoch_deadline(1);
    store.epoch_deadline_callback(|store| match Instant::now() < store.data().ends {
        true => Ok(UpdateDeadline::Yield(1)),
        false => Err(wasmtime::Error::new(DeadlinePassed)),
    });
}
