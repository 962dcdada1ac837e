//! The vectors of `spec/vectors/status.json`: a status in its bytes, in gRPC's headers and in Connect's JSON, written by a
//! server and read by a channel.
//!
//! Makes no calls that succeed, but one for headers that are no metadata; `spec/vectors/calls.json` is read where a component is served.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use farcall_net::{
    BoxFuture, Channel, ClientConfig, Code, Executed, ForeignDetail, Request, Response, Server, ServerConfig, Service,
    Status,
};
use http::HeaderMap;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

fn vectors() -> Vec<Value> {
    let vectors: Vec<Value> = serde_json::from_str(include_str!("../../../spec/vectors/status.json")).unwrap();
    assert!(vectors.len() >= 40, "{}", vectors.len());
    vectors
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_else(|| panic!("{member} of {value}"))
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap())
        .collect()
}

/// The status that the vector is about.
fn status(vector: &Value) -> Status {
    let code = *Code::ALL
        .iter()
        .find(|code| code.name() == text(vector, "code"))
        .unwrap();
    let mut status = Status::new(code, text(vector, "message"))
        .executed(Executed::from_name(text(vector, "executed")))
        .reason(text(vector, "reason"));
    let facts = vector["facts"].as_object().unwrap();
    status.details.metadata = facts
        .iter()
        .map(|(key, value)| (key.clone(), value.as_str().unwrap().to_owned()))
        .collect::<BTreeMap<_, _>>();
    let foreign = vector["foreign"].as_array().unwrap();
    status.details.foreign = foreign
        .iter()
        .map(|other| ForeignDetail {
            type_url: text(other, "type_url").to_owned(),
            value: bytes(text(other, "hex")).into(),
        })
        .collect();
    status
}

/// What may be compared: nothing depends on the text of an undefined code's message.
fn same(got: &Status, vector: &Value) {
    let expected = status(vector);
    let what = text(vector, "name");
    assert_eq!(
        (got.code, got.executed, &got.details),
        (expected.code, expected.executed, &expected.details),
        "{what}"
    );
    if vector["read_only"] != true {
        assert_eq!(got.message, expected.message, "{what}");
    }
}

/// spec: S-3, S-4
#[test]
fn every_status_is_its_bytes() {
    for vector in vectors() {
        let Some(details) = vector["details"].as_str() else {
            continue;
        };
        let expected = status(&vector);
        let read = Status::with_encoded_details(expected.code, text(&vector, "message"), &bytes(details));
        same(&read, &vector);
        if vector["read_only"] != true {
            assert_eq!(
                expected.encode_details(),
                bytes(details),
                "{} is written otherwise",
                vector["name"]
            );
        }
    }
}

/// Answers `/v.V/S7` with the status of the vector 7, and `/v.V/Names` with the names of the metadata.
struct Failing(Vec<Value>);

impl Service for Failing {
    fn knows(&self, path: &str) -> bool {
        path.starts_with("/v.V/S") || path == "/v.V/Names"
    }

    fn call(&self, request: Request) -> BoxFuture<'_, Result<Response, Status>> {
        Box::pin(async move {
            if request.path == "/v.V/Names" {
                let names: Vec<&str> = request.metadata.keys().map(|name| name.as_str()).collect();
                return Ok(Response::new(names.join(" ")));
            }
            let index: usize = request.path.trim_start_matches("/v.V/S").parse().unwrap();
            Err(status(&self.0[index]))
        })
    }
}

/// A server of all vectors: where it listens, and what ends it when dropped.
async fn failing() -> (String, oneshot::Sender<()>) {
    let server = Server::bind("127.0.0.1:0", Arc::new(Failing(vectors())), ServerConfig::default());
    let server = server.await.unwrap();
    let at = server.local_addr().to_string();
    let (stop, stopped) = oneshot::channel::<()>();
    tokio::spawn(server.serve(async move { drop(stopped.await) }));
    (at.trim_start_matches("http://").to_owned(), stop)
}

/// The headers of the answer to one gRPC call over HTTP/2.
async fn asked(at: &str, index: usize) -> HeaderMap {
    let io = TcpStream::connect(at).await.unwrap();
    let (sender, connection) = h2::client::handshake(io).await.unwrap();
    let driven = tokio::spawn(connection);
    let request = http::Request::post(format!("http://{at}/v.V/S{index}"))
        .header("content-type", "application/grpc+wit")
        .body(())
        .unwrap();
    let (response, mut body) = sender.ready().await.unwrap().send_request(request, false).unwrap();
    body.send_data(Bytes::from_static(&[0; 5]), true).unwrap();
    let answer = response.await.unwrap();
    driven.abort();
    assert_eq!(answer.status(), 200);
    answer.headers().clone()
}

/// spec: C-1, C-8, S-1, S-2
#[tokio::test]
async fn a_server_writes_every_status_as_the_headers_of_grpc() {
    let (at, _stop) = failing().await;
    for (index, vector) in vectors().iter().enumerate().filter(|(_, v)| v["read_only"] != true) {
        let headers = asked(&at, index).await;
        for name in ["grpc-status", "grpc-message", "grpc-status-details-bin"] {
            let got = headers.get(name).map(|value| value.to_str().unwrap());
            assert_eq!(got, vector["grpc"][name].as_str(), "{name} of {}", vector["name"]);
        }
    }
}

/// spec: C-3, S-1, S-2, S-3, S-4
#[tokio::test]
async fn a_channel_reads_every_status_from_the_headers_of_grpc() {
    for vector in vectors().iter().filter(|vector| vector["grpc"].is_object()) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let target = format!("http://{}", listener.local_addr().unwrap());
        let headers = vector["grpc"].as_object().unwrap().clone();
        let serving = tokio::spawn(async move {
            let (io, _) = listener.accept().await.unwrap();
            let mut connection = h2::server::handshake(io).await.unwrap();
            while let Some(Ok((_, mut respond))) = connection.accept().await {
                // A server that does not mirror the subtype is read as well.
                let mut answer = http::Response::builder().header("content-type", "application/grpc");
                for (name, value) in &headers {
                    answer = answer.header(name, value.as_str().unwrap());
                }
                respond.send_response(answer.body(()).unwrap(), true).unwrap();
            }
        });
        let channel = Channel::new(target.parse().unwrap(), ClientConfig::default());
        let failed = channel.call(Request::new("/v.V/S", "")).await.unwrap_err();
        serving.abort();
        same(&failed, vector);
    }
}

/// spec: C-7, P-4
#[tokio::test]
async fn names_of_the_protocol_are_no_metadata_and_unknown_ones_fail_no_call() {
    let (at, _stop) = failing().await;
    let io = TcpStream::connect(&at).await.unwrap();
    let (sender, connection) = h2::client::handshake(io).await.unwrap();
    let driven = tokio::spawn(connection);
    let request = http::Request::post(format!("http://{at}/v.V/Names"))
        .header("content-type", "application/grpc+wit")
        .header("wit-later", "1")
        .header("grpc-later", "2")
        .header("x-mine", "3")
        .body(())
        .unwrap();
    let (response, mut body) = sender.ready().await.unwrap().send_request(request, false).unwrap();
    body.send_data(Bytes::from_static(&[0; 5]), true).unwrap();
    let mut answer = response.await.unwrap().into_body();
    let message = answer.data().await.unwrap().unwrap();
    let trailers = answer.trailers().await.unwrap().unwrap();
    driven.abort();
    assert_eq!(trailers["grpc-status"], "0");
    assert_eq!(message.get(5..), Some(b"x-mine".as_slice()));

    let channel = Channel::new(format!("http://{at}").parse().unwrap(), ClientConfig::default());
    for name in ["wit-later", "grpc-later"] {
        let mut request = Request::new("/v.V/Names", "");
        request.metadata.insert(name, "1".parse().unwrap());
        let refused = channel.call(request).await.unwrap_err();
        assert_eq!(
            (refused.code, refused.executed),
            (Code::InvalidArgument, Executed::No),
            "{name}"
        );
    }
}

/// The head and the body of what an HTTP/1.1 server answers to a Connect call.
async fn asked_by_connect(at: &str, index: usize) -> (String, String) {
    let request = format!(
        "POST /v.V/S{index} HTTP/1.1\r\nhost: {at}\r\ncontent-type: application/wit\r\nconnection: close\r\n\
         content-length: 0\r\n\r\n"
    );
    let answer = tokio::time::timeout(Duration::from_secs(60), async {
        let mut io = TcpStream::connect(at).await.unwrap();
        io.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        io.read_to_string(&mut answer).await.unwrap();
        answer
    });
    let answer = answer.await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_lowercase(), body.to_owned())
}

/// spec: C-1, H-13
#[tokio::test]
async fn a_server_writes_every_status_as_the_json_of_connect() {
    let (at, _stop) = failing().await;
    for (index, vector) in vectors().iter().enumerate().filter(|(_, v)| v["read_only"] != true) {
        let (head, body) = asked_by_connect(&at, index).await;
        let line = format!("http/1.1 {} ", vector["connect"]["status"]);
        assert!(head.starts_with(&line), "{}: {head}", vector["name"]);
        assert!(head.contains("content-type: application/json"), "{head}");
        let mut got: Value = serde_json::from_str(&body).unwrap();
        let mut expected = vector["connect"]["body"].clone();
        for side in [&mut got, &mut expected] {
            // What is absent is empty.
            let members = side.as_object_mut().unwrap();
            members.retain(|_, value| *value != Value::String(String::new()) && *value != Value::Array(Vec::new()));
        }
        assert_eq!(got, expected, "{}", vector["name"]);
    }
}

/// spec: H-13, H-14
#[tokio::test]
async fn a_channel_reads_every_status_from_the_json_of_connect() {
    for vector in vectors().iter().filter(|vector| vector["connect"].is_object()) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let target = format!("http://{}", listener.local_addr().unwrap());
        let (code, body) = (vector["connect"]["status"].clone(), &vector["connect"]["body"]);
        let (kind, body) = match body {
            Value::Null => ("text/html", "<p>no".to_owned()),
            body => ("application/json", body.to_string()),
        };
        let answer = format!(
            "HTTP/1.1 {code} Some Reason\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        let serving = tokio::spawn(async move {
            while let Ok((mut io, _)) = listener.accept().await {
                let answer = answer.clone();
                tokio::spawn(async move {
                    let mut head = vec![0; 4096];
                    // One read holds the whole of so small a request, or HTTP/2's preface.
                    let _ = io.read(&mut head).await;
                    let _ = io.write_all(answer.as_bytes()).await;
                });
            }
        });
        let channel = Channel::new(target.parse().unwrap(), ClientConfig::default());
        let failed = channel.call(Request::new("/v.V/S", "")).await.unwrap_err();
        serving.abort();
        let expected = status(vector);
        assert_eq!(
            (failed.code, failed.executed),
            (expected.code, expected.executed),
            "{}",
            vector["name"]
        );
        if !vector["connect"]["body"].is_null() && vector["rule"] != "H-14" {
            same(&failed, vector);
        }
    }
}
