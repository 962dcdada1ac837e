//! HTTP/1.1: raw requests to our server, our channel at servers that know nothing newer, and `curl`.

use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use farcall_net::{Channel, ClientConfig, Code, Envelope, Executed, Request, ServerConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::fixture::{Event, Served, Way, in_time};
use crate::raw;

fn post(path: &str, headers: &str, body: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/wit\r\n{headers}\r\n{body}")
}

#[tokio::test]
async fn length_and_chunks_are_taken() {
    let served = Served::start().await;
    for (headers, body) in [
        ("content-length: 3\r\nconnection: close\r\n", "abc"),
        (
            "transfer-encoding: chunked\r\nconnection: close\r\n",
            "1\r\na\r\n2\r\nbc\r\n0\r\n\r\n",
        ),
    ] {
        let answer = raw::http1(served.addr(), &post("/t.T/Echo", headers, body)).await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.contains("content-type: application/wit\r\n"), "{answer}");
        assert!(answer.contains("content-length: 3\r\n"), "{answer}");
        assert!(answer.ends_with("\r\n\r\nabc"), "{answer}");
    }
}

#[tokio::test]
async fn pipelined_calls_are_answered_in_turn() {
    let served = Served::start().await;
    let two = post("/t.T/Echo", "content-length: 3\r\n", "one")
        + &post("/t.T/Echo", "content-length: 3\r\nconnection: close\r\n", "two");
    let answer = raw::http1(served.addr(), &two).await;
    let (first, second) = (answer.find("one").unwrap(), answer.find("two").unwrap());
    assert!(first < second, "{answer}");
    assert_eq!(served.gauges.connections_accepted(), 1);
}

#[tokio::test]
async fn what_is_no_call_is_answered_as_http_has_it() {
    let served = Served::start().await;
    let about = raw::http1(served.addr(), "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    assert!(about.starts_with("HTTP/1.1 200 OK\r\n"), "{about}");
    assert!(about.contains("WASM RPC"), "{about}");
    let end = "host: x\r\nconnection: close\r\n";
    for (request, begins, holds) in [
        (format!("GET /x HTTP/1.1\r\n{end}\r\n"), "405", "allow: POST"),
        (
            format!("PUT /t.T/Echo HTTP/1.1\r\n{end}content-type: application/wit\r\ncontent-length: 0\r\n\r\n"),
            "405",
            "allow: POST",
        ),
        (
            format!("POST /t.T/Echo HTTP/1.1\r\n{end}content-length: 2\r\n\r\n{{}}"),
            "415",
            "accept-post: application/wit, ",
        ),
        (
            format!(
                "POST /t.T/Echo HTTP/1.1\r\n{end}content-type: application/grpc+wit\r\n\
                 content-length: 5\r\n\r\n\0\0\0\0\0"
            ),
            "415",
            "needs HTTP/2",
        ),
        (
            format!("POST /t.T/Echo?x HTTP/1.1\r\n{end}content-type: application/wit\r\ncontent-length: 0\r\n\r\n"),
            "501",
            "unimplemented",
        ),
        (
            format!("POST * HTTP/1.1\r\n{end}content-type: application/wit\r\ncontent-length: 0\r\n\r\n"),
            "501",
            "begins with `/`",
        ),
        ("nonsense\r\n\r\n".to_owned(), "400", ""),
    ] {
        let answer = raw::http1(served.addr(), &request).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {begins}")), "{answer}");
        assert!(answer.contains(holds), "{answer}");
    }
    assert_eq!(served.gauges.calls_started(), 0);
}

#[tokio::test]
async fn a_length_over_the_limit_and_a_lying_one_are_refused() {
    let served = Served::start().await;
    let headers = "content-length: 99999999999\r\nconnection: close\r\n";
    let mut io = TcpStream::connect(served.addr()).await.unwrap();
    io.write_all(post("/t.T/Echo", headers, "abc").as_bytes())
        .await
        .unwrap();
    let mut answer = vec![0; 12];
    in_time(io.read_exact(&mut answer)).await.unwrap();
    assert_eq!(answer, b"HTTP/1.1 429");
    for headers in ["content-length: 3\r\ncontent-length: 4\r\n", "content-length: x\r\n"] {
        let answer = raw::http1(served.addr(), &post("/t.T/Echo", headers, "abcd")).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    }
}

#[tokio::test]
async fn a_header_flood_is_cut_off() {
    let served = Served::start().await;
    let flood = format!("x-flood: {}\r\n", "a".repeat(1000)).repeat(100);
    let mut io = TcpStream::connect(served.addr()).await.unwrap();
    // The server may close before all of it is written.
    let _ = io.write_all(post("/t.T/Echo", &flood, "").as_bytes()).await;
    let mut answer = Vec::new();
    let _ = in_time(io.read_to_end(&mut answer)).await;
    assert!(!answer.starts_with(b"HTTP/1.1 200"));
    assert_eq!(served.gauges.calls_started(), 0);
    served.channel().call(Request::new("/t.T/Echo", "")).await.unwrap();
}

#[tokio::test]
async fn a_closed_connection_cancels_its_call() {
    let mut served = Served::start().await;
    let mut io = TcpStream::connect(served.addr()).await.unwrap();
    let request = post("/t.T/Hang", "content-length: 0\r\n", "");
    io.write_all(request.as_bytes()).await.unwrap();
    assert_eq!(served.event().await, Event::Began);
    drop(io);
    assert_eq!(served.event().await, Event::Dropped);
}

#[tokio::test]
async fn a_draining_server_says_close() {
    let mut served = Served::start().await;
    let mut io = TcpStream::connect(served.addr()).await.unwrap();
    let request = post("/t.T/Wait", "content-length: 1\r\n", "x");
    io.write_all(request.as_bytes()).await.unwrap();
    assert_eq!(served.event().await, Event::Began);
    served.stop();
    // The listener is gone once the drain has begun.
    in_time(async { while TcpStream::connect(served.addr()).await.is_ok() {} }).await;
    served.functions.release.notify_one();
    let mut answer = String::new();
    in_time(io.read_to_string(&mut answer)).await.unwrap();
    assert!(answer.contains("connection: close\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\nx"), "{answer}");
    assert_eq!(served.ended().await.abandoned_calls, 0);
}

#[tokio::test]
async fn one_connection_carries_calls_one_after_another() {
    let served = Served::over(Way::Http1, ServerConfig::default()).await;
    let channel = served.channel();
    for size in [0, 1, 100_000, 3] {
        let body = Bytes::from(vec![7; size]);
        assert_eq!(
            channel
                .call(Request::new("/t.T/Echo", body.clone()))
                .await
                .unwrap()
                .body,
            body
        );
        // A status leaves the connection usable too.
        channel.call(Request::new("/t.T/Fail", body)).await.unwrap_err();
    }
    assert_eq!(served.gauges.connections_accepted(), 1);
}

#[tokio::test]
async fn calls_wait_where_all_connections_are_busy() {
    let mut served = Served::over(Way::Http1, ServerConfig::default()).await;
    let channel = served.channel_with(ClientConfig {
        max_http1_connections: 2,
        ..ClientConfig::default()
    });
    let calls: Vec<_> = (0..5)
        .map(|_| {
            let channel = channel.clone();
            tokio::spawn(async move { channel.call(Request::new("/t.T/Wait", "x")).await })
        })
        .collect();
    for begun in 0..5 {
        while served.event().await != Event::Began {}
        if begun > 0 {
            served.functions.release.notify_waiters();
        }
    }
    for call in calls {
        in_time(call).await.unwrap().unwrap();
    }
    assert_eq!(served.gauges.connections_accepted(), 2);
}

/// How a server that knows only HTTP/1.1 meets HTTP/2's preface.
#[derive(Clone, Copy)]
enum Manner {
    Answers,
    Closes,
}

/// A server of HTTP/1.1 that echoes every body; it counts connections.
async fn old_server(manner: Manner) -> (Channel, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = connections.clone();
    tokio::spawn(async move {
        while let Ok((mut io, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(async move {
                let mut first = [0; 3];
                io.read_exact(&mut first).await?;
                match (&first, manner) {
                    (b"PRI", Manner::Answers) => {
                        io.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await?;
                        // Closing with something unread would take the answer back.
                        return io.read_to_end(&mut Vec::new()).await.map(drop);
                    }
                    (b"PRI", Manner::Closes) => return Ok(()),
                    (b"OPT", _) => return io.write_all(b"HTTP/1.1 405 Method Not Allowed\r\n\r\n").await,
                    _ => {}
                }
                // Requests of this test are small and come in one piece each.
                let mut rest = first.to_vec();
                loop {
                    let mut chunk = [0; 4096];
                    let count = io.read(&mut chunk).await?;
                    if count == 0 {
                        return Ok(());
                    }
                    rest.extend_from_slice(&chunk[..count]);
                    let text = String::from_utf8(rest.clone()).unwrap();
                    let Some((head, body)) = text.split_once("\r\n\r\n") else {
                        continue;
                    };
                    assert!(head.starts_with("POST /t.T/Echo HTTP/1.1\r\n"), "{head}");
                    for header in [
                        "host: 127.0.0.1:",
                        "content-type: application/wit",
                        "connect-protocol-version: 1",
                    ] {
                        assert!(head.contains(&format!("\r\n{header}")), "{head}");
                    }
                    assert!(!head.contains("\r\nte:"), "{head}");
                    let answer = format!(
                        "HTTP/1.1 200 OK\r\ncontent-type: application/wit\r\ncontent-length: {}\r\n\
                         trailer-wit-result: err\r\n\r\n{body}",
                        body.len()
                    );
                    io.write_all(answer.as_bytes()).await?;
                    rest.clear();
                }
            });
        }
    });
    let target = format!("http://{addr}").parse().unwrap();
    (Channel::new(target, ClientConfig::default()), connections)
}

#[tokio::test]
async fn a_server_that_speaks_only_http1_is_found_out_once() {
    for (manner, connections) in [(Manner::Answers, 2), (Manner::Closes, 3)] {
        let (channel, counted) = old_server(manner).await;
        for _ in 0..3 {
            let response = in_time(channel.call(Request::new("/t.T/Echo", "hello"))).await.unwrap();
            assert_eq!(response.body, "hello");
            assert_eq!(response.trailers["wit-result"], "err");
        }
        assert_eq!(counted.load(Ordering::SeqCst), connections);
    }
}

#[tokio::test]
async fn who_asks_for_grpc_gets_nothing_else() {
    let (channel, _) = old_server(Manner::Answers).await;
    let config = ClientConfig {
        envelope: Envelope::Grpc,
        ..ClientConfig::default()
    };
    let channel = Channel::new(channel.target().clone(), config);
    let status = in_time(channel.call(Request::new("/t.T/Echo", ""))).await.unwrap_err();
    assert_eq!((status.code, status.executed), (Code::Unavailable, Executed::No));
    assert!(status.message.contains("does not speak HTTP/2"), "{status}");
}

#[tokio::test]
async fn a_server_that_closes_during_a_call_leaves_the_question_open() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    let channel = Channel::new(target, Way::Http1.config(ClientConfig::default()));
    let call = tokio::spawn(async move { channel.call(Request::new("/t.T/Echo", "x")).await });
    let (mut io, _) = listener.accept().await.unwrap();
    let mut head = [0; 64];
    in_time(io.read_exact(&mut head)).await.unwrap();
    drop(io);
    let status = in_time(call).await.unwrap().unwrap_err();
    assert_eq!(
        (status.code, status.executed),
        (Code::Unavailable, Executed::Maybe),
        "{status}"
    );
}

#[tokio::test]
async fn curl_calls_our_server() {
    let served = Served::start().await;
    for version in ["--http1.1", "--http2-prior-knowledge"] {
        let url = format!("{}/t.T/Echo", served.address);
        let output = tokio::process::Command::new("curl")
            .args([
                "-sS",
                "--max-time",
                "20",
                version,
                "-H",
                "content-type: application/wit",
                "-d",
                "abc",
                &url,
            ])
            .args(["-w", " %{http_code} %{http_version} %{content_type}"])
            .stdin(Stdio::null())
            .output();
        let output = match tokio::time::timeout(Duration::from_secs(30), output).await.unwrap() {
            Ok(output) => output,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return eprintln!("skipped: there is no curl");
            }
            Err(error) => panic!("{error}"),
        };
        let said = String::from_utf8_lossy(&output.stdout);
        if said.is_empty() && String::from_utf8_lossy(&output.stderr).contains("does not support") {
            eprintln!("skipped {version}: this curl lacks it");
            continue;
        }
        let version = if version == "--http1.1" { "1.1" } else { "2" };
        assert_eq!(said, format!("abc 200 {version} application/wit"));
    }
}
