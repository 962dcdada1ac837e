//! `farcall serve`: files, folders, names, listeners, and whose output goes where. Its end is in `drain`.

use std::path::Path;

use crate::harness::{Server, calc, calc_client, component, farcall, fixture, run};

#[tokio::test]
async fn one_line_a_listener_says_where() {
    let server = Server::start(&[&calc(), "--listen", "127.0.0.1:0", "--listen", "127.0.0.1:0"]).await;
    let [one, other] = server.urls() else {
        panic!("{:?}", server.urls())
    };
    assert_ne!(one, other);
    for url in [one, other] {
        run(&["call", url, "add(2, 40)"]).await.prints("42\n");
    }
    server.signal("TERM").await;
    let ended = server.ended().await.with(0);
    assert_eq!((ended.stdout.as_str(), ended.stderr.as_str()), ("", ""));
}

#[tokio::test]
async fn an_address_that_is_taken_is_named() {
    let server = Server::start(&[&calc()]).await;
    let address = server.url().strip_prefix("http://").expect("a URL");
    run(&["serve", &calc(), "--listen", address])
        .await
        .fails(1, &["cannot listen", address]);
}

#[tokio::test]
async fn a_folder_is_served_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::copy(calc(), folder.path().join("calc.wasm")).expect("a copy");
    std::fs::copy(fixture("hostile"), folder.path().join("hostile.wasm")).expect("a copy");
    std::fs::write(folder.path().join("README.md"), "no component").expect("a file");
    let server = Server::start(&[crate::harness::text(folder.path())]).await;
    run(&["call", server.url(), "add(2, 40)"]).await.prints("42\n");
    run(&["call", server.url(), "count()"]).await.prints("1\n");
}

#[tokio::test]
async fn a_folder_without_components_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = crate::harness::text(folder.path());
    run(&["serve", path, "--listen", "127.0.0.1:0"])
        .await
        .fails(1, &[path, "no .wasm or .wat file"]);
}

#[tokio::test]
async fn a_link_is_for_those_components_that_import_it() {
    let far = Server::start(&[&calc()]).await;
    let link = format!("demo:calc/ops={}", far.url());
    let server = Server::start(&[&calc_client(), &fixture("hostile"), "--link", &link]).await;
    let ended = run(&["call", server.url(), "demo:calc/app.run()"]).await.with(0);
    assert!(ended.stdout.contains("add(2, 40) = 42"), "{}", ended.stdout);
    run(&["call", server.url(), "count()"]).await.prints("1\n");
}

#[tokio::test]
async fn guests_print_to_standard_error_with_their_name() {
    let server = Server::start(&[&fixture("hostile"), "--name", "noisy"]).await;
    run(&["call", server.url(), "print(\"to out\", 2, true)"])
        .await
        .prints("");
    run(&["call", server.url(), "complain(\"to err\", 1, false)"])
        .await
        .prints("");
    server.has_said("[noisy] to out\n[noisy] to out\n").await;
    server.has_said("[noisy] to err\n").await;
    server.signal("TERM").await;
    assert_eq!(server.ended().await.with(0).stdout, "");
}

#[tokio::test]
async fn every_call_has_an_instance_of_its_own() {
    let server = Server::start(&[&fixture("hostile")]).await;
    for _ in 0..3 {
        run(&["call", server.url(), "count()"]).await.prints("1\n");
    }
}

#[tokio::test]
async fn functions_of_the_world_are_served_when_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let bare = component(folder.path(), "bare.wasm", include_str!("../components/bare.wat"));
    run(&["serve", &bare, "--listen", "127.0.0.1:0"])
        .await
        .fails(1, &["bare.wasm", "--world-functions"]);
    let server = Server::start(&[&bare, "--world-functions"]).await;
    run(&["call", server.url(), "triple(14)"]).await.prints("42\n");
}

/// spec: C-10
#[tokio::test]
async fn the_servers_deadline_is_the_most_that_a_caller_gets() {
    let server = Server::start(&[&calc(), "--deadline", "200ms"]).await;
    let ended = run(&["call", server.url(), "spin()", "--deadline", "1h"]).await;
    ended.fails(1, &["DEADLINE_EXCEEDED", "demo:calc/ops@0.1.0.spin"]);
}

#[tokio::test]
async fn the_demonstration_goes_as_it_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let child = farcall(&["demo"])
        .env("TMPDIR", folder.path())
        .spawn()
        .expect("the binary starts");
    let ended = crate::harness::ended(child).await.with(0);
    let story = [
        "listening on http://127.0.0.1:",
        "42",
        "ok(12)",
        "DEADLINE_EXCEEDED",
        "trapped",
        "another type here",
    ];
    let mut rest = ended.stdout.as_str();
    for piece in story {
        let at = rest
            .find(piece)
            .unwrap_or_else(|| panic!("`{piece}` is not in, or not in its place:\n{}", ended.stdout));
        rest = &rest[at + piece.len()..];
    }
    let left = rest
        .lines()
        .find_map(|line| line.trim().strip_prefix("cd "))
        .expect("it says where the components are");
    assert!(Path::new(left).join("calc.wasm").exists());
}
