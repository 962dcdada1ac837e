//! `farcall diff`: files, servers, exit codes.

use crate::harness::{Server, calc, run, text};

const OLD: &str = "package a:b@0.1.0; interface c { d: func(e: s32); f: func(); } world w { export c; }";

#[tokio::test]
async fn what_is_only_new_is_safe() {
    let folder = tempfile::tempdir().expect("a folder");
    let [old, new] = ["old.wit", "new.wit"].map(|name| folder.path().join(name));
    std::fs::write(&old, OLD).expect("a file");
    std::fs::write(&new, OLD.replace("f: func();", "f: func(); g: func();")).expect("a file");
    let ended = run(&["diff", text(&old), text(&new)]).await.with(0);
    assert_eq!(ended.stdout, "safe a:b/c@0.1.0.g: the function is new\n");
    run(&["diff", text(&old), text(&old)])
        .await
        .prints("no change that a caller can notice\n");
}

#[tokio::test]
async fn what_breaks_callers_is_named_and_exits_with_1() {
    let folder = tempfile::tempdir().expect("a folder");
    let [old, new] = ["old.wit", "new.wit"].map(|name| folder.path().join(name));
    std::fs::write(&old, OLD).expect("a file");
    std::fs::write(&new, OLD.replace("s32", "s64").replace(" f: func();", "")).expect("a file");
    let ended = run(&["diff", text(&old), text(&new)]).await.with(1);
    let expected = "breaks a:b/c@0.1.0.d: parameter `e`: `s32` became `s64`\n\
                    breaks a:b/c@0.1.0.f: the function is gone\n";
    assert_eq!(ended.stdout, expected);
    let ended = run(&["diff", text(&old), text(&new), "--json"]).await.with(1);
    let json: serde_json::Value = serde_json::from_str(&ended.stdout).expect("JSON");
    assert_eq!(json["safe"], false);
    assert_eq!(json["changes"][0]["kind"], "changed-type");
    assert_eq!(json["changes"][1]["function"], "f");
}

#[tokio::test]
async fn a_server_is_compared_with_the_file_that_it_serves() {
    let server = Server::start(&[&calc()]).await;
    let same = run(&["diff", server.url(), &calc()]).await;
    same.prints("no change that a caller can notice\n");
    let missing = run(&["diff", server.url(), "nowhere.wasm"]).await;
    missing.fails(1, &["nowhere.wasm"]);
}
