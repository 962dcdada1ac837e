//! What a reader of a guide has on the machine: programs on the path, and variables that a project's `build.sh` knows.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::harness;
use crate::tools;

#[derive(Default)]
pub struct Toolchain {
    /// Folders before those of the path.
    pub path: Vec<PathBuf>,
    pub variables: Vec<(&'static str, OsString)>,
}

/// The toolchain of a language, or `None` with the reason printed; a failure where nothing may be skipped.
pub fn of(language: &str) -> Option<Toolchain> {
    let mut toolchain = Toolchain::default();
    let mut set = |name, value: OsString| toolchain.variables.push((name, value));
    match language {
        "rust" => {
            let target = harness::root().join("target");
            set("CARGO_TARGET_DIR", target.join("guides").into());
            // Where rustup could not download, the guests' own standard library is there.
            let sysroots = std::fs::read_dir(packages().join("rust"))
                .into_iter()
                .flatten()
                .flatten();
            let mut sysroots = sysroots.map(|entry| entry.path());
            if let Some(sysroot) = sysroots.find(|path| path.join("lib/rustlib/wasm32-wasip2").is_dir()) {
                let flags = format!("--sysroot={}", sysroot.display());
                set("CARGO_TARGET_WASM32_WASIP2_RUSTFLAGS", flags.into());
            }
        }
        "c" | "cpp" => {
            let (variable, program) = if language == "c" {
                ("WASI_CC", "cc")
            } else {
                ("WASI_CXX", "c++")
            };
            let python = there(packages().join("python/bin/python"), "Zig")?;
            set(variable, format!("{} -m ziglang {program}", python.display()).into());
            for name in ["ZIG_GLOBAL_CACHE_DIR", "ZIG_LOCAL_CACHE_DIR"] {
                set(name, packages().join("zig-cache").into());
            }
        }
        "python" => {
            let componentize = there(
                packages().join("componentize-py/bin/componentize-py"),
                "componentize-py",
            )?;
            set("COMPONENTIZE_PY", componentize.into());
            // It has grpcio and what reflection needs.
            toolchain.path.push(tools::python()?.parent()?.to_path_buf());
        }
        "javascript" => {
            set(
                "JCO",
                there(packages().join("node/node_modules/.bin/jco"), "jco")?.into(),
            );
            tools::on_path("node")?;
        }
        "go" => {
            let own = Path::new("/usr/local/go/bin");
            match own.is_dir() {
                true => toolchain.path.push(own.to_path_buf()),
                false => drop(tools::on_path("go")?),
            }
        }
        other => panic!("no guide is for {other}"),
    }
    Some(toolchain)
}

fn packages() -> PathBuf {
    std::path::absolute(harness::root().join("target/guest-packages")).expect("a path")
}

fn there(path: PathBuf, what: &str) -> Option<PathBuf> {
    match path.exists() {
        true => Some(path),
        false => tools::missing(what, "cargo xtask guests has not installed it"),
    }
}
