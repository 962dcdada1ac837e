//! Limits, each met by the attack that it stops, while another caller goes on.
//!
//! spec: C-5, C-16

use std::time::Duration;

use farcall_net::{ClientConfig, Code, Executed, Request, ServerConfig};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use crate::fixture::{Event, Served, Way, in_time, over_every_way};
use crate::raw::{self, WIT};

over_every_way!(
    a_request_over_the_limit_is_refused_by_the_server,
    a_request_over_the_limit_of_the_channel_is_not_sent,
    a_response_over_the_limit_names_size_and_limit,
    connections_are_bounded,
);

fn small() -> ServerConfig {
    ServerConfig {
        max_message: 1000,
        ..ServerConfig::default()
    }
}

async fn a_request_over_the_limit_is_refused_by_the_server(way: Way) {
    let served = Served::over(way, small()).await;
    let channel = served.channel();
    channel.call(Request::new("/t.T/Echo", vec![1; 1000])).await.unwrap();
    for size in [1001, 100_000, 4 << 20] {
        let status = channel
            .call(Request::new("/t.T/Echo", vec![1; size]))
            .await
            .unwrap_err();
        assert_eq!((status.code, status.executed), (Code::ResourceExhausted, Executed::No));
        assert_eq!(
            status.message,
            format!("request of {size} bytes is over the limit of 1000")
        );
        assert_eq!(status.details.reason, "MESSAGE_TOO_LARGE");
    }
    channel.call(Request::new("/t.T/Echo", "x")).await.unwrap();
    // HTTP/1.1 has no other end for a request that is answered before it is sent.
    assert!(way.is_http1() || served.gauges.connections_accepted() == 1);
}

async fn a_request_over_the_limit_of_the_channel_is_not_sent(way: Way) {
    let served = Served::over(way, ServerConfig::default()).await;
    let channel = served.channel_with(ClientConfig {
        max_message: 10,
        ..ClientConfig::default()
    });
    let status = channel.call(Request::new("/t.T/Echo", vec![1; 11])).await.unwrap_err();
    assert_eq!((status.code, status.executed), (Code::ResourceExhausted, Executed::No));
    assert_eq!(served.gauges.connections_accepted(), 0);
}

async fn a_response_over_the_limit_names_size_and_limit(way: Way) {
    let served = Served::over(way, ServerConfig::default()).await;
    let channel = served.channel_with(ClientConfig {
        max_message: 1000,
        ..ClientConfig::default()
    });
    channel.call(Request::new("/t.T/Grow", "1000")).await.unwrap();
    for size in [1001, 4 << 20] {
        let status = channel
            .call(Request::new("/t.T/Grow", size.to_string()))
            .await
            .unwrap_err();
        assert_eq!((status.code, status.executed), (Code::ResourceExhausted, Executed::Yes));
        assert_eq!(
            status.message,
            format!("response of {size} bytes is over the limit of 1000")
        );
    }
    // At the server's own limit it is the server that says so.
    let status = served
        .channel()
        .call(Request::new("/t.T/Grow", "5000000"))
        .await
        .unwrap_err();
    assert_eq!((status.code, status.executed), (Code::ResourceExhausted, Executed::Yes));
    assert_eq!(status.message, "response of 5000000 bytes is over the limit of 4194304");
    channel.call(Request::new("/t.T/Echo", "x")).await.unwrap();
}

#[tokio::test]
async fn a_lying_length_prefix_is_refused_at_once() {
    let served = Served::start().await;
    let sender = raw::connect(served.addr()).await;
    // The stream stays open: the refusal waits for no more of the message.
    let lie = vec![vec![0, 0xff, 0xff, 0xff, 0xff, 1, 2, 3]];
    let answer = raw::post(&sender, served.addr(), "/t.T/Echo", &[WIT], lie, false).await;
    assert_eq!(answer.status(), 8);
    assert_eq!(
        answer.message(),
        "request of 4294967295 bytes is over the limit of 4194304"
    );
    assert_eq!(served.gauges.calls_started(), 0);
}

#[tokio::test]
async fn what_is_not_one_message_is_refused() {
    let served = Served::start().await;
    let sender = raw::connect(served.addr()).await;
    for (chunks, status, said) in [
        (vec![], 12, "there is none"),
        (vec![vec![0, 0]], 3, "ends after 2 of 5 bytes"),
        (vec![vec![0, 0, 0, 0, 9, 1]], 3, "ends after 1 of 9 bytes"),
        (vec![vec![0, 0, 0, 0, 0], vec![0, 0, 0, 0, 0]], 12, "there is more"),
        (vec![vec![1, 0, 0, 0, 0]], 13, "compressed"),
        (vec![vec![128, 0, 0, 0, 0]], 3, "flag 128"),
    ] {
        let answer = raw::post(&sender, served.addr(), "/t.T/Echo", &[WIT], chunks, true).await;
        assert_eq!(answer.status(), status);
        assert!(answer.message().contains(said), "{}", answer.message());
    }
    assert_eq!(served.gauges.calls_started(), 0);
}

#[tokio::test]
async fn a_message_in_single_bytes_is_one_message() {
    let served = Served::start().await;
    let sender = raw::connect(served.addr()).await;
    let chunks = [0u8, 0, 0, 0, 3, 7, 8, 9].map(|byte| vec![byte]).to_vec();
    let answer = raw::post(&sender, served.addr(), "/t.T/Echo", &[WIT], chunks, true).await;
    assert_eq!(answer.status(), 0);
    assert_eq!(answer.bytes, [0, 0, 0, 0, 3, 7, 8, 9]);
    assert_eq!(answer.head.headers()["content-type"], "application/grpc+wit");
}

#[tokio::test]
async fn te_trailers_is_not_required_and_a_bad_timeout_is_refused() {
    let served = Served::start().await;
    let sender = raw::connect(served.addr()).await;
    let message = vec![vec![0, 0, 0, 0, 0]];
    for timeout in ["", "1", "123456789m", "-1S", "1s"] {
        let headers = [WIT, ("grpc-timeout", timeout)];
        let answer = raw::post(&sender, served.addr(), "/t.T/Echo", &headers, message.clone(), true).await;
        assert_eq!(
            (answer.status(), answer.message()),
            (3, "header grpc-timeout is not a timeout")
        );
    }
    let headers = [WIT, ("grpc-timeout", "99999999H")];
    let answer = raw::post(&sender, served.addr(), "/t.T/Echo", &headers, message.clone(), true).await;
    assert_eq!(answer.status(), 0);
    let answer = raw::post(&sender, served.addr(), "/t.T/Echo?x=1", &[WIT], message, true).await;
    assert_eq!(
        (answer.status(), answer.message()),
        (12, "a function's path has no query")
    );
}

#[tokio::test]
async fn an_unfinished_upload_ends_with_the_deadline() {
    let served = Served::start().await;
    let sender = raw::connect(served.addr()).await;
    let headers = [WIT, ("grpc-timeout", "50m")];
    let answer = raw::post(
        &sender,
        served.addr(),
        "/t.T/Echo",
        &headers,
        vec![vec![0, 0, 0, 0, 9, 1]],
        false,
    )
    .await;
    assert_eq!(answer.status(), 4);
    assert_eq!(served.gauges.calls_started(), 0);
}

#[tokio::test]
async fn messages_in_assembly_are_bounded_together() {
    let config = ServerConfig {
        max_assembling: 100_000,
        ..ServerConfig::default()
    };
    let served = Served::with(config).await;
    let sender = raw::connect(served.addr()).await;
    let mut part = vec![0, 0, 4, 0, 0];
    part.resize(60_000, 1);
    let first = {
        let (sender, part, addr) = (sender.clone(), part.clone(), served.addr());
        let headers = [WIT, ("grpc-timeout", "20S")];
        tokio::spawn(async move { raw::post(&sender, addr, "/t.T/Echo", &headers, vec![part], false).await })
    };
    let second = raw::post(&sender, served.addr(), "/t.T/Echo", &[WIT], vec![part], false);
    // Whichever comes second is refused; the other one goes on waiting for its rest.
    tokio::select! {
        answer = second => assert_eq!(answer.status(), 8),
        answer = first => assert_eq!(answer.unwrap().status(), 8),
    }
}

#[tokio::test]
async fn running_calls_are_bounded() {
    let mut served = Served::with(ServerConfig {
        max_concurrent_calls: 1,
        ..ServerConfig::default()
    })
    .await;
    let channel = served.channel();
    let held = tokio::spawn({
        let channel = channel.clone();
        async move { channel.call(Request::new("/t.T/Hang", "")).await }
    });
    assert_eq!(served.event().await, Event::Began);
    let status = channel.call(Request::new("/t.T/Echo", "")).await.unwrap_err();
    assert_eq!((status.code, status.executed), (Code::Unavailable, Executed::No));
    assert_eq!(status.details.reason, "OVERLOADED");
    held.abort();
    assert_eq!(served.event().await, Event::Dropped);
    channel.call(Request::new("/t.T/Echo", "")).await.unwrap();
}

#[tokio::test]
async fn a_second_connection_is_opened_when_the_first_is_full() {
    let config = ServerConfig {
        max_streams_per_connection: 10,
        ..ServerConfig::default()
    };
    let mut served = Served::with(config).await;
    let channel = served.channel_with(ClientConfig {
        max_connections: 2,
        ..ClientConfig::default()
    });
    let calls: Vec<_> = (0..25)
        .map(|_| {
            let channel = channel.clone();
            tokio::spawn(async move { channel.call(Request::new("/t.T/Wait", "x")).await })
        })
        .collect();
    for _ in 0..20 {
        assert_eq!(served.event().await, Event::Began);
    }
    assert_eq!(served.gauges.connections_accepted(), 2);
    assert_eq!(served.gauges.calls_running(), 20);
    // The other five wait for a place and get it.
    let mut begun = 20;
    served.functions.release.notify_waiters();
    while begun < 25 {
        if served.event().await == Event::Began {
            begun += 1;
        }
    }
    served.functions.release.notify_waiters();
    for call in calls {
        in_time(call).await.unwrap().unwrap();
    }
    assert_eq!(served.gauges.connections_accepted(), 2);
}

async fn connections_are_bounded(way: Way) {
    let served = Served::over(
        way,
        ServerConfig {
            max_connections: 1,
            ..ServerConfig::default()
        },
    )
    .await;
    let channel = served.channel();
    channel.call(Request::new("/t.T/Echo", "")).await.unwrap();
    let status = served.channel().call(Request::new("/t.T/Echo", "")).await.unwrap_err();
    // Over HTTP/1.1 the request may be out before the connection is seen to be closed.
    let honest = status.executed == Executed::No || way.is_http1() && status.executed == Executed::Maybe;
    assert!(status.code == Code::Unavailable && honest, "{status}");
    channel.call(Request::new("/t.T/Echo", "")).await.unwrap();
}

#[tokio::test]
async fn slow_headers_are_cut_off() {
    let config = ServerConfig {
        header_timeout: Duration::from_millis(50),
        ..ServerConfig::default()
    };
    let served = Served::with(config).await;
    for begin in ["", "P", "PRI * HT", "GET / HTTP/1.1\r\nhost: x\r\n"] {
        let mut io = TcpStream::connect(served.addr()).await.unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut io, begin.as_bytes())
            .await
            .unwrap();
        let mut answer = Vec::new();
        // The end of the stream is the signal; without the timeout it never comes.
        let _ = in_time(io.read_to_end(&mut answer)).await;
        assert!(!answer.starts_with(b"HTTP/1.1 200"), "{begin}");
    }
    served.channel().call(Request::new("/t.T/Echo", "")).await.unwrap();
}

#[tokio::test]
async fn an_idle_connection_is_closed_and_replaced() {
    let config = ServerConfig {
        idle_timeout: Duration::from_millis(50),
        ..ServerConfig::default()
    };
    let served = Served::with(config).await;
    let channel = served.channel();
    channel.call(Request::new("/t.T/Echo", "")).await.unwrap();
    let mut io = TcpStream::connect(served.addr()).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut io, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0")
        .await
        .unwrap();
    let mut sink = Vec::new();
    // A silent peer sees GOAWAY; it answers no ping and is closed by the keep-alive.
    let mut chunk = [0; 1024];
    while !raw::has_frame(&sink, raw::GO_AWAY) {
        let count = in_time(io.read(&mut chunk)).await.unwrap();
        assert!(count > 0, "closed without GOAWAY");
        sink.extend_from_slice(&chunk[..count]);
    }
    channel.call(Request::new("/t.T/Echo", "")).await.unwrap();
}

#[tokio::test]
async fn a_response_that_nobody_takes_ends_its_connection() {
    let config = ServerConfig {
        stall_timeout: Duration::from_millis(50),
        ..ServerConfig::default()
    };
    let served = Served::with(config).await;
    let io = TcpStream::connect(served.addr()).await.unwrap();
    // No window for responses at all.
    let (sender, connection) = h2::client::Builder::new()
        .initial_window_size(0)
        .handshake::<_, bytes::Bytes>(io)
        .await
        .unwrap();
    let ended = tokio::spawn(connection);
    let mut head = http::Request::new(());
    *head.method_mut() = http::Method::POST;
    *head.uri_mut() = format!("http://{}/t.T/Echo", served.addr()).parse().unwrap();
    head.headers_mut().insert(WIT.0, WIT.1.parse().unwrap());
    let (response, mut stream) = sender.clone().ready().await.unwrap().send_request(head, false).unwrap();
    stream.send_data(vec![0, 0, 0, 0, 1, 7].into(), true).unwrap();
    let response = in_time(response).await.unwrap();
    // Held, so that the stream is not reset by this side.
    let _ = in_time(ended).await.unwrap();
    drop(response);
    served.channel().call(Request::new("/t.T/Echo", "")).await.unwrap();
}
