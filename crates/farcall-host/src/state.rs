//! What a store holds: its WASI, its meter, its way out, and the context of the call that runs.
//!
//! Not here: anything that outlives the store.

use crate::limits::{Limits, Meter, Pool};
use crate::live::Budget;
use crate::transport::{CallContext, Transport};
use std::sync::Arc;
use std::time::Instant;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

pub(crate) struct State {
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) context: Arc<CallContext>,
    /// When the engine ends the call that runs.
    pub(crate) ends: Instant,
    pub(crate) message_limit: usize,
    pub(crate) meter: Meter,
    wasi: WasiCtx,
    handles: ResourceTable,
}

impl State {
    pub(crate) fn new(
        wasi: WasiCtx,
        limits: &Limits,
        memory: Arc<Pool>,
        transport: Arc<dyn Transport>,
        budget: &Budget,
    ) -> Self {
        let mut handles = ResourceTable::new();
        handles.set_max_capacity(limits.handles);
        Self {
            transport,
            context: Arc::clone(&budget.context),
            ends: budget.ends,
            message_limit: limits.message,
            meter: Meter::new(limits, memory),
            wasi,
            handles,
        }
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.handles,
        }
    }
}
