//! The callers that are components: each in a process of its own, linked to a server's address.
//!
//! What they check is theirs to know; here is only what they are asked.

use crate::harness::{Ended, built, run, text};
use crate::not_built;
use crate::table::{Language, Outcome, Table};

/// The languages with a `values-caller-` component.
pub const CALLERS: &[Language] = &[
    Language::new("rust", "Rust"),
    Language::new("c", "C"),
    Language::new("cpp", "C++"),
    Language::new("js", "JavaScript"),
    Language::new("ts", "TypeScript"),
    Language::new("python", "Python"),
    Language::new("go", "Go"),
];

const INTERFACES: [&str; 4] = ["shapes", "scalars", "lists", "compounds"];

/// Has every caller call the callee that is served at `url`.
pub async fn call(table: &mut Table, callee: &'static str, url: &str) {
    let links: Vec<String> = INTERFACES
        .iter()
        .map(|interface| format!("test:values/{interface}={url}"))
        .collect();
    for caller in CALLERS {
        let name = format!("values-caller-{}", caller.key);
        for function in Table::asked(caller.key, callee) {
            let outcome = match built(&name) {
                Some(file) => Outcome::of(&invoke(text(&file), &format!("{function}()"), &links).await),
                None => Outcome::Skipped(not_built(&name)),
            };
            table.add(caller.key, callee, function, outcome);
        }
    }
}

/// Longer than all calls of a caller take on a busy machine.
pub const DEADLINE: [&str; 2] = ["--deadline", "4m"];

/// Runs one export of a component.
pub async fn invoke(file: &str, call: &str, links: &[String]) -> Ended {
    let mut arguments = vec!["run", file, "--invoke", call];
    arguments.extend(DEADLINE);
    for link in links {
        arguments.extend(["--link", link]);
    }
    run(&arguments).await
}
