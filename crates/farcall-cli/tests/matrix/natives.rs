//! The callers that are no components: programs with other people's libraries, which know the interface by reflection or
//! by the `.proto` files that `farcall proto` writes.
//!
//! What they call and compare is in `tests/foreign/values.json`; they are beside it, a program prints what a guest's `run`
//! answers. It installs none of them: `cargo xtask test` does.

use std::path::{Path, PathBuf};

use tokio::process::Command;

use crate::harness::{self, text};
use crate::table::{Language, Outcome, Table};
use crate::tools::{self, file, program};

/// The libraries that call.
pub const CALLERS: &[Language] = &[
    Language::new("python-grpcio", "Python, grpcio"),
    Language::new("node-grpc", "Node, grpc-js"),
    Language::new("node-connect", "Node, Connect"),
    Language::new("cpp-grpc", "C++, gRPC"),
];

/// Has every caller call the callee that is served at `url`.
pub async fn call(table: &mut Table, callee: &'static str, url: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let protos = protos(folder.path(), url).await;
    for caller in CALLERS {
        for function in Table::asked(caller.key, callee) {
            let command = match caller.key {
                "python-grpcio" => python(url, function),
                "node-grpc" => node("grpc", url, function, Some(protos.clone())),
                "node-connect" => node("connect", url, function, set(folder.path(), &protos).await),
                "cpp-grpc" => cpp(url, function),
                other => panic!("no program calls as {other}"),
            };
            let outcome = match command {
                Some(mut command) => Outcome::of(&tools::run(&mut command).await),
                None => Outcome::Skipped(format!("{}: cargo xtask test has not installed it", caller.key)),
            };
            table.add(caller.key, callee, function, outcome);
        }
    }
}

/// By reflection alone.
fn python(url: &str, function: &str) -> Option<Command> {
    let mut command = program(tools::python()?);
    command.arg(file("python/matrix.py")).arg(address(url));
    command.arg(file("values.json")).arg(function);
    Some(command)
}

fn node(library: &str, url: &str, function: &str, types: Option<PathBuf>) -> Option<Command> {
    let mut command = tools::node_script("matrix.js")?;
    command.args([library, address(url)]).arg(file("values.json"));
    command.arg(function).arg(types?);
    Some(command)
}

/// With the code that protoc made when it was built.
fn cpp(url: &str, function: &str) -> Option<Command> {
    let mut command = program(tools::cpp_program("values")?);
    command.arg(address(url)).arg(file("values.json")).arg(function);
    Some(command)
}

/// The protos of the server, as a user would write them.
async fn protos(folder: &Path, url: &str) -> PathBuf {
    let out = folder.join("protos");
    harness::run(&["proto", url, "--out", text(&out)]).await.with(0);
    out
}

/// The same as a set of descriptors.
async fn set(folder: &Path, protos: &Path) -> Option<PathBuf> {
    let set = folder.join("set.binpb");
    if !set.exists() {
        let mut buf = program(tools::node_program("buf")?);
        buf.args(["build", text(protos), "-o", text(&set)]).env("HOME", folder);
        tools::run(&mut buf).await.with(0);
    }
    Some(set)
}

fn address(url: &str) -> &str {
    url.strip_prefix("http://").expect("a URL")
}
