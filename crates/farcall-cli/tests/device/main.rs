//! The device as programs meet it that know files alone: clients and servers in Rust and C, and a native program on a
//! socket.

#[path = "../harness/mod.rs"]
mod harness;

mod clients;
mod native;
mod servers;
