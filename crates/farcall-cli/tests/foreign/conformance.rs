//! Connect's conformance runner against a component that implements its service: calls without streams, in three protocols.

use crate::harness::fixture;
use crate::tools::{file, go_program, program, python};

/// How many cases there are for what `conformance/config.yaml` offers; `docs/conformance.md` says what became of them.
const CASES: &str = "582";

#[tokio::test]
async fn the_runner_of_connect_finds_what_is_known_and_nothing_else() {
    let (Some(runner), Some(python)) = (go_program("connectconformance"), python()) else {
        return;
    };
    let list = |name: &str| format!("@{}", file("conformance").join(name).display());
    let mut run = program(runner);
    run.arg("--conf").arg(file("conformance/config.yaml"));
    run.args(["--mode", "server"]);
    run.args(["--known-failing", &list("known-failing.txt")]);
    run.args(["--known-flaky", &list("known-flaky.txt"), "--"]);
    run.arg(python).arg(file("python/conformance_server.py"));
    run.arg(env!("CARGO_BIN_EXE_farcall")).arg(fixture("conformance"));
    run.env("FARCALL_LOG", "off");
    let ended = crate::tools::run(&mut run).await;
    let unexpected: Vec<&str> = ended.stdout.split("FAILED: ").skip(1).collect();
    assert!(unexpected.is_empty(), "{unexpected:#?}");
    let ended = ended.with(0);
    assert!(
        ended.stdout.contains(&format!("Total cases: {CASES}\n")),
        "{}",
        ended.stdout
    );
    assert!(ended.stdout.contains(" passed, 0 failed"), "{}", ended.stdout);
}

#[test]
fn the_page_of_results_is_of_these_cases() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/conformance.md");
    let page = std::fs::read_to_string(page).expect("the page is there");
    assert!(page.contains(&format!("{CASES} cases")), "{page}");
    let known = std::fs::read_to_string(file("conformance/known-failing.txt")).expect("the list is there");
    for pattern in known.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (suite, _) = pattern.split_once('/').expect("a pattern names a suite");
        let case = pattern.rsplit('/').next().unwrap_or_default();
        assert!(
            page.contains(suite) && page.contains(case),
            "{pattern} is not explained"
        );
    }
}
