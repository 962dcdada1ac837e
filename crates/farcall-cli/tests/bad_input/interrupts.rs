//! Ctrl-C in the middle of a call: the caller says so, and the callee, and whatever that one called, is cancelled.

use crate::harness::{Ended, Gate, Server, calc, ended, farcall, run, signal};

/// spec: C-12
#[tokio::test]
async fn an_interrupted_call_is_cancelled_through_to_the_last_callee() {
    let folder = tempfile::tempdir().expect("a folder");
    let gate = Gate::closed().await;
    let server = Server::start(&[&Gate::caller(folder.path()), "--link", &gate.link()]).await;
    for (calls, name) in [(1, "INT"), (2, "TERM")] {
        let call = farcall(&["call", server.url(), "go(7)"])
            .spawn()
            .expect("the binary starts");
        gate.arrived(calls).await;
        signal(&call, name).await;
        ended(call).await.fails(1, &["interrupted", "go(7)", server.url()]);
        gate.cancelled(calls).await;
    }
    server.signal("TERM").await;
    server.ended().await.with(0);
}

#[tokio::test]
async fn an_interrupted_run_cancels_its_calls() {
    let folder = tempfile::tempdir().expect("a folder");
    let gate = Gate::closed().await;
    let arguments = [
        "run",
        &Gate::caller(folder.path()),
        "--link",
        &gate.link(),
        "--invoke",
        "go(7)",
    ];
    let run = farcall(&arguments).spawn().expect("the binary starts");
    gate.arrived(1).await;
    signal(&run, "INT").await;
    ended(run).await.fails(1, &["interrupted"]);
    gate.cancelled(1).await;
}

#[tokio::test]
async fn an_interrupted_caller_leaves_no_endless_loop_behind() {
    let folder = tempfile::tempdir().expect("a folder");
    let gate = Gate::closed().await;
    // `go` of this one asks the gate, then never ends: the interrupt finds it on the processor.
    let wat = include_str!("../components/waiter.wat");
    let wat = wat.replace(
        "(call $pass (local.get 0))",
        "(drop (call $pass (local.get 0))) (loop (br 0)) (unreachable)",
    );
    let spinner = crate::harness::component(folder.path(), "spinner.wasm", &wat);
    let server = Server::start(&[&spinner, &calc(), "--link", &gate.link()]).await;
    gate.open();
    let call = farcall(&["call", server.url(), "go(7)"])
        .spawn()
        .expect("the binary starts");
    gate.arrived(1).await;
    signal(&call, "INT").await;
    ended(call).await.fails(1, &["interrupted"]);
    run(&["call", server.url(), "add(2, 40)"]).await.prints("42\n");
    server.signal("TERM").await;
    let Ended { code, stderr, .. } = server.ended().await;
    assert_eq!(
        code,
        Some(0),
        "the loop still ran when the server was asked to stop:\n{stderr}"
    );
}
