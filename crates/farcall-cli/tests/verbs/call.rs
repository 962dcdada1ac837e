//! `farcall call`: one result alone on standard output, and the exit codes.

use serde_json::json;

use crate::harness::{Server, calc, ended, farcall, fixture, run};

#[tokio::test]
async fn a_result_stands_alone_on_standard_output() {
    let server = Server::start(&[&calc()]).await;
    let calls = [
        ("demo:calc/ops@0.1.0.add(2, 40)", "42\n"),
        ("demo:calc/ops.divide(84, 2)", "ok(42)\n"),
        ("demo:calc/ops.area(rect({x: 3, y: 4}))", "ok(12)\n"),
        ("demo:calc/ops.area(empty)", "err(\"empty shape\")\n"),
        ("demo:calc/ops.sum([1, 2, -4])", "-1\n"),
        ("demo:calc/ops.greet(\"wörld \\u{1f980}\")", "\"hello, wörld 🦀\"\n"),
    ];
    for (call, result) in calls {
        run(&["call", server.url(), call]).await.prints(result);
    }
}

#[tokio::test]
async fn what_is_unambiguous_may_be_left_out_of_a_name() {
    let server = Server::start(&[&calc()]).await;
    for name in [
        "demo:calc/ops@0.1.0.add",
        "demo:calc/ops.add",
        "calc/ops.add",
        "ops@0.1.0.add",
        "ops.add",
        "add",
    ] {
        run(&["call", server.url(), &format!("{name}(2, 40)")])
            .await
            .prints("42\n");
    }
}

#[tokio::test]
async fn a_function_without_a_result_prints_nothing() {
    let server = Server::start(&[&fixture("hostile")]).await;
    run(&["call", server.url(), "print(\"noted\", 1, true)"])
        .await
        .prints("");
    server.has_said("[hostile] noted\n").await;
}

#[tokio::test]
async fn a_file_is_called_in_this_process() {
    run(&["call", &calc(), "add(2, 40)"]).await.prints("42\n");
}

#[tokio::test]
async fn json_tells_the_function_and_its_result() {
    let ended = run(&["call", &calc(), "divide(1, 0)", "--json"]).await.with(0);
    let said: serde_json::Value = serde_json::from_str(&ended.stdout).expect("one line of JSON");
    assert_eq!(
        said,
        json!({ "function": "demo:calc/ops@0.1.0.divide", "result": "err(\"division by zero\")" })
    );
}

#[tokio::test]
async fn json_tells_a_failure_on_standard_error() {
    let server = Server::start(&[&calc()]).await;
    let ended = run(&["call", server.url(), "crash()", "--json"]).await.fails(1, &[]);
    let said: serde_json::Value = serde_json::from_str(&ended.stderr).expect("one line of JSON");
    assert_eq!(said["error"]["code"], "INTERNAL");
    assert_eq!(said["error"]["called"], "demo:calc/ops@0.1.0.crash");
    assert_eq!(said["error"]["target"], server.url());
    assert_eq!(said["error"]["executed"], "maybe");
    assert_eq!(said["error"]["reason"], "TRAP");
    assert_eq!(said["error"]["facts"]["trap"], "unreachable-code-reached");
}

/// spec: C-11
#[tokio::test]
async fn a_deadline_ends_the_call_and_the_callee() {
    let server = Server::start(&[&calc()]).await;
    let ended = run(&["call", server.url(), "spin()", "--deadline", "200ms"]).await;
    ended.fails(
        1,
        &[
            "demo:calc/ops@0.1.0.spin",
            server.url(),
            "DEADLINE_EXCEEDED",
            "--deadline",
        ],
    );
    // Nothing is left to wait for.
    server.signal("TERM").await;
    server.ended().await.with(0);
}

#[tokio::test]
async fn metadata_is_taken_where_it_looks_like_a_header() {
    let server = Server::start(&[&calc()]).await;
    run(&["call", server.url(), "add(1, 2)", "--header", "x-tenant: blue"])
        .await
        .prints("3\n");
    run(&["call", server.url(), "add(1, 2)", "--header", "tenant"])
        .await
        .fails(2, &["--header", "NAME:VALUE"]);
    run(&["call", server.url(), "add(1, 2)", "--header", "grpc-x: y"])
        .await
        .fails(1, &["grpc-x"]);
}

#[tokio::test]
async fn wrong_usage_exits_with_2() {
    run(&[]).await.fails(2, &["Usage: farcall"]);
    run(&["call"]).await.fails(2, &["<TARGET>"]);
    run(&["call", &calc(), "add(1, 2)", "--frobnicate"])
        .await
        .fails(2, &["--frobnicate"]);
    run(&["call", &calc(), "add(1, 2)", "--deadline", "soon"])
        .await
        .fails(2, &["--deadline"]);
    run(&["call", "ftp://127.0.0.1:1", "add(1, 2)"])
        .await
        .fails(2, &["ftp://127.0.0.1:1"]);
}

#[tokio::test]
async fn help_shows_examples_and_exit_codes() {
    let ended = run(&["--help"]).await.with(0);
    assert!(
        ended.stdout.contains("Examples:") && ended.stdout.contains("Exit codes:"),
        "{}",
        ended.stdout
    );
    for verb in ["serve", "run", "call", "inspect"] {
        let ended = run(&[verb, "--help"]).await.with(0);
        assert!(ended.stdout.contains("Examples:"), "{}", ended.stdout);
    }
}

#[tokio::test]
async fn a_reader_that_has_gone_away_is_no_failure() {
    for arguments in [
        &["call", &calc(), "add(2, 40)"][..],
        &["inspect", &calc()],
        &["run", &calc(), "--invoke", "add(2, 40)"],
    ] {
        let mut child = farcall(arguments).spawn().expect("the binary starts");
        drop(child.stdout.take());
        ended(child).await.fails(0, &[]);
    }
}
