//! A new project: written, built by its `build.sh`, served, called. In Python and JavaScript, whose builds take minutes, the guides' test
//! does the same.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use crate::harness::{Ended, Server, farcall, run, text};
use crate::tools;

/// Longer than a compiler takes on a busy machine.
const BUILD_PATIENCE: Duration = Duration::from_secs(900);

const CALLS: [(&str, &str); 5] = [
    (r#"greet("Ada, \"grüß\"")"#, r#""Hello, Ada, \"grüß\"!""#),
    ("middle({x: 0, y: -1}, {x: 3, y: 4})", "{x: 1.5, y: 1.5}"),
    ("divide(-7, 2)", "ok(-3)"),
    ("divide(1, 0)", r#"err("division by zero")"#),
    ("divide(-2147483648, -1)", r#"err("the quotient is too large")"#),
];

/// A service and a caller in the language. The service is served and called; the caller calls it over the connection.
async fn builds_and_runs(language: &str) {
    let Some(environment) = tools::of(language) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let said = new(folder.path(), &["--lang", language, "first-try"]).await;
    assert!(
        said.contains("\nNext:\n  cd first-try\n  ./build.sh\n  farcall serve first-try.wasm\n"),
        "{said}"
    );
    let service = built(&folder.path().join("first-try"), &environment).await;

    let server = Server::start(&[text(&service)]).await;
    for (call, result) in CALLS {
        let call = format!("first-try:service/api.{call}");
        run(&["call", server.url(), &call]).await.prints(&format!("{result}\n"));
    }

    let said = new(folder.path(), &["--lang", language, "--calls", "first-try", "an-app"]).await;
    assert!(said.contains("--link first-try:service/api=http://"), "{said}");
    let app = built(&folder.path().join("an-app"), &environment).await;
    let link = format!("first-try:service/api={}", server.url());
    // Its first run compiles it: of Python, 18 MB.
    let ran = ended(&mut farcall(&[
        "run",
        text(&app),
        "--invoke",
        r#"run("Ada")"#,
        "--link",
        &link,
    ]))
    .await;
    ran.prints("\"Hello, Ada! 7 / 2 is 3.\"\n");
}

#[tokio::test]
async fn projects_in_rust_build_and_run() {
    builds_and_runs("rust").await;
}

#[tokio::test]
async fn projects_in_c_build_and_run() {
    builds_and_runs("c").await;
}

#[tokio::test]
async fn projects_in_cpp_build_and_run() {
    builds_and_runs("cpp").await;
}

#[tokio::test]
async fn projects_in_go_build_and_run() {
    builds_and_runs("go").await;
}

async fn new(folder: &Path, arguments: &[&str]) -> String {
    let mut command = farcall(&["new"]);
    command.args(arguments).current_dir(folder);
    ended(&mut command).await.with(0).stdout
}

// Runs `./build.sh` as a user would, with the tested `farcall` on the path, and gives the component.
async fn built(project: &Path, environment: &tools::Environment) -> PathBuf {
    if project.join("Cargo.toml").exists() {
        // The versions that the guests are built with are here already.
        let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../guests/rust/Cargo.lock");
        std::fs::copy(lock, project.join("Cargo.lock")).expect("a lock file");
    }
    let binary = Path::new(env!("CARGO_BIN_EXE_farcall"));
    let mut path = vec![binary.parent().expect("a folder").to_path_buf()];
    path.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    let mut build = Command::new(project.join("build.sh"));
    build.env("PATH", std::env::join_paths(path).expect("a path"));
    build.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    build.envs(environment.iter().map(|(name, value)| (name, value)));
    ended(&mut build).await.with(0);
    project
        .join(project.file_name().expect("a name"))
        .with_extension("wasm")
}

async fn ended(command: &mut Command) -> Ended {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let child = command.kill_on_drop(true).spawn().expect("it starts");
    let output = tokio::time::timeout(BUILD_PATIENCE, child.wait_with_output()).await;
    let output = output.expect("it ends").expect("it is waited for");
    Ended {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
