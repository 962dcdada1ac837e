//! What a guest may reach of the machine, and the WASI context that grants just that.
//!
//! Not here: links to other components (`transport`) and what a call may use up (`limits`).

use crate::device::DeviceFile;
use crate::device_table::DeviceTable;
use crate::limits::Limits;
use crate::output::Output;
use std::io;
use std::path::PathBuf;
use wasmtime_wasi::p1::WasiP1Ctx;
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
    /// The device, for plain modules with WASI preview 1: a file that leads to calls.
    pub device: Option<DeviceFile>,
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

/// A component by name, and what it may reach.
#[derive(Debug)]
pub(crate) struct Guest {
    pub(crate) name: String,
    pub(crate) grants: Grants,
}

impl Guest {
    /// A fresh context with its directories, for one instance; `None` where there are none to open, so that nothing can
    /// go wrong later.
    ///
    /// # Errors
    ///
    /// The directory that cannot be opened.
    pub(crate) fn context_with_dirs(&self) -> Result<Option<Box<WasiCtx>>, (PathBuf, io::Error)> {
        Ok(self.builder_with_dirs()?.map(|mut wasi| Box::new(wasi.build())))
    }

    fn builder_with_dirs(&self) -> Result<Option<WasiCtxBuilder>, (PathBuf, io::Error)> {
        if self.grants.dirs.is_empty() {
            return Ok(None);
        }
        let mut wasi = self.builder();
        for dir in &self.grants.dirs {
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
        Ok(Some(wasi))
    }

    /// A fresh context of all else.
    pub(crate) fn context_without_dirs(&self) -> WasiCtx {
        self.builder().build()
    }

    /// The same two for WASI preview 1.
    pub(crate) fn preview1_with_dirs(&self) -> Result<Option<Box<WasiP1Ctx>>, (PathBuf, io::Error)> {
        let wasi = self.builder_with_dirs()?;
        Ok(wasi.map(|mut wasi| Box::new(wasi.build_p1())))
    }

    pub(crate) fn preview1_without_dirs(&self) -> WasiP1Ctx {
        self.builder().build_p1()
    }

    /// The device's descriptors in a fresh instance: none but its folder.
    pub(crate) fn device(&self, limits: &Limits) -> Option<DeviceTable> {
        let file = self.grants.device.clone()?;
        Some(DeviceTable::new(file, self.grants.dirs.len(), limits.descriptors))
    }

    fn builder(&self) -> WasiCtxBuilder {
        let mut wasi = WasiCtxBuilder::new();
        wasi.allow_tcp(false).allow_udp(false).allow_ip_name_lookup(false);
        wasi.envs(&self.grants.env).args(&self.grants.args);
        if self.grants.stdin == Input::Inherit {
            wasi.inherit_stdin();
        }
        match &self.grants.stdout {
            Output::Discard => {}
            Output::Inherit => _ = wasi.inherit_stdout(),
            Output::Tagged(sink) => _ = wasi.stdout(sink.tagged(&self.name)),
        }
        match &self.grants.stderr {
            Output::Discard => {}
            Output::Inherit => _ = wasi.inherit_stderr(),
            Output::Tagged(sink) => _ = wasi.stderr(sink.tagged(&self.name)),
        }
        wasi
    }
}
