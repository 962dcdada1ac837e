//! What a guest may reach of the machine, and the WASI context that grants just that.
//!
//! Not here: links to other components (`transport`) and what a call may use up (`limits`).

use crate::output::Output;
use std::io;
use std::path::PathBuf;
use wasmtime_wasi::{FsPerms, WasiCtx, WasiCtxBuilder};

/// What a guest may reach. The default is nothing: no environment, no arguments, no directories, no input, output thrown
/// away, never a network. Clocks and random numbers are always there.
#[derive(Clone, Debug, Default)]
pub struct Grants {
    /// Environment variables, by name and value. The host's own are not inherited.
    pub env: Vec<(String, String)>,
    /// Arguments as the guest sees them, the first being the program's name by custom.
    pub args: Vec<String>,
    /// Directories.
    pub dirs: Vec<Dir>,
    /// Standard input.
    pub stdin: Input,
    /// Standard output.
    pub stdout: Output,
    /// Standard error.
    pub stderr: Output,
}

/// A directory of the machine that a guest may reach. Its links cannot lead out of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dir {
    /// Where it is.
    pub host: PathBuf,
    /// What the guest calls it: `/data`.
    pub guest: String,
    /// Whether the guest may only read.
    pub read_only: bool,
}

/// Where a guest's standard input comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Input {
    /// At its end from the start.
    #[default]
    Empty,
    /// This process's own.
    Inherit,
}

impl Grants {
    /// A fresh context for one call of the component called `name`.
    ///
    /// # Errors
    ///
    /// The directory that cannot be opened.
    pub(crate) fn context(&self, name: &str) -> Result<WasiCtx, (PathBuf, io::Error)> {
        let mut wasi = denied();
        wasi.envs(&self.env).args(&self.args);
        if self.stdin == Input::Inherit {
            wasi.inherit_stdin();
        }
        match &self.stdout {
            Output::Discard => {}
            Output::Inherit => _ = wasi.inherit_stdout(),
            Output::Tagged(sink) => _ = wasi.stdout(sink.tagged(name)),
        }
        match &self.stderr {
            Output::Discard => {}
            Output::Inherit => _ = wasi.inherit_stderr(),
            Output::Tagged(sink) => _ = wasi.stderr(sink.tagged(name)),
        }
        for dir in &self.dirs {
            let access = if dir.read_only {
                FsPerms::ReadOnly
            } else {
                FsPerms::ReadWrite
            };
            if let Err(error) = wasi.preopened_dir(&dir.host, &dir.guest, access) {
                let error = error
                    .downcast()
                    .unwrap_or_else(|error| io::Error::other(error.to_string()));
                return Err((dir.host.clone(), error));
            }
        }
        Ok(wasi.build())
    }
}

/// The context of a component that imports nothing of WASI.
pub(crate) fn nothing() -> WasiCtx {
    denied().build()
}

fn denied() -> WasiCtxBuilder {
    let mut wasi = WasiCtxBuilder::new();
    wasi.allow_tcp(false).allow_udp(false).allow_ip_name_lookup(false);
    wasi
}
