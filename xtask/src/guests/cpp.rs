//! C++ components: wit-bindgen's C++ bindings, C's compiler.
//!
//! C++'s library asks for WASI where it would print and abort; that is answered inside the component.

use super::compiler::{Compiler, Dialect, REACTOR};
use super::examples::Environment;
use super::recipe::Recipe;
use super::tool::Tool;
use crate::process::{capture, root};
use anyhow::Result;

/// A compiler and the bindings' generator.
pub struct Toolchain {
    tool: Tool,
    compiler: Compiler,
}

impl Toolchain {
    /// Look for a compiler, or install one. The error is the reason for a skip.
    pub fn find() -> Result<Toolchain, String> {
        let tool = Tool::build().map_err(|error| format!("{error:#}"))?;
        let compiler = Compiler::find(Dialect::Cpp)?;
        Ok(Toolchain { tool, compiler })
    }

    /// Build the folder's `callee.cpp` or `caller.cpp` with the bindings of its world.
    pub fn build(&self, recipe: &Recipe, folder: &str, world: &str) -> Result<()> {
        let work = root().join("target/guests-build/cpp").join(recipe.name);
        std::fs::create_dir_all(&work)?;
        let wit = root().join("guests/wit").join(recipe.wit);
        self.tool
            .run(&["cpp".as_ref(), wit.as_os_str(), world.as_ref(), work.as_os_str()])?;
        let source = root().join("guests/cpp").join(folder).join(world).with_extension("cpp");
        let module = work.join("module.wasm");
        let mut compile = self.compiler.command(Dialect::Cpp);
        compile
            .args(REACTOR)
            .args(["-Wall", "-Wextra", "-Werror", "-I"])
            .arg(&work);
        compile
            .arg(source)
            .arg(work.join(world).with_extension("cpp"))
            .arg(work.join(format!("{world}_component_type.o")));
        capture(compile.arg("-o").arg(&module))?;
        self.tool.new_without_wasi(&module, &recipe.output())
    }
    /// The compiler, for others' `build.sh`.
    pub fn environment(&self) -> Environment {
        self.compiler.environment(Dialect::Cpp)
    }
}
