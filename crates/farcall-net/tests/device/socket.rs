//! A native program on a server's unix socket, beside callers that speak HTTP.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use farcall_net::{
    Channel, ClientConfig, Code, DeviceClient, DeviceLimits, Executed, Message, Request, Server, ServerConfig, Target,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::oneshot;

use crate::fixture::{answer, call, calling, decoded, encoded, in_time};
use crate::session::Functions;

struct Served {
    functions: Arc<Functions>,
    address: String,
    stop: Option<oneshot::Sender<()>>,
    _folder: tempfile::TempDir,
}

impl Served {
    async fn start() -> Served {
        let folder = tempfile::tempdir().unwrap();
        let listen = format!("unix:{}", folder.path().join("s").display());
        let functions = Arc::new(Functions::default());
        let config = ServerConfig {
            max_message: 100_000,
            ..ServerConfig::default()
        };
        let server = Server::bind(&listen, functions.clone(), config).await.unwrap();
        let (stop, stopped) = oneshot::channel();
        tokio::spawn(server.serve(async move { drop(stopped.await) }));
        Served {
            functions,
            address: listen,
            stop: Some(stop),
            _folder: folder,
        }
    }

    async fn socket(&self) -> UnixStream {
        UnixStream::connect(self.address.strip_prefix("unix:").unwrap())
            .await
            .unwrap()
    }

    async fn client(&self) -> DeviceClient {
        DeviceClient::connect(&self.address, DeviceLimits::default())
            .await
            .unwrap()
    }
}

fn request(path: &str) -> Request {
    Request {
        deadline: Instant::now().checked_add(Duration::from_secs(60)),
        ..Request::new(path, "q")
    }
}

/// Reads so many messages.
async fn read(socket: &mut UnixStream, count: usize) -> Vec<Message> {
    let mut bytes = Vec::new();
    loop {
        let (messages, _) = decoded(&bytes);
        if messages.len() >= count {
            return messages;
        }
        let read = in_time(socket.read_buf(&mut bytes)).await.unwrap();
        assert!(read > 0, "it ended after {} messages", messages.len());
    }
}

/// spec: E-23
#[tokio::test]
async fn a_native_program_and_a_caller_of_http_share_a_socket() {
    let served = Served::start().await;
    let client = served.client().await;
    assert_eq!(client.call(request("/t.T/Echo")).await.unwrap(), "q");
    let target: Target = served.address.parse().unwrap();
    let channel = Channel::new(target, ClientConfig::default());
    assert_eq!(&channel.call(request("/t.T/Echo")).await.unwrap().body[..], b"q");
    let status = client.call(request("/other.O/F")).await.unwrap_err();
    assert_eq!((status.code, status.executed), (Code::Unimplemented, Executed::No));
}

/// spec: E-23
#[tokio::test]
async fn raw_bytes_in_any_pieces_are_answered() {
    let served = Served::start().await;
    let mut socket = served.socket().await;
    for byte in encoded(call(7, b"slow")) {
        socket.write_all(&[byte]).await.unwrap();
        tokio::task::yield_now().await;
    }
    assert_eq!(read(&mut socket, 1).await, [answer(7, b"slow")]);
}

#[tokio::test]
async fn many_calls_on_one_connection_come_back_each_to_its_caller() {
    let served = Served::start().await;
    let client = Arc::new(served.client().await);
    let calls: Vec<_> = (0..200u32)
        .map(|number| {
            let client = Arc::clone(&client);
            tokio::spawn(async move {
                let body = vec![number as u8; (number as usize) * 300];
                let echoed = client
                    .call(Request {
                        body: body.clone().into(),
                        ..request("/t.T/Echo")
                    })
                    .await;
                assert_eq!(echoed.unwrap(), body);
            })
        })
        .collect();
    for call in calls {
        in_time(call).await.unwrap();
    }
}

/// spec: E-6
#[tokio::test]
async fn a_connection_that_ends_cancels_its_calls_alone() {
    let served = Served::start().await;
    let mut socket = served.socket().await;
    let other = served.client().await;
    socket.write_all(&encoded(calling(1, "/t.T/Wait", b""))).await.unwrap();
    served.functions.waits(1).await;
    // And in the middle of a message.
    socket.write_all(&[1, 0, 0, 0, 9, 1]).await.unwrap();
    drop(socket);
    served.functions.stops(1).await;
    assert_eq!(other.call(request("/t.T/Echo")).await.unwrap(), "q");
}

#[tokio::test]
async fn a_dropped_call_is_cancelled_at_the_server() {
    let served = Served::start().await;
    let client = Arc::new(served.client().await);
    let calling = tokio::spawn({
        let client = Arc::clone(&client);
        async move { client.call(request("/t.T/Wait")).await }
    });
    served.functions.waits(1).await;
    calling.abort();
    served.functions.stops(1).await;
    assert_eq!(client.call(request("/t.T/Echo")).await.unwrap(), "q");
}

/// spec: E-20, E-23
#[tokio::test]
async fn what_cannot_be_used_is_refused_and_the_rest_goes_on() {
    let served = Served::start().await;
    let mut socket = served.socket().await;
    let wit = "package a:b;".to_owned();
    socket.write_all(&encoded(Message::Announce { wit })).await.unwrap();
    socket.write_all(&[2, 0, 0, 0, 2, 9, 0]).await.unwrap();
    socket
        .write_all(&encoded(calling(1, "/t.T/Echo", &[0; 200_000])))
        .await
        .unwrap();
    socket.write_all(&encoded(call(2, b"on"))).await.unwrap();
    let messages = read(&mut socket, 4).await;
    let reasons: BTreeSet<&str> = messages
        .iter()
        .filter_map(|message| match message {
            Message::Refuse(status)
            | Message::Return {
                outcome: Err(status), ..
            } => Some(status.details.reason.as_str()),
            _ => None,
        })
        .collect();
    let expected = ["ANNOUNCE_REFUSED", "MESSAGE_TOO_LARGE", "OUT_OF_TURN"];
    assert_eq!(reasons, BTreeSet::from(expected));
    assert_eq!(messages.last(), Some(&answer(2, b"on")));
}

/// spec: C-15, E-4
#[tokio::test]
async fn a_server_that_ends_lets_calls_finish_and_ends_the_stream() {
    let mut served = Served::start().await;
    let mut socket = served.socket().await;
    socket.write_all(&encoded(calling(1, "/t.T/Wait", b""))).await.unwrap();
    served.functions.waits(1).await;
    drop(served.stop.take());
    loop {
        // The first call that is refused shows that it has heard.
        socket.write_all(&encoded(call(2, b"late"))).await.unwrap();
        match &read(&mut socket, 1).await[..] {
            [
                Message::Return {
                    number: 2,
                    outcome: Err(status),
                },
            ] => {
                assert_eq!((status.code, status.executed), (Code::Unavailable, Executed::No));
                break;
            }
            [
                Message::Return {
                    number: 2,
                    outcome: Ok(_),
                },
            ] => {}
            other => panic!("{other:?}"),
        }
    }
    socket.write_all(&encoded(Message::Cancel { number: 1 })).await.unwrap();
    assert!(matches!(
        &read(&mut socket, 1).await[..],
        [Message::Return { number: 1, .. }]
    ));
    assert_eq!(in_time(socket.read(&mut [0; 8])).await.unwrap(), 0);
}

/// spec: E-23
#[tokio::test]
async fn other_machines_sockets_do_not_take_it() {
    let functions = Arc::new(Functions::default());
    let server = Server::bind("127.0.0.1:0", functions, ServerConfig::default())
        .await
        .unwrap();
    let address = server.local_addr().to_string();
    tokio::spawn(server.serve(std::future::pending()));
    let mut socket = TcpStream::connect(address.strip_prefix("http://").unwrap())
        .await
        .unwrap();
    socket.write_all(&encoded(call(1, b""))).await.unwrap();
    let mut bytes = Vec::new();
    // It may end in either way.
    let _ = in_time(socket.read_to_end(&mut bytes)).await;
    assert_eq!(bytes, b"");
}
