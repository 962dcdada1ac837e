//! Rust components: the targets come from rustup, or are built from Debian's sources where rustup cannot download.
//!
//! It needs no nightly and changes no toolchain beyond `rustup target add`.

use super::examples::Environment;
use super::tool::Tool;
use super::{out, packages};
use crate::process::{capture, cargo, program, root, run_to_end, succeeds_within};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::time::Duration;

const TARGETS: [&str; 3] = ["wasm32-unknown-unknown", "wasm32-wasip1", "wasm32-wasip2"];
const RUSTUP_LIMIT: Duration = Duration::from_secs(120);

/// Rust with its WebAssembly targets.
pub struct Toolchain {
    tool: Tool,
    /// Where the targets' libraries are, if not in the compiler's own sysroot.
    sysroot: Option<PathBuf>,
}

impl Toolchain {
    /// Look for the targets, install or build them. The error is the reason for a skip.
    pub fn find() -> Result<Toolchain, String> {
        let tool = Tool::build().map_err(|error| format!("{error:#}"))?;
        let own = capture(program("rustc").args(["--print", "sysroot"])).map_err(|error| format!("{error:#}"))?;
        let own = PathBuf::from(own.trim());
        let forced = std::env::var_os("FARCALL_BUILD_SYSROOT").is_some();
        if !forced && (missing(&own).is_empty() || (add_targets(&missing(&own)) && missing(&own).is_empty())) {
            return Ok(Toolchain { tool, sysroot: None });
        }
        println!("guests: rustup gives no WebAssembly targets; building their standard library");
        let mut script = program("bash");
        script
            .arg(root().join("guests/rust/sysroot.sh"))
            .arg(packages().join("rust"))
            .args(TARGETS);
        let printed = capture(&mut script).map_err(|error| {
            format!(
                "no WebAssembly targets (rustup target add {}), and building them failed: {error:#}",
                TARGETS.join(" ")
            )
        })?;
        Ok(Toolchain {
            tool,
            sysroot: Some(PathBuf::from(printed.trim())),
        })
    }

    /// Build one package for one target, as a component.
    pub fn build(&self, name: &str, package: &str, target: &str) -> Result<()> {
        let built = self.compile(package, target)?;
        let component = out().join(name).with_extension("wasm");
        if matches!(target, "wasm32-wasip1" | "wasm32-wasip2") {
            return copy(&built, &component);
        }
        self.tool
            .run(&["new".as_ref(), built.as_os_str(), component.as_os_str()])
    }

    /// Build one package for one target, and leave it as cargo made it.
    pub fn build_as_it_is(&self, name: &str, package: &str, target: &str) -> Result<()> {
        copy(
            &self.compile(package, target)?,
            &out().join(name).with_extension("wasm"),
        )
    }

    /// What a build of our own kind needs, for others' `build.sh`.
    pub fn environment(&self) -> Environment {
        let flags = |sysroot: &PathBuf| ("CARGO_TARGET_WASM32_WASIP2_RUSTFLAGS".to_string(), own(sysroot).into());
        self.sysroot.iter().map(flags).collect()
    }

    fn compile(&self, package: &str, target: &str) -> Result<PathBuf> {
        // Cargo does not look at the sysroot: libraries of one must not be taken for the other's.
        let folder = if self.sysroot.is_some() {
            "target/guests-build-own-std"
        } else {
            "target/guests-build"
        };
        let folder = root().join(folder);
        let manifest = root().join("guests/rust/Cargo.toml");
        let mut build = cargo();
        build.args([
            "build",
            "--quiet",
            "--release",
            "--locked",
            "--package",
            package,
            "--target",
            target,
        ]);
        build
            .arg("--manifest-path")
            .arg(manifest)
            .arg("--target-dir")
            .arg(&folder);
        // Set for the host's programs, they would hide the target's own, or break it.
        build.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
        if let Some(sysroot) = &self.sysroot {
            let variable = target.to_uppercase().replace('-', "_");
            build.env(format!("CARGO_TARGET_{variable}_RUSTFLAGS"), own(sysroot));
        }
        run_to_end(&mut build)?;
        built(&folder.join(target).join("release"), package)
    }
}

fn own(sysroot: &Path) -> String {
    format!("--sysroot={}", sysroot.display())
}

fn copy(built: &Path, to: &Path) -> Result<()> {
    std::fs::copy(built, to).with_context(|| built.display().to_string())?;
    Ok(())
}

// A library's file has `_` for `-`, a command's keeps it.
fn built(folder: &Path, package: &str) -> Result<PathBuf> {
    let library = folder.join(package.replace('-', "_")).with_extension("wasm");
    let command = folder.join(package).with_extension("wasm");
    [library, command]
        .into_iter()
        .find(|path| path.exists())
        .with_context(|| format!("cargo built no {package}.wasm"))
}

fn missing(sysroot: &Path) -> Vec<&'static str> {
    let has_std = |target: &&str| {
        let libraries = sysroot.join("lib/rustlib").join(target).join("lib");
        let Ok(entries) = std::fs::read_dir(libraries) else {
            return false;
        };
        entries
            .flatten()
            .any(|entry| entry.file_name().to_string_lossy().starts_with("libstd-"))
    };
    TARGETS.into_iter().filter(|target| !has_std(target)).collect()
}

fn add_targets(targets: &[&str]) -> bool {
    println!("guests: rustup target add {}", targets.join(" "));
    succeeds_within(program("rustup").args(["target", "add"]).args(targets), RUSTUP_LIMIT)
}
