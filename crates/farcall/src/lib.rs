//! Calls functions of WebAssembly components wherever they are, and serves them: WASM RPC for programs.
//!
//! Joins the host that runs components, the carriers that move bytes, and the forms of values. It is where text becomes
//! bytes and bytes become text; what runs guests never sees a value, what moves bytes never sees a type.
//!
//! ```text
//!  Client ── catalog, WAVE, bytes ──> Way ──┬──> Channel ═══ HTTP/2 ═══> Server ──> Registry ──> Component
//!                                           └──> Registry, in this process                          │ its stub's calls
//!                                                                       Way <── Outgoing <──────────┘ over its links
//! ```
//!
//! ```no_run
//! # async fn example() -> Result<(), farcall::Error> {
//! let client = farcall::Client::connect("http://127.0.0.1:7070")?;
//! let sum = client.call_text("demo:calc/ops.add(1, 2)", &Default::default()).await?;
//! assert_eq!(sum.text().as_deref(), Some("3"));
//! # Ok(())
//! # }
//! ```

pub mod bindings;
mod blame;
mod built_in;
mod catalog;
mod client;
mod code;
mod component;
mod config;
mod context;
mod description;
mod device;
mod device_module;
mod device_out;
mod device_program;
mod error;
mod folder;
mod inspect;
mod link;
mod plain;
mod plain_link;
mod plug;
mod registry;
mod script;
mod server;
mod settings;
mod standard_files;
mod status;
mod test_script;
mod transcode;
mod transport;
mod wasm;
mod way;

pub use bindings::{Answer, Call, Incoming, Native};
pub use blame::Blame;
pub use built_in::BuiltIn;
pub use catalog::{Catalog, Entry};
pub use client::{CallOptions, Client, ClientConfig, Outcome};
pub use component::{Component, ComponentConfig};
pub use config::{Config, Configured};
pub use description::{DescribedFunction, Document};
pub use device::DEVICE_PATH;
pub use error::Error;
pub use farcall_adapter::LeftOut;
pub use farcall_bindgen::bindgen;
pub use farcall_codec::Value;
pub use farcall_host::{CallContext, Dir, Failure, Grants, Host, HostConfig, Input, Limits, Output, Policy};
pub use farcall_net::{Address, Code, Cors, Executed, ServerConfig, Status, Target};
pub use farcall_wit as wit;
pub use folder::{COMPILED_AT_ONCE, Source, load_all};
pub use inspect::{Inspection, ProtoFile, inspect_file, inspect_target, offered};
pub use link::Links;
pub use registry::Registry;
pub use server::Server;
pub use settings::{Settings, components_in, dir};
pub use test_script::{Judgement, ScriptCarrier, ScriptEvent, Tally, UnknownCarrier, run_script};
