//! Paths that are nearly a function's, on the wire as no library would send them: refused, and nothing runs.

use crate::harness::{Gate, Server};
use crate::tools::{file, passes, program, python};

/// spec: C-2
#[tokio::test]
async fn a_path_that_is_not_byte_for_byte_a_functions_runs_nothing() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let gate = Gate::closed().await;
    gate.open();
    let server = Server::start(&[&Gate::caller(folder.path()), "--link", &gate.link()]).await;
    let (host, port) = server
        .url()
        .strip_prefix("http://")
        .and_then(|address| address.rsplit_once(':'))
        .expect("a URL");
    let mut script = program(python);
    passes(
        script
            .arg(file("python/paths.py"))
            .args([host, port, "test.gate.Door", "Go"]),
    )
    .await;
    // The script's two good calls, over either version of HTTP.
    assert_eq!(gate.calls(), 2);
}
