//! Much at once: calls, callers, endpoints, components. How fast anything is is not measured here.

#[path = "../harness/mod.rs"]
mod harness;

mod calls;
mod endpoints;
mod folder;
