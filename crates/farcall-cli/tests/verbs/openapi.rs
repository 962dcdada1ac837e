//! `farcall openapi`, the same document from a server, and what a browser asks first.

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::{Server, calc, run, text};

/// One request over HTTP/1.1; the head and the body of its answer.
async fn http(server: &Server, request: &str) -> (String, String) {
    let address = server.url().strip_prefix("http://").expect("a URL");
    let mut stream = TcpStream::connect(address).await.expect("the server accepts");
    let (line, rest) = request.split_once('\n').unwrap_or((request, ""));
    let rest: String = rest.lines().map(|line| format!("{}\r\n", line.trim())).collect();
    let request = format!("{line} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{rest}\r\n");
    stream.write_all(request.as_bytes()).await.expect("the server reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("the server answers");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    (head.to_owned(), body.to_owned())
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[tokio::test]
async fn a_file_and_its_server_have_the_same_document() {
    let server = Server::start(&[&calc()]).await;
    let of_file = json(&run(&["openapi", &calc()]).await.with(0).stdout);
    let of_target = json(&run(&["openapi", server.url()]).await.with(0).stdout);
    let (head, body) = http(&server, "GET /openapi.json").await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(head.contains("content-type: application/json"), "{head}");
    assert_eq!(json(&body), of_target);
    assert_eq!(of_file, of_target);
    assert_eq!(
        (&of_file["openapi"], &of_file["info"]["version"]),
        (&"3.1.0".into(), &"0.1".into())
    );
    let add = &of_file["paths"]["/demo.calc.v0_1.Ops/Add"]["post"];
    assert_eq!(
        add["requestBody"]["content"]["application/json"]["schema"]["$ref"],
        "#/components/schemas/demo.calc.v0_1.ops.AddRequest"
    );
    let (head, body) = http(&server, "HEAD /openapi.json").await;
    assert!(head.starts_with("HTTP/1.1 200") && body.is_empty(), "{head}\n{body}");
    let (head, _) = http(&server, "GET /openapi.json/").await;
    assert!(head.starts_with("HTTP/1.1 405"), "{head}");
}

#[tokio::test]
async fn the_document_can_be_turned_off() {
    let server = configured("openapi = false").await;
    let (head, _) = http(&server, "GET /openapi.json").await;
    assert!(head.starts_with("HTTP/1.1 405"), "{head}");
}

#[tokio::test]
async fn pages_of_the_origins_that_the_file_names_may_call_from_a_browser() {
    let server = configured("cors = [\"https://app.example\"]").await;
    let ask = |origin: &str| {
        format!(
            "OPTIONS /demo.calc.v0_1.Ops/Add
            origin: {origin}
            access-control-request-method: POST
            access-control-request-headers: content-type,connect-protocol-version"
        )
    };
    let (head, _) = http(&server, &ask("https://app.example")).await;
    for line in [
        "HTTP/1.1 200",
        "access-control-allow-origin: https://app.example",
        "access-control-allow-headers: content-type,connect-protocol-version",
        "access-control-allow-methods: GET,POST",
    ] {
        assert!(head.contains(line), "`{line}` is not in:\n{head}");
    }
    let (head, _) = http(&server, &ask("https://other.example")).await;
    assert!(!head.contains("access-control-allow-origin"), "{head}");
    let call = "POST /demo.calc.v0_1.Ops/Add
        origin: https://app.example
        content-type: application/json
        content-length: 0";
    let (head, _) = http(&server, call).await;
    assert!(
        head.contains("access-control-allow-origin: https://app.example"),
        "{head}"
    );
    assert!(head.contains("access-control-expose-headers: *"), "{head}");
    // Who said nothing of it lets no page in.
    let closed = Server::start(&[&calc()]).await;
    let (head, _) = http(&closed, &ask("https://app.example")).await;
    assert!(
        head.starts_with("HTTP/1.1 405") && !head.contains("access-control"),
        "{head}"
    );
}

#[tokio::test]
async fn what_is_no_origin_is_refused_with_the_key() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = written(folder.path(), "cors = \"app.example/page\"");
    run(&["serve", "--config", &file])
        .await
        .fails(1, &["cors", "`app.example/page` is no origin"]);
}

async fn configured(line: &str) -> Server {
    let folder = tempfile::tempdir().expect("a folder");
    let file = written(folder.path(), line);
    Server::start(&["--config", &file]).await
}

fn written(folder: &std::path::Path, line: &str) -> String {
    let file = folder.join("farcall.toml");
    let config = format!("{line}\n[[component]]\nfile = \"{}\"\n", calc());
    std::fs::write(&file, config).expect("a file");
    text(&file).to_string()
}
