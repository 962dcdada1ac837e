//! The client: a channel over few connections. One connection is in `connection`, one call on it in `exchange`.

mod channel;
mod config;
mod connection;
mod exchange;
mod failure;
mod pool;
mod sniff;

pub use channel::Channel;
pub use config::ClientConfig;
