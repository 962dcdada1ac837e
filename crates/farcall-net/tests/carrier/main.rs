//! The carrier over real loopback sockets: server and channel together, and each against foreign peers. Tests no value
//! and no function: bodies are bytes.

mod bytes_codec;
mod calls;
mod cancel;
mod connect;
mod contents;
mod endpoints;
mod failures;
mod fixture;
mod foreign;
mod http1;
mod lifetime;
mod limits;
mod raw;
mod unix;
