//! Other people's clients and proxies, for the tests `foreign` and `matrix`: packages of Python and Node, programs in Go
//! and C++ under `target/foreign`, made once.
//! What is missing is a skip with its reason.
//!
//! It installs no system program.

use crate::process::{built, capture, exists, program, root};
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
    tell("gRPC's library for C++", cpp());
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

/// The program in C++ with the code that protoc makes of what `farcall proto` says of the values' callee.
fn cpp() -> Result<(), String> {
    let names = ["c++", "pkg-config", "protoc", "grpc_cpp_plugin"];
    let [cxx, pkg_config, protoc, plugin] = names.map(on_path);
    let (Some(cxx), Some(pkg_config), Some(protoc), Some(plugin)) = (cxx, pkg_config, protoc, plugin) else {
        let missing: Vec<_> = names.into_iter().filter(|name| !is_there(name)).collect();
        return Err(format!(
            "no {} on the path (Debian: pkg-config protobuf-compiler-grpc libgrpc++-dev libprotobuf-dev)",
            missing.join(", ")
        ));
    };
    let (folder, protos) = (out().join("cpp"), out().join("protos"));
    let told = |error: anyhow::Error| format!("{error:#}");
    derive(&protos).map_err(told)?;
    let protos_there = files(&protos, ".proto").map_err(told)?;
    let sources = ["values.cc", "typed.cc", "row.h"].map(|name| sources().join("cpp").join(name));
    let pins: Vec<&Path> = sources.iter().chain(&protos_there).map(PathBuf::as_path).collect();
    made(&folder, &pins, &[], || {
        let generated = folder.join("generated");
        std::fs::create_dir(&generated)?;
        let mut protoc = program(protoc);
        protoc.arg("-I").arg(&protos).args(&protos_there);
        for option in ["--cpp_out", "--grpc_out"] {
            protoc.arg(format!("{option}={}", generated.display()));
        }
        protoc.arg(format!("--plugin=protoc-gen-grpc={}", plugin.display()));
        capture(&mut protoc)?;
        let mut compile = program(cxx);
        compile
            .args(["-std=c++17", "-O0", "-I"])
            .arg(&generated)
            .args(&sources[..2]);
        // A file without a service has a plugin's file with nothing in it.
        let code = files(&generated, ".pb.cc")?;
        compile.args(code.iter().filter(|path| !path.ends_with("types.grpc.pb.cc")));
        compile.arg("-o").arg(folder.join("values"));
        let flags = capture(program(pkg_config).args(["--cflags", "--libs", "grpc++", "protobuf"]))?;
        capture(compile.args(flags.split_whitespace())).map(drop)
    })
}

/// Write the protos of the values' callee anew, with the command as it is now.
fn derive(protos: &Path) -> Result<()> {
    let farcall = built("farcall")?;
    if protos.exists() {
        std::fs::remove_dir_all(protos)?;
    }
    capture(
        program(farcall)
            .args(["proto", "guests/fixtures/values-callee-rust.wasm", "--out"])
            .arg(protos),
    )
    .map(drop)
}

/// The files below a folder whose names end so, in order.
fn files(folder: &Path, end: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path, end)?);
        } else if path.to_string_lossy().ends_with(end) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
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

/// The folder of Node's packages, made or not.
pub fn packages_of_node() -> PathBuf {
    out().join("node")
}

fn is_there(name: &str) -> bool {
    on_path(name).is_some()
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    let mut files = folders.map(|folder| folder.join(name));
    files.find(|file| file.is_file())
}

fn sources() -> PathBuf {
    root().join("crates/farcall-cli/tests/foreign")
}

fn out() -> PathBuf {
    root().join("target/foreign")
}
