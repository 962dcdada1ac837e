//! Calls that name nothing, or whose arguments are not what the function takes. Nothing is sent for those.

use crate::harness::{Server, calc, fixture, run};

#[tokio::test]
async fn wrong_arguments_are_told_with_what_was_expected_and_where() {
    let server = Server::start(&[&calc()]).await;
    let calls = [
        ("add(1, \"x\")", &["b", "s32", "column 5"][..]),
        ("add(1)", &["b"]),
        ("add(1, 2, 3)", &["add", "s32"]),
        ("add(1, 2147483648)", &["b", "s32"]),
        ("sum([1, 2, true])", &["numbers", "s32"]),
        ("area(rect({x: 3}))", &["y"]),
        ("area(rect({x: 3, y: 4, z: 5}))", &["z"]),
        ("area(square(3))", &["square", "circle", "rect", "empty"]),
        ("greet(\"open)", &["greet"]),
        ("greet(hello)", &["name", "string"]),
    ];
    for (call, pieces) in calls {
        let ended = run(&["call", server.url(), call]).await.fails(2, pieces);
        assert!(
            ended.stderr.contains(": func("),
            "`{call}` shows no signature:\n{}",
            ended.stderr
        );
    }
}

#[tokio::test]
async fn what_is_no_call_is_told_how_one_looks() {
    for call in ["", "add", "add(1, 2", "ops.add 1 2", "(1, 2)", "ops..add(1, 2)"] {
        run(&["call", &calc(), call]).await.fails(2, &["error: "]);
    }
    run(&["call", &calc(), "add"])
        .await
        .fails(2, &["`add`", "demo:calc/ops.add(1, 2)"]);
}

#[tokio::test]
async fn an_unknown_function_is_told_what_exists() {
    let server = Server::start(&[&calc()]).await;
    for target in [server.url(), &calc()] {
        let ended = run(&["call", target, "demo:calc/ops.subtract(1, 2)"]).await;
        ended.fails(
            1,
            &[
                "demo:calc/ops.subtract",
                "demo:calc/ops@0.1.0.add",
                "demo:calc/ops@0.1.0.divide",
            ],
        );
    }
}

#[tokio::test]
async fn an_unknown_interface_or_version_is_told_what_exists() {
    let server = Server::start(&[&calc()]).await;
    for name in [
        "demo:calc/operations.add",
        "other:calc/ops.add",
        "demo:calc/ops@0.2.0.add",
    ] {
        let ended = run(&["call", server.url(), &format!("{name}(1, 2)")]).await;
        ended.fails(1, &[name, "demo:calc/ops@0.1.0.add"]);
    }
}

#[tokio::test]
async fn a_name_that_fits_two_functions_is_told_both() {
    let server = Server::start(&[&calc(), &fixture("hostile")]).await;
    let ended = run(&["call", server.url(), "crash()"]).await;
    ended.fails(1, &["demo:calc/ops@0.1.0.crash", "test:hostile/acts@0.1.0.crash"]);
}

#[tokio::test]
async fn a_link_to_a_server_without_the_interface_is_told_what_is_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let relay = crate::harness::component(folder.path(), "relay.wasm", include_str!("../components/relay.wat"));
    let server = Server::start(&[&fixture("hostile")]).await;
    let link = format!("demo:calc/ops={}", server.url());
    let ended = run(&["run", &relay, "--link", &link, "--invoke", "add(1, 2)"]).await;
    ended.fails(
        1,
        &[
            "/demo.calc.v0_1.Ops/Add",
            "UNIMPLEMENTED",
            server.url(),
            "/test.hostile.v0_1.Acts",
        ],
    );
}
