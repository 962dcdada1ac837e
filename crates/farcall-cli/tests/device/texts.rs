//! Calls as text over the device, by programs and by a native one.

use std::path::Path;

use farcall_net::Message;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

use crate::harness::{Server, calc, fixture, run, text, within};

/// A module that writes one message to the device, and prints what of the answer follows its number, each byte without
/// its highest bit: statuses are not all text.
fn asking(message: Message) -> String {
    let (head, rest) = message.encode();
    let bytes = [&head[..], &rest].concat();
    let hex: String = bytes.iter().map(|byte| format!("\\{byte:02x}")).collect();
    let length = bytes.len();
    format!(
        r#"(module
  (import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "rpc")
  (data (i32.const 1024) "{hex}")
  (func $do (param $errno i32) (if (local.get $errno) (then unreachable)))
  (func (export "_start") (local $at i32)
    (call $do (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 3) (i32.const 0)
      (i64.const 66) (i64.const 66) (i32.const 0) (i32.const 32)))
    (i32.store (i32.const 64) (i32.const 1024))
    (i32.store (i32.const 68) (i32.const {length}))
    (call $do (call $write (i32.load (i32.const 32)) (i32.const 64) (i32.const 1) (i32.const 36)))
    (i32.store (i32.const 64) (i32.const 4096))
    (i32.store (i32.const 68) (i32.const 4096))
    (call $do (call $read (i32.load (i32.const 32)) (i32.const 64) (i32.const 1) (i32.const 36)))
    (local.set $at (i32.add (i32.load (i32.const 36)) (i32.const 4096)))
    (loop $next
      (local.set $at (i32.sub (local.get $at) (i32.const 1)))
      (i32.store8 (local.get $at) (i32.and (i32.load8_u (local.get $at)) (i32.const 127)))
      (br_if $next (i32.gt_u (local.get $at) (i32.const 4096))))
    (i32.store (i32.const 64) (i32.const 4102))
    (i32.store (i32.const 68) (i32.sub (i32.load (i32.const 36)) (i32.const 6)))
    (call $do (call $write (i32.const 1) (i32.const 64) (i32.const 1) (i32.const 36)))))"#
    )
}

fn invoke(text: &str) -> Message {
    Message::Invoke {
        number: 9,
        timeout: None,
        text: text.to_owned(),
    }
}

/// What the program hears that calls so, with these links: a code and what follows it.
async fn heard(folder: &Path, call: &str, links: &[&str]) -> (u8, String) {
    let program = folder.join("asks.wat");
    std::fs::write(&program, asking(invoke(call))).expect("it can be written");
    let mut arguments = vec!["run", text(&program)];
    arguments.extend(links.iter().flat_map(|link| ["--link", link]));
    let said = run(&arguments).await.with(0).stdout;
    (said.as_bytes()[0], said[1..].to_owned())
}

/// spec: E-15, E-19
#[tokio::test]
async fn a_program_calls_a_component_as_text() {
    let calculator = Server::start(&[&calc()]).await;
    let counter = Server::start(&[&fixture("device-server")]).await;
    let folder = tempfile::tempdir().expect("a folder");
    let links = [
        format!("demo:calc/ops={}", calculator.url()),
        format!("demo:device/counter={}", counter.url()),
    ];
    let links = [links[0].as_str(), &links[1]];
    for (call, answer) in [
        (r#"(invoke "ops.add" (i32.const 2) (s32.const 40))"#, "(i32.const 42)"),
        (
            r#"(invoke "demo:calc/ops@0.1.0.divide" (s32.const 1) (s32.const 0))"#,
            r#"(result.err (str.const "division by zero"))"#,
        ),
        (r#"(invoke "greet" (str.const "you"))"#, r#"(str.const "hello, you")"#),
        (r#"(invoke "counter.add" (i32.const 1) (i32.const 2))"#, "(i32.const 3)"),
    ] {
        assert_eq!(
            heard(folder.path(), call, &links).await,
            (0, answer.to_owned()),
            "{call}"
        );
    }
    for (call, links, code, piece) in [
        (
            r#"(invoke "add" (i32.const 1) (i32.const 2))"#,
            &links[..],
            3,
            "say more of the name",
        ),
        (
            r#"(invoke "nothing")"#,
            &links[..],
            12,
            "no linked interface has a function nothing",
        ),
        (r#"(invoke "other:pkg/thing.call")"#, &links[..], 12, "is not linked"),
        // What the server of another link serves besides is not linked.
        (
            r#"(invoke "next")"#,
            &links[..1],
            12,
            "no linked interface has a function next",
        ),
        (r#"(invoke "ops.add" (i32.const 1))"#, &links[..], 3, "does not parse"),
        ("ops.add(1, 2)", &links[..], 3, "does not parse"),
        ("", &links[..], 3, "does not parse"),
        (r#"(invoke "add")"#, &[][..], 12, "nothing is linked"),
    ] {
        let (said, why) = heard(folder.path(), call, links).await;
        assert_eq!(said, code, "{call}: {why}");
        assert!(why.contains(piece), "{call}: {why}");
    }
}

/// spec: E-19
#[tokio::test]
async fn a_call_as_text_goes_to_a_module_in_the_same_process() {
    let folder = tempfile::tempdir().expect("a folder");
    let callee = folder.path().join("m.wat");
    let module = r#"(module (func (export "__wasm_rpc_two") (result i32 f64) (i32.const -2) (f64.const 0.5)))"#;
    std::fs::write(&callee, module).expect("it can be written");
    let link = format!("m={}", callee.display());
    for call in [
        r#"(invoke "two")"#,
        r#"(invoke "__wasm_rpc_two")"#,
        r#"(invoke "m.two")"#,
    ] {
        let answer = "(i32.const -2) (f64.const 0.5)".to_owned();
        assert_eq!(heard(folder.path(), call, &[&link]).await, (0, answer), "{call}");
    }
}

/// spec: E-19, E-23
#[tokio::test]
async fn a_native_program_calls_as_text_what_the_server_serves() {
    let folder = tempfile::tempdir().expect("a folder");
    let listen = format!("unix:{}", folder.path().join("s").display());
    let server = Server::start(&[&calc(), &fixture("device-server"), "--listen", &listen]).await;
    let path = server.url().strip_prefix("unix:").expect("a socket");
    let mut socket = UnixStream::connect(path).await.expect("it listens");
    let mut said = async |call: &str| {
        let (head, rest) = invoke(call).encode();
        socket.write_all(&[&head[..], &rest].concat()).await.expect("it reads");
        let mut head = [0; 5];
        within(socket.read_exact(&mut head)).await.expect("an answer");
        let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]);
        let mut body = vec![0; length as usize];
        within(socket.read_exact(&mut body)).await.expect("all of it");
        match Message::decode(head[0], body.into()).expect("a message") {
            Message::Return { number: 9, outcome } => outcome,
            other => panic!("{other:?}"),
        }
    };
    let sum = said(r#"(invoke "ops.add" (i32.const 2) (i32.const 40))"#).await;
    assert_eq!(sum.unwrap(), "(i32.const 42)");
    let echo = said(r#"(invoke "echo" (list.const (u8.const 1) (u8.const 255)))"#).await;
    assert_eq!(echo.unwrap(), "(list.const (u8.const 1) (u8.const 255))");
    for (call, code) in [
        (r#"(invoke "add" (i32.const 2) (i32.const 40))"#, 3),
        (r#"(invoke "nothing")"#, 12),
        ("(invoke", 3),
    ] {
        let status = said(call).await.unwrap_err();
        assert_eq!(
            (status.code.number(), status.executed),
            (code, farcall_net::Executed::No),
            "{call}: {status}"
        );
    }
}
