//! Messages that are too large, or lie about their size. They are sent by callers that mean harm, past every stub.

use farcall_net::{Channel, ClientConfig, Code, Executed, Request};

use crate::harness::{Server, calc, calc_client, run, within};

const LIMIT: usize = 64 << 10;

#[tokio::test]
async fn a_request_over_the_servers_limit_is_refused_before_it_runs() {
    let server = Server::start(&[&calc(), "--max-message", "64KiB"]).await;
    let call = format!("greet(\"{}\")", "a".repeat(LIMIT));
    let ended = run(&["call", server.url(), &call, "--json"]).await.fails(1, &["65536"]);
    let said: serde_json::Value = serde_json::from_str(&ended.stderr).expect("one line of JSON");
    assert_eq!(said["error"]["code"], "RESOURCE_EXHAUSTED");
    assert_eq!(said["error"]["executed"], "no");
    run(&["call", server.url(), "add(2, 40)"]).await.prints("42\n");
}

#[tokio::test]
async fn a_response_over_the_servers_limit_is_an_error() {
    let server = Server::start(&[&calc(), "--max-message", "64KiB"]).await;
    let fits = "a".repeat(LIMIT - 3 - "hello, ".len());
    let greeting = format!("\"hello, {fits}\"\n");
    run(&["call", server.url(), &format!("greet(\"{fits}\")")])
        .await
        .prints(&greeting);
    let ended = run(&["call", server.url(), &format!("greet(\"{fits}a\")")]).await;
    ended.fails(1, &["RESOURCE_EXHAUSTED", "65536", "demo:calc/ops@0.1.0.greet"]);
    run(&["call", server.url(), "add(2, 40)"]).await.prints("42\n");
}

#[tokio::test]
async fn a_components_own_request_is_held_to_its_limit() {
    let server = Server::start(&[&calc()]).await;
    let link = format!("demo:calc/ops={}", server.url());
    let arguments = [
        "run",
        &calc_client(),
        "--link",
        &link,
        "--max-message",
        "1KiB",
        "--invoke",
        "run()",
    ];
    run(&arguments)
        .await
        .fails(1, &["/demo.calc.v0_1.Ops/Sum", "1024", "RESOURCE_EXHAUSTED"]);
}

#[tokio::test]
async fn a_response_is_held_to_the_callers_limit() {
    let server = Server::start(&[&calc()]).await;
    let config = ClientConfig {
        max_message: 100,
        ..ClientConfig::default()
    };
    let channel = Channel::new(server.url().parse().expect("a target"), config);
    let mut name = vec![96];
    name.extend([b'a'; 96]);
    let status = within(channel.call(Request::new("/demo.calc.v0_1.Ops/Greet", name)))
        .await
        .expect_err("it is too large");
    assert_eq!((status.code, status.executed), (Code::ResourceExhausted, Executed::Yes));
    assert!(status.message.contains("100"), "{status}");
}

#[tokio::test]
async fn a_length_prefix_that_lies_is_refused_with_its_place() {
    let server = Server::start(&[&calc()]).await;
    let channel = Channel::new(server.url().parse().expect("a target"), ClientConfig::default());
    let lies: [(&str, &[u8], &str); 4] = [
        ("Sum", &[0xff, 0xff, 0xff, 0xff, 0x0f], "numbers"),
        ("Sum", &[0xff, 0xff, 0xff, 0xff, 0x0f, 1, 2, 3], "numbers"),
        ("Greet", &[0xff, 0xff, 0xff, 0xff, 0x0f, b'a'], "name"),
        ("Sum", &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f], "numbers"),
    ];
    for (function, body, place) in lies {
        let request = Request::new(format!("/demo.calc.v0_1.Ops/{function}"), body);
        let status = within(channel.call(request))
            .await
            .expect_err("nothing has so many elements");
        assert_eq!(
            (status.code, status.executed),
            (Code::InvalidArgument, Executed::No),
            "{status}"
        );
        assert!(status.message.contains(place), "{status}");
    }
    run(&["call", server.url(), "sum([40, 2])"]).await.prints("42\n");
}

#[tokio::test]
async fn requests_that_do_not_decode_are_refused_before_anything_runs() {
    let server = Server::start(&[&calc()]).await;
    let channel = Channel::new(server.url().parse().expect("a target"), ClientConfig::default());
    let wrong: [(&str, &[u8]); 6] = [
        ("Add", &[]),
        ("Add", &[1]),
        ("Add", &[1, 2, 3]),
        ("Add", &[0x80, 0x00, 2]),
        ("Greet", &[2, 0xc3, 0x28]),
        ("Area", &[9]),
    ];
    for (function, body) in wrong {
        let request = Request::new(format!("/demo.calc.v0_1.Ops/{function}"), body);
        let status = within(channel.call(request)).await.expect_err("it is no request");
        assert_eq!(
            (status.code, status.executed),
            (Code::InvalidArgument, Executed::No),
            "{function} {body:?}: {status}"
        );
    }
}

#[tokio::test]
async fn an_unknown_path_is_told_what_is_served() {
    let server = Server::start(&[&calc()]).await;
    let channel = Channel::new(server.url().parse().expect("a target"), ClientConfig::default());
    let paths = [
        ("/demo.calc.v0_1.Ops/Subtract", "/demo.calc.v0_1.Ops/Add"),
        ("/demo.calc.v9.Ops/Add", "/demo.calc.v0_1.Ops"),
        ("/demo.calc.v0_1.ops/Add", "/demo.calc.v0_1.Ops"),
        ("/", "/demo.calc.v0_1.Ops"),
    ];
    for (path, exists) in paths {
        let status = within(channel.call(Request::new(path, &b""[..])))
            .await
            .expect_err("nothing is there");
        assert_eq!(
            (status.code, status.executed),
            (Code::Unimplemented, Executed::No),
            "{path}: {status}"
        );
        assert!(status.message.contains(exists), "{path}: {status}");
    }
}
