//! An instance in its store, armed for one call at a time, and the one step that every policy shares: a call through its
//! door.
//!
//! Not here: who keeps an instance between calls (`kept`, `pooled`, `shared`), and how one is made (`program`).

use crate::code::Code;
use crate::door::{DISPATCH, Status};
use crate::failure::{DeadlinePassed, Failure};
use crate::limits::Limits;
use crate::plain_instance::PlainInstance;
use crate::state::State;
use crate::transport::CallContext;
use std::sync::Arc;
use std::time::{Duration, Instant};
use wasmtime::component::{Instance, TypedFunc};
use wasmtime::{Store, Trap, UpdateDeadline};

/// What a call may take.
pub(crate) struct Budget {
    pub(crate) context: Arc<CallContext>,
    /// When the engine ends it. The context's deadline, unless the call may go on without its caller.
    pub(crate) ends: Instant,
    /// The time that it had, for the failure to name.
    pub(crate) allowed: Duration,
}

impl Budget {
    /// For a store in which nothing runs.
    pub(crate) fn none() -> Self {
        let context = CallContext::within(Duration::ZERO);
        Self {
            ends: context.deadline,
            allowed: Duration::ZERO,
            context: Arc::new(context),
        }
    }
}

/// A skeleton's `call`.
pub(crate) type Door = TypedFunc<(u32, &'static [u8]), (Result<Vec<u8>, Status>,)>;

/// What was instantiated.
pub(crate) enum Kind {
    Component(Instance, Option<Door>),
    /// The modules that are in the store; a program's own is the first.
    Plain(Vec<PlainInstance>),
}

/// An instance in its store.
pub(crate) struct Live {
    pub(crate) store: Store<State>,
    pub(crate) kind: Kind,
    calls: u64,
    sound: bool,
}

impl Live {
    pub(crate) fn new(store: Store<State>, kind: Kind) -> Self {
        Self {
            store,
            kind,
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

    /// One call through the door that `code` has, or that plain module has. Both an answer and a refusal leave the
    /// instance sound.
    pub(crate) async fn dispatch(
        &mut self,
        code: &Code,
        module: usize,
        function: u32,
        request: &[u8],
        limits: &Limits,
        budget: &Budget,
    ) -> Result<Vec<u8>, Failure> {
        self.sound = false;
        self.calls += 1;
        let answer = match &mut self.kind {
            Kind::Component(instance, door) => {
                let door: Door = match *door {
                    Some(door) => door,
                    None => {
                        let call = &code.dispatch().ok_or(Failure::NoDoor(DISPATCH))?.call;
                        let found = instance.get_typed_func(&mut self.store, call);
                        *door.insert(found.map_err(|error| Failure::Instance(format!("{error:#}")))?)
                    }
                };
                let answer = door.call_async(&mut self.store, (function, request)).await;
                answer.map(|(response,)| response)
            }
            Kind::Plain(modules) => {
                let door = modules.get(module).and_then(|module| module.door.as_ref());
                let door = door.ok_or(Failure::NoDoor(DISPATCH))?;
                door.call(&mut self.store, function, request).await
            }
        };
        let response = answer.map_err(|error| {
            self.sound = code.survives_traps() && error.is::<Trap>();
            Failure::in_call(&error, &self.store, limits, budget.allowed)
        })?;
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
