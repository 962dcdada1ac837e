//! Other people's clients and proxies, for the test `foreign`: packages of Python and Node and programs in Go under
//! `target/foreign`, made once.
//! What is missing is a skip with its reason.
//!
//! It installs no system program.

use crate::process::{capture, exists, program, root};
use anyhow::Result;
use std::path::{Path, PathBuf};

/// Make what is not there or not as pinned, and return what was skipped: its name and the reason, one text each.
pub fn install() -> Vec<String> {
    let mut skipped = Vec::new();
    let mut tell = |what: &str, outcome: Result<(), String>| {
        if let Err(reason) = outcome {
            println!("foreign: {what} skipped: {reason}");
            skipped.push(format!("{what}: {reason}"));
        }
    };
    tell("Python's clients and Envoy", python());
    tell("Node's clients and buf", node());
    tell(
        "grpcurl, gRPC's interoperability client and Connect's conformance runner",
        go(),
    );
    for name in ["curl", "nginx", "haproxy"] {
        if !is_there(name) {
            tell(name, Err("it is not on the path".to_string()));
        }
    }
    skipped
}

fn python() -> Result<(), String> {
    let folder = out().join("python");
    let pinned = sources().join("python/requirements.txt");
    made(&folder, &[&pinned], &["python3"], || {
        capture(program("python3").args(["-m", "venv"]).arg(&folder))?;
        let mut pip = program(folder.join("bin/python"));
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]);
        capture(pip.arg(&pinned)).map(drop)
    })
}

fn node() -> Result<(), String> {
    let folder = out().join("node");
    let pinned = ["package.json", "package-lock.json"].map(|name| sources().join("node").join(name));
    made(&folder, &[&pinned[0], &pinned[1]], &["node", "npm"], || {
        for file in &pinned {
            std::fs::copy(file, folder.join(file.file_name().unwrap_or_default()))?;
        }
        // No package needs its scripts: buf's program is a package of its own. `npm ci` would want that of every system.
        let mut npm = program("npm");
        npm.args([
            "install",
            "--no-save",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            "--prefix",
        ]);
        capture(npm.arg(&folder)).map(drop)
    })
}

fn go() -> Result<(), String> {
    let folder = out().join("go");
    let pinned = sources().join("go/programs.txt");
    // Go's own installer does not put it on the path.
    let own = Path::new("/usr/local/go/bin/go");
    let go = match own.is_file() {
        true => own,
        false if is_there("go") => Path::new("go"),
        false => return Err("no go on the path".to_string()),
    };
    made(&folder, &[&pinned], &[], || {
        for package in std::fs::read_to_string(&pinned)?.lines() {
            let mut install = program(go);
            install.env("GOBIN", &folder).env("GOFLAGS", "-mod=mod");
            capture(install.args(["install", package]))?;
        }
        Ok(())
    })
}

/// Make a folder, unless it was made from the same pins; half of one is never taken for a whole.
fn made(folder: &Path, pins: &[&Path], needed: &[&str], make: impl FnOnce() -> Result<()>) -> Result<(), String> {
    if let Some(name) = needed.iter().find(|name| !exists(name)) {
        return Err(format!("no {name} on the path"));
    }
    let told = |error: std::io::Error| error.to_string();
    let mut wanted = String::new();
    for pin in pins {
        wanted += &std::fs::read_to_string(pin).map_err(told)?;
    }
    let stamp = folder.join("installed");
    if std::fs::read_to_string(&stamp).is_ok_and(|text| text == wanted) {
        return Ok(());
    }
    println!(
        "foreign: making {}",
        folder.strip_prefix(root()).unwrap_or(folder).display()
    );
    if folder.exists() {
        std::fs::remove_dir_all(folder).map_err(told)?;
    }
    std::fs::create_dir_all(folder).map_err(told)?;
    make().map_err(|error| format!("{error:#}"))?;
    std::fs::write(&stamp, wanted).map_err(told)
}

/// The Python of [`install`], for tests of libraries too; `None` where there is none.
pub fn interpreter() -> Option<PathBuf> {
    Some(out().join("python/bin/python")).filter(|python| python.is_file())
}

fn is_there(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    folders.any(|folder| folder.join(name).is_file())
}

fn sources() -> PathBuf {
    root().join("crates/farcall-cli/tests/foreign")
}

fn out() -> PathBuf {
    root().join("target/foreign")
}
