//! `farcall new`, `bindings` and `componentize` as a user types them; a project in every language is built, served and called.
//!
//! Installs nothing: the tools are those that `cargo xtask guests` has installed. A language without them is skipped, with
//! the reason, unless `FARCALL_REQUIRE_ALL` is 1.

#[path = "../harness/mod.rs"]
mod harness;

mod projects;
mod tools;
mod verbs;
