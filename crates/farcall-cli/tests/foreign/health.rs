//! Health of a server that drains, as grpcio's own client sees it.

use tokio::io::{AsyncBufReadExt, BufReader};

use crate::harness::{Gate, Server, within};
use crate::tools::{file, program, python};

/// spec: C-15
#[tokio::test]
async fn watchers_hear_that_a_server_drains_and_a_call_under_way_ends() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let gate = Gate::closed().await;
    let server = Server::start(&[&Gate::caller(folder.path()), "--link", &gate.link()]).await;
    let address = server.url().strip_prefix("http://").expect("a URL").to_string();
    let mut client = program(python);
    client
        .arg(file("python/health.py"))
        .args([&address, "/test.gate.Door/Go"]);
    let mut child = client.spawn().expect("python starts");
    let mut said = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let mut next = async || within(said.next_line()).await.expect("it is UTF-8");
    if next().await.as_deref() == Some("serving") {
        gate.arrived(1).await;
        server.signal("TERM").await;
        assert_eq!(next().await.as_deref(), Some("not serving"));
        gate.open();
        assert_eq!(next().await.as_deref(), Some("ok"));
        server.ended().await.with(0);
    }
    let output = within(child.wait_with_output()).await.expect("it is waited for");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
