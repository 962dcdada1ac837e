//! Modules that cannot be served, linked or run: each with an error that names module, function and what to try.

use crate::harness::{Server, run};
use crate::{module, written};

/// spec: M-2, M-4, M-7, N-3
#[tokio::test]
async fn what_cannot_be_served_is_refused_by_name() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text, flags, pieces) in [
        (
            "v128.wat",
            r#"(module (func (export "__wasm_rpc_f") (param v128)))"#,
            &[][..],
            &["its export `__wasm_rpc_f` has a parameter of type v128", "use i32"][..],
        ),
        (
            "reference.wat",
            r#"(module (import "env" "__wasm_rpc_g" (func (result externref))) (func (export "__wasm_rpc_f")))"#,
            &["--link", "m=http://127.0.0.1:1"],
            &["its import `__wasm_rpc_g` has a result of type externref"],
        ),
        (
            "global.wat",
            r#"(module (global (export "__wasm_rpc_f") i32 (i32.const 1)))"#,
            &[],
            &["its export `__wasm_rpc_f` is a global, not a function"],
        ),
        (
            "clash.wat",
            r#"(module (func (export "__wasm_rpc_f")) (func (export "f")))"#,
            &["--all-exports"],
            &["`__wasm_rpc_f` and `f` are both `f` to callers", "rename"],
        ),
        (
            "types.wat",
            r#"(module (import "env" "__wasm_rpc_g" (func)) (import "env" "__wasm_rpc_g" (func (param i32)))
                (func (export "__wasm_rpc_f")))"#,
            &["--link", "m=http://127.0.0.1:1"],
            &["it imports `__wasm_rpc_g` twice, with two types: () -> () and (i32) -> ()"],
        ),
        (
            "nothing.wat",
            r#"(module (func (export "f")))"#,
            &[],
            &["exports no `__wasm_rpc_*` function", "--all-exports"],
        ),
        (
            "missing.wat",
            r#"(module (import "env" "memory" (memory 1)) (import "other" "f" (func)) (func (export "__wasm_rpc_f")))"#,
            &[],
            &["nothing answers its imports env.memory, other.f"],
        ),
        ("broken.wat", "(module (func", &[], &["not WebAssembly text"]),
        (
            "no.wat",
            "(module (func (export \"__wasm_rpc_f\") i32.add))",
            &[],
            &["type mismatch"],
        ),
    ] {
        let file = written(folder.path(), name, text);
        let arguments = [&["serve", file.as_str(), "--listen", "127.0.0.1:0"], flags].concat();
        run(&arguments).await.fails(1, &[&[name][..], pieces].concat());
    }
}

#[tokio::test]
async fn links_that_say_too_little_or_too_much_are_refused_with_what_to_write() {
    let relay = module("plain-relay.wat");
    let serve = async |links: &[&str]| {
        let links: Vec<&str> = links.iter().flat_map(|link| ["--link", link]).collect();
        let arguments = [&["serve", relay.as_str(), "--listen", "127.0.0.1:0"], links.as_slice()].concat();
        run(&arguments).await
    };
    serve(&[]).await.fails(
        1,
        &[
            "nothing answers its import of env.__wasm_rpc_add, env.__wasm_rpc_swap",
            "--link NAME=",
        ],
    );
    serve(&["m=http://127.0.0.1:1", "n=http://127.0.0.1:1"]).await.fails(
        2,
        &[
            "several links may answer `__wasm_rpc_add`",
            "--link m.add=TARGET or --link n.add=TARGET",
        ],
    );
    serve(&[
        "m.add=http://127.0.0.1:1",
        "m.swap=http://127.0.0.1:1",
        "n=http://127.0.0.1:1",
    ])
    .await
    .fails(2, &["--link n links nothing", "add, swap"]);
    let math = module("math.wat");
    run(&[
        "serve",
        &math,
        "--listen",
        "127.0.0.1:0",
        "--link",
        "m=http://127.0.0.1:1",
    ])
    .await
    .fails(2, &["--link m links nothing", "imports no `__wasm_rpc_*` function"]);
}

#[tokio::test]
async fn a_start_function_that_traps_is_told_by_each_call() {
    let folder = tempfile::tempdir().expect("a folder");
    let start = r#"(module (func $s unreachable) (start $s) (func (export "__wasm_rpc_f")))"#;
    let start = written(folder.path(), "start.wat", start);
    let server = Server::start(&[&start]).await;
    run(&["call", server.url(), "f()"]).await.fails(
        1,
        &[
            "start.f",
            "INTERNAL",
            "in its start function, before any call",
            "unreachable",
        ],
    );
    run(&["run", &module("math.wat")])
        .await
        .fails(1, &["is no command: it exports no `_start`", "--invoke"]);
}
