//! Python components: componentize-py, installed by pip under `target/`, puts a program and CPython into one component.
//!
//! It installs no Python.

use super::examples::Environment;
use super::packages;
use super::recipe::Recipe;
use crate::process::{capture, exists, program, root};
use anyhow::Result;
use std::path::PathBuf;

/// componentize-py.
pub struct Toolchain {
    componentize: PathBuf,
}

impl Toolchain {
    /// Look for Python, install componentize-py. The error is the reason for a skip.
    pub fn find() -> Result<Toolchain, String> {
        if !exists("python3") {
            return Err("no python3 on the path".to_string());
        }
        let folder = packages().join("componentize-py");
        let toolchain = Toolchain {
            componentize: folder.join("bin/componentize-py"),
        };
        let requirements = root().join("guests/python/requirements.txt");
        let wanted = std::fs::read_to_string(&requirements).map_err(|error| error.to_string())?;
        let installed = folder.join("requirements.txt");
        if std::fs::read_to_string(&installed).is_ok_and(|text| text == wanted) {
            return Ok(toolchain);
        }
        println!("guests: installing {} under target/", wanted.trim());
        let install = || -> Result<()> {
            capture(program("python3").args(["-m", "venv"]).arg(&folder))?;
            let mut pip = program(folder.join("bin/python"));
            pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]);
            capture(pip.arg(&requirements))?;
            std::fs::write(&installed, &wanted)?;
            Ok(())
        };
        install().map_err(|error| format!("componentize-py cannot be installed: {error:#}"))?;
        Ok(toolchain)
    }

    /// Where componentize-py is, for others' `build.sh`.
    pub fn environment(&self) -> Environment {
        vec![("COMPONENTIZE_PY".to_string(), self.componentize.clone().into())]
    }

    /// Build the program of one folder, for a world.
    pub fn build(&self, recipe: &Recipe, folder: &str, world: &str) -> Result<()> {
        let mut componentize = program(&self.componentize);
        componentize
            .current_dir(root().join("guests/python").join(folder))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .arg("-d")
            .arg(root().join("guests/wit").join(recipe.wit))
            // Without WASI: a program that only computes need not be granted anything.
            .args(["-w", world, "componentize", "--stub-wasi", world, "-o"]);
        capture(componentize.arg(recipe.output())).map(drop)
    }
}
