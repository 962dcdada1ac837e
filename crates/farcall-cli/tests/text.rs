//! Calls as WebAssembly text, at the command line and as `application/wat` from curl.
//!
//! What a text means is the codec's tests'; here is what a server and a person's call make of one.

mod harness;

use std::process::Stdio;

use tokio::process::Command;

use harness::{Server, calc, run, within};

const ADD: &str = "/demo.calc.v0_1.Ops/Add";

/// spec: T-3, N-12: the name alone, or with as much of its interface as is said.
#[tokio::test]
async fn a_call_as_text_calls_the_only_function_so_named() {
    let server = Server::start(&[&calc()]).await;
    for name in ["add", "ops.add", "calc/ops.add", "demo:calc/ops@0.1.0.add"] {
        for constants in ["(s32.const 2) (s32.const 40)", "(i32.const 2) (i32.const 40)"] {
            let call = format!(" (invoke \"{name}\" {constants}) ;; as in a script");
            run(&["call", server.url(), &call]).await.prints("42\n");
        }
    }
    let rect = "(variant.const \"rect\" (record.const (field \"x\" s32.const 3) (field \"y\" s32.const 4)))";
    run(&["call", server.url(), &format!("(invoke \"area\" {rect})")])
        .await
        .prints("ok(12)\n");
    run(&["call", &calc(), "(invoke \"greet\" (str.const \"you\"))"])
        .await
        .prints("\"hello, you\"\n");
}

/// spec: T-2, T-3, T-4, T-5
#[tokio::test]
async fn a_text_that_is_no_call_of_the_function_is_told_why() {
    let server = Server::start(&[&calc()]).await;
    for (call, piece) in [
        ("(invoke \"subtract\" (i32.const 1))", "subtract is not there"),
        ("(invoke \"\" (i32.const 1))", "\"\" is not there"),
        ("(invoke \"a b\")", "\"a b\" is not there"),
        (
            "(invoke $m \"add\" (i32.const 1) (i32.const 2))",
            "a call names no module, found `$m`",
        ),
        (
            "(invoke \"add\" (i32.const 1))",
            "expected 2 arguments (a: s32, b: s32), found 1",
        ),
        (
            "(invoke \"add\" (i32.const 1) (i64.const 2))",
            "argument b: expected s32, found i64.const",
        ),
        ("(invoke \"add\" (i32.const 1) (i32.const 2)", "expected `)`"),
        ("(add 1 2)", "line 1, column 2"),
    ] {
        let code = if piece.ends_with("is not there") { 1 } else { 2 };
        run(&["call", server.url(), call]).await.fails(code, &[piece]);
    }
}

/// What curl gets: the answer's body, HTTP status, version and content type. `None` where there is no such curl.
async fn curl(version: &str, url: &str, content_type: &str, body: &str) -> Option<String> {
    let output = Command::new("curl")
        .args(["-sS", "--max-time", "60", version, "-H"])
        .arg(format!("content-type: {content_type}"))
        .args(["--data-binary", body, url])
        .args(["-w", " %{http_code} %{http_version} %{content_type}"])
        .stdin(Stdio::null())
        .output();
    let output = match within(output).await {
        Ok(output) => output,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            eprintln!("skipped: there is no curl");
            return None;
        }
        Err(error) => panic!("{error}"),
    };
    Some(String::from_utf8(output.stdout).expect("an answer in UTF-8"))
}

/// spec: T-1, T-7: the result has the form of the call, over either HTTP.
#[tokio::test]
async fn curl_calls_with_text_and_reads_text() {
    let server = Server::start(&[&calc()]).await;
    for (option, version) in [("--http1.1", "1.1"), ("--http2-prior-knowledge", "2")] {
        for (path, call, result) in [
            (ADD, "(invoke \"add\" (i32.const 2) (i32.const 40))", "(i32.const 42)"),
            (
                "/demo.calc.v0_1.Ops/Divide",
                "(invoke \"ops.divide\" (s32.const 1) (s32.const 0))",
                "(result.err (str.const \"division by zero\"))",
            ),
            (
                "/demo.calc.v0_1.Ops/Sum",
                "(invoke \"demo:calc/ops@0.1.0.sum\" (list.const (s32.const 1) (s32.const -3)))",
                "(s64.const -2)",
            ),
        ] {
            let url = format!("{}{path}", server.url());
            let Some(said) = curl(option, &url, "application/wat", call).await else {
                return;
            };
            assert_eq!(said, format!("{result} 200 {version} application/wat"));
        }
    }
}

/// spec: T-1, T-3, T-9: what is no call of the path's function is INVALID_ARGUMENT, and Connect's JSON.
#[tokio::test]
async fn curl_is_told_what_is_wrong_with_a_text() {
    let server = Server::start(&[&calc()]).await;
    let url = format!("{}{ADD}", server.url());
    for (body, piece) in [
        ("(invoke \\\"greet\\\" (i32.const 1) (i32.const 2))", "does not parse"),
        (
            "(invoke \"sum\" (i32.const 1) (i32.const 2))",
            "is not the function of this path",
        ),
        ("(invoke \"add\" (i32.const 1))", "expected 2 arguments"),
        ("", "does not parse"),
        ("\u{1}\u{2}", "does not parse"),
    ] {
        let Some(said) = curl("--http1.1", &url, "application/wat", body).await else {
            return;
        };
        assert!(said.contains("\"code\":\"invalid_argument\""), "{said}");
        assert!(said.contains(piece), "{said}");
        assert!(said.ends_with(" 400 1.1 application/json"), "{said}");
    }
    let description = format!("{}/wasm_rpc.core.v0_1.Interfaces/Get", server.url());
    if let Some(said) = curl("--http1.1", &description, "application/wat", "(invoke \"get\")").await {
        assert!(said.contains("\"code\":\"unimplemented\""), "{said}");
    }
}
