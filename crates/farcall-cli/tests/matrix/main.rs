//! Callers in each language against callees in each language, every value type, in two processes over HTTP/2.
//!
//! Builds no guest: what is not there is skipped, with the reason, unless `FARCALL_REQUIRE_ALL` is 1.

#[path = "../harness/mod.rs"]
mod harness;

#[path = "../foreign/tools.rs"]
mod tools;

mod failures;
mod guests;
mod natives;
mod rust;
mod table;

use harness::{Server, built, run, text};
use table::{Language, Table};

const CALLEES: &[Language] = &[
    Language::new("rust", "Rust"),
    Language::new("rust-wasi", "Rust, WASI"),
    Language::new("c", "C"),
    Language::new("cpp", "C++"),
    Language::new("js", "JavaScript"),
    Language::new("python", "Python"),
    Language::new("go", "Go"),
    rust::NATIVE,
];

#[tokio::test]
async fn callers_and_callees_of_every_language_meet() {
    let mut table = Table::new(&[guests::CALLERS, &[rust::NATIVE], natives::CALLERS], CALLEES);
    for callee in CALLEES.iter().filter(|callee| callee.key != rust::NATIVE.key) {
        let name = format!("values-callee-{}", callee.key);
        let Some(file) = built(&name) else {
            table.skip_callee(callee.key, &not_built(&name));
            continue;
        };
        let [flag, deadline] = guests::DEADLINE;
        let server = Server::start(&[text(&file), flag, deadline]).await;
        call(&mut table, callee.key, server.url()).await;
    }
    let served = rust::Served::start().await;
    call(&mut table, rust::NATIVE.key, served.url()).await;
    table.check();
}

/// Has every caller call the callee that is served at `url`.
async fn call(table: &mut Table, callee: &'static str, url: &str) {
    guests::call(table, callee, url).await;
    rust::call(table, callee, url).await;
    natives::call(table, callee, url).await;
}

#[tokio::test]
async fn fixed_lists_and_maps_are_carried() {
    let server = Server::start(&[&harness::fixture("extras-callee-rust")]).await;
    let inspected = run(&["inspect", server.url(), "--json"]).await.with(0).stdout;
    let inspected: serde_json::Value = serde_json::from_str(&inspected).expect("JSON");
    let functions = inspected["documents"][0]["functions"].as_array().expect("a list");
    let interfaces = functions
        .iter()
        .filter_map(|function| function["name"].as_str()?.rsplit_once('.'));
    let mut links: Vec<String> = interfaces.map(|(name, _)| format!("{name}={}", server.url())).collect();
    links.dedup();
    let ended = guests::invoke(&harness::fixture("extras-caller-rust"), "run()", &links).await;
    let said = ended.with(0).stdout;
    assert!(said.starts_with("ok(\"6 functions"), "{said}");
}

#[tokio::test]
async fn a_callee_on_quickjs_answers_a_caller_in_rust() {
    let Some(callee) = built("calc-quickjs") else {
        table::skipped(&not_built("calc-quickjs"));
        return;
    };
    let server = Server::start(&[text(&callee)]).await;
    let link = format!("demo:calc/ops={}", server.url());
    let ended = run(&["run", &harness::calc_client(), "--link", &link, "--invoke", "run()"])
        .await
        .with(0);
    let near = format!("demo:calc/ops={}", harness::calc());
    let expected = run(&["run", &harness::calc_client(), "--link", &near, "--invoke", "run()"])
        .await
        .with(0);
    assert_eq!(ended.stdout, expected.stdout);
}

/// Why a guest is left out.
fn not_built(name: &str) -> String {
    format!("{name}.wasm is not built; `cargo xtask guests` builds it, or says what it lacks")
}
