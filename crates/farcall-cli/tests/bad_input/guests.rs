//! Guests that trap, loop, allocate without end or leave, while other callers of the same server go on.

use std::sync::Arc;
use std::time::Duration;

use farcall::{CallOptions, Client, Code, Error, Status};
use tokio::task::JoinSet;

use crate::harness::{Server, calc, fixture, run, within};

/// How many calls misbehave at once: more than any machine that runs this has processors to spare for them.
const AT_ONCE: usize = 8;
const OTHERS: i32 = 8;
const CALLS_EACH: i32 = 10;

#[tokio::test]
async fn others_go_on_while_guests_loop_forever() {
    let server = Server::start(&[&calc(), &fixture("hostile")]).await;
    let mut loops = misbehave(&server, "test:hostile/acts.spin()", Duration::from_secs(25)).await;
    others_are_served(&server).await;
    assert!(loops.try_join_next().is_none(), "the others waited for a loop to end");
    // Nobody waits for them any more: their callers are gone.
    loops.shutdown().await;
    server.signal("TERM").await;
    server.ended().await.with(0);
}

#[tokio::test]
async fn others_go_on_while_guests_allocate_without_end() {
    let server = Server::start(&[&calc(), &fixture("hostile"), "--memory", "32MiB"]).await;
    let hogs = misbehave(&server, "hog()", Duration::from_secs(20)).await;
    others_are_served(&server).await;
    for status in statuses(hogs).await {
        assert_eq!(status.code, Code::ResourceExhausted, "{status}");
        assert!(status.message.contains("33554432"), "{status}");
    }
    run(&["call", server.url(), "fill(8000000)"]).await.with(0);
}

#[tokio::test]
async fn others_go_on_while_guests_trap() {
    let server = Server::start(&[&calc(), &fixture("hostile")]).await;
    for (call, piece) in [
        ("test:hostile/acts.crash()", "unreachable"),
        ("recurse(0)", "stack"),
        ("panic(\"oh\")", "trapped"),
        ("exit(3)", "exited with code 1"),
    ] {
        let traps = misbehave(&server, call, Duration::from_secs(20)).await;
        others_are_served(&server).await;
        for status in statuses(traps).await {
            assert_eq!(status.code, Code::Internal, "{call}: {status}");
            assert!(status.message.contains(piece), "{call}: {status}");
        }
    }
    server.has_said("[hostile] ").await;
}

#[tokio::test]
async fn a_guest_that_prints_without_end_meets_its_deadline() {
    let server = Server::start(&[&fixture("hostile")]).await;
    let ended = run(&[
        "call",
        server.url(),
        "print(\"x\", 4294967295, false)",
        "--deadline",
        "500ms",
    ])
    .await;
    ended.fails(1, &["DEADLINE_EXCEEDED"]);
    run(&["call", server.url(), "count()"]).await.prints("1\n");
}

#[tokio::test]
async fn a_trap_tells_its_caller_no_frame_and_no_path() {
    let server = Server::start(&[&calc()]).await;
    let ended = run(&["call", server.url(), "crash()"])
        .await
        .fails(1, &["demo:calc/ops@0.1.0.crash", "unreachable"]);
    for secret in ["wasm backtrace", "calc.wasm", ".rs:", "0x"] {
        assert!(!ended.stderr.contains(secret), "`{secret}` is told:\n{}", ended.stderr);
    }
}

/// Starts calls that misbehave, each by a client of its own.
async fn misbehave(server: &Server, call: &'static str, deadline: Duration) -> JoinSet<Status> {
    let mut calls = JoinSet::new();
    let options = CallOptions {
        deadline: Some(deadline),
        ..CallOptions::default()
    };
    for _ in 0..AT_ONCE {
        let client = Client::connect(server.url()).expect("a target");
        within(client.catalog(&options)).await.expect("the server answers");
        let options = options.clone();
        calls.spawn(async move {
            match client.call_text(call, &options).await {
                Err(Error::Remote { status, .. }) => *status,
                other => panic!("{call} gave {other:?}"),
            }
        });
    }
    calls
}

/// Callers of the other component get every result, and get it right.
async fn others_are_served(server: &Server) {
    let client = Arc::new(Client::connect(server.url()).expect("a target"));
    let mut others = JoinSet::new();
    for caller in 0..OTHERS {
        let client = Arc::clone(&client);
        others.spawn(async move {
            for n in 0..CALLS_EACH {
                let sum = client
                    .call_text(&format!("add({n}, {})", caller * 1000), &CallOptions::default())
                    .await;
                assert_eq!(
                    sum.expect("another's fault").text(),
                    Some((n + caller * 1000).to_string())
                );
            }
        });
    }
    within(others.join_all()).await;
}

async fn statuses(calls: JoinSet<Status>) -> Vec<Status> {
    within(calls.join_all()).await
}
