//! The examples, as their readers would try them: each README's commands run, and print what it says; then what a README
//! only tells is done too.
//!
//! Builds no component: `cargo xtask guests` does, by each example's own `build.sh`. One that is not built is skipped, with
//! the reason, unless `FARCALL_REQUIRE_ALL` is 1.

#[path = "../harness/mod.rs"]
mod harness;

mod faas;
mod hello;
mod image_thumbnail;
mod picture;
mod reader;
mod word_count;
