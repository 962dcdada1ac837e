//! `farcall serve --config`, and listeners that are no TCP ports.

use crate::harness::{Server, calc, calc_client, fixture, run, text};

#[tokio::test]
async fn a_file_says_what_is_served_where_and_how() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    std::fs::create_dir_all(path("all")).expect("a folder");
    std::fs::create_dir_all(path("data")).expect("a folder");
    std::fs::write(path("data/a.txt"), "read").expect("a file");
    std::fs::copy(calc(), path("all/calc.wasm")).expect("a copy");
    std::fs::copy(calc_client(), path("app.wasm")).expect("a copy");
    std::fs::copy(fixture("hostile"), path("hostile.wasm")).expect("a copy");
    let config = r#"
        listen = ["127.0.0.1:0", "unix:SOCKET"]

        [links]
        "demo:calc/ops" = "all/calc.wasm"

        [[component]]
        folder = "all"

        [[component]]
        file = "app.wasm"

        [[component]]
        file = "hostile.wasm"
        policy = "pooled"
        env = { MODE = "fast" }
        dirs = ["data::/data"]
    "#;
    let socket = path("farcall.sock");
    std::fs::write(path("farcall.toml"), config.replace("SOCKET", text(&socket))).expect("a file");
    let server = Server::listening(&["--config", text(&path("farcall.toml"))], 2).await;
    let [tcp, unix] = server.urls() else {
        panic!("{:?}", server.urls())
    };
    assert_eq!(*unix, format!("unix:{}", text(&socket)));
    for url in [tcp, unix] {
        run(&["call", url, "add(2, 40)"]).await.prints("42\n");
    }
    let app = run(&["call", unix, "demo:calc/app.run()"]).await.with(0);
    assert!(app.stdout.contains("add(2, 40) = 42"), "{}", app.stdout);
    run(&["call", tcp, "variable(\"MODE\")"])
        .await
        .prints("some(\"fast\")\n");
    run(&["call", tcp, "read(\"/data/a.txt\")"])
        .await
        .prints("ok(\"read\")\n");
    for times in ["1\n", "2\n"] {
        run(&["call", tcp, "count()"]).await.prints(times);
    }
    server.signal("TERM").await;
    server.ended().await.with(0);
    assert!(!socket.exists(), "the socket's file goes with the server");
}

#[tokio::test]
async fn a_flag_wins_over_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("farcall.toml");
    let text_of = "policy = 'pooled'\n[[component]]\nfile = 'hostile.wasm'\n";
    std::fs::copy(fixture("hostile"), folder.path().join("hostile.wasm")).expect("a copy");
    std::fs::write(&config, text_of).expect("a file");
    let arguments = [
        "--config",
        text(&config),
        "--policy",
        "fresh",
        "--listen",
        "127.0.0.1:0",
    ];
    let server = Server::start(&arguments).await;
    for _ in 0..2 {
        run(&["call", server.url(), "count()"]).await.prints("1\n");
    }
}

#[tokio::test]
async fn a_mistake_in_the_file_is_told_with_its_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("farcall.toml");
    std::fs::write(
        &config,
        "listen = '127.0.0.1:0'\n[[component]]\nfile = 'a.wasm'\npolcy = 'fresh'\n",
    )
    .expect("a file");
    run(&["serve", "--config", text(&config)])
        .await
        .fails(1, &["farcall.toml", "polcy", "line 4"]);
    std::fs::write(&config, "policy = 'fresh'\n").expect("a file");
    run(&["serve", "--config", text(&config)])
        .await
        .fails(2, &["nothing to serve"]);
    run(&["serve", "--config", "nowhere.toml"])
        .await
        .fails(1, &["nowhere.toml"]);
}

#[tokio::test]
async fn a_link_goes_over_a_unix_socket() {
    let folder = tempfile::tempdir().expect("a folder");
    let socket = format!("unix:{}", text(&folder.path().join("calc.sock")));
    let server = Server::start(&[&calc(), "--listen", &socket]).await;
    assert_eq!(server.url(), socket);
    let link = format!("demo:calc/ops={socket}");
    let ended = run(&["run", &calc_client(), "--link", &link, "--invoke", "run()"])
        .await
        .with(0);
    assert!(ended.stdout.contains("add(2, 40) = 42"), "{}", ended.stdout);
}
