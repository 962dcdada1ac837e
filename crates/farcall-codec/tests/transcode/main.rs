//! Messages of protobuf and JSON: vectors, bad input, random types, and what others make of the same messages.
//!
//! Python's protobuf is asked where it is; without it that test is skipped, unless `FARCALL_REQUIRE_ALL` is 1.

mod bad_input;
mod forms;
mod limits;
mod openapi;
mod python;
#[path = "../random/mod.rs"]
mod random;
mod reflect;
mod round_trips;
mod subject;
mod vectors;
