//! Callers in each language against callees in each language, every value type, in two processes over HTTP/2.
//!
//! Builds no guest: what is not there is skipped, with the reason, unless `FARCALL_REQUIRE_ALL` is 1.

mod harness;

use std::collections::BTreeMap;
use std::fmt::Write;

use harness::{Ended, Server, built, fixture, run, text};

const CALLERS: [&str; 4] = ["rust", "c", "js", "python"];
const CALLEES: [&str; 5] = ["rust", "rust-wasi", "c", "js", "python"];
const INTERFACES: [&str; 4] = ["shapes", "scalars", "lists", "compounds"];

#[tokio::test]
async fn callers_and_callees_of_every_language_meet() {
    let mut table = Table::default();
    for callee in CALLEES {
        let Some(file) = table.guest(&format!("values-callee-{callee}")) else {
            continue;
        };
        let server = Server::start(&[&file]).await;
        for caller in CALLERS {
            let Some(file) = table.guest(&format!("values-caller-{caller}")) else {
                continue;
            };
            table.add(
                caller,
                callee,
                "run",
                invoke(&file, "run()", &values_interface(server.url())).await,
            );
            // JavaScript engines get such values wrong, whoever is on the other side: guests/README.md.
            if ![caller, callee].contains(&"js") {
                table.add(
                    caller,
                    callee,
                    "run-wide",
                    invoke(&file, "run-wide()", &values_interface(server.url())).await,
                );
            }
        }
    }
    table.check(&[("run", "54 functions, "), ("run-wide", "6 functions, ")]);
}

#[tokio::test]
async fn fixed_lists_and_maps_are_carried() {
    let mut table = Table::default();
    let guests = (table.guest("extras-callee-rust"), table.guest("extras-caller-rust"));
    if let (Some(callee), Some(caller)) = guests {
        let server = Server::start(&[&callee]).await;
        let imports = run(&["inspect", server.url(), "--json"]).await.with(0).stdout;
        let inspected: serde_json::Value = serde_json::from_str(&imports).expect("JSON");
        let functions = inspected["documents"][0]["functions"].as_array().expect("a list");
        let interfaces = functions
            .iter()
            .filter_map(|function| function["name"].as_str()?.rsplit_once('.'));
        let mut links: Vec<String> = interfaces.map(|(name, _)| format!("{name}={}", server.url())).collect();
        links.dedup();
        table.add("rust", "rust", "run", invoke(&caller, "run()", &links).await);
    }
    table.check(&[("run", "6 functions")]);
}

#[tokio::test]
async fn a_callee_on_quickjs_answers_a_caller_in_rust() {
    let mut table = Table::default();
    if let Some(callee) = table.guest("calc-quickjs") {
        let server = Server::start(&[&callee]).await;
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
    table.check(&[]);
}

fn values_interface(url: &str) -> Vec<String> {
    INTERFACES
        .iter()
        .map(|interface| format!("test:values/{interface}={url}"))
        .collect()
}

async fn invoke(file: &str, call: &str, links: &[String]) -> Ended {
    let mut arguments = vec!["run", file, "--invoke", call];
    for link in links {
        arguments.extend(["--link", link]);
    }
    run(&arguments).await
}

/// What each pair said.
#[derive(Default)]
struct Table {
    rows: Vec<Row>,
    missing: Vec<String>,
}

struct Row {
    caller: &'static str,
    callee: &'static str,
    function: &'static str,
    /// `54 functions, 180 checks`, or how it failed.
    said: Result<String, String>,
}

impl Table {
    /// The guest's file; noted when it is missing. Those of Rust and C are checked in, so they are never missing.
    fn guest(&mut self, name: &str) -> Option<String> {
        if name.ends_with("-rust") || name.ends_with("-c") {
            return Some(fixture(name));
        }
        let file = built(name);
        if file.is_none() && !self.missing.iter().any(|missing| missing == name) {
            self.missing.push(name.to_string());
        }
        file.map(|file| text(&file).to_string())
    }

    fn add(&mut self, caller: &'static str, callee: &'static str, function: &'static str, ended: Ended) {
        let said = ended.stdout.trim_end();
        let said = match said.strip_prefix("ok(\"").and_then(|said| said.strip_suffix("\")")) {
            Some(said) if ended.code == Some(0) => Ok(said.to_string()),
            _ => Err(format!("{said} {}", ended.stderr.trim_end())),
        };
        self.rows.push(Row {
            caller,
            callee,
            function,
            said,
        });
    }

    /// Prints all; fails unless every pair succeeded, called so many functions, each caller with as many checks whoever answered, and all guests
    /// were there that must be.
    fn check(&self, functions: &[(&str, &str)]) {
        let mut text = String::from("\ncaller  callee     function  result\n");
        let mut counts: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
        for Row {
            caller,
            callee,
            function,
            said,
        } in &self.rows
        {
            let shown = said.as_ref().unwrap_or_else(|failure| failure);
            let _ = writeln!(text, "{caller:<7} {callee:<10} {function:<9} {shown}");
            counts.entry((caller, function)).or_default().extend(said.as_deref());
        }
        for name in &self.missing {
            let _ = writeln!(
                text,
                "skipped: {name}.wasm is not built; `cargo xtask guests` builds it, or says what it lacks"
            );
        }
        println!("{text}");
        assert!(self.rows.iter().all(|row| row.said.is_ok()), "a pair failed:{text}");
        for ((caller, function), said) in counts {
            assert!(
                said.iter().all(|one| one == &said[0]),
                "{caller}'s {function} did not make the same checks:{text}"
            );
            let all = functions
                .iter()
                .find(|(name, _)| *name == function)
                .is_some_and(|(_, all)| said[0].starts_with(all));
            assert!(all, "{caller}'s {function} does not call every function:{text}");
        }
        let required = std::env::var("FARCALL_REQUIRE_ALL").is_ok_and(|value| value == "1");
        assert!(
            !required || self.missing.is_empty(),
            "FARCALL_REQUIRE_ALL is set:{text}"
        );
    }
}
