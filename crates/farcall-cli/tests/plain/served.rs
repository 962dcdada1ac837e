//! What is served of a plain module, under which name, and within which limits.

use std::sync::Arc;

use farcall::{CallOptions, Client, Value};
use tokio::task::JoinSet;

use crate::harness::{Server, component, run};
use crate::{module, written};

/// spec: M-1, M-2, N-8, N-11
#[tokio::test]
async fn a_module_is_served_under_its_name_and_called_as_anything_else() {
    let math = module("math.wat");
    let server = Server::start(&[&math, "--name", "m"]).await;
    let call = async |call: &'static str| run(&["call", server.url(), call]).await;
    call("m.mul(6, 7)").await.prints("42\n");
    call("add(-3, 1)").await.prints("-2\n");
    call("m.word-count()").await.prints("1\n");
    call("m.swap(-1, 5000000000, 1.5, -0.25)")
        .await
        .prints("(-0.25, 1.5, 5000000000, -1)\n");
    call("m.raw-x4121()").await.prints("33\n");
    call("m.neg(1)").await.fails(1, &["m.neg is not there"]);
    // Fresh instances keep no count.
    call("m.word-count()").await.prints("1\n");
    let said = run(&["inspect", server.url()]).await.with(0).stdout;
    for piece in [
        "// m.mul  path /M/Mul  fingerprint OTVnFKrx3eiSNT9j9N79KQ",
        "// m.word-count  path /M/WordCount",
        "// m.raw-x4121  path /M/Raw__4121",
        "mul: func(p0: s32, p1: s32) -> s32;",
        "swap: func(p0: s32, p1: s64, p2: f32, p3: f64) -> tuple<f64, f32, s64, s32>;",
    ] {
        assert!(said.contains(piece), "`{piece}` is not in:\n{said}");
    }
}

#[tokio::test]
async fn a_full_name_and_the_files_name_work_too() {
    let math = module("math.wat");
    let server = Server::start(&[&math, "--name", "demo:calc/ops@0.1.0"]).await;
    run(&["call", server.url(), "demo:calc/ops@0.1.0.add(1, 2)"])
        .await
        .prints("3\n");
    let said = run(&["inspect", server.url()]).await.with(0).stdout;
    assert!(said.contains("path /demo.calc.v0_1.Ops/Mul"), "{said}");

    let folder = tempfile::tempdir().expect("a folder");
    let text = std::fs::read_to_string(&math).expect("it is there");
    let binary = component(folder.path(), "My_Math.wasm", &text);
    let server = Server::start(&[&binary]).await;
    run(&["call", server.url(), "my-math.mul(2, 3)"]).await.prints("6\n");
    // In this process, without a server, every export is there.
    run(&["call", &binary, "neg(12)"]).await.prints("-12\n");
    run(&["run", &binary, "--invoke", "mul(5, 5)"]).await.prints("25\n");
}

#[tokio::test]
async fn all_exports_offers_what_is_not_marked_too() {
    let server = Server::start(&[&module("math.wat"), "--all-exports"]).await;
    run(&["call", server.url(), "math.neg(5000000000)"])
        .await
        .prints("-5000000000\n");
    run(&["call", server.url(), "math.mul(2, 2)"]).await.prints("4\n");
    server
        .has_said("math.wide is left out: it has a parameter of type v128")
        .await;
    server.has_said("math.malloc is left out").await;
}

#[tokio::test]
async fn all_exports_leaves_out_what_toolchains_put_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let reserved = [
        "cabi_realloc",
        "cabi_realloc_wit_bindgen_0_46_0",
        "cabi_post___wasm_rpc_word_count",
        "cabi_post_demo:calc/ops#greet",
        "cm32p2_realloc",
        "cm32p2|_initialize",
        "cm32p2_memory_grow",
        "free",
    ];
    let exports: String = reserved
        .iter()
        .map(|name| format!("(func (export \"{name}\") (param i32) (result i32) (local.get 0))"))
        .collect();
    let text = format!("(module {exports} (func (export \"neg\") (param i32) (result i32) (local.get 0)))");
    let module = written(folder.path(), "tools.wat", &text);
    let server = Server::start(&[&module, "--all-exports"]).await;
    run(&["call", server.url(), "tools.neg(5)"]).await.prints("5\n");
    let said = run(&["inspect", server.url()]).await.with(0).stdout;
    assert_eq!(said.matches(": func(").count(), 1, "{said}");
    for name in reserved {
        server.has_said(&format!("tools.{name} is left out: ")).await;
    }
}

#[tokio::test]
async fn a_file_is_inspected_without_being_run() {
    let said = run(&["inspect", &module("plain-relay.wat")]).await.with(0).stdout;
    for piece in [
        "plain-relay.add-far  path /PlainRelay/AddFar",
        "import add: func(p0: s32, p1: s32) -> s32;",
    ] {
        assert!(said.contains(piece), "`{piece}` is not in:\n{said}");
    }
    run(&["diff", &module("math.wat"), &module("math.wat")]).await.with(0);
}

#[tokio::test]
async fn a_folder_holds_modules_and_components_in_text_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let numbered = |number: &str| include_str!("../components/numbered.wat").replace("NUMBER", number);
    component(folder.path(), "seven.wasm", &numbered("7"));
    written(folder.path(), "eight.wat", &numbered("8"));
    let math = std::fs::read_to_string(module("math.wat")).expect("it is there");
    written(folder.path(), "math.wat", &math);
    let server = Server::start(&[folder.path().to_str().expect("UTF-8")]).await;
    run(&["call", server.url(), "math.mul(6, 7)"]).await.prints("42\n");
    for number in ["7", "8"] {
        let call = format!("i{number}.number()");
        run(&["call", server.url(), &call]).await.prints(&format!("{number}\n"));
    }
}

/// spec: M-7
#[tokio::test]
async fn each_policy_holds_for_a_module_and_it_is_initialised_once_an_instance() {
    for (policy, counts) in [
        ("fresh", [11, 11, 11]),
        ("pooled", [11, 12, 13]),
        ("shared", [11, 12, 13]),
    ] {
        let server = Server::start(&[&module("plain-reactor.wat"), "--policy", policy, "--name", "r"]).await;
        for count in counts {
            run(&["call", server.url(), "r.hello()"])
                .await
                .prints(&format!("{count}\n"));
        }
        server.has_said("[r] hello\n").await;
    }
}

#[tokio::test]
async fn traps_loops_and_memory_end_the_call_alone() {
    let limits = [
        "--memory",
        "16MiB",
        "--policy",
        "shared",
        "--deadline",
        "1s",
        "--name",
        "m",
    ];
    let math = module("math.wat");
    let server = Server::start(&[&[math.as_str()], &limits[..]].concat()).await;
    let call = async |call: &'static str| run(&["call", server.url(), call]).await;
    call("m.word-count()").await.prints("1\n");
    call("m.word-count()").await.prints("2\n");
    call("m.trap()")
        .await
        .fails(1, &["m.trap", "INTERNAL", "trapped", "unreachable"]);
    // The state went with the trap.
    call("m.word-count()").await.prints("1\n");
    call("m.spin()").await.fails(1, &["DEADLINE_EXCEEDED"]);
    call("m.grow()").await.fails(1, &["RESOURCE_EXHAUSTED", "memory"]);
    call("m.mul(2, 2)").await.prints("4\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_calls_of_a_module_end_with_the_right_results_under_each_policy() {
    for policy in ["fresh", "pooled", "shared"] {
        let server = Server::start(&[&module("math.wat"), "--policy", policy]).await;
        let client = Arc::new(Client::connect(server.url()).expect("a target"));
        let options = CallOptions::default();
        let catalog = client.catalog(&options).await.expect("a catalog");
        let add = catalog
            .find(&"add".parse().expect("a name"))
            .expect("it is there")
            .clone();
        let mut callers = JoinSet::new();
        for caller in 0..50 {
            let (client, add) = (Arc::clone(&client), add.clone());
            callers.spawn(async move {
                for i in 0..200 {
                    let arguments = [Value::S32(caller), Value::S32(i)];
                    let sum = client.call(&add, &arguments, &CallOptions::default()).await;
                    assert_eq!(sum.expect("a sum").value, Some(Value::S32(caller + i)));
                }
            });
        }
        while let Some(ended) = callers.join_next().await {
            ended.expect("no caller panics");
        }
    }
}

/// spec: M-5, F-5, F-7
#[tokio::test]
async fn a_modules_own_wit_names_its_parameters() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = r#"(module
      (@custom "wasm-rpc:wit" "/// Adds.\nexport add: func(a: s32, b: s32) -> s32;\n")
      (func (export "__wasm_rpc_add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
      (func (export "__wasm_rpc_one") (result i32) (i32.const 1)))"#;
    let named = written(folder.path(), "named.wat", text);
    let server = Server::start(&[&named, "--name", "demo:calc/ops@0.1.0"]).await;
    let said = run(&["inspect", server.url()]).await.with(0).stdout;
    for piece in ["/// Adds.", "add: func(a: s32, b: s32) -> s32;", "one: func() -> s32;"] {
        assert!(said.contains(piece), "`{piece}` is not in:\n{said}");
    }
    run(&["call", server.url(), "ops.add(40, 2)"]).await.prints("42\n");
    let link = format!("demo:calc/ops@0.1.0={}", server.url());
    let relay = component(folder.path(), "relay.wasm", include_str!("../components/relay.wat"));
    run(&["run", &relay, "--link", &link, "--invoke", "relay.add(40, 2)"])
        .await
        .prints("42\n");
    let command = module("plain-command.wat");
    let ended = run(&["run", &command, "--link", &link]).await.with(1);
    assert_eq!(ended.stdout, "42\n");

    let wrong = written(folder.path(), "wrong.wat", &text.replace("b: s32)", "b: s64)"));
    run(&["serve", &wrong, "--listen", "127.0.0.1:0"]).await.fails(
        1,
        &[
            "wrong.wat",
            "`add: func(a: s32, b: s64) -> s32`",
            "`__wasm_rpc_add` is (i32 i32) -> (i32)",
        ],
    );
}

#[tokio::test]
async fn a_module_with_wit_of_more_than_numbers_becomes_a_component() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = r#"(module
      (@custom "wasm-rpc:wit" "export size: func(text: string) -> u32;")
      (memory (export "memory") 1)
      (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
      (func (export "__wasm_rpc_size") (param i32 i32) (result i32) (local.get 1)))"#;
    let sizes = written(folder.path(), "sizes.wat", text);
    let server = Server::start(&[&sizes, "--name", "m"]).await;
    run(&["call", server.url(), "m.size(\"hello\")"]).await.prints("5\n");
    run(&["call", &sizes, "size(\"\")"]).await.prints("0\n");
}
