//! C components and plain modules.
//!
//! The guests use no WASI call, so no preview 1 adapter is needed.

use super::compiler::{Compiler, Dialect, REACTOR};
use super::examples::Environment;
use super::recipe::Recipe;
use super::tool::Tool;
use crate::process::{capture, root};
use anyhow::Result;
use std::process::Command;

const STRICT: [&str; 3] = ["-Wall", "-Wextra", "-Werror"];

/// A compiler and the bindings' generator.
pub struct Toolchain {
    tool: Tool,
    compiler: Compiler,
}

impl Toolchain {
    /// Look for a compiler, or install one. The error is the reason for a skip.
    pub fn find() -> Result<Toolchain, String> {
        let tool = Tool::build().map_err(|error| format!("{error:#}"))?;
        let compiler = Compiler::find(Dialect::C)?;
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
        let mut compile = self.compiler.command(Dialect::C);
        compile
            .args(REACTOR)
            .args(STRICT)
            .args(["-Wno-unused-parameter", "-I"])
            .arg(&work)
            .arg(source);
        compile
            .arg(work.join(world).with_extension("c"))
            .arg(work.join(format!("{world}_component_type.o")));
        capture(compile.arg("-o").arg(&module))?;
        self.tool
            .run(&["new".as_ref(), module.as_os_str(), recipe.output().as_os_str()])
    }

    /// Build a file of `guests/c/plain`, in C or C++, and leave it a core module.
    pub fn build_plain(&self, recipe: &Recipe, file: &str) -> Result<()> {
        let folder = root().join("guests/c");
        let mut compile = match file.ends_with(".cpp") {
            true => self.compiler.command(Dialect::Cpp),
            false => self.compiler.command(Dialect::C),
        };
        compile.args(REACTOR).args(STRICT).arg("-I").arg(&folder);
        compile.arg(folder.join("plain").join(file));
        write(compile, recipe)
    }

    /// Build a command out of one file, as it is.
    pub fn build_module(&self, recipe: &Recipe, file: &str) -> Result<()> {
        let mut compile = self.compiler.command(Dialect::C);
        compile.args(STRICT).arg(root().join("guests/c").join(file));
        write(compile, recipe)
    }

    /// The compiler, for others' `build.sh`.
    pub fn environment(&self) -> Environment {
        self.compiler.environment(Dialect::C)
    }
}

fn write(mut compile: Command, recipe: &Recipe) -> Result<()> {
    capture(compile.arg("-o").arg(recipe.output())).map(drop)
}
