//! Runs components: compiled once, instantiated for each call, held to grants and limits, and moved bytes in and out of.
//!
//! This crate decodes no value, opens no connection, and knows neither WIT nor HTTP. A component that it is given already
//! has its stubs and skeletons inside, so that all which is left of an interface are two doors:
//!
//! ```text
//!   request bytes                                             request bytes
//!  ───────────────▶ wasm-rpc:core/dispatch ┌───────────┐ wasm-rpc:core/transport ───────────────▶
//!                                          │ component │
//!  ◀─────────────── or wasi:cli/run        └───────────┘ and WASI 0.2 as granted ◀───────────────
//!   response bytes, or a [`Failure`]                          response bytes, or a [`Status`]
//! ```
//!
//! * A [`Host`] is the engine and its clock, shared by all programs of a process.
//! * A [`Program`] is one compiled component with its [`Grants`], its [`Limits`] and its way out, a [`Transport`].
//! * A call gets an instance of its own; what it ends in is the response's bytes or a [`Failure`].
//! * [`Instances`] are a program under another [`Policy`]: instances that are used again, or a single one for all calls.
//!
//! ```no_run
//! use farcall_host::{CallContext, Closed, Grants, Host, HostConfig, Limits, Program};
//! use std::{sync::Arc, time::Duration};
//!
//! # async fn example(component: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
//! let host = Host::new(HostConfig::default());
//! let program = Program::load(&host, "calc", component, Grants::default(), Limits::default(), Arc::new(Closed))?;
//! let response = program.call(0, &[1, 2], CallContext::within(Duration::from_secs(5))).await?;
//! # Ok(()) }
//! ```

mod host;
mod instances;
mod program;

mod context;
mod door;
mod failure;
mod grants;
mod kept;
mod limits;
mod live;
mod load;
mod plain;
mod plain_instance;
mod pooled;
mod shared;
mod stage;
mod transport;

mod device;
mod device_file;
mod device_memory;
mod device_poll;
mod device_table;

mod cache;
mod code;
mod compile;
mod engine;
mod imports;
mod inspect;
mod output;
mod preview1;
mod state;
mod ticker;

pub use context::{Caller, Refusal};
pub use device::{Device, DeviceFile, DevicePathError, DeviceStream, DeviceWait};
pub use door::{Code, Method, Status};
pub use failure::{Executed, Failure};
pub use grants::{Dir, Grants, Input};
pub use host::{Host, HostConfig};
pub use instances::{Instances, Policy, UnknownPolicy};
pub use kept::Kept;
pub use limits::{Limits, Usage};
pub use load::LoadError;
pub use output::Output;
pub use plain::Plain;
pub use program::Program;
pub use stage::{GlobalValue, Stage, StageError, Staged};
pub use transport::{CallContext, Closed, Transport};
