//! Content types, gRPC-Web and gzip, as callers of other people's libraries use them.

use std::io::{Read, Write};

use farcall_net::ServerConfig;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use http::StatusCode;

use crate::fixture::Served;
use crate::raw::{self, Answer};

async fn post(served: &Served, path: &str, headers: &[(&'static str, &str)], body: &[u8]) -> Answer {
    let sender = raw::connect(served.addr()).await;
    raw::post(&sender, served.addr(), path, headers, vec![body.to_vec()], true).await
}

fn message(flag: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    [&[flag], &length[..], body].concat()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn gunzip(bytes: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    GzDecoder::new(bytes).read_to_end(&mut whole).unwrap();
    whole
}

/// spec: H-2
#[tokio::test]
async fn the_content_type_says_how_values_are_written_and_comes_back() {
    let served = Served::start().await;
    for (content_type, encoding) in [
        ("application/wit", "Wit"),
        ("application/json", "Json"),
        ("application/proto", "Proto"),
        ("application/wat", "Wat"),
    ] {
        let answer = post(&served, "/t.T/Codec", &[("content-type", content_type)], b"").await;
        assert_eq!(answer.head.headers()["content-type"], content_type);
        assert_eq!(answer.bytes, encoding.as_bytes());
    }
    for (content_type, encoding) in [
        ("application/grpc", "Proto"),
        ("application/grpc+proto", "Proto"),
        ("application/grpc+wit", "Wit"),
    ] {
        let headers = [("content-type", content_type)];
        let answer = post(&served, "/t.T/Codec", &headers, &message(0, b"")).await;
        assert_eq!(answer.head.headers()["content-type"], content_type);
        assert_eq!(answer.bytes, message(0, encoding.as_bytes()));
        assert_eq!(answer.trailers["grpc-status"], "0");
    }
}

/// spec: H-16
#[tokio::test]
async fn grpc_web_has_its_trailers_in_the_body() {
    let served = Served::start().await;
    for (content_type, encoding) in [
        ("application/grpc-web", "Proto"),
        ("application/grpc-web+proto", "Proto"),
        ("application/grpc-web+wit", "Wit"),
    ] {
        let headers = [("content-type", content_type)];
        let answer = post(&served, "/t.T/Codec", &headers, &message(0, b"")).await;
        assert_eq!(answer.head.headers()["content-type"], content_type);
        let trailers = message(0x80, b"grpc-status: 0\r\n");
        assert_eq!(answer.bytes, [message(0, encoding.as_bytes()), trailers].concat());
        assert!(answer.trailers.is_empty());
    }
    let headers = [("content-type", "application/grpc-web"), ("x", "y")];
    let answer = post(&served, "/t.T/Meta", &headers, &message(0, b"")).await;
    assert_eq!(answer.head.headers()["x"], "y");
    let text = String::from_utf8_lossy(&answer.bytes).into_owned();
    assert!(text.ends_with("wit-result: err\r\ngrpc-status: 0\r\n"), "{text}");
    let answer = post(&served, "/t.T/Fail", &headers, &message(0, b"")).await;
    assert_eq!(answer.head.status(), StatusCode::OK);
    assert_eq!(answer.head.headers()["grpc-status"], "5");
    assert_eq!(answer.bytes, b"");
}

#[tokio::test]
async fn a_compressed_request_is_read_and_a_long_answer_is_compressed_where_asked() {
    let served = Served::start().await;
    let long: Vec<u8> = (0..20_000u32).map(|i| (i / 100) as u8).collect();
    let grpc = [
        ("content-type", "application/grpc+wit"),
        ("grpc-encoding", "gzip"),
        ("grpc-accept-encoding", "identity,deflate,gzip"),
    ];
    let answer = post(&served, "/t.T/Echo", &grpc, &message(1, &gzip(&long))).await;
    assert_eq!(answer.head.headers()["grpc-encoding"], "gzip");
    assert_eq!((answer.bytes[0], gunzip(&answer.bytes[5..])), (1, long.clone()));
    // A message may be left uncompressed all the same.
    let answer = post(&served, "/t.T/Echo", &grpc, &message(0, b"short")).await;
    assert!(!answer.head.headers().contains_key("grpc-encoding"));
    assert_eq!(answer.bytes, message(0, b"short"));
    let connect = [
        ("content-type", "application/wit"),
        ("content-encoding", "gzip"),
        ("accept-encoding", "gzip, br"),
    ];
    let answer = post(&served, "/t.T/Echo", &connect, &gzip(&long)).await;
    assert_eq!(answer.head.headers()["content-encoding"], "gzip");
    assert_eq!(answer.head.headers()["content-length"], *answer.bytes.len().to_string());
    assert_eq!(gunzip(&answer.bytes), long);
    let answer = post(&served, "/t.T/Echo", &connect[..2], &gzip(&long)).await;
    assert!(!answer.head.headers().contains_key("content-encoding"));
    assert_eq!(answer.bytes, long);
}

/// spec: H-5, H-11
#[tokio::test]
async fn compression_that_was_not_agreed_on_or_bursts_is_refused() {
    let config = ServerConfig {
        max_message: 10_000,
        ..ServerConfig::default()
    };
    let served = Served::with(config).await;
    let bomb = gzip(&vec![0; 1 << 20]);
    assert!(bomb.len() < 10_000);
    let grpc = ("content-type", "application/grpc+proto");
    for (headers, body, status) in [
        (vec![grpc, ("grpc-encoding", "gzip")], message(1, &bomb), "8"),
        (vec![grpc, ("grpc-encoding", "gzip")], message(1, b"not gzip"), "3"),
        (vec![grpc, ("grpc-encoding", "br")], message(1, b""), "12"),
        (vec![grpc, ("grpc-encoding", "identity")], message(1, &gzip(b"x")), "13"),
        (vec![grpc], message(1, &gzip(b"x")), "13"),
    ] {
        let answer = post(&served, "/t.T/Echo", &headers, &body).await;
        assert_eq!(answer.head.headers()["grpc-status"], status, "{headers:?}");
        assert_eq!(answer.head.headers()["grpc-accept-encoding"], "identity, gzip");
    }
    let connect = ("content-type", "application/json");
    for (coding, body, status) in [
        ("gzip", &bomb[..], StatusCode::TOO_MANY_REQUESTS),
        ("gzip", b"not gzip", StatusCode::BAD_REQUEST),
        ("br", b"", StatusCode::NOT_IMPLEMENTED),
    ] {
        let answer = post(&served, "/t.T/Echo", &[connect, ("content-encoding", coding)], body).await;
        assert_eq!(answer.head.status(), status, "{coding}");
    }
    assert_eq!(served.gauges.calls_started(), 0);
}
