//! JavaScript and TypeScript components: jco, installed by npm under `target/`, puts a script and an engine into one
//! component. TypeScript is checked against the types of its WIT first.
//!
//! It installs no Node.

use super::examples::Environment;
use super::packages;
use super::recipe::{Engine, Recipe};
use crate::process::{capture, exists, program, root};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

/// Node with jco.
pub struct Toolchain {
    jco: PathBuf,
    /// TypeScript's compiler.
    tsc: PathBuf,
}

impl Toolchain {
    /// Look for Node, install jco. The error is the reason for a skip.
    pub fn find() -> Result<Toolchain, String> {
        for needed in ["node", "npm"] {
            if !exists(needed) {
                return Err(format!("no {needed} on the path"));
            }
        }
        let folder = packages().join("node");
        let toolchain = Toolchain {
            jco: folder.join("node_modules/@bytecodealliance/jco/dist/jco.js"),
            tsc: folder.join("node_modules/.bin/tsc"),
        };
        let wanted =
            std::fs::read_to_string(root().join("guests/js/package.json")).map_err(|error| error.to_string())?;
        let installed = folder.join("installed.json");
        if std::fs::read_to_string(&installed).is_ok_and(|text| text == wanted) {
            return Ok(toolchain);
        }
        println!("guests: installing jco and typescript under target/");
        let install = || -> Result<()> {
            std::fs::create_dir_all(&folder)?;
            std::fs::write(folder.join("package.json"), &wanted)?;
            capture(
                program("npm")
                    .args(["install", "--no-audit", "--no-fund", "--prefix"])
                    .arg(&folder),
            )?;
            std::fs::write(&installed, &wanted)?;
            Ok(())
        };
        install().map_err(|error| format!("jco cannot be installed: {error:#}"))?;
        Ok(toolchain)
    }

    /// Where jco is, for others' `build.sh`.
    pub fn environment(&self) -> Environment {
        let jco = packages().join("node/node_modules/.bin/jco");
        vec![("JCO".to_string(), jco.into())]
    }

    /// Build one script.
    pub fn build(&self, recipe: &Recipe, file: &str, world: &str, engine: Engine) -> Result<()> {
        let script = root().join("guests/js").join(file);
        let folder = script.parent().context("a script has no folder")?;
        let name = script.file_name().context("a script has no name")?;
        if file.ends_with(".ts") {
            self.check(recipe, &script, world)?;
        }
        let mut componentize = program("node");
        // The QuickJS backend takes the script's path for one from the current folder.
        componentize
            .current_dir(folder)
            .arg(&self.jco)
            .arg("componentize")
            .arg(name);
        componentize
            .arg("--wit")
            .arg(root().join("guests/wit").join(recipe.wit))
            .args(["--world-name", world]);
        match engine {
            Engine::StarlingMonkey => componentize.args(["--disable", "all"]),
            Engine::QuickJs => componentize.args([
                "--backend",
                "qjs",
                "--backend-qjs-stub-wasi",
                "--backend-qjs-disable-async",
            ]),
        };
        capture(componentize.arg("--out").arg(recipe.output())).map(drop)
    }

    // jco takes the types away without looking at them.
    fn check(&self, recipe: &Recipe, script: &Path, world: &str) -> Result<()> {
        let work = root().join("target/guests-build/ts").join(recipe.name);
        std::fs::create_dir_all(&work)?;
        let mut types = program("node");
        types
            .arg(&self.jco)
            .arg("guest-types")
            .arg(root().join("guests/wit").join(recipe.wit));
        capture(types.args(["--world-name", world, "--out-dir"]).arg(&work))?;
        let mut check = program(&self.tsc);
        check.args(["--strict", "--noEmit", "--target", "es2022", "--module", "esnext"]);
        check.args(["--moduleResolution", "bundler", "--types", ""]);
        check.arg(work.join(world).with_extension("d.ts")).arg(script);
        capture(&mut check).map(drop)
    }
}
