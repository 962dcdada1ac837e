//! `farcall run`: one function or a command, its imports at any distance, its grants only as given.

use crate::harness::{Server, calc, calc_client, farcall, fixture, run, text};

const STORY: &str = r#""greet(\"wörld\") = hello, wörld\nadd(2, 40) = 42\ndivide(84, 2) = ok(42)\ndivide(1, 0) = err(\"division by zero\")\nsum([1, 2, ... 1000]) = 500500\narea(rect({x: 3, y: 4})) = ok(12)\narea(circle(1)) = ok(3.141592653589793)\narea(empty) = err(\"empty shape\")"
"#;

#[tokio::test]
async fn one_component_calls_another_across_processes() {
    let server = Server::start(&[&calc()]).await;
    let link = format!("demo:calc/ops={}", server.url());
    run(&["run", &calc_client(), "--link", &link, "--invoke", "run()"])
        .await
        .prints(STORY);
    let link = format!("demo:calc/ops@0.1.0={}", server.url());
    run(&[
        "run",
        &calc_client(),
        "--link",
        &link,
        "--invoke",
        "demo:calc/app.run()",
    ])
    .await
    .prints(STORY);
}

#[tokio::test]
async fn one_component_calls_another_in_this_process() {
    let link = format!("demo:calc/ops={}", calc());
    run(&["run", &calc_client(), "--link", &link, "--invoke", "run()"])
        .await
        .prints(STORY);
}

#[tokio::test]
async fn a_command_has_its_arguments_and_its_environment() {
    let server = Server::start(&[&calc()]).await;
    let link = format!("demo:calc/ops={}", server.url());
    let shop = fixture("shop");
    let command = ["run", &shop, "--link", &link, "--env", "CUSTOMER=Ann", "--", "30", "12"];
    let bill = "hello, Ann\n      30\n      12\n      42 in all\n      10 for each of four\n";
    run(&command).await.prints(bill);
    let nameless = run(&["run", &shop, "--link", &link]).await;
    nameless.prints("hello, stranger\n       0 in all\n       0 for each of four\n");
}

#[tokio::test]
async fn a_commands_exit_code_is_this_ones() {
    let link = format!("demo:calc/ops={}", calc());
    let ended = run(&["run", &fixture("shop"), "--link", &link, "--", "30", "gratis"])
        .await
        .with(1);
    assert_eq!(ended.stdout, "hello, stranger\n      30\n");
    assert_eq!(ended.stderr, "not a price: gratis\n");
}

#[tokio::test]
async fn what_is_no_command_says_how_it_is_called() {
    run(&["run", &calc()])
        .await
        .fails(1, &["calc.wasm", "no command", "--invoke"]);
}

#[tokio::test]
async fn arguments_of_a_command_do_not_go_with_invoke() {
    let ended = run(&["run", &calc(), "--invoke", "add(1, 2)", "--", "3"]).await;
    ended.fails(2, &["--invoke"]);
}

#[tokio::test]
async fn a_guest_sees_the_environment_only_as_it_is_given() {
    let hostile = fixture("hostile");
    let seen = async |given: &[&str], call: &str| {
        let mut arguments = vec!["run", &hostile, "--invoke", call];
        arguments.extend(given);
        let child = farcall(&arguments)
            .env("FARCALL_SECRET", "do not tell")
            .spawn()
            .expect("the binary starts");
        crate::harness::ended(child).await.with(0).stdout
    };
    assert_eq!(seen(&[], "variables()").await, "[]\n");
    assert_eq!(seen(&[], "variable(\"FARCALL_SECRET\")").await, "none\n");
    assert_eq!(
        seen(&["--env", "A=1", "--env", "B=x=y"], "variables()").await,
        "[\"A\", \"B\"]\n"
    );
    assert_eq!(
        seen(&["--env", "A=1", "--env", "B=x=y"], "variable(\"B\")").await,
        "some(\"x=y\")\n"
    );
}

#[tokio::test]
async fn a_guest_sees_a_directory_only_as_it_is_given() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("note.txt"), "found").expect("a file");
    let (hostile, near) = (fixture("hostile"), text(folder.path()));
    let absolute = format!("read(\"{near}/note.txt\")");
    for call in ["read(\"/data/note.txt\")", "list(\"/\")", &absolute] {
        let ended = run(&["run", &hostile, "--invoke", call]).await.with(0);
        assert!(ended.stdout.starts_with("err("), "{call}: {}", ended.stdout);
    }
    let dir = format!("{near}::/data");
    let given = async |call: &str| {
        run(&["run", &hostile, "--dir", &dir, "--invoke", call])
            .await
            .with(0)
            .stdout
    };
    assert_eq!(given("read(\"/data/note.txt\")").await, "ok(\"found\")\n");
    assert_eq!(given("list(\"/data\")").await, "ok([\"note.txt\"])\n");
    assert_eq!(given("write(\"/data/reply.txt\", \"seen\")").await, "ok\n");
    assert_eq!(
        std::fs::read_to_string(folder.path().join("reply.txt")).expect("it was written"),
        "seen"
    );
    assert!(
        given("read(\"/data/../../etc/passwd\")").await.starts_with("err("),
        "a guest leaves its directory"
    );
}

#[tokio::test]
async fn a_guest_opens_no_connection() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    let ended = run(&[
        "run",
        &fixture("hostile"),
        "--invoke",
        &format!("connect(\"{address}\")"),
    ])
    .await
    .with(0);
    assert!(ended.stdout.starts_with("err("), "{}", ended.stdout);
}

#[tokio::test]
async fn a_grant_that_makes_no_sense_is_wrong_usage() {
    let calc = calc();
    run(&["run", &calc, "--env", "NAME", "--invoke", "add(1, 2)"])
        .await
        .fails(2, &["--env", "NAME=VALUE"]);
    run(&["run", &calc, "--dir", "data", "--invoke", "add(1, 2)"])
        .await
        .fails(2, &["--dir", "HOST::GUEST"]);
    run(&["run", &calc, "--link", "ops", "--invoke", "add(1, 2)"])
        .await
        .fails(2, &["ops", "demo:calc/ops=http://"]);
    let missing = run(&[
        "run",
        &fixture("hostile"),
        "--dir",
        "no/such::/data",
        "--invoke",
        "count()",
    ])
    .await;
    missing.fails(1, &["no/such"]);
}
