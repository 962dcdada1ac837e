//! C components: a clang that can link for WASI where there is one, else Zig's from the Python package index, under `target/`.
//!
//! The guests use no WASI call, so no preview 1 adapter is needed.

use super::examples::{Environment, zig_cache};
use super::packages;
use super::recipe::Recipe;
use super::tool::Tool;
use crate::process::{capture, exists, program, root, succeeds_within};
use anyhow::Result;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const CLANGS: [&str; 2] = ["clang-19", "clang"];
const PROBE_LIMIT: Duration = Duration::from_secs(60);

/// A C compiler for WebAssembly.
pub struct Toolchain {
    tool: Tool,
    compiler: Compiler,
}

enum Compiler {
    Clang(&'static str),
    /// The Python that has the package.
    Zig(PathBuf),
}

impl Toolchain {
    /// Look for a compiler, or install one. The error is the reason for a skip.
    pub fn find() -> Result<Toolchain, String> {
        let tool = Tool::build().map_err(|error| format!("{error:#}"))?;
        let compiler = match CLANGS.into_iter().find(|clang| links(clang)) {
            Some(clang) => Compiler::Clang(clang),
            None => Compiler::Zig(zig()?),
        };
        Ok(Toolchain { tool, compiler })
    }

    /// Build the folder's `callee.c` or `caller.c` with the bindings of its world.
    pub fn build(&self, recipe: &Recipe, folder: &str, world: &str) -> Result<()> {
        let work = root().join("target/guests-build/c").join(recipe.name);
        std::fs::create_dir_all(&work)?;
        let wit = root().join("guests/wit").join(recipe.wit);
        self.tool
            .run(&["c".as_ref(), wit.as_os_str(), world.as_ref(), work.as_os_str()])?;
        let source = root().join("guests/c").join(folder).join(world).with_extension("c");
        let module = work.join("module.wasm");
        let mut compile = self.compiler("cc");
        compile
            .args(REACTOR)
            .args([
                "-std=gnu17",
                "-Wall",
                "-Wextra",
                "-Werror",
                "-Wno-unused-parameter",
                "-I",
            ])
            .arg(&work)
            .arg(source);
        compile
            .arg(work.join(world).with_extension("c"))
            .arg(work.join(format!("{world}_component_type.o")));
        capture(compile.arg("-o").arg(&module))?;
        self.tool
            .run(&["new".as_ref(), module.as_os_str(), recipe.output().as_os_str()])
    }

    /// Build a file of `guests/c/plain`, and leave it a core module.
    pub fn build_plain(&self, recipe: &Recipe, file: &str) -> Result<()> {
        let folder = root().join("guests/c");
        let mut compile = match file.ends_with(".cpp") {
            true => self.compiler("c++"),
            false => self.compiler("cc"),
        };
        match file.ends_with(".cpp") {
            true => compile.args(["-std=c++23", "-fno-exceptions"]),
            false => compile.arg("-std=gnu17"),
        };
        compile
            .args(REACTOR)
            .args(["-Wall", "-Wextra", "-Werror", "-I"])
            .arg(&folder);
        compile.arg(folder.join("plain").join(file));
        capture(compile.arg("-o").arg(recipe.output())).map(drop)
    }

    /// Build a command out of one file, as it is.
    pub fn build_module(&self, recipe: &Recipe, file: &str) -> Result<()> {
        let mut compile = self.compiler("cc");
        compile.args(["-std=gnu17", "-Wall", "-Wextra", "-Werror"]);
        compile
            .arg(root().join("guests/c").join(file))
            .arg("-o")
            .arg(recipe.output());
        capture(&mut compile).map(drop)
    }

    /// The compilers, for others' `build.sh`.
    pub fn environment(&self) -> Environment {
        let (cc, cxx, cache) = match &self.compiler {
            Compiler::Clang(clang) => ((*clang).to_string(), clang.replacen("clang", "clang++", 1), Vec::new()),
            Compiler::Zig(python) => {
                let zig = |language| format!("{} -m ziglang {language}", python.display());
                (zig("cc"), zig("c++"), zig_cache())
            }
        };
        let compilers = [("WASI_CC", cc), ("WASI_CXX", cxx)].map(|(name, line)| (name.to_string(), line.into()));
        compilers.into_iter().chain(cache).collect()
    }

    // `language` is the program's name in Zig; clang is one for both.
    fn compiler(&self, language: &str) -> Command {
        let mut command = match &self.compiler {
            Compiler::Clang(clang) => program(clang),
            Compiler::Zig(python) => {
                let mut command = program(python);
                command.args(["-m", "ziglang", language]);
                command.envs(zig_cache());
                command
            }
        };
        command.args(FLAGS);
        command
    }
}

const FLAGS: [&str; 3] = ["--target=wasm32-wasi", "-Os", "-s"];
const REACTOR: [&str; 1] = ["-mexec-model=reactor"];

// A clang without a linker, a libc or a runtime library for WASI is common.
fn links(clang: &str) -> bool {
    let folder = root().join("target/guests-build/c");
    let source = folder.join("probe.c");
    let probe = "#include <stdio.h>\n#include <stdlib.h>\nvoid *probe(void) { puts(\"\"); return malloc(1); }\n";
    if std::fs::create_dir_all(&folder).is_err() || std::fs::write(&source, probe).is_err() {
        return false;
    }
    let mut compile = program(clang);
    succeeds_within(
        compile
            .args(FLAGS)
            .args(REACTOR)
            .arg(&source)
            .arg("-o")
            .arg(folder.join("probe.wasm")),
        PROBE_LIMIT,
    )
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
