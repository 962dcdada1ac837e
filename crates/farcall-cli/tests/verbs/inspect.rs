//! `farcall inspect`: WIT of a server or a file, as text and as JSON.

use crate::harness::{Server, calc, calc_client, run};

#[tokio::test]
async fn a_server_and_its_file_show_the_same_functions() {
    let server = Server::start(&[&calc()]).await;
    let (far, near) = (
        run(&["inspect", server.url()]).await.with(0),
        run(&["inspect", &calc()]).await.with(0),
    );
    for inspected in [&far, &near] {
        assert_eq!(inspected.stderr, "");
        assert!(
            inspected.stdout.contains("add: func(a: s32, b: s32) -> s32;"),
            "{}",
            inspected.stdout
        );
        assert!(inspected.stdout.contains("variant shape"), "{}", inspected.stdout);
    }
    assert!(far.stdout.contains("// health: serving\n"), "{}", far.stdout);
    let facts = |text: &str| {
        text.lines()
            .filter(|line| line.contains("fingerprint"))
            .map(String::from)
            .collect::<Vec<_>>()
    };
    assert_eq!(facts(&far.stdout), facts(&near.stdout));
    assert_eq!(facts(&far.stdout).len(), 7);
}

#[tokio::test]
async fn what_is_printed_is_wit() {
    let server = Server::start(&[&calc()]).await;
    for target in [server.url(), &calc(), &calc_client()] {
        let text = run(&["inspect", target]).await.with(0).stdout;
        let wit = farcall::wit::Wit::from_text("inspected.wit", &text, None);
        assert!(wit.is_ok(), "{:?}\n{text}", wit.err());
    }
}

#[tokio::test]
async fn json_lists_functions_with_path_and_fingerprint() {
    let server = Server::start(&[&calc()]).await;
    let ended = run(&["inspect", server.url(), "--json"]).await.with(0);
    let said: serde_json::Value = serde_json::from_str(&ended.stdout).expect("one line of JSON");
    assert_eq!(said["health"], "serving");
    assert_eq!(said["documents"][0]["name"], "calc");
    let functions = said["documents"][0]["functions"].as_array().expect("a list");
    let add = functions
        .iter()
        .find(|function| function["name"] == "demo:calc/ops@0.1.0.add")
        .expect("it is there");
    assert_eq!(add["path"], "/demo.calc.v0_1.Ops/Add");
    assert_eq!(add["fingerprint"].as_str().map(str::len), Some(22));
}
