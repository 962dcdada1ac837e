//! The client: a channel over few connections. One connection is in `connection`, one HTTP exchange on it in `lane`, one
//! call in `grpc` or `connect`.

mod balance;
mod channel;
mod config;
mod connect;
mod connection;
mod dial;
mod failure;
mod grpc;
mod head;
mod lane;
mod pool;
mod sniff;

pub use channel::Channel;
pub use config::{ClientConfig, Envelope};
