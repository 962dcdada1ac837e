//! `guests/tool`, which turns modules into components and writes bindings: a package of its own, because it needs wit-bindgen's
//! own line of the WebAssembly crates. This builds it and starts it.

use crate::process::{capture, cargo, program, root, run_to_end};
use anyhow::Result;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// The tool, built.
pub struct Tool(PathBuf);

impl Tool {
    /// Build it, quickly where it is built already.
    pub fn build() -> Result<Tool> {
        let target = root().join("target/guests-tool");
        let manifest = root().join("guests/tool/Cargo.toml");
        let mut build = cargo();
        build
            .args(["build", "--quiet", "--release", "--locked", "--manifest-path"])
            .arg(manifest);
        run_to_end(build.arg("--target-dir").arg(&target))?;
        Ok(Tool(target.join("release/guest-tool")))
    }

    /// Run it.
    pub fn run<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Result<()> {
        capture(program(&self.0).args(arguments)).map(drop)
    }

    /// Make a component out of a module; what it imports of WASI preview 1 is answered inside it.
    pub fn new_without_wasi(&self, module: &Path, component: &Path) -> Result<()> {
        let adapter = root().join("crates/farcall-adapter/src/null-preview1.wat");
        self.run(&[
            "new".as_ref(),
            module.as_os_str(),
            component.as_os_str(),
            adapter.as_os_str(),
        ])
    }
}
