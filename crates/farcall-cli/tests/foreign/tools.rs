//! Where the foreign programs are, and how one is run to its end. Installs nothing.

#![allow(dead_code, reason = "each test binary uses a part")]

use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

use crate::harness::{Ended, ended};

/// A file of this folder.
pub fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/foreign").join(name)
}

/// Python with the packages of `python/requirements.txt`.
pub fn python() -> Option<PathBuf> {
    installed("python/bin/python", "grpcio, grpclib")
}

/// A program that came as a package of Python.
pub fn python_program(name: &str) -> Option<PathBuf> {
    installed(&format!("python/bin/{name}"), name)
}

/// A script of `node/`: copied to where the packages of `node/package.json` are, since it finds them from its own place.
pub fn node_script(name: &str) -> Option<Command> {
    let folder = installed("node/node_modules", "grpc-js, connect-node")?;
    let node = on_path("node")?;
    let script = folder.with_file_name(name);
    let text = std::fs::read(file("node").join(name)).expect("the script is there");
    if std::fs::read(&script).ok().as_ref() != Some(&text) {
        std::fs::write(&script, text).expect("the script can be copied");
    }
    let mut command = program(node);
    command.arg(script);
    Some(command)
}

/// A program that came as a package of Node.
pub fn node_program(name: &str) -> Option<PathBuf> {
    installed(&format!("node/node_modules/.bin/{name}"), name)
}

/// A program in Go, of `go/programs.txt`.
pub fn go_program(name: &str) -> Option<PathBuf> {
    installed(&format!("go/{name}"), name)
}

/// A program in C++, of `cpp/`, linked with gRPC's library.
pub fn cpp_program(name: &str) -> Option<PathBuf> {
    installed(&format!("cpp/{name}"), "C++ with gRPC")
}

/// A program that the system has.
pub fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    // Servers are not on the path of every user.
    let folders = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    let found = folders.map(|folder| folder.join(name)).find(|path| path.is_file());
    found.or_else(|| missing(name, "it is not on the path"))
}

/// A program with its output caught and no input, ended with its value.
pub fn program(path: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(path);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command.kill_on_drop(true);
    command
}

/// Runs it to its end.
pub async fn run(command: &mut Command) -> Ended {
    ended(command.spawn().expect("the program starts")).await
}

/// Runs a script that asserts and says `ok`.
pub async fn passes(command: &mut Command) {
    let ended = run(command).await.with(0);
    assert_eq!(ended.stdout, "ok\n", "{}", ended.stderr);
}

fn installed(path: &str, what: &str) -> Option<PathBuf> {
    let place = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../target/foreign")
        .join(path);
    // A symbolic link of a virtual environment stays as it is: it says where the packages are.
    let place = std::path::absolute(place).expect("a path");
    match place.exists() {
        true => Some(place),
        false => missing(what, "cargo xtask test has not installed it"),
    }
}

/// Says what is left out; a failure where nothing may be.
pub fn missing(what: &str, reason: &str) -> Option<PathBuf> {
    let required = std::env::var("FARCALL_REQUIRE_ALL").is_ok_and(|value| value == "1");
    assert!(!required, "FARCALL_REQUIRE_ALL is set, and {what}: {reason}");
    println!("skipped: {what}: {reason}");
    None
}
