//! Servers that are not there, die, or speak something else; requests that are no calls.
//!
//! spec: C-14, C-20, S-7

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use farcall_net::{ClientConfig, Code, Executed, Request, ServerConfig, Status};
use http::{HeaderMap, Response, StatusCode};
use tokio::net::TcpListener;

use crate::fixture::{Served, Way, channel_to, in_time, over_every_way};
use crate::raw::{self, WIT};

over_every_way!(a_panic_is_contained,);

async fn call(addr: SocketAddr) -> Status {
    in_time(channel_to(addr, ClientConfig::default()).call(Request::new("/t.T/Echo", "hello")))
        .await
        .unwrap_err()
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named() {
    let addr = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let status = call(addr).await;
    assert_eq!((status.code, status.executed), (Code::Unavailable, Executed::No));
    assert_eq!(
        status.message,
        format!("nothing listens at http://{addr} (connection refused)")
    );
}

#[tokio::test]
async fn a_name_that_does_not_resolve_is_named() {
    let channel = farcall_net::Channel::new(
        "http://no.such.host.invalid:1".parse().unwrap(),
        ClientConfig::default(),
    );
    let status = in_time(channel.call(Request::new("/t.T/Echo", ""))).await.unwrap_err();
    assert_eq!((status.code, status.executed), (Code::Unavailable, Executed::No));
    assert!(
        status
            .message
            .starts_with("http://no.such.host.invalid:1 cannot be reached"),
        "{status}"
    );
}

#[tokio::test]
async fn many_callers_of_a_dead_server_share_the_failure() {
    let addr = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let channel = channel_to(addr, ClientConfig::default());
    let calls: Vec<_> = (0..32)
        .map(|_| {
            let channel = channel.clone();
            tokio::spawn(async move { channel.call(Request::new("/t.T/Echo", "")).await })
        })
        .collect();
    for call in calls {
        assert_eq!(in_time(call).await.unwrap().unwrap_err().code, Code::Unavailable);
    }
}

#[tokio::test]
async fn a_server_that_speaks_something_else_is_told_by_its_words() {
    for (bytes, said) in [
        (
            b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n".as_slice(),
            "`HTTP/1.1 400 Bad Request`",
        ),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "`SSH-2.0-OpenSSH_9.6`"),
        (b"\x15\x03\x01\x00\x02\x02\x46 alert", "answered in TLS"),
        (b"\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8\xf7\xf6", "\\xff\\xfe"),
        (b"", "closed the connection without a word"),
    ] {
        let addr = raw::answering(bytes).await;
        let status = call(addr).await;
        assert_eq!(
            (status.code, status.executed),
            (Code::Unavailable, Executed::No),
            "{said}"
        );
        assert!(
            status
                .message
                .starts_with(&format!("http://{addr} does not speak HTTP/2: ")),
            "{status}"
        );
        assert!(status.message.contains(said), "{status}");
    }
}

#[tokio::test]
async fn a_server_that_says_nothing_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let config = ClientConfig {
        connect_timeout: Duration::from_millis(50),
        ..ClientConfig::default()
    };
    let channel = channel_to(listener.local_addr().unwrap(), config);
    let status = in_time(channel.call(Request::new("/t.T/Echo", ""))).await.unwrap_err();
    assert_eq!((status.code, status.executed), (Code::Unavailable, Executed::No));
    assert!(
        status
            .message
            .contains("did not answer as an HTTP/2 server within 50ms"),
        "{status}"
    );
}

type Script = fn(usize, h2::server::SendResponse<Bytes>);

/// An HTTP/2 server that answers the n-th request by the script.
async fn scripted(script: Script) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut count = 0;
        while let Ok((io, _)) = listener.accept().await {
            let mut connection = h2::server::handshake(io).await.unwrap();
            while let Some(Ok((_request, respond))) = connection.accept().await {
                script(count, respond);
                count += 1;
                if count > 100 {
                    return;
                }
            }
        }
    });
    addr
}

fn answer(
    mut respond: h2::server::SendResponse<Bytes>,
    head: http::response::Builder,
    chunks: &[&'static [u8]],
    trailers: Option<&[(&'static str, &'static str)]>,
) {
    let end = chunks.is_empty() && trailers.is_none();
    let mut stream = respond.send_response(head.body(()).unwrap(), end).unwrap();
    for (index, chunk) in chunks.iter().enumerate() {
        let end = trailers.is_none() && index + 1 == chunks.len();
        stream.send_data(Bytes::from_static(chunk), end).unwrap();
    }
    if let Some(trailers) = trailers {
        let map: HeaderMap = trailers
            .iter()
            .map(|(k, v)| (k.parse().unwrap(), v.parse().unwrap()))
            .collect();
        stream.send_trailers(map).unwrap();
    }
}

fn grpc() -> http::response::Builder {
    Response::builder().header("content-type", "application/grpc")
}

#[tokio::test]
async fn http_without_grpc_is_told_by_status_and_content_type() {
    let html: Script = |count, respond| {
        let code = [200, 400, 401, 403, 404, 429, 500, 502, 503][count];
        answer(
            respond,
            Response::builder().status(code).header("content-type", "text/html"),
            &[b"<html>"],
            None,
        );
    };
    let addr = scripted(html).await;
    let channel = channel_to(addr, ClientConfig::default());
    for (http, code) in [
        (200, Code::Unknown),
        (400, Code::Internal),
        (401, Code::Unauthenticated),
        (403, Code::PermissionDenied),
        (404, Code::Unimplemented),
        (429, Code::Unavailable),
        (500, Code::Unknown),
        (502, Code::Unavailable),
        (503, Code::Unavailable),
    ] {
        let status = in_time(channel.call(Request::new("/t.T/Echo", ""))).await.unwrap_err();
        assert_eq!((status.code, status.executed), (code, Executed::Maybe));
        let said =
            format!("http://{addr} answered HTTP {http} with content type `text/html`, not as a call is answered");
        assert_eq!(status.message, said);
    }
}

#[tokio::test]
async fn answers_that_are_half_grpc_are_told() {
    let script: Script = |count, respond| match count {
        0 => answer(respond, grpc(), &[], None),
        1 => answer(respond, grpc(), &[b"\0\0\0\0\x01x"], None),
        2 => answer(respond, grpc(), &[b"\0\0\0\0\x01x"], Some(&[("x", "y")])),
        3 => answer(respond, grpc(), &[b"\0\0\0\0\x02x"], Some(&[("grpc-status", "0")])),
        4 => answer(respond, grpc(), &[b"\0\0\0\0\x01xx"], Some(&[("grpc-status", "0")])),
        5 => answer(respond, grpc(), &[b"\x01\0\0\0\x01x"], Some(&[("grpc-status", "0")])),
        6 => answer(respond, grpc(), &[], Some(&[("grpc-status", "0")])),
        7 => answer(respond, grpc().header("grpc-status", "0"), &[], None),
        8 => answer(respond, grpc(), &[b"\0\xff\xff\xff\xff"], None),
        9 => answer(
            respond,
            grpc(),
            &[],
            Some(&[("grpc-status", "99"), ("grpc-message", "odd")]),
        ),
        10 => answer(
            respond,
            grpc(),
            &[b"\0\0\0\0\x01x"],
            Some(&[("grpc-status", "5"), ("grpc-message", "a%20b%zz")]),
        ),
        _ => answer(
            respond,
            grpc(),
            &[b"\0\0\0", b"\0\x02x", b"y"],
            Some(&[("grpc-status", "0")]),
        ),
    };
    let addr = scripted(script).await;
    let channel = channel_to(addr, ClientConfig::default());
    for (code, said) in [
        (Code::Internal, "without grpc-status"),
        (Code::Internal, "without grpc-status"),
        (Code::Internal, "without grpc-status"),
        (Code::Internal, "after 1 of 2 bytes"),
        (Code::Internal, "more than one message"),
        (Code::Internal, "compressed its response"),
        (Code::Internal, "without a message"),
        (Code::Internal, "without a message"),
        (
            Code::ResourceExhausted,
            "response of 4294967295 bytes is over the limit of 4194304",
        ),
        (Code::Unknown, "undefined status 99: odd"),
        (Code::NotFound, "a b%zz"),
    ] {
        let status = in_time(channel.call(Request::new("/t.T/Echo", ""))).await.unwrap_err();
        assert_eq!(status.code, code, "{status}");
        assert!(status.message.contains(said), "{status}");
    }
    assert_eq!(channel.call(Request::new("/t.T/Echo", "")).await.unwrap().body, "xy");
}

#[tokio::test]
async fn a_reset_becomes_its_code() {
    let script: Script = |count, mut respond| {
        respond.send_reset(
            [
                h2::Reason::INTERNAL_ERROR,
                h2::Reason::CANCEL,
                h2::Reason::ENHANCE_YOUR_CALM,
            ][count],
        );
    };
    let channel = channel_to(scripted(script).await, ClientConfig::default());
    for code in [Code::Internal, Code::Cancelled, Code::ResourceExhausted] {
        let status = in_time(channel.call(Request::new("/t.T/Echo", ""))).await.unwrap_err();
        assert_eq!((status.code, status.executed), (code, Executed::Maybe), "{status}");
    }
}

#[tokio::test]
async fn a_refused_stream_is_tried_again_by_itself() {
    let once: Script = |count, mut respond| match count {
        0 => respond.send_reset(h2::Reason::REFUSED_STREAM),
        _ => answer(respond, grpc(), &[b"\0\0\0\0\x01x"], Some(&[("grpc-status", "0")])),
    };
    let channel = channel_to(scripted(once).await, ClientConfig::default());
    assert_eq!(
        in_time(channel.call(Request::new("/t.T/Echo", ""))).await.unwrap().body,
        "x"
    );
    let always: Script = |_, mut respond| respond.send_reset(h2::Reason::REFUSED_STREAM);
    let channel = channel_to(scripted(always).await, ClientConfig::default());
    let status = in_time(channel.call(Request::new("/t.T/Echo", ""))).await.unwrap_err();
    assert_eq!((status.code, status.executed), (Code::Unavailable, Executed::No));
}

async fn a_panic_is_contained(way: Way) {
    let served = Served::over(way, ServerConfig::default()).await;
    let channel = served.channel();
    let status = channel.call(Request::new("/t.T/Panic", "")).await.unwrap_err();
    assert_eq!((status.code, status.executed), (Code::Internal, Executed::Maybe));
    assert!(!status.message.contains("on purpose"), "{status}");
    channel.call(Request::new("/t.T/Echo", "")).await.unwrap();
    assert_eq!(served.gauges.connections_accepted(), 1);
    assert_eq!(served.gauges.calls_running(), 0);
}

#[tokio::test]
async fn other_content_types_get_415() {
    let served = Served::start().await;
    let sender = raw::connect(served.addr()).await;
    for kind in [
        "application/grpc+json",
        "application/connect+json",
        "application/grpc-web-text",
        "application/xml",
        "application/grpc+witty",
        "text/wit",
    ] {
        let headers = [("content-type", kind)];
        let answer = raw::post(&sender, served.addr(), "/t.T/Echo", &headers, vec![vec![0; 5]], true).await;
        assert_eq!(answer.head.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE, "{kind}");
        let taken = answer.head.headers()["accept-post"].to_str().unwrap();
        assert!(taken.starts_with("application/wit, application/json, "), "{taken}");
    }
    let answer = raw::post(&sender, served.addr(), "/t.T/Echo", &[], vec![vec![0; 5]], true).await;
    assert_eq!(answer.head.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let answer = raw::post(&sender, served.addr(), "/t.T/Echo", &[WIT], vec![vec![0; 5]], true).await;
    assert_eq!((answer.head.status(), answer.status()), (StatusCode::OK, 0));
    assert_eq!(served.gauges.calls_started(), 1);
}
