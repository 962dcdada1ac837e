//! Messages of protobuf and JSON: vectors, bad input, random types, and what others make of the same messages.
//!
//! Python's and JavaScript's protobuf are asked where they are; without them those tests are skipped, unless `FARCALL_REQUIRE_ALL` is 1.

mod bad_input;
mod forms;
mod limits;
mod openapi;
mod others;
#[path = "../random/mod.rs"]
mod random;
mod reflect;
mod round_trips;
mod subject;
mod vectors;
