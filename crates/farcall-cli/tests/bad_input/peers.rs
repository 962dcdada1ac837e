//! Servers that are not there, stop in the middle of a call, or speak something else.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::harness::{Gate, Server, calc_client, ended, farcall, run};

/// The address of a listener that existed a moment ago.
async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    format!("http://{}", listener.local_addr().expect("an address"))
}

/// A server that sends these bytes to whoever connects, then waits for more or says that it has no more to say.
async fn speaks(words: &'static [u8], stays: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        while let Ok((mut caller, _)) = listener.accept().await {
            tokio::spawn(async move {
                // The caller may hang up at any time.
                let mut heard = [0; 1024];
                if words.starts_with(b"HTTP/") {
                    // Such a server speaks when it is spoken to.
                    let _ = caller.read(&mut heard).await;
                }
                let _ = caller.write_all(words).await;
                if !stays {
                    let _ = caller.shutdown().await;
                }
                while caller.read(&mut heard).await.is_ok_and(|size| size > 0) {}
            });
        }
    });
    url
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named() {
    let url = nobody().await;
    run(&["call", &url, "add(1, 2)"])
        .await
        .fails(1, &[&url, "UNAVAILABLE", "did not run", "farcall serve"]);
    run(&["inspect", &url]).await.fails(1, &[&url, "UNAVAILABLE"]);
    let link = format!("demo:calc/ops={url}");
    let ended = run(&["run", &calc_client(), "--link", &link, "--invoke", "run()"]).await;
    ended.fails(1, &["demo:calc/ops", &url, "UNAVAILABLE"]);
    run(&["call", "http://no-such-host.invalid:7070", "add(1, 2)"])
        .await
        .fails(1, &["no-such-host.invalid:7070"]);
}

#[tokio::test]
async fn a_server_that_is_killed_in_the_middle_of_a_call_leaves_a_clear_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let gate = Gate::closed().await;
    let server = Server::start(&[&Gate::caller(folder.path()), "--link", &gate.link()]).await;
    let call = farcall(&["call", server.url(), "go(7)"])
        .spawn()
        .expect("the binary starts");
    gate.arrived(1).await;
    server.signal("KILL").await;
    let url = server.url().to_string();
    assert_eq!(server.ended().await.code, None);
    ended(call)
        .await
        .fails(1, &["test:gate/door.go", &url, "UNAVAILABLE", "may have run"]);
    gate.cancelled(1).await;
}

#[tokio::test]
async fn a_callee_that_is_killed_in_the_middle_of_a_call_ends_its_callers_calls_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let gate = Gate::closed().await;
    let waiter = Gate::caller(folder.path());
    let far = Server::start(&[&waiter, "--link", &gate.link()]).await;
    let wat = include_str!("../components/waiter.wat").replace("test:gate/gate", "test:gate/door");
    let wat = wat.replace("\"pass\"", "\"go\"").replace(
        "(export \"test:gate/door\" (instance $door))",
        "(export \"test:gate/porch\" (instance $door))",
    );
    let porch = crate::harness::component(folder.path(), "porch.wasm", &wat);
    let link = format!("test:gate/door={}", far.url());
    let near = Server::start(&[&porch, "--link", &link]).await;
    let call = farcall(&["call", near.url(), "go(7)"])
        .spawn()
        .expect("the binary starts");
    gate.arrived(1).await;
    far.signal("KILL").await;
    ended(call).await.fails(
        1,
        &[
            "test:gate/porch.go",
            "/test.gate.Door/Go",
            far.url(),
            "INTERNAL",
            "UNAVAILABLE",
        ],
    );
    near.signal("TERM").await;
    near.ended().await.with(0);
}

/// spec: S-7
#[tokio::test]
async fn a_server_that_speaks_something_else_is_quoted() {
    let others: [(&[u8], bool, &str); 4] = [
        (
            b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
            true,
            "answered HTTP 200",
        ),
        (b"SSH-2.0-OpenSSH_9.2p1\r\n", true, "SSH-2.0-OpenSSH_9.2p1"),
        (
            b"\x00\x01\x02\xff\xfe noise that no protocol begins with",
            false,
            "answered",
        ),
        (b"", false, "closed the connection"),
    ];
    for (words, stays, quoted) in others {
        let url = speaks(words, stays).await;
        run(&["call", &url, "add(1, 2)", "--deadline", "10s"])
            .await
            .fails(1, &[&url, quoted]);
    }
}

#[tokio::test]
async fn a_server_that_speaks_tls_is_told_so() {
    // The alert `unexpected_message`, which is all that such a server says to a caller without TLS.
    let url = speaks(b"\x15\x03\x01\x00\x02\x02\x0a", false).await;
    run(&["call", &url, "add(1, 2)", "--deadline", "10s"])
        .await
        .fails(1, &[&url, "TLS"]);
}

#[tokio::test]
async fn a_server_that_says_nothing_meets_the_deadline() {
    let url = speaks(b"", true).await;
    run(&["call", &url, "add(1, 2)", "--deadline", "300ms"])
        .await
        .fails(1, &[&url, "did not run"]);
}

#[tokio::test]
async fn a_url_with_a_path_or_another_scheme_is_wrong_usage() {
    for url in [
        "http://",
        "http://127.0.0.1:7070/api",
        "ftp://127.0.0.1:7070",
        "http://127.0.0.1:port",
    ] {
        run(&["call", url, "add(1, 2)"]).await.fails(2, &[url]);
    }
}
