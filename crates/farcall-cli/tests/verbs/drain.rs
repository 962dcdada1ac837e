//! A server that is asked to stop: calls under way end, new ones are refused, and it exits with 0.

use crate::harness::{Gate, Server, calc, ended, farcall, run};

/// spec: C-15
#[tokio::test]
async fn a_call_in_flight_finishes_after_sigterm() {
    let folder = tempfile::tempdir().expect("a folder");
    let gate = Gate::closed().await;
    let server = Server::start(&[&Gate::caller(folder.path()), "--link", &gate.link()]).await;
    let call = farcall(&["call", server.url(), "go(7)"])
        .spawn()
        .expect("the binary starts");
    gate.arrived(1).await;
    server.signal("TERM").await;
    refuses(server.url()).await;
    gate.open();
    ended(call).await.prints("7\n");
    server.ended().await.fails(0, &[]);
}

#[tokio::test]
async fn an_idle_server_ends_at_once_at_either_signal() {
    for name in ["TERM", "INT"] {
        let server = Server::start(&[&calc()]).await;
        run(&["call", server.url(), "add(2, 40)"]).await.prints("42\n");
        server.signal(name).await;
        let ended = server.ended().await.with(0);
        assert_eq!((ended.stdout.as_str(), ended.stderr.as_str()), ("", ""));
    }
}

#[tokio::test]
async fn a_server_that_has_just_said_where_it_listens_takes_a_signal() {
    for _ in 0..5 {
        let server = Server::start(&[&calc()]).await;
        server.signal("TERM").await;
        server.ended().await.with(0);
    }
}

/// Waits until the listener takes no more connections.
async fn refuses(url: &str) {
    let address = url.strip_prefix("http://").expect("a URL");
    let closed = async {
        while tokio::net::TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    crate::harness::within(closed).await;
}
