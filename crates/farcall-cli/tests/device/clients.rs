//! Programs that call over the device.

use crate::harness::{Gate, Server, calc, fixture, run};

/// What the client prints for these things to do, its calls going to the calculator.
async fn does(things: &[&str]) -> String {
    let server = Server::start(&[&calc()]).await;
    let link = format!("demo:calc/ops={}", server.url());
    let client = fixture("device-client");
    let mut arguments = vec!["run", &client, "--link", &link, "--"];
    arguments.extend(things);
    let ended = run(&arguments).await.with(0);
    assert_eq!(ended.stderr, "");
    ended.stdout
}

/// spec: E-1, E-2, E-9
#[tokio::test]
async fn a_program_that_knows_files_calls_a_component() {
    assert_eq!(does(&["add", "add-by-path"]).await, "42\n37\n");
    assert_eq!(
        does(&["many", "two"]).await,
        "100 answers\n(Some(1), Ok([4])) (Some(1), Ok([2]))\n"
    );
    assert_eq!(does(&["by-bytes"]).await, "[2, 0, 0, 0, 3, 7, 0, 42]\n");
}

/// spec: E-9
#[tokio::test]
async fn a_program_calls_a_component_in_its_own_process() {
    let link = format!("demo:calc/ops={}", calc());
    run(&[
        "run",
        &fixture("device-client"),
        "--link",
        &link,
        "--",
        "add",
        "add-by-path",
    ])
    .await
    .prints("42\n37\n");
}

#[tokio::test]
async fn a_program_in_c_calls_a_component() {
    let Some(client) = crate::in_c("device-client-c") else {
        return;
    };
    let server = Server::start(&[&calc()]).await;
    let link = format!("demo:calc/ops={}", server.url());
    let ended = run(&["run", &client, "--link", &link]).await.with(0);
    assert_eq!(
        ended.stdout,
        "42\n-69999\ncode 12: other:pkg/thing.call is not linked: linked are demo:calc/ops\n(i32.const 42)\n"
    );
}

/// spec: E-3
#[tokio::test]
async fn a_program_polls_the_device_with_a_clock_and_standard_input() {
    // Standard input is a pipe that stays open and silent.
    let server = Server::start(&[&calc()]).await;
    let link = format!("demo:calc/ops={}", server.url());
    let client = fixture("device-client");
    let mut command = crate::harness::farcall(&["run", &client, "--link", &link, "--", "poll", "nonblocking"]);
    let mut child = command
        .stdin(std::process::Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let stdin = child.stdin.take();
    let ended = crate::harness::ended(child).await.with(0);
    drop(stdin);
    let lines: Vec<&str> = ended.stdout.lines().collect();
    // The clock first; then what can be written; then the answer, eight bytes of it.
    assert_eq!(lines[0], "[(9, 0)]");
    assert_eq!(lines[1], "[(2, 1)]");
    assert_eq!(lines[2], "[(1, 8)]");
    assert_eq!(lines[3], "(Some(1), Ok([42]))");
    assert_eq!(lines[4].get(..3), Some("[(9"));
    assert_eq!(lines[5], "[2, 0, 0, 0, 3, 1, 0, 22]");
}

/// spec: E-12, E-13, E-6
#[tokio::test]
async fn deadlines_cancels_and_closes_reach_the_callee() {
    let calculator = Server::start(&[&calc()]).await;
    let gate = Gate::closed().await;
    let links = [format!("demo:calc/ops={}", calculator.url()), gate.link()];
    let client = fixture("device-client");
    let mut calls = 0;
    for (what, expected) in [
        ("deadline", &["code 4: "][..]),
        ("cancel", &["code 1: the call was given up by its caller", "2"]),
        ("close", &["2"]),
    ] {
        let ended = run(&["run", &client, "--link", &links[0], "--link", &links[1], "--", what])
            .await
            .with(0);
        let lines: Vec<&str> = ended.stdout.lines().collect();
        assert_eq!(lines.len(), expected.len(), "{}", ended.stdout);
        for (line, expected) in lines.iter().zip(expected) {
            assert!(line.starts_with(expected), "{}", ended.stdout);
        }
        // A cancelled call may have been given up before it arrived.
        calls += usize::from(what == "deadline");
        gate.cancelled(calls).await;
    }
}

/// spec: E-15, E-20
#[tokio::test]
async fn what_cannot_be_used_is_told_to_that_program_alone() {
    assert_eq!(
        does(&["unlinked"]).await,
        "code 12: other:pkg/thing.call is not linked: linked are demo:calc/ops\n"
    );
    let said = does(&["bad"]).await;
    let mut lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.pop(), Some("2"), "{said}");
    lines.sort_unstable();
    assert_eq!(
        lines,
        [
            "None code 12",
            "None code 7",
            "None code 9",
            "Some(8) code 8",
            "Some(9) code 3"
        ]
    );
}

/// spec: E-5, E-22
#[tokio::test]
async fn descriptors_and_unread_bytes_are_bounded() {
    // EMFILE and ENOBUFS.
    assert_eq!(
        does(&["exhaust", "unread"]).await,
        "16 open, then errno Some(33)\nerrno Some(42)\n"
    );
}

/// spec: E-1
#[tokio::test]
async fn the_folder_holds_the_device_and_nothing_else() {
    let expected = "[\"rpc\"]\ntrue\nfalse\ntrue\ntrue\ntrue\ntrue\ntrue\n";
    assert_eq!(does(&["folder"]).await, expected);
    let data = tempfile::tempdir().expect("a folder");
    std::fs::write(data.path().join("file.txt"), "granted").expect("it can be written");
    let grant = format!("{}::/data", data.path().display());
    run(&["run", &fixture("device-client"), "--dir", &grant, "--", "folder"])
        .await
        .prints(&format!("{expected}granted\ntrue\n"));
    assert!(data.path().join("file.txt").exists());
}

/// spec: E-1
#[tokio::test]
async fn the_device_is_where_its_operator_says() {
    let link = format!("demo:calc/ops={}", calc());
    let client = fixture("device-client");
    run(&[
        "run",
        &client,
        "--link",
        &link,
        "--device",
        "/far/away/it",
        "--",
        "at:/far/away/it",
    ])
    .await
    .prints("3\n");
    run(&["run", &client, "--device", "rpc"])
        .await
        .fails(1, &["`rpc` is no path for a device", "/dev/wasi/rpc"]);
    let data = tempfile::tempdir().expect("a folder");
    let grant = format!("{}::/dev/wasi", data.path().display());
    run(&["run", &client, "--dir", &grant])
        .await
        .fails(1, &["/dev/wasi is a granted directory", "--device"]);
}
