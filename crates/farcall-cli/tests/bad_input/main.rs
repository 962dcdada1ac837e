//! Bad input gets a clear error, nothing is lost, nobody else is disturbed. What goes well is in `verbs`.

#[path = "../harness/mod.rs"]
mod harness;

mod calls;
mod files;
mod guests;
mod interrupts;
mod messages;
mod mutations;
mod peers;
