//! What a store holds: its WASI, its meter, its way out, and the context of the call that runs.
//!
//! Not here: anything that outlives the store.

use crate::device_table::DeviceTable;
use crate::grants::Guest;
use crate::limits::{Limits, Meter, Pool};
use crate::live::Budget;
use crate::transport::{CallContext, Transport};
use std::sync::Arc;
use std::time::Instant;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::p1::WasiP1Ctx;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

pub(crate) struct State {
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) context: Arc<CallContext>,
    /// When the engine ends the call that runs.
    pub(crate) ends: Instant,
    pub(crate) message_limit: usize,
    pub(crate) meter: Meter,
    guest: Arc<Guest>,
    /// Made when the guest first asks for anything: most calls never do, and it costs more than the rest of a small one.
    wasi: Option<Box<WasiCtx>>,
    handles: ResourceTable,
    /// The same for a plain module.
    pub(crate) preview1: Option<Box<WasiP1Ctx>>,
    /// Its descriptors of the device.
    pub(crate) device: Option<DeviceTable>,
}

impl State {
    pub(crate) fn new(
        guest: Arc<Guest>,
        wasi: Option<Box<WasiCtx>>,
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
            guest,
            wasi,
            handles,
            preview1: None,
            device: None,
        }
    }

    pub(crate) fn preview1(&mut self) -> &mut WasiP1Ctx {
        let Self { guest, preview1, .. } = self;
        preview1.get_or_insert_with(|| Box::new(guest.preview1_without_dirs()))
    }

    pub(crate) fn preview1_and_device(&mut self) -> (&mut WasiP1Ctx, Option<&mut DeviceTable>) {
        let Self {
            guest,
            preview1,
            device,
            ..
        } = self;
        let preview1 = preview1.get_or_insert_with(|| Box::new(guest.preview1_without_dirs()));
        (preview1, device.as_mut())
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        let Self {
            guest, wasi, handles, ..
        } = self;
        WasiCtxView {
            ctx: wasi.get_or_insert_with(|| Box::new(guest.context_without_dirs())),
            table: handles,
        }
    }
}
