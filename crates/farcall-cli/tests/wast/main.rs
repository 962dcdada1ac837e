//! `farcall wast`: WebAssembly's own scripts with every call over a connection, and what a script that is wrong is told.

#[path = "../harness/mod.rs"]
mod harness;

mod own;
mod specification;
