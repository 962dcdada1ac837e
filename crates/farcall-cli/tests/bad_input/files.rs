//! Files that cannot be served or run: each error names the file and what to do about it.

use crate::harness::{Server, calc, calc_client, component, fixture, outdated, run, text};

#[tokio::test]
async fn what_is_not_wasm_is_refused_by_name() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, bytes) in [
        ("empty.wasm", &b""[..]),
        ("page.wasm", b"<html></html>"),
        ("zero.wasm", &[0; 4096]),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("a file");
        run(&["serve", text(&path), "--listen", "127.0.0.1:0"])
            .await
            .fails(1, &[name, "error: "]);
        run(&["run", text(&path)]).await.fails(1, &[name]);
        run(&["call", text(&path), "add(1, 2)"]).await.fails(1, &[name]);
        run(&["inspect", text(&path)]).await.fails(1, &[name]);
    }
}

#[tokio::test]
async fn a_file_that_is_not_there_is_named() {
    run(&["serve", "no/such.wasm", "--listen", "127.0.0.1:0"])
        .await
        .fails(1, &["no/such.wasm", "cannot read"]);
    run(&["run", "no/such.wasm"]).await.fails(1, &["no/such.wasm"]);
    run(&["call", "no/such.wasm", "add(1, 2)"])
        .await
        .fails(1, &["no/such.wasm"]);
    run(&["inspect", "no/such.wasm"]).await.fails(1, &["no/such.wasm"]);
    let ended = run(&[
        "run",
        &calc_client(),
        "--link",
        "demo:calc/ops=no/such.wasm",
        "--invoke",
        "run()",
    ])
    .await;
    ended.fails(1, &["no/such.wasm"]);
}

#[tokio::test]
async fn an_address_without_its_scheme_is_told_so() {
    let ended = run(&["call", "127.0.0.1:7070", "add(1, 2)"]).await;
    let ended = ended.fails(1, &["127.0.0.1:7070", "begins with http://"]);
    assert_eq!(
        ended.stderr.matches("No such file").count(),
        1,
        "a cause is said twice:\n{}",
        ended.stderr
    );
}

#[tokio::test]
async fn a_core_module_is_not_taken_for_a_component() {
    let folder = tempfile::tempdir().expect("a folder");
    let module = component(folder.path(), "core.wasm", "(module (func (export \"add\")))");
    run(&["serve", &module, "--listen", "127.0.0.1:0"])
        .await
        .fails(1, &["core.wasm", "module"]);
}

#[tokio::test]
async fn an_import_without_a_link_is_named_with_its_flag() {
    let flag = "--link demo:calc/ops@0.1.0=http://HOST:PORT";
    let client = calc_client();
    let ended = run(&["run", &client, "--invoke", "run()"]).await;
    ended.fails(1, &["calc-client.wasm", "demo:calc/ops@0.1.0", flag]);
    run(&["serve", &client, "--listen", "127.0.0.1:0"])
        .await
        .fails(1, &["calc-client.wasm", flag]);
    run(&["run", &fixture("shop")]).await.fails(1, &["shop.wasm", flag]);
}

#[tokio::test]
async fn a_link_that_links_nothing_names_what_is_imported() {
    let ended = run(&[
        "run",
        &calc_client(),
        "--link",
        "demo:calc/opz=http://127.0.0.1:1",
        "--invoke",
        "run()",
    ])
    .await;
    ended.fails(2, &["demo:calc/opz", "imports demo:calc/ops@0.1.0"]);
    let ended = run(&[
        "serve",
        &calc(),
        "--listen",
        "127.0.0.1:0",
        "--link",
        "demo:calc/ops=http://127.0.0.1:1",
    ])
    .await;
    ended.fails(2, &["demo:calc/ops links nothing"]);
}

/// spec: N-3
#[tokio::test]
async fn two_components_that_export_one_interface_are_both_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let copy = folder.path().join("other.wasm");
    std::fs::copy(calc(), &copy).expect("a copy");
    let ended = run(&["serve", &calc(), text(&copy), "--listen", "127.0.0.1:0"]).await;
    ended.fails(1, &["calc.wasm", "other.wasm", "demo:calc/ops@0.1.0"]);
}

#[tokio::test]
async fn a_component_that_exports_nothing_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let empty = component(folder.path(), "hollow.wasm", "(component)");
    run(&["serve", &empty, "--listen", "127.0.0.1:0"])
        .await
        .fails(1, &["hollow.wasm", "exports no interface"]);
}

#[tokio::test]
async fn an_unknown_wasi_import_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let wat = r#"(component
      (import "wasi:keyvalue/store@0.2.0" (instance (export "open" (func (result u32)))))
      (core module $code (func (export "one") (result i32) (i32.const 1)))
      (core instance $code (instantiate $code))
      (func $one (result u32) (canon lift (core func $code "one")))
      (instance $i (export "one" (func $one)))
      (export "test:odd/i" (instance $i)))"#;
    let odd = component(folder.path(), "odd.wasm", wat);
    run(&["serve", &odd, "--listen", "127.0.0.1:0"])
        .await
        .fails(1, &["odd.wasm", "wasi:keyvalue/store"]);
}

#[tokio::test]
async fn a_caller_of_another_wit_is_told_both_signatures_and_their_difference() {
    let folder = tempfile::tempdir().expect("a folder");
    let outdated = component(folder.path(), "outdated.wasm", outdated());
    let server = Server::start(&[&calc()]).await;
    let link = format!("demo:calc/ops={}", server.url());
    let ended = run(&["run", &outdated, "--link", &link, "--invoke", "run()"]).await;
    ended.fails(
        1,
        &[
            "demo:calc/ops",
            "FAILED_PRECONDITION",
            server.url(),
            "a: s64, b: s64",
            "a: s32, b: s32",
        ],
    );
    // The same in one process.
    let link = format!("demo:calc/ops={}", calc());
    let ended = run(&["run", &outdated, "--link", &link, "--invoke", "run()"]).await;
    ended.fails(1, &["a: s64, b: s64", "a: s32, b: s32"]);
    run(&["call", server.url(), "add(2, 40)"]).await.prints("42\n");
}
