//! A folder of a thousand components: each is compiled at its first call, once, and found in the cache afterwards.

use std::path::Path;

use crate::harness::{Server, run, text};

const COMPONENTS: usize = 1_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_components_are_served_and_compiled_as_they_are_called() {
    let folder = tempfile::tempdir().expect("a folder");
    for number in 0..COMPONENTS {
        std::fs::write(folder.path().join(format!("c{number}.wasm")), numbered(number)).expect("a file");
    }
    let cache = tempfile::tempdir().expect("a folder");
    let environment = [("FARCALL_CACHE", text(cache.path())), ("FARCALL_LOG", "debug")];
    for cached in ["false", "true"] {
        let server = Server::start_in(&[text(folder.path())], &environment).await;
        for number in [0, 7, 999, 7, 0] {
            let call = format!("test:many/i{number}.number()");
            let ended = run(&["call", server.url(), &call]).await;
            ended.prints(&format!("{number}\n"));
        }
        server.signal("TERM").await;
        let said = server.ended().await.with(0).stderr;
        let ready: Vec<&str> = said.lines().filter(|line| line.contains(" ready component=")).collect();
        assert_eq!(ready.len(), 3, "three components were called: {ready:#?}");
        let from_cache = format!("cached={cached}");
        assert!(
            ready.iter().all(|line| line.contains(&from_cache)),
            "{from_cache}: {ready:#?}"
        );
    }
    assert_eq!(files(cache.path()), 3, "what was compiled is kept");
}

#[tokio::test]
async fn a_component_that_changed_since_the_start_is_not_called() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("c.wasm");
    std::fs::write(&path, numbered(1)).expect("a file");
    std::fs::write(folder.path().join("other.wasm"), numbered(3)).expect("a file");
    let server = Server::start(&[text(folder.path())]).await;
    std::fs::write(&path, numbered(2)).expect("a file");
    let ended = run(&["call", server.url(), "test:many/i1.number()"]).await;
    ended.fails(1, &["INTERNAL", "test:many/i1.number"]);
    server.has_said("it has other functions now").await;
    run(&["call", server.url(), "test:many/i3.number()"])
        .await
        .prints("3\n");
}

#[tokio::test]
async fn a_component_that_is_gone_at_its_first_call_may_come_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("c.wasm");
    std::fs::write(&path, numbered(1)).expect("a file");
    let server = Server::start(&[text(folder.path())]).await;
    std::fs::remove_file(&path).expect("it was there");
    let ended = run(&["call", server.url(), "test:many/i1.number()"]).await;
    ended.fails(1, &["UNAVAILABLE", "did not run"]);
    std::fs::write(&path, numbered(1)).expect("a file");
    run(&["call", server.url(), "test:many/i1.number()"])
        .await
        .prints("1\n");
}

/// A component that exports `test:many/i{number}` with `number()`, which gives its number.
fn numbered(number: usize) -> Vec<u8> {
    let text = include_str!("../components/numbered.wat").replace("NUMBER", &number.to_string());
    wat::parse_str(text).expect("the component's text is well formed")
}

fn files(folder: &Path) -> usize {
    std::fs::read_dir(folder).expect("a folder").count()
}
