//! Functions marked with `#[wasm_rpc]`, and plain symbols of C and C++: served, called, linked and inspected like any other.
//!
//! Builds no guest: what is neither checked in nor built is skipped, with the reason.

mod harness;

use std::path::Path;

use harness::{Server, built, calc, fixture, run, text};

/// What is checked in, or built anew, and what `cargo xtask guests` made for the other targets.
fn builds(name: &str) -> Vec<String> {
    let others = ["wasi1", "wasi"].map(|target| built(&format!("{name}-{target}")));
    let others = others.iter().flatten().map(|path| text(path).to_string());
    std::iter::once(fixture(name)).chain(others).collect()
}

// On `wasm32-wasip2` the functions are the world's own.
const NAMED: [&str; 3] = ["--name", "m", "--world-functions"];

// What the proposal's module calls elsewhere, written by hand.
const SUBTRACTS: &str = r#"(module
  (func (export "__wasm_rpc_sub") (param i32 i32) (result i32) (i32.sub (local.get 0) (local.get 1))))"#;

#[tokio::test]
async fn the_proposals_functions_are_served_and_linked() {
    let folder = tempfile::tempdir().expect("a folder");
    let subtracts = folder.path().join("subtracts.wat");
    std::fs::write(&subtracts, SUBTRACTS).expect("the folder can be written");
    for caller in builds("proposal") {
        let server = Server::start(&[&caller, NAMED[0], NAMED[1], NAMED[2], "--link", "m=http://127.0.0.1:9"]).await;
        run(&["call", server.url(), "add(40, 2)"]).await.prints("42\n");
        let said = run(&["inspect", server.url()]).await.with(0).stdout;
        assert!(said.contains("path /M/Add"), "{said}");
        assert!(said.contains("add: func(a: s32, b: s32) -> s32;"), "{said}");
    }
    let subtracts = Server::start(&[text(&subtracts), "--name", "m"]).await;
    let link = format!("m={}", subtracts.url());
    for caller in builds("proposal") {
        let caller = Server::start(&[&caller, NAMED[0], NAMED[1], NAMED[2], "--link", &link]).await;
        run(&["call", caller.url(), "back(7, 5)"]).await.prints("7\n");
    }
}

#[tokio::test]
async fn every_type_travels_between_marked_functions_of_every_target() {
    let component = calc();
    let ops = format!("demo:calc/ops={component}");
    for callee in builds("marked-callee") {
        let server = Server::start(&[&callee, NAMED[0], NAMED[1], NAMED[2]]).await;
        let link = format!("m={}", server.url());
        for caller in builds("marked-caller") {
            let invoke =
                async |call: &str| run(&["run", &caller, "--link", &link, "--link", &ops, "--invoke", call]).await;
            invoke("run()").await.prints("ok(\"34 checks\")\n");
            invoke("lost()").await.prints("\"Unimplemented\"\n");
            invoke("trapped()")
                .await
                .fails(1, &["/M/NowhereAtAll", "UNIMPLEMENTED"]);
        }
    }
}

#[tokio::test]
async fn a_marked_function_is_called_and_inspected_like_any_other() {
    let server = Server::start(&[&fixture("marked-callee"), "--name", "demo:marked/all@0.1.0"]).await;
    let call = async |call: &str| run(&["call", server.url(), call]).await;
    call("greet(\"you\")").await.prints("\"hello, you\"\n");
    call("demo:marked/all.mirror({x: 1, y: -2})")
        .await
        .prints("{x: -2, y: 1}\n");
    call("turn(text(\"abc\"))").await.prints("text(\"cba\")\n");
    call("check(false)").await.prints("err(dark-green)\n");
    call("greet(1)").await.fails(2, &["greet"]);
    let said = run(&["inspect", server.url()]).await.with(0).stdout;
    for piece in [
        "path /demo.marked.v0_1.All/NextChar",
        "polygon(list<point>),",
        "redraw: func(drawing: drawing) -> drawing;",
    ] {
        assert!(said.contains(piece), "`{piece}` is not in:\n{said}");
    }
    // A component holds no documentation of other packages than its world's.
    let server = Server::start(&[&fixture("marked-callee"), "--name", "m"]).await;
    let said = run(&["inspect", server.url()]).await.with(0).stdout;
    for piece in ["/// Says hello.", "/// What can be drawn."] {
        assert!(said.contains(piece), "`{piece}` is not in:\n{said}");
    }
}

#[tokio::test]
async fn a_module_of_plain_symbols_in_c_is_served_and_calls_a_component() {
    let (Some(c), Some(cpp)) = (built("plain-c"), built("plain-cpp")) else {
        println!("skipped: plain-c or plain-cpp is not built; `cargo xtask guests` builds them");
        return;
    };
    let server = Server::start(&[text(&c), "--name", "m"]).await;
    run(&["call", server.url(), "add(40, 2)"]).await.prints("42\n");
    run(&["call", server.url(), "widen(-2)"]).await.prints("-8589934592\n");
    run(&["call", server.url(), "mean(1, 2)"]).await.prints("1.5\n");
    let said = run(&["inspect", server.url()]).await.with(0).stdout;
    assert!(said.contains("add: func(a: s32, b: s32) -> s32;"), "{said}");
    let marked = Server::start(&[&fixture("marked-callee"), "--name", "m"]).await;
    let link = format!("m={}", marked.url());
    let server = Server::start(&[text(&cpp), "--name", "text", "--link", &link]).await;
    run(&["call", server.url(), "greet(\"you\")"])
        .await
        .prints("\"hello, you\"\n");
    run(&["call", server.url(), "backwards([1, 2, 3])"])
        .await
        .prints("[3, 2, 1]\n");
    run(&["call", server.url(), "relay(\"größe\")"])
        .await
        .prints("\"GRÖSSE\"\n");
    run(&["call", server.url(), "relay(\"\")"]).await.prints("\"\"\n");
}

#[tokio::test]
async fn marked_functions_and_components_call_each_other() {
    let component = Server::start(&[&calc()]).await;
    let ops = format!("demo:calc/ops={}", component.url());
    for caller in builds("marked-caller") {
        let links = ["--link", &ops, "--link", "m=http://127.0.0.1:9"];
        let invoke = ["run", &caller, "--invoke", "added(40, 2)"];
        run(&[&invoke[..], &links].concat()).await.prints("42\n");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let relay = harness::component(folder.path(), "relay.wasm", include_str!("components/relay.wat"));
    let marked = fixture("proposal");
    let far = Server::start(&[
        &marked,
        "--name",
        "demo:calc/ops@0.1.0",
        "--link",
        "m=http://127.0.0.1:9",
    ])
    .await;
    let near = Server::start(&[&relay, "--link", &format!("demo:calc/ops={}", far.url())]).await;
    run(&["call", near.url(), "relay.add(40, 2)"]).await.prints("42\n");
}

/// The chapter's pieces of source stand in the guests that are built and called here.
#[test]
fn the_chapters_pieces_are_those_that_run() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let read = |path: &str| std::fs::read_to_string(root.join(path)).expect("it is there");
    let chapter = read("docs/from-the-proposal.md");
    let mut found = 0;
    for piece in chapter.split("<!-- from ").skip(1) {
        let (path, rest) = piece.split_once(" -->").expect("the file's name ends");
        let block = rest.split("```").nth(1).expect("a piece follows");
        let (_, block) = block.split_once('\n').expect("it has lines");
        assert!(read(path).contains(block.trim_end()), "{path} does not have:\n{block}");
        found += 1;
    }
    assert_eq!(found, 6);
}
