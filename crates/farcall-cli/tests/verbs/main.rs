//! The verbs as a user types them: what goes where, with which exit code. Bad input is in `bad_input`.

#[path = "../harness/mod.rs"]
mod harness;

mod call;
mod config;
mod diff;
mod drain;
mod inspect;
mod openapi;
mod policy;
mod run;
mod serve;
