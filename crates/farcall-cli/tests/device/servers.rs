//! Programs that serve over the device.

use crate::harness::{Server, fixture, run, within};

/// spec: E-16, E-17
#[tokio::test]
async fn a_program_that_knows_files_is_served_inspected_and_called() {
    let server = Server::start(&[&fixture("device-server")]).await;
    run(&["call", server.url(), "counter.add(2, 40)"]).await.prints("42\n");
    run(&["call", server.url(), "demo:device/counter@0.1.0.echo([1, 2, 3])"])
        .await
        .prints("[1, 2, 3]\n");
    // State lives with it.
    run(&["call", server.url(), "counter.next()"]).await.prints("1\n");
    run(&["call", server.url(), "counter.next()"]).await.prints("2\n");
    let shown = run(&["inspect", server.url()]).await.with(0).stdout;
    for piece in [
        "package demo:device@0.1.0",
        "add: func(a: s32, b: s32) -> s32",
        "hold: func() -> string",
    ] {
        assert!(shown.contains(piece), "{shown}");
    }
    run(&["call", server.url(), "counter.fail()"])
        .await
        .fails(1, &["FAILED_PRECONDITION", "not today"]);
    server.signal("TERM").await;
    let ended = server.ended().await.with(0);
    // spec: E-4: it found the end, and ended by itself.
    assert!(ended.stderr.contains("the host has ended"), "{}", ended.stderr);
}

/// spec: E-10, E-11
#[tokio::test]
async fn calls_wait_side_by_side_and_are_answered_when_the_program_likes() {
    let server = Server::start(&[&fixture("device-server")]).await;
    let url = server.url().to_owned();
    let held = tokio::spawn(async move { run(&["call", &url, "counter.hold()"]).await });
    let mut released = 0;
    for _ in 0..1000 {
        let answer = run(&["call", server.url(), "counter.release()"]).await.with(0).stdout;
        released += answer.trim().parse::<u32>().expect("a number");
        if released > 0 {
            break;
        }
    }
    assert_eq!(released, 1);
    within(held).await.expect("it ends").prints("\"released\"\n");
}

/// spec: E-12
#[tokio::test]
async fn a_late_call_is_cancelled_in_the_program_which_goes_on() {
    let server = Server::start(&[&fixture("device-server")]).await;
    run(&["call", server.url(), "counter.hold()", "--deadline", "3s"])
        .await
        .fails(1, &["DEADLINE_EXCEEDED"]);
    let mut cancelled = 0;
    for _ in 0..1000 {
        let answer = run(&["call", server.url(), "counter.release()"]).await.with(0).stdout;
        cancelled += answer.trim().parse::<u32>().expect("a number");
        if cancelled > 0 {
            break;
        }
    }
    assert_eq!(cancelled, 1, "the program heard of it");
}

/// spec: E-6, E-18
#[tokio::test]
async fn a_program_that_ends_is_started_again() {
    let server = Server::start(&[&fixture("device-server")]).await;
    run(&["call", server.url(), "counter.next()"]).await.prints("1\n");
    run(&["call", server.url(), "counter.exit(3)"])
        .await
        .fails(1, &["UNAVAILABLE", "gone"]);
    server.has_said("ended with exit code 3").await;
    // New state; and a call waits for it to be there.
    run(&["call", server.url(), "counter.next()"]).await.prints("1\n");
}

#[tokio::test]
async fn a_program_that_is_stuck_is_ended() {
    let server = Server::start(&[&fixture("device-server"), "--deadline", "1s"]).await;
    run(&["call", server.url(), "counter.spin()"])
        .await
        .fails(1, &["DEADLINE_EXCEEDED"]);
    let mut answered = false;
    for _ in 0..100 {
        answered = run(&["call", server.url(), "counter.add(1, 1)"]).await.code == Some(0);
        if answered {
            break;
        }
    }
    assert!(answered, "it was not started again");
    server.has_said("was stuck").await;
}

#[tokio::test]
async fn a_program_in_c_is_served() {
    let Some(server) = crate::in_c("device-server-c") else {
        return;
    };
    let server = Server::start(&[&server]).await;
    run(&["call", server.url(), "words.count(\"one two  three\")"])
        .await
        .prints("3\n");
    run(&["call", server.url(), "words.count(\"four\")"])
        .await
        .prints("1\n");
    run(&["call", server.url(), "words.total()"]).await.prints("4\n");
}

/// spec: E-16
#[tokio::test]
async fn a_program_that_announces_nothing_is_not_served() {
    // A client: it ends at once.
    run(&["serve", &fixture("device-client"), "--listen", "127.0.0.1:0"])
        .await
        .fails(
            1,
            &["device-client.wasm", "ended with exit code 0", "before it announced"],
        );
}
