//! The compiler of C and C++: a clang that can link for WASI where there is one, else Zig's from the Python package index,
//! under `target/`.

use super::examples::Environment;
use super::packages;
use crate::process::{capture, exists, program, root, succeeds_within};
use anyhow::Result;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const PROBE_LIMIT: Duration = Duration::from_secs(60);
const FLAGS: [&str; 3] = ["--target=wasm32-wasi", "-Os", "-s"];

/// What makes a reactor: a module without `main`.
pub const REACTOR: [&str; 1] = ["-mexec-model=reactor"];

/// Which of clang's languages.
#[derive(Clone, Copy)]
pub enum Dialect {
    C,
    Cpp,
}

/// A compiler for WebAssembly.
pub enum Compiler {
    Clang(&'static str),
    /// The Python that has the package.
    Zig(PathBuf),
}

impl Compiler {
    /// Look for a compiler, or install one. The error is the reason for a skip.
    pub fn find(dialect: Dialect) -> Result<Compiler, String> {
        let clangs = match dialect {
            Dialect::C => ["clang-19", "clang"],
            Dialect::Cpp => ["clang++-19", "clang++"],
        };
        match clangs.into_iter().find(|clang| links(clang, dialect)) {
            Some(clang) => Ok(Compiler::Clang(clang)),
            None => zig().map(Compiler::Zig),
        }
    }

    /// The command, with what all guests are compiled with. Exceptions are not there for WebAssembly.
    pub fn command(&self, dialect: Dialect) -> Command {
        let mut command = match self {
            Compiler::Clang(clang) => program(clang),
            Compiler::Zig(python) => {
                let mut command = program(python);
                command.args(["-m", "ziglang"]).arg(match dialect {
                    Dialect::C => "cc",
                    Dialect::Cpp => "c++",
                });
                command.envs(zig_cache());
                command
            }
        };
        command.args(FLAGS);
        match dialect {
            Dialect::C => command.arg("-std=gnu17"),
            Dialect::Cpp => command.args(["-std=c++23", "-fno-exceptions"]),
        };
        command
    }

    /// The command, for others' `build.sh`.
    pub fn environment(&self, dialect: Dialect) -> Environment {
        let (name, language) = match dialect {
            Dialect::C => ("WASI_CC", "cc"),
            Dialect::Cpp => ("WASI_CXX", "c++"),
        };
        let (line, cache) = match self {
            Compiler::Clang(clang) => ((*clang).to_string(), Vec::new()),
            Compiler::Zig(python) => (format!("{} -m ziglang {language}", python.display()), zig_cache()),
        };
        std::iter::once((name.to_string(), line.into())).chain(cache).collect()
    }
}

fn zig_cache() -> Environment {
    let cache = packages().join("zig-cache");
    ["ZIG_GLOBAL_CACHE_DIR", "ZIG_LOCAL_CACHE_DIR"]
        .map(|name| (name.to_string(), cache.clone().into()))
        .to_vec()
}

// A clang without a linker, a libc or a runtime library for WASI is common, and more so one without its C++ library.
fn links(clang: &'static str, dialect: Dialect) -> bool {
    let folder = root().join("target/guests-build/probe");
    let (name, probe) = match dialect {
        Dialect::C => (
            "probe.c",
            "#include <stdio.h>\n#include <stdlib.h>\nvoid *probe(void) { puts(\"\"); return malloc(1); }\n",
        ),
        Dialect::Cpp => (
            "probe.cpp",
            "#include <expected>\n#include <string>\nauto probe = std::expected<std::string, int>(std::to_string(1));\n",
        ),
    };
    let source = folder.join(name);
    if std::fs::create_dir_all(&folder).is_err() || std::fs::write(&source, probe).is_err() {
        return false;
    }
    let mut compile = Compiler::Clang(clang).command(dialect);
    compile.args(REACTOR).arg(&source);
    succeeds_within(compile.arg("-o").arg(folder.join("probe.wasm")), PROBE_LIMIT)
}

fn zig() -> Result<PathBuf, String> {
    let folder = packages().join("python");
    let python = folder.join("bin/python");
    let requirements = root().join("guests/c/requirements.txt");
    let wanted = std::fs::read_to_string(&requirements).map_err(|error| error.to_string())?;
    let installed = folder.join("requirements.txt");
    if std::fs::read_to_string(&installed).is_ok_and(|text| text == wanted) {
        return Ok(python);
    }
    if !exists("python3") {
        return Err("no clang that links for WASI, and no python3 to install Zig's with".to_string());
    }
    println!("guests: installing {} under target/", wanted.trim());
    install(&folder, &python, &requirements)
        .map_err(|error| format!("no clang that links for WASI, and Zig's cannot be installed: {error:#}"))?;
    std::fs::write(&installed, wanted).map_err(|error| error.to_string())?;
    Ok(python)
}

fn install(folder: &Path, python: &Path, requirements: &Path) -> Result<()> {
    capture(program("python3").args(["-m", "venv"]).arg(folder))?;
    let mut pip = program(python);
    capture(
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"])
            .arg(requirements),
    )
    .map(drop)
}
