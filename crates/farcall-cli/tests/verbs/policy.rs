//! What a trap, a deadline and a cancel cost under each policy, as an operator sees it.

use crate::harness::{Server, fixture, run};

#[tokio::test]
async fn pooled_instances_are_used_again_and_end_with_a_trap() {
    let server = Server::start(&[&fixture("hostile"), "--policy", "pooled"]).await;
    for times in ["1\n", "2\n", "3\n"] {
        run(&["call", server.url(), "count()"]).await.prints(times);
    }
    run(&["call", server.url(), "crash()"])
        .await
        .fails(1, &["INTERNAL", "trapped"]);
    run(&["call", server.url(), "count()"]).await.prints("1\n");
}

#[tokio::test]
async fn a_shared_instance_keeps_its_state_until_a_trap_which_is_told() {
    let server = Server::start(&[&fixture("hostile"), "--policy", "shared", "--name", "one"]).await;
    for times in ["1\n", "2\n"] {
        run(&["call", server.url(), "count()"]).await.prints(times);
    }
    run(&["call", server.url(), "crash()"])
        .await
        .fails(1, &["INTERNAL", "trapped"]);
    server.has_said("WARN").await;
    run(&["call", server.url(), "count()"]).await.prints("1\n");
}

#[tokio::test]
async fn a_shared_instance_that_is_busy_lets_a_call_wait_as_long_as_that_likes() {
    let server = Server::start(&[&fixture("hostile"), "--policy", "shared", "--deadline", "20s"]).await;
    let spinning = run(&["call", server.url(), "spin()", "--deadline", "200ms"]).await;
    spinning.fails(1, &["DEADLINE_EXCEEDED", "may have run"]);
    // Its caller is gone; it is not.
    let waiting = run(&["call", server.url(), "count()", "--deadline", "300ms"]).await;
    waiting.fails(1, &["DEADLINE_EXCEEDED", "busy", "did not run"]);
}

#[tokio::test]
async fn the_operators_deadline_ends_what_runs_in_a_shared_instance() {
    let server = Server::start(&[&fixture("hostile"), "--policy", "shared", "--deadline", "1s"]).await;
    run(&["call", server.url(), "count()"]).await.prints("1\n");
    run(&["call", server.url(), "spin()", "--deadline", "100ms"])
        .await
        .fails(1, &["DEADLINE_EXCEEDED"]);
    server.has_said("WARN").await;
    run(&["call", server.url(), "count()"]).await.prints("1\n");
}
