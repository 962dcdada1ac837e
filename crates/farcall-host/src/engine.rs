//! The two engines: one for components without asynchronous types, one for the rest, each with its pool and its linker.
//!
//! Not here: which of them a component needs (`inspect`).

use crate::host::HostConfig;
use crate::state::State;
use crate::{context, plain_instance, preview1, transport};
use std::collections::HashSet;
use wasmtime::component::Linker;
use wasmtime::{Config, Enabled, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, WasmBacktraceDetails};

/// Which features of the component model an engine has. A store without concurrency costs less to make and to enter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Flavour {
    Synchronous,
    Asynchronous,
}

/// An engine and the linker that answers what every component may import.
pub(crate) struct Runtime {
    pub(crate) engine: Engine,
    pub(crate) linker: Linker<State>,
    /// What plain modules and their adapters may import.
    pub(crate) core: wasmtime::Linker<State>,
}

impl Runtime {
    pub(crate) fn new(flavour: Flavour, config: &HostConfig) -> wasmtime::Result<Self> {
        let engine = engine(flavour, config)?;
        let mut linker = Linker::new(&engine);
        wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
        transport::add_to_linker(&mut linker)?;
        context::add_to_linker(&mut linker)?;
        let mut core = wasmtime::Linker::new(&engine);
        preview1::add_to_linker(&mut core)?;
        plain_instance::add_to_linker(&mut core)?;
        Ok(Self { engine, linker, core })
    }
}

/// The names that [`Runtime::linker`] answers, without versions.
pub(crate) fn answered() -> HashSet<&'static str> {
    ANSWERED.iter().copied().collect()
}

fn engine(flavour: Flavour, config: &HostConfig) -> wasmtime::Result<Engine> {
    let mut settings = settings(flavour);
    settings.allocation_strategy(InstanceAllocationStrategy::Pooling(pool(config)));
    Engine::new(&settings).or_else(|error| {
        // The pool reserves terabytes of addresses, which a machine may forbid.
        tracing::warn!(%error, "no pool of instances: each one is allocated on its own");
        settings.allocation_strategy(InstanceAllocationStrategy::OnDemand);
        Engine::new(&settings)
    })
}

fn settings(flavour: Flavour) -> Config {
    let mut settings = Config::new();
    settings
        .wasm_component_model_map(true)
        .wasm_component_model_fixed_length_lists(true)
        .concurrency_support(flavour == Flavour::Asynchronous)
        .epoch_interruption(true)
        .wasm_backtrace_details(WasmBacktraceDetails::Disable)
        .max_wasm_stack(WASM_STACK)
        .async_stack_size(WASM_STACK + HOST_STACK);
    if flavour == Flavour::Asynchronous {
        settings.wasm_component_model_async(true);
    }
    settings
}

fn pool(config: &HostConfig) -> PoolingAllocationConfig {
    let instances = config.instances.max(1);
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(instances)
        .total_stacks(instances)
        .total_core_instances(instances.saturating_mul(CORE_INSTANCES_EACH))
        .total_memories(instances.saturating_mul(MEMORIES_EACH))
        .total_tables(instances.saturating_mul(TABLES_EACH))
        .max_component_instance_size(INSTANCE_BYTES)
        .max_core_instance_size(INSTANCE_BYTES)
        .max_memories_per_module(MEMORIES_PER_MODULE)
        .max_tables_per_module(TABLES_PER_MODULE)
        .table_elements(TABLE_ELEMENTS)
        // A kept page costs a memset at each reset unless the kernel can say which pages were touched.
        .pagemap_scan(Enabled::Auto);
    if PoolingAllocationConfig::is_pagemap_scan_available() {
        pool.linear_memory_keep_resident(RESIDENT_MEMORY_BYTES)
            .table_keep_resident(RESIDENT_TABLE_BYTES);
    }
    pool
}

/// Deep recursion in guests (parsers, JavaScript) wants more than the engine's half MiB.
const WASM_STACK: usize = 1 << 20;
/// What host functions called from the guest's stack may use of it.
const HOST_STACK: usize = 1 << 20;

/// Averages over the instances that are alive: an adapter per link, and the shims of the toolchain, come with each.
const CORE_INSTANCES_EACH: u32 = 20;
const MEMORIES_EACH: u32 = 3;
const TABLES_EACH: u32 = 6;

/// Bookkeeping of one instance: JavaScript engines have tens of thousands of functions.
const INSTANCE_BYTES: usize = 4 << 20;
const MEMORIES_PER_MODULE: u32 = 4;
const TABLES_PER_MODULE: u32 = 8;
/// Go and Python fill tables with every function that they have.
const TABLE_ELEMENTS: usize = 100_000;
/// Of each memory that was used once: a message of this size costs no page faults.
const RESIDENT_MEMORY_BYTES: usize = 1 << 20;
const RESIDENT_TABLE_BYTES: usize = 256 << 10;

const ANSWERED: &[&str] = &[
    "wasm-rpc:core/context",
    "wasm-rpc:core/transport",
    "wasi:cli/environment",
    "wasi:cli/exit",
    "wasi:cli/stderr",
    "wasi:cli/stdin",
    "wasi:cli/stdout",
    "wasi:cli/terminal-input",
    "wasi:cli/terminal-output",
    "wasi:cli/terminal-stderr",
    "wasi:cli/terminal-stdin",
    "wasi:cli/terminal-stdout",
    "wasi:clocks/monotonic-clock",
    "wasi:clocks/wall-clock",
    "wasi:filesystem/preopens",
    "wasi:filesystem/types",
    "wasi:io/error",
    "wasi:io/poll",
    "wasi:io/streams",
    "wasi:random/insecure",
    "wasi:random/insecure-seed",
    "wasi:random/random",
    "wasi:sockets/instance-network",
    "wasi:sockets/ip-name-lookup",
    "wasi:sockets/network",
    "wasi:sockets/tcp",
    "wasi:sockets/tcp-create-socket",
    "wasi:sockets/udp",
    "wasi:sockets/udp-create-socket",
];
