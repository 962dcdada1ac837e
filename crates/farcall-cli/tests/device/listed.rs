//! Programs that serve over the device what their operator lists.

use std::path::Path;

use crate::harness::{Server, calc, fixture, run, text};

/// Opens the device and answers every call with 42, without ever saying what it serves.
const SILENT: &str = r#"(module
  (import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "rpc")
  (data (i32.const 48) "\00\04\00\00\00\10\00\00")
  (data (i32.const 64) "\80\00\00\00\08\00\00\00")
  (data (i32.const 128) "\02\00\00\00\03\00\00\2a")
  (func (export "_start")
    (if (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 3) (i32.const 0)
      (i64.const 66) (i64.const 66) (i32.const 0) (i32.const 32)) (then unreachable))
    (loop $next
      (if (call $read (i32.load (i32.const 32)) (i32.const 48) (i32.const 1) (i32.const 36)) (then unreachable))
      (if (i32.eqz (i32.load (i32.const 36))) (then return))
      (if (i32.eq (i32.load8_u (i32.const 1024)) (i32.const 1)) (then
        (i32.store8 (i32.const 133) (i32.load8_u (i32.const 1029)))
        (if (call $write (i32.load (i32.const 32)) (i32.const 64) (i32.const 1) (i32.const 40)) (then unreachable))))
      (br $next))))"#;

const LISTED: &str = "package demo:listed@0.1.0; interface answer { give: func(of: string) -> s32; }";

fn written(folder: &Path, name: &str, content: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, content).expect("it can be written");
    text(&path).to_owned()
}

/// spec: E-16
#[tokio::test]
async fn a_program_that_announces_nothing_serves_what_is_listed() {
    let folder = tempfile::tempdir().expect("a folder");
    let silent = written(folder.path(), "silent.wat", SILENT);
    let listed = written(folder.path(), "listed.wit", LISTED);
    let config = "[[component]]\nfile = \"silent.wat\"\nwit = \"listed.wit\"\n";
    let config = written(folder.path(), "farcall.toml", config);
    for said in [&[silent.as_str(), "--wit", &listed][..], &["--config", &config]] {
        let server = Server::start(said).await;
        run(&["call", server.url(), "answer.give(\"x\")"]).await.prints("42\n");
        run(&["call", server.url(), "demo:listed/answer@0.1.0.give(\"y\")"])
            .await
            .prints("42\n");
        let shown = run(&["inspect", server.url()]).await.with(0).stdout;
        assert!(shown.contains("give: func(of: string) -> s32"), "{shown}");
        server.signal("TERM").await;
        server.ended().await.with(0);
    }
}

/// spec: E-16, E-18
#[tokio::test]
async fn a_program_may_announce_what_is_listed_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(&[&fixture("device-server")]).await;
    let shown = run(&["inspect", server.url()]).await.with(0).stdout;
    let interface = shown
        .split("interface counter {")
        .nth(1)
        .and_then(|rest| rest.split('}').next());
    let interface = interface.expect("it serves that interface");
    let same = format!("package demo:device@0.1.0; interface counter {{ {interface} }}");
    let same = written(folder.path(), "same.wit", &same);
    let agreed = Server::start(&[&fixture("device-server"), "--wit", &same]).await;
    run(&["call", agreed.url(), "counter.add(2, 40)"]).await.prints("42\n");
    let ended = {
        agreed.signal("TERM").await;
        agreed.ended().await.with(0)
    };
    assert!(!ended.stderr.contains("refused"), "{}", ended.stderr);
    let other = written(folder.path(), "other.wit", LISTED);
    let server = Server::start(&[&fixture("device-server"), "--wit", &other]).await;
    server.has_said("an announcement is refused").await;
    server.has_said("a message of kind 6").await;
}

#[tokio::test]
async fn a_list_for_something_else_is_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let silent = written(folder.path(), "silent.wat", SILENT);
    let listed = written(folder.path(), "listed.wit", LISTED);
    let broken = written(folder.path(), "broken.wit", "package");
    let empty = written(folder.path(), "empty.wit", "package a:b; interface c {}");
    let serve = async |arguments: &[&str]| run(&[&["serve", "--listen", "127.0.0.1:0"], arguments].concat()).await;
    let calculator = calc();
    for (file, wit, pieces) in [
        (
            &calculator,
            listed.as_str(),
            ["calc.wasm", "no program that serves over the device"],
        ),
        (&silent, &broken, ["silent.wat", "what is listed for it"]),
        (&silent, &empty, ["silent.wat", "no function that can be carried"]),
        (&silent, "absent.wit", ["cannot read", "absent.wit"]),
    ] {
        serve(&[file, "--wit", wit]).await.fails(1, &pieces);
    }
    serve(&[&silent, &calculator, "--wit", &listed])
        .await
        .fails(2, &["is for one component, and there are 2"]);
}
