//! tonic, a gRPC implementation that is not ours, as client of our server and as server for our channel.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use farcall_net::{BoxFuture, Channel, ClientConfig, Code, Executed, Request};
use tokio::sync::mpsc;
use tonic::body::Body;
use tonic::client::Grpc;
use tonic::transport::{Endpoint, server::TcpIncoming};
use tower_service::Service;

use crate::bytes_codec::{AsWit, BytesCodec};
use crate::fixture::{Event, Served, channel_to, in_time, within};

async fn tonic_client(addr: SocketAddr) -> Grpc<AsWit> {
    let channel = Endpoint::from_shared(format!("http://{addr}"))
        .unwrap()
        .connect()
        .await
        .unwrap();
    Grpc::new(AsWit(channel)).max_decoding_message_size(64 << 20)
}

async fn unary(
    client: &mut Grpc<AsWit>,
    path: &'static str,
    body: Bytes,
) -> Result<tonic::Response<Bytes>, tonic::Status> {
    client.ready().await.unwrap();
    client
        .unary(tonic::Request::new(body), path.parse().unwrap(), BytesCodec)
        .await
}

#[tokio::test]
async fn tonic_calls_our_server() {
    let served = Served::start().await;
    let mut client = tonic_client(served.addr()).await;
    for size in [0, 9, 100_000, 3 << 20] {
        let body = Bytes::from(vec![5; size]);
        let response = unary(&mut client, "/t.T/Echo", body.clone()).await.unwrap();
        assert_eq!(response.into_inner(), body);
    }
    let response = unary(&mut client, "/t.T/Meta", Bytes::new()).await.unwrap();
    assert_eq!(response.metadata().get("wit-result").unwrap(), "err");
}

#[tokio::test]
async fn tonic_reads_our_status_whole() {
    let served = Served::start().await;
    let mut client = tonic_client(served.addr()).await;
    let status = unary(&mut client, "/t.T/Fail", Bytes::new()).await.unwrap_err();
    assert_eq!(status.code(), tonic::Code::NotFound);
    assert_eq!(status.message(), "nothing here: 100 % größer\nthan before");
    let ours = farcall_net::Status::with_encoded_details(Code::NotFound, "", status.details());
    assert_eq!(ours.executed, Executed::Yes);
    assert_eq!(ours.details.metadata["handle"], "7");
    let status = unary(&mut client, "/no.Such/Function", Bytes::new()).await.unwrap_err();
    assert_eq!(status.code(), tonic::Code::Unimplemented);
    let status = unary(&mut client, "/t.T/Echo", vec![0; 5 << 20].into())
        .await
        .unwrap_err();
    assert_eq!(status.code(), tonic::Code::ResourceExhausted);
    let status = unary(&mut client, "/t.T/Panic", Bytes::new()).await.unwrap_err();
    assert_eq!(status.code(), tonic::Code::Internal);
}

#[tokio::test]
async fn tonic_cancels_and_times_out_at_our_server() {
    let mut served = Served::start().await;
    let mut client = tonic_client(served.addr()).await;
    client.ready().await.unwrap();
    let mut request = tonic::Request::new(Bytes::new());
    request.set_timeout(Duration::from_millis(100));
    let status = client
        .unary(request, "/t.T/Hang".parse().unwrap(), BytesCodec)
        .await
        .unwrap_err();
    // tonic's own timer says CANCELLED, our server DEADLINE_EXCEEDED; whichever is first.
    assert!(
        matches!(status.code(), tonic::Code::DeadlineExceeded | tonic::Code::Cancelled),
        "{status}"
    );
    assert_eq!(served.event().await, Event::Began);
    assert_eq!(served.event().await, Event::Dropped);
    let call = tokio::spawn(async move { unary(&mut client, "/t.T/Hang", Bytes::new()).await });
    assert_eq!(served.event().await, Event::Began);
    call.abort();
    assert_eq!(served.event().await, Event::Dropped);
}

/// A tonic server of `/t.T/Echo`, `/t.T/Fail` and `/t.T/Hang`.
#[derive(Clone)]
struct Foreign(mpsc::UnboundedSender<Event>);

impl tonic::server::NamedService for Foreign {
    const NAME: &'static str = "t.T";
}

impl Service<http::Request<Body>> for Foreign {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<http::Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let function = Function {
            path: request.uri().path().to_owned(),
            events: self.0.clone(),
        };
        Box::pin(async move { Ok(tonic::server::Grpc::new(BytesCodec).unary(function, request).await) })
    }
}

struct Function {
    path: String,
    events: mpsc::UnboundedSender<Event>,
}

impl tonic::server::UnaryService<Bytes> for Function {
    type Response = Bytes;
    type Future = BoxFuture<'static, Result<tonic::Response<Bytes>, tonic::Status>>;

    fn call(&mut self, request: tonic::Request<Bytes>) -> Self::Future {
        let (path, events) = (self.path.clone(), self.events.clone());
        Box::pin(async move {
            match path.as_str() {
                "/t.T/Echo" => {
                    assert!(request.metadata().contains_key("grpc-timeout"));
                    let mut response = tonic::Response::new(request.into_inner());
                    response.metadata_mut().insert("x-from", "tonic".parse().unwrap());
                    Ok(response)
                }
                "/t.T/Hang" => {
                    struct Told(mpsc::UnboundedSender<Event>);
                    impl Drop for Told {
                        fn drop(&mut self) {
                            let _ = self.0.send(Event::Dropped);
                        }
                    }
                    let _told = Told(events.clone());
                    events.send(Event::Began).unwrap();
                    std::future::pending().await
                }
                _ => {
                    let details = farcall_net::Status::not_run(Code::Aborted, "")
                        .reason("WHY")
                        .encode_details();
                    Err(tonic::Status::with_details(
                        tonic::Code::Aborted,
                        "a % of \"größe\"",
                        details,
                    ))
                }
            }
        })
    }
}

async fn tonic_server() -> (Channel, mpsc::UnboundedReceiver<Event>) {
    let incoming = TcpIncoming::bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let addr = incoming.local_addr().unwrap();
    let (send, events) = mpsc::unbounded_channel();
    tokio::spawn(tonic::transport::Server::builder().serve_with_incoming(Foreign(send), incoming));
    (channel_to(addr, ClientConfig::default()), events)
}

#[tokio::test]
async fn our_channel_calls_tonic() {
    let (channel, _events) = tonic_server().await;
    for size in [0, 9, 100_000, 3 << 20] {
        let body = Bytes::from(vec![5; size]);
        let response = channel.call(Request::new("/t.T/Echo", body.clone())).await.unwrap();
        assert_eq!(response.body, body);
        assert_eq!(response.headers["x-from"], "tonic");
    }
}

#[tokio::test]
async fn our_channel_reads_tonics_status_whole() {
    let (channel, _events) = tonic_server().await;
    let status = channel.call(Request::new("/t.T/Fail", "")).await.unwrap_err();
    assert_eq!(
        (status.code, status.message.as_str()),
        (Code::Aborted, "a % of \"größe\"")
    );
    assert_eq!((status.executed, status.details.reason.as_str()), (Executed::No, "WHY"));
}

#[tokio::test]
async fn our_channel_cancels_at_tonic() {
    let (channel, mut events) = tonic_server().await;
    let status = channel
        .call(within(Duration::from_millis(100), "/t.T/Hang", ""))
        .await
        .unwrap_err();
    assert_eq!(status.code, Code::DeadlineExceeded);
    assert_eq!(in_time(events.recv()).await, Some(Event::Began));
    assert_eq!(in_time(events.recv()).await, Some(Event::Dropped));
    let call = tokio::spawn(async move { channel.call(Request::new("/t.T/Hang", "")).await });
    assert_eq!(in_time(events.recv()).await, Some(Event::Began));
    call.abort();
    assert_eq!(in_time(events.recv()).await, Some(Event::Dropped));
}
