//! Served components called with other people's libraries and tools, and through other people's proxies.
//!
//! Installs nothing: `cargo xtask test` does, under `target/foreign`. What is not there is skipped, with the reason, unless
//! `FARCALL_REQUIRE_ALL` is 1. What the answers to a Rust client are is tested elsewhere.

#[path = "../harness/mod.rs"]
mod harness;

mod clients;
mod conformance;
mod curl;
mod grpcurl;
mod health;
mod interop;
mod paths;
mod proxies;
mod tools;
