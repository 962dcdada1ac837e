//! The verbs as a user types them: what goes where, with which exit code. Bad input is in `bad_input`.

#[path = "../harness/mod.rs"]
mod harness;

mod call;
mod drain;
mod inspect;
mod run;
mod serve;
