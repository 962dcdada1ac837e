//! Runs WebAssembly's test scripts with every call made over a real connection: `farcall wast`.
//!
//! The modules of a script live in one store, each served by a server of its own on the loopback or a socket; a call goes
//! through a client like anybody's. What a script says without calling (that a module is invalid, or does not link) is
//! looked at in this process. Not here: what a call is (`client`, `registry`), and modules in one store (`farcall-host`).

mod expect;
mod run;
mod theatre;

use std::fmt;
use std::str::FromStr;

pub use run::{Judgement, ScriptEvent, Tally, run_script};

/// What the calls of a script go over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ScriptCarrier {
    /// HTTP/2 over TCP on the loopback.
    #[default]
    Http,
    /// HTTP/2 over a unix socket.
    Unix,
    /// The device's messages over a unix socket.
    Device,
}

impl FromStr for ScriptCarrier {
    type Err = UnknownCarrier;

    fn from_str(name: &str) -> Result<ScriptCarrier, UnknownCarrier> {
        match name {
            "http" => Ok(ScriptCarrier::Http),
            "unix" => Ok(ScriptCarrier::Unix),
            "device" => Ok(ScriptCarrier::Device),
            _ => Err(UnknownCarrier(name.to_owned())),
        }
    }
}

impl fmt::Display for ScriptCarrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ScriptCarrier::Http => "http",
            ScriptCarrier::Unix => "unix",
            ScriptCarrier::Device => "device",
        })
    }
}

/// A carrier's name that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no carrier of scripts: http, unix or device")]
pub struct UnknownCarrier(
    /// What was written.
    pub String,
);
