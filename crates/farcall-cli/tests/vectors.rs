//! The vectors of `spec/vectors/calls.json` against a served component: whole requests, and what must come back.
//!
//! Sends the bytes as they stand there, past every client of ours; what a client makes of answers is the carrier's tests'.

mod harness;

use bytes::Bytes;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use harness::{Server, calc, within};

/// What came back.
#[derive(Debug, Default)]
struct Answer {
    status: u64,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    trailers: Vec<(String, String)>,
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_else(|| panic!("{member} of {value}"))
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(&hex[i..i + 2], 16).expect("hexadecimal"))
        .collect()
}

fn pairs(headers: &http::HeaderMap) -> Vec<(String, String)> {
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers
        .iter()
        .map(|(name, value)| (name.to_string(), text(value)))
        .collect()
}

async fn over_http2(at: &str, request: &Value) -> Answer {
    let io = TcpStream::connect(at).await.expect("the server accepts");
    let (sender, connection) = h2::client::handshake(io).await.expect("it speaks HTTP/2");
    let driven = tokio::spawn(connection);
    let mut head = http::Request::builder()
        .method(text(request, "method"))
        .uri(format!("http://{at}{}", text(request, "path")));
    for (name, value) in request["headers"].as_object().expect("headers") {
        head = head.header(name, value.as_str().expect("a header's value"));
    }
    let body = bytes(text(request, "body"));
    let mut sender = sender.ready().await.expect("there is room for a stream");
    let (response, mut stream) = sender
        .send_request(head.body(()).expect("a request"), body.is_empty())
        .expect("it is sent");
    if !body.is_empty() {
        // A server that has answered already may have ended the stream.
        let _ = stream.send_data(Bytes::from(body), true);
    }
    let (head, mut body) = response.await.expect("an answer").into_parts();
    let mut answer = Answer {
        status: head.status.as_u16().into(),
        headers: pairs(&head.headers),
        ..Answer::default()
    };
    while let Some(chunk) = body.data().await {
        answer.body.extend(chunk.expect("a whole body"));
    }
    if let Ok(Some(trailers)) = body.trailers().await {
        answer.trailers = pairs(&trailers);
    }
    driven.abort();
    answer
}

async fn over_http1(at: &str, request: &Value) -> Answer {
    let body = bytes(text(request, "body"));
    let mut head = format!("{} {} HTTP/1.1\r\n", text(request, "method"), text(request, "path"));
    for (name, value) in request["headers"].as_object().expect("headers") {
        head += &format!("{name}: {}\r\n", value.as_str().expect("a header's value"));
    }
    head += &format!(
        "host: {at}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let mut io = TcpStream::connect(at).await.expect("the server accepts");
    io.write_all(&[head.as_bytes(), &body].concat())
        .await
        .expect("it is sent");
    let mut raw = Vec::new();
    io.read_to_end(&mut raw).await.expect("an answer");
    let end = raw.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
    let head = String::from_utf8(raw[..end].to_vec()).expect("a head of ASCII");
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).expect("a status");
    Answer {
        status: status.parse().expect("a number"),
        headers: lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
            .collect(),
        body: raw[end + 4..].to_vec(),
        trailers: Vec::new(),
    }
}

/// Each expected pair is there; null asks for the name alone.
fn has(expected: &Value, got: &[(String, String)], what: &str) {
    for (name, value) in expected.as_object().into_iter().flatten() {
        let found = got.iter().find(|(known, _)| known == name);
        let (_, found) = found.unwrap_or_else(|| panic!("{what}: {name} is not in {got:?}"));
        if let Some(value) = value.as_str() {
            assert_eq!(found, value, "{what}: {name}");
        }
    }
}

fn check(vector: &Value, answer: &Answer, over: &str) {
    let what = format!("{} ({}, {over})", text(vector, "name"), text(vector, "envelope"));
    let expected = &vector["response"];
    assert_eq!(Some(answer.status), expected["status"].as_u64(), "{what}: {answer:?}");
    has(&expected["headers"], &answer.headers, &what);
    has(&expected["trailers"], &answer.trailers, &what);
    if let Some(body) = expected["body"].as_str() {
        assert_eq!(answer.body, bytes(body), "{what}");
    }
    if let Some(members) = expected["json"].as_object() {
        let json: Value = serde_json::from_slice(&answer.body).unwrap_or_else(|error| panic!("{what}: {error}"));
        for (name, value) in members {
            let found = &json[name];
            assert!(found == value || value.is_null() && !found.is_null(), "{what}: {json}");
        }
    }
}

/// spec: C-2, C-6, C-8, H-1, H-2, H-5, H-6, H-8, H-9, H-10, H-11, P-4
#[tokio::test]
async fn every_exchange_of_the_vectors_is_answered_as_it_says() {
    let vectors: Vec<Value> =
        serde_json::from_str(include_str!("../../../spec/vectors/calls.json")).expect("an array of vectors");
    assert!(vectors.len() >= 35, "{}", vectors.len());
    let server = Server::start(&[&calc()]).await;
    let at = server.url().strip_prefix("http://").expect("a URL");
    for vector in &vectors {
        let request = &vector["request"];
        check(vector, &within(over_http2(at, request)).await, "HTTP/2");
        if vector["envelope"] == "connect" {
            check(vector, &within(over_http1(at, request)).await, "HTTP/1.1");
        }
    }
}
