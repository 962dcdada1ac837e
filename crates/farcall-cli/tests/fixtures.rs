//! The components that are checked in against the same ones built from source: the same interfaces, the same answers.
//!
//! Bytes may differ from one toolchain to the next; what a component does may not.

mod harness;

use std::path::{Path, PathBuf};

use harness::{Server, calc, calc_client, run, text};

/// What is checked in, by the name that `cargo xtask guests` builds it under.
fn checked_in() -> Vec<(&'static str, String)> {
    let fixtures = [
        "values-callee-rust",
        "values-caller-rust",
        "values-callee-c",
        "values-caller-c",
        "values-callee-cpp",
        "values-caller-cpp",
        "extras-callee-rust",
        "extras-caller-rust",
        "bench-callee",
        "bench-caller",
        "shop",
        "hostile",
        "proposal",
        "marked-callee",
        "marked-caller",
    ];
    let folder = root().join("guests/fixtures");
    let file = |name: &str| text(&folder.join(format!("{name}.wasm"))).to_string();
    let mut all: Vec<_> = fixtures.into_iter().map(|name| (name, file(name))).collect();
    all.extend([("calc", calc()), ("calc-client", calc_client())]);
    all
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The rebuilt component, or `None` with the reason printed; a failure where nothing may be skipped.
fn rebuilt(name: &str) -> Option<String> {
    let folder = std::env::var_os("FARCALL_GUESTS").map_or_else(|| root().join("target/guests"), PathBuf::from);
    let file = folder.join(format!("{name}.wasm"));
    let file = file.exists().then(|| text(&file).to_string());
    if file.is_none() {
        println!("skipped: {name}.wasm is not built; `cargo xtask guests` builds it, or says what it lacks");
        let required = std::env::var("FARCALL_REQUIRE_ALL").is_ok_and(|value| value == "1");
        assert!(!required, "FARCALL_REQUIRE_ALL is set, and {name} is not built");
    }
    file
}

#[tokio::test]
async fn checked_in_components_have_the_interfaces_of_their_sources() {
    for (name, file) in checked_in() {
        let Some(rebuilt) = rebuilt(name) else { continue };
        let [old, new] = [file, rebuilt].map(|file| async move {
            let said = run(&["inspect", &file, "--json"]).await.with(0).stdout;
            let document: serde_json::Value = serde_json::from_str(&said).expect("JSON");
            document["documents"][0]["functions"].clone()
        });
        let (old, new) = (old.await, new.await);
        assert!(
            old.as_array().is_some_and(|functions| !functions.is_empty()),
            "{name} exports nothing"
        );
        assert_eq!(
            old, new,
            "{name}: `cargo xtask guests --bless` checks the rebuilt one in"
        );
    }
}

#[tokio::test]
async fn checked_in_components_do_what_their_sources_do() {
    let values = ["shapes", "scalars", "lists", "compounds"].map(|name| format!("test:values/{name}"));
    let pairs: [(&str, &str, &str, Vec<String>); 6] = [
        ("values-caller-rust", "values-callee-rust", "run()", values.to_vec()),
        ("values-caller-c", "values-callee-c", "run()", values.to_vec()),
        ("values-caller-cpp", "values-callee-cpp", "run()", values.to_vec()),
        (
            "extras-caller-rust",
            "extras-callee-rust",
            "run()",
            vec!["test:extras/sequences".into()],
        ),
        ("calc-client", "calc", "run()", vec!["demo:calc/ops".into()]),
        (
            "bench-caller",
            "bench-callee",
            "adds(7)",
            vec!["bench:guest/ops".into()],
        ),
    ];
    let checked_in = checked_in();
    let old = |name: &str| {
        checked_in
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, file)| file.clone())
    };
    for (caller, callee, call, interfaces) in pairs {
        let (Some(new_caller), Some(new_callee)) = (rebuilt(caller), rebuilt(callee)) else {
            continue;
        };
        let mut said = Vec::new();
        for (caller, callee) in [(old(caller), old(callee)), (Some(new_caller), Some(new_callee))] {
            let (caller, callee) = (caller.expect("it is checked in"), callee.expect("it is checked in"));
            let server = Server::start(&[&callee]).await;
            let links: Vec<String> = interfaces
                .iter()
                .map(|name| format!("{name}={}", server.url()))
                .collect();
            let mut arguments = vec!["run", &caller, "--invoke", call];
            links.iter().for_each(|link| arguments.extend(["--link", link]));
            said.push(run(&arguments).await.with(0).stdout);
        }
        assert_eq!(said[0], said[1], "{caller} against {callee}");
        assert!(!said[0].trim().is_empty(), "{caller} says nothing");
    }
}
