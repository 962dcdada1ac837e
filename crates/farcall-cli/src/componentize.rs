//! `farcall componentize`: a component out of a core module.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, ValueEnum};
use farcall::wit::Wit;
use farcall_project::{Preview1, componentize};

use crate::failure::Usage;

/// Make a component out of the core module that a compiler wrote
///
/// The module was built with the bindings of a world. Those of C and C++ put the world into it; for Go, --wit says it. What
/// the module calls of WASI preview 1 becomes WASI 0.2, or with `--wasi none` nothing: the component imports no WASI
/// then, has no files and no arguments, its output is thrown away, its clock and its random numbers are made up.
#[derive(Args)]
#[command(after_help = "Examples:
  farcall componentize core.wasm -o hello.wasm
  farcall componentize core.wasm --wasi none -o hello.wasm
  farcall componentize core.wasm --wit wit --world service --wasi none -o hello.wasm   Go")]
pub struct Componentize {
    /// A core module
    module: PathBuf,
    /// The component's file
    #[arg(short, long, value_name = "FILE")]
    out: PathBuf,
    /// The world that the module was built for, if it does not say so itself: a .wit file or a folder of WIT
    #[arg(long)]
    wit: Option<PathBuf>,
    /// Which one, where there are several
    #[arg(long)]
    world: Option<String>,
    /// What answers calls of WASI preview 1
    #[arg(long, value_enum, default_value = "adapter")]
    wasi: Wasi,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Wasi {
    /// WASI 0.2: the component reaches what it is granted
    Adapter,
    /// Nothing: the component imports no WASI; what Go needs
    None,
}

impl Componentize {
    /// Reads, encodes, writes.
    pub fn run(&self) -> anyhow::Result<ExitCode> {
        let wit = match (&self.wit, &self.world) {
            (Some(path), world) => {
                Some(Wit::from_path(path, world.as_deref()).with_context(|| path.display().to_string())?)
            }
            (None, Some(world)) => return Err(Usage(format!("--world {world}: of which WIT? --wit names it")).into()),
            (None, None) => None,
        };
        let module = std::fs::read(&self.module).with_context(|| self.module.display().to_string())?;
        let wasi = match self.wasi {
            Wasi::Adapter => Preview1::Adapter,
            Wasi::None => Preview1::Nothing,
        };
        let component = componentize(&module, wit.as_ref(), wasi).with_context(|| self.module.display().to_string())?;
        std::fs::write(&self.out, component).with_context(|| self.out.display().to_string())?;
        Ok(ExitCode::SUCCESS)
    }
}
