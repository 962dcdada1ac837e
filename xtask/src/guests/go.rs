//! Go components: wit-bindgen's Go bindings, Go's own WebAssembly target; what its runtime asks of WASI is answered inside the
//! component.
//!
//! It installs no Go.

use super::recipe::Recipe;
use super::tool::Tool;
use crate::process::{capture, exists_as, program, root};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Go and the bindings' generator.
pub struct Toolchain {
    tool: Tool,
    go: PathBuf,
}

impl Toolchain {
    /// Look for a Go that is new enough, and fetch the module that the bindings need. The error is the reason for a skip.
    pub fn find() -> Result<Toolchain, String> {
        let own = Path::new("/usr/local/go/bin/go");
        let go = match own.is_file() {
            true => own,
            false if exists_as("go", "version") => Path::new("go"),
            false => return Err("no go on the path".to_string()),
        };
        let tool = Tool::build().map_err(|error| format!("{error:#}"))?;
        let mut fetch = program(go);
        // An older Go that may fetch a newer one does so here, as Go does by itself.
        fetch.current_dir(root().join("guests/go")).args(["mod", "download"]);
        capture(&mut fetch).map_err(|error| format!("go cannot fetch what guests/go/go.mod says: {error:#}"))?;
        Ok(Toolchain {
            tool,
            go: go.to_path_buf(),
        })
    }

    /// Build the packages of one folder, laid over the bindings of its world.
    pub fn build(&self, recipe: &Recipe, folder: &str, world: &str) -> Result<()> {
        let work = root().join("target/guests-build/go").join(recipe.name);
        // A package that is gone must not be compiled.
        if work.exists() {
            std::fs::remove_dir_all(&work)?;
        }
        let wit = root().join("guests/wit").join(recipe.wit);
        self.tool
            .run(&["go".as_ref(), wit.as_os_str(), world.as_ref(), work.as_os_str()])?;
        let sources = root().join("guests/go");
        copy(&sources.join(folder), &work)?;
        for file in ["go.mod", "go.sum"] {
            std::fs::copy(sources.join(file), work.join(file)).with_context(|| file.to_string())?;
        }
        let module = work.join("module.wasm");
        let mut build = self.command(&work);
        build.args(["build", "-buildmode=c-shared", "-trimpath"]);
        capture(build.arg("-ldflags=-checklinkname=0 -s -w").arg("-o").arg(&module))?;
        let embedded = work.join("embedded.wasm");
        self.tool.run(&[
            "embed".as_ref(),
            wit.as_os_str(),
            world.as_ref(),
            module.as_os_str(),
            embedded.as_os_str(),
        ])?;
        self.tool.new_without_wasi(&embedded, &recipe.output())
    }

    fn command(&self, work: &Path) -> Command {
        let mut command = program(&self.go);
        command.current_dir(work).env("GOOS", "wasip1").env("GOARCH", "wasm");
        command
    }
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from).with_context(|| from.display().to_string())? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        match entry.file_type()?.is_dir() {
            true => copy(&entry.path(), &target)?,
            false => std::fs::copy(entry.path(), &target).map(drop)?,
        }
    }
    Ok(())
}
