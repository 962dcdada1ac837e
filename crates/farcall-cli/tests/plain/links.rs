//! Modules and components call each other, over sockets and in one process.

use crate::harness::{Server, calc, component, run};
use crate::{module, written};

/// spec: M-1, M-5, F-5
#[tokio::test]
async fn a_module_calls_a_component() {
    let server = Server::start(&[&calc()]).await;
    let command = module("plain-command.wat");
    let link = format!("demo:calc/ops@0.1.0={}", server.url());
    let ended = run(&["run", &command, "--link", &link, "--", "a", "b"]).await.with(3);
    assert_eq!(ended.stdout, "42\n");
    // The same without a server between.
    let link = format!("demo:calc/ops@0.1.0={}", calc());
    let ended = run(&["run", &command, "--link", &link]).await.with(1);
    assert_eq!((ended.stdout.as_str(), ended.stderr.as_str()), ("42\n", ""));
}

/// spec: F-7
#[tokio::test]
async fn a_component_calls_a_module() {
    let folder = tempfile::tempdir().expect("a folder");
    let relay = component(folder.path(), "relay.wasm", include_str!("../components/relay.wat"));
    let math = module("math.wat");
    let far = Server::start(&[&math, "--name", "demo:calc/ops@0.1.0"]).await;
    let near = Server::start(&[&relay, "--link", &format!("demo:calc/ops={}", far.url())]).await;
    run(&["call", near.url(), "relay.add(40, 2)"]).await.prints("42\n");
    let link = format!("demo:calc/ops={math}");
    run(&["run", &relay, "--link", &link, "--invoke", "relay.add(40, 2)"])
        .await
        .prints("42\n");
}

/// spec: M-3, V-6
#[tokio::test]
async fn a_module_calls_a_module_and_nans_keep_their_bits() {
    let far = Server::start(&[&module("math.wat"), "--name", "m"]).await;
    let link = format!("m={}", far.url());
    for policy in ["fresh", "pooled", "shared"] {
        let relay = module("plain-relay.wat");
        let near = Server::start(&[&relay, "--name", "n", "--link", &link, "--policy", policy]).await;
        run(&["call", near.url(), "n.add-far(40, 2)"]).await.prints("42\n");
        // 0x7fa00001 and 0xfff4000000000042: signalling, with payloads.
        run(&["call", near.url(), "n.nan-bits(2141192193, -3377699720527806)"])
            .await
            .prints("(2141192193, -3377699720527806)\n");
    }
    let link = format!("m={}", module("math.wat"));
    run(&[
        "run",
        &module("plain-relay.wat"),
        "--link",
        &link,
        "--invoke",
        "add-far(1, 2)",
    ])
    .await
    .prints("3\n");
}

#[tokio::test]
async fn a_link_may_name_one_function() {
    let one = Server::start(&[&calc()]).await;
    let other = Server::start(&[&module("math.wat"), "--name", "m"]).await;
    let relay = module("plain-relay.wat");
    let add = format!("demo:calc/ops@0.1.0.add={}", one.url());
    let swap = format!("m.swap={}", other.url());
    let near = Server::start(&[&relay, "--link", &add, "--link", &swap]).await;
    run(&["call", near.url(), "add-far(40, 2)"]).await.prints("42\n");
    run(&["call", near.url(), "nan-bits(2141192193, 1)"])
        .await
        .prints("(2141192193, 1)\n");
    // One for a function, one for the rest.
    let rest = format!("m={}", other.url());
    let near = Server::start(&[&relay, "--link", &add, "--link", &rest]).await;
    run(&["call", near.url(), "add-far(1, 2)"]).await.prints("3\n");
    run(&["call", near.url(), "nan-bits(5, 1)"]).await.prints("(5, 1)\n");
}

/// spec: M-6
#[tokio::test]
async fn a_call_that_fails_is_told_with_the_call_and_the_cause() {
    let far = Server::start(&[&calc()]).await;
    let link = format!("m={}", far.url());
    let near = Server::start(&[&module("plain-relay.wat"), "--name", "n", "--link", &link]).await;
    run(&["call", near.url(), "n.add-far(1, 2)"])
        .await
        .fails(1, &["INTERNAL", "n.add-far called /M/Add through m", "is not served"]);
}

/// spec: M-5, F-6
#[tokio::test]
async fn types_that_differ_are_told_from_both_sides() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = r#"(module
      (import "env" "__wasm_rpc_add" (func $add (param i64 i64) (result i64)))
      (func (export "__wasm_rpc_f") (result i64) (call $add (i64.const 1) (i64.const 2))))"#;
    let wrong = written(folder.path(), "wrong.wat", text);
    let far = Server::start(&[&module("math.wat"), "--name", "m"]).await;
    let near = Server::start(&[&wrong, "--link", &format!("m={}", far.url())]).await;
    run(&["call", near.url(), "f()"])
        .await
        .fails(1, &["FAILED_PRECONDITION", "p0: s64", "p0: s32"]);
    run(&["call", &wrong, "f()"])
        .await
        .fails(1, &["nothing answers its import of env.__wasm_rpc_add"]);
    let link = format!("m={}", module("math.wat"));
    run(&["run", &wrong, "--link", &link, "--invoke", "f()"])
        .await
        .fails(1, &["another type", "p0: s64"]);
}
