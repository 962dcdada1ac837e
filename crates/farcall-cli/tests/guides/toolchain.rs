//! What a reader of a guide has on the machine: programs on the path, variables that a project's `build.sh` knows, packages.
//! Installs nothing.

use std::path::{Path, PathBuf};

use crate::environment::{self, Environment};
use crate::harness;
use crate::tools;

#[derive(Default)]
pub struct Toolchain {
    /// Folders before those of the path.
    pub path: Vec<PathBuf>,
    pub variables: Environment,
    /// What npm would install into a project.
    pub node_modules: Option<PathBuf>,
}

/// The toolchain of a language, or `None` with the reason printed; a failure where nothing may be skipped.
pub fn of(language: &str) -> Option<Toolchain> {
    let mut toolchain = Toolchain {
        variables: environment::of(language)?,
        ..Toolchain::default()
    };
    match language {
        // It has grpcio and what reflection needs.
        "python" => toolchain.path.push(tools::python()?.parent().map(Path::to_path_buf)?),
        "js" => {
            tools::on_path("node")?;
            let packages = harness::root().join("target/guest-packages/node/node_modules");
            toolchain.node_modules = Some(std::path::absolute(packages).expect("a path"));
        }
        _ => {}
    }
    Some(toolchain)
}
