//! What a call that fails looks like inside a guest of each language, and on standard error where its type has no room.
//!
//! What the codes mean is tested elsewhere.

use tokio::net::TcpListener;

use crate::guests::invoke;
use crate::harness::{Ended, Server, built, fixture, text};
use crate::{not_built, table};

const CALLERS: [&str; 6] = ["rust", "c", "cpp", "js", "python", "go"];
const REMOTE: &str = "test:failures/remote@0.1.0";

/// The callers that are built, by language.
fn callers() -> Vec<(&'static str, String)> {
    let mut there = Vec::new();
    for language in CALLERS {
        let name = format!("failures-caller-{language}");
        match built(&name) {
            Some(file) => there.push((language, text(&file).to_string())),
            None => table::skipped(&not_built(&name)),
        }
    }
    there
}

async fn callee(deadline: &str) -> Server {
    Server::start(&[&fixture("failures-callee"), "--deadline", deadline]).await
}

/// Where nothing listens.
async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    format!("http://{}", listener.local_addr().expect("an address"))
}

async fn ask(file: &str, call: &str, url: &str) -> Ended {
    invoke(file, call, &[format!("test:failures/remote={url}")]).await
}

/// What the guest saw, without the quotes.
async fn seen(file: &str, call: &str, url: &str) -> String {
    let ended = ask(file, call, url).await.with(0);
    let said = ended.stdout.trim_end();
    let said = said.strip_prefix('"').and_then(|said| said.strip_suffix('"'));
    said.unwrap_or_else(|| panic!("not a text: {}", ended.stdout))
        .to_string()
}

#[tokio::test]
async fn an_answer_and_a_refusal_reach_every_language() {
    let server = callee("30s").await;
    for (language, file) in callers() {
        for (call, expected) in [
            ("guarded(answer)", "7"),
            ("guarded(refuse)", "aborted: not today"),
            ("cased(answer)", "7"),
            ("cased(refuse)", "refused not today"),
            ("worded(answer)", "7"),
            ("worded(refuse)", "worded not today"),
            ("bare(answer)", "7"),
        ] {
            assert_eq!(seen(&file, call, server.url()).await, expected, "{language}, {call}");
        }
    }
}

// spec: S-8
#[tokio::test]
async fn a_missing_server_is_an_error_of_every_language() {
    let url = nobody().await;
    for (language, file) in callers() {
        let said = seen(&file, "guarded(answer)", &url).await;
        assert!(said.starts_with("unavailable: "), "{language}: {said}");
        assert!(said.contains(url.trim_start_matches("http://")), "{language}: {said}");
        assert_eq!(
            seen(&file, "cased(answer)", &url).await,
            format!("call {said}"),
            "{language}"
        );
    }
}

#[tokio::test]
async fn a_trap_of_the_callee_is_an_error_of_every_language() {
    let server = callee("30s").await;
    for (language, file) in callers() {
        for (function, before) in [("guarded", ""), ("cased", "call ")] {
            let said = seen(&file, &format!("{function}(trap)"), server.url()).await;
            let expected = format!("{before}internal: {REMOTE}.{function} trapped: wasm trap: ");
            assert!(said.starts_with(&expected), "{language}: {said}");
        }
    }
}

#[tokio::test]
async fn a_passed_deadline_is_an_error_of_every_language() {
    let server = callee("200ms").await;
    for (language, file) in callers() {
        let said = seen(&file, "guarded(spin)", server.url()).await;
        assert!(said.starts_with("deadline-exceeded: "), "{language}: {said}");
        assert!(said.contains("200ms"), "{language}: {said}");
    }
}

// spec: S-8
#[tokio::test]
async fn without_room_for_an_error_the_trap_names_call_target_and_cause() {
    let server = callee("30s").await;
    let url = nobody().await;
    for (language, file) in callers() {
        for function in ["worded", "bare"] {
            let missing = ask(&file, &format!("{function}(answer)"), &url).await;
            let name = format!("{REMOTE}.{function}");
            missing.fails(1, &[&name, &url, "UNAVAILABLE"]);
            let trapped = ask(&file, &format!("{function}(trap)"), server.url()).await;
            trapped.fails(1, &[&name, server.url(), "INTERNAL", "trapped: wasm trap: "]);
        }
        println!("{language}: said");
    }
}
