//! Servers that begin, drain, die and come back.
//!
//! spec: C-15, C-19, S-5

use std::time::Duration;

use farcall_net::{BindError, ClientConfig, Code, Drained, Executed, Request, Server, ServerConfig};
use tokio::net::{TcpListener, TcpStream};

use crate::fixture::{Event, Served, Way, channel_to, in_time, over_every_way};
use crate::raw;

over_every_way!(
    a_running_call_finishes_while_new_ones_are_refused,
    a_call_that_outlives_the_drain_is_cut_off,
    a_channel_finds_a_server_that_came_back,
);

const PREFACE: usize = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".len();

async fn a_running_call_finishes_while_new_ones_are_refused(way: Way) {
    let mut served = Served::over(way, ServerConfig::default()).await;
    let channel = served.channel();
    let running = tokio::spawn({
        let channel = channel.clone();
        async move { channel.call(Request::new("/t.T/Wait", "late")).await }
    });
    assert_eq!(served.event().await, Event::Began);
    served.stop();
    // Refused either by the connection that drains or, once nothing listens, by nobody.
    let status = in_time(async {
        loop {
            if let Err(status) = channel.call(Request::new("/t.T/Echo", "")).await {
                break status;
            }
        }
    })
    .await;
    assert_eq!(
        (status.code, status.executed),
        (Code::Unavailable, Executed::No),
        "{status}"
    );
    served.functions.release.notify_one();
    assert_eq!(in_time(running).await.unwrap().unwrap().body, "late");
    assert_eq!(served.ended().await, Drained { abandoned_calls: 0 });
}

async fn a_call_that_outlives_the_drain_is_cut_off(way: Way) {
    let config = ServerConfig {
        drain_timeout: Duration::from_millis(50),
        ..ServerConfig::default()
    };
    let mut served = Served::over(way, config).await;
    let channel = served.channel();
    let running = tokio::spawn(async move { channel.call(Request::new("/t.T/Hang", "")).await });
    assert_eq!(served.event().await, Event::Began);
    served.stop();
    assert_eq!(served.event().await, Event::Dropped);
    let status = in_time(running).await.unwrap().unwrap_err();
    assert_eq!(
        (status.code, status.executed),
        (Code::Unavailable, Executed::Maybe),
        "{status}"
    );
    assert_eq!(served.ended().await, Drained { abandoned_calls: 1 });
}

#[tokio::test]
async fn an_idle_connection_does_not_hold_up_the_drain() {
    let served = Served::start().await;
    let channel = served.channel();
    channel.call(Request::new("/t.T/Echo", "")).await.unwrap();
    let _silent = TcpStream::connect(served.addr()).await.unwrap();
    assert_eq!(served.ended().await, Drained { abandoned_calls: 0 });
}

async fn a_channel_finds_a_server_that_came_back(way: Way) {
    let mut served = Served::over(way, ServerConfig::default()).await;
    let address = served.address.clone();
    let _folder = served.folder.take();
    let channel = served.channel_with(ClientConfig {
        backoff_first: Duration::ZERO,
        ..ClientConfig::default()
    });
    channel.call(Request::new("/t.T/Echo", "")).await.unwrap();
    served.ended().await;
    let status = in_time(channel.call(Request::new("/t.T/Echo", ""))).await.unwrap_err();
    // Over HTTP/1.1 the request may be out before the idle connection is seen to be closed.
    let honest = status.executed == Executed::No || way.is_http1() && status.executed == Executed::Maybe;
    assert!(status.code == Code::Unavailable && honest, "{status}");
    let served = Served::at(&address.to_string(), ServerConfig::default()).await;
    assert_eq!(
        in_time(channel.call(Request::new("/t.T/Echo", "again")))
            .await
            .unwrap()
            .body,
        "again"
    );
    assert_eq!(served.gauges.connections_accepted(), 1);
}

#[tokio::test]
async fn a_failed_connection_is_not_repeated_at_once() {
    let addr = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let config = ClientConfig {
        backoff_first: Duration::from_secs(3600),
        backoff_most: Duration::from_secs(3600),
        ..ClientConfig::default()
    };
    let channel = channel_to(addr, config);
    let first = in_time(channel.call(Request::new("/t.T/Echo", ""))).await.unwrap_err();
    let served = Served::at(&addr.to_string(), ServerConfig::default()).await;
    let second = in_time(channel.call(Request::new("/t.T/Echo", ""))).await.unwrap_err();
    assert_eq!(first, second);
    assert_eq!(served.gauges.connections_accepted(), 0);
}

#[tokio::test]
async fn a_server_that_dies_during_a_call_leaves_the_question_open() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let channel = channel_to(listener.local_addr().unwrap(), ClientConfig::default());
    let call = tokio::spawn(async move { channel.call(Request::new("/t.T/Echo", "")).await });
    let (io, _) = listener.accept().await.unwrap();
    let mut connection = h2::server::handshake(io).await.unwrap();
    let request = in_time(connection.accept()).await.unwrap().unwrap();
    drop(connection);
    drop(request);
    let status = in_time(call).await.unwrap().unwrap_err();
    assert_eq!(
        (status.code, status.executed),
        (Code::Unavailable, Executed::Maybe),
        "{status}"
    );
    assert!(status.message.contains("was lost during the call"), "{status}");
}

#[tokio::test]
async fn a_call_above_the_last_one_of_goaway_is_made_elsewhere() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let channel = channel_to(listener.local_addr().unwrap(), ClientConfig::default());
    let call = tokio::spawn(async move { channel.call(Request::new("/t.T/Echo", "")).await });
    let (mut io, _) = listener.accept().await.unwrap();
    // SETTINGS, then, once the call has come, GOAWAY naming stream 0.
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    io.write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0]).await.unwrap();
    let mut seen = Vec::new();
    while !raw::has_frame(seen.get(PREFACE..).unwrap_or_default(), raw::HEADERS) {
        let mut chunk = [0; 512];
        let count = in_time(io.read(&mut chunk)).await.unwrap();
        assert!(count > 0);
        seen.extend_from_slice(&chunk[..count]);
    }
    io.write_all(&[0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
        .await
        .unwrap();
    let (second, _) = in_time(listener.accept()).await.unwrap();
    let mut connection = h2::server::handshake(second).await.unwrap();
    let (_request, mut respond) = in_time(connection.accept()).await.unwrap().unwrap();
    let head = http::Response::builder()
        .header("content-type", "application/grpc+wit")
        .header("grpc-status", "5");
    respond.send_response(head.body(()).unwrap(), true).unwrap();
    tokio::spawn(async move { while connection.accept().await.is_some() {} });
    let status = in_time(call).await.unwrap().unwrap_err();
    assert_eq!(status.code, Code::NotFound, "{status}");
}

#[tokio::test]
async fn a_server_that_answers_no_ping_is_left() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let config = ClientConfig {
        ping_timeout: Duration::from_millis(50),
        default_deadline: Duration::from_millis(50),
        ..ClientConfig::default()
    };
    let channel = channel_to(listener.local_addr().unwrap(), config);
    let first = tokio::spawn({
        let channel = channel.clone();
        async move { channel.call(Request::new("/t.T/Echo", "")).await }
    });
    let (mut mute, _) = listener.accept().await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut mute, &[0, 0, 0, 4, 0, 0, 0, 0, 0])
        .await
        .unwrap();
    assert_eq!(in_time(first).await.unwrap().unwrap_err().code, Code::DeadlineExceeded);
    // The mute connection is closed; the end of its stream is the signal.
    let mut sink = Vec::new();
    let _ = in_time(tokio::io::AsyncReadExt::read_to_end(&mut mute, &mut sink)).await;
    let second = tokio::spawn(async move { channel.call(Request::new("/t.T/Echo", "")).await });
    in_time(listener.accept()).await.unwrap();
    second.abort();
}

#[tokio::test]
async fn an_address_in_use_is_named() {
    let served = Served::start().await;
    let listen = served.addr().to_string();
    let failed = Server::bind(&listen, served.functions.clone(), ServerConfig::default()).await;
    let Err(BindError { listen: named, .. }) = failed else {
        panic!("two servers on one port")
    };
    assert_eq!(named, listen);
}
