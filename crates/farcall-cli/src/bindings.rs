//! `farcall bindings`: a world in C, C++ or Go.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, ValueEnum};
use farcall::wit::Wit;
use farcall_project::{Generator, GoPackages, bindings, write};

use crate::failure::Usage;
use crate::print;

/// Write the bindings of a WIT world in C, C++ or Go
///
/// What to compile a component with; `farcall componentize` makes one out of what the compiler writes. Rust, Python and
/// JavaScript need no such files: their own tools read WIT. `farcall new` writes a project that does all of it.
#[derive(Args)]
#[command(after_help = "Examples:
  farcall bindings --lang c wit -o gen                    gen/WORLD.h, gen/WORLD.c, gen/WORLD_component_type.o
  farcall bindings --lang cpp --world client wit -o gen   one of several worlds
  farcall bindings --lang go wit -o .                     a Go module of its own, wit_component
  farcall bindings --lang go --go-package hello/gen --go-exports hello wit -o gen
                                                          packages for the module `hello`, whose main imports hello/gen/wit_exports")]
pub struct Bindings {
    /// A .wit file, a folder of WIT with deps/, or a component
    #[arg(value_name = "WIT")]
    wit: PathBuf,
    /// The language
    #[arg(long, value_enum)]
    lang: Lang,
    /// The world, where there are several
    #[arg(long)]
    world: Option<String>,
    /// A folder for the files, which is made if need be
    #[arg(short, long, value_name = "DIR")]
    out: PathBuf,
    /// Go: the import path of that folder, in a module that has a main of its own
    #[arg(long, value_name = "PATH", requires = "go_exports")]
    go_package: Option<String>,
    /// Go: the import path below which the module's own packages export_* are
    #[arg(long, value_name = "PATH", requires = "go_package")]
    go_exports: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Lang {
    C,
    Cpp,
    Go,
}

impl Bindings {
    /// Reads, generates, writes.
    pub fn run(&self) -> anyhow::Result<ExitCode> {
        let generator = self.generator()?;
        let place = || self.wit.display().to_string();
        let wit = Wit::from_path(&self.wit, self.world.as_deref()).with_context(place)?;
        let files = bindings(&generator, &wit).with_context(place)?;
        for path in write(&self.out, &files)? {
            print::out(&format!("{}\n", path.display()))?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn generator(&self) -> anyhow::Result<Generator> {
        let packages = self.go_package.clone().zip(self.go_exports.clone());
        match (self.lang, packages) {
            (Lang::Go, packages) => Ok(Generator::Go(
                packages.map(|(generated, exports)| GoPackages { generated, exports }),
            )),
            (_, Some(_)) => Err(Usage("--go-package and --go-exports are for --lang go".into()).into()),
            (Lang::C, None) => Ok(Generator::C),
            (Lang::Cpp, None) => Ok(Generator::Cpp),
        }
    }
}
