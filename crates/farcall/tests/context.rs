//! A component that asks about its calls, and adds to their answers.

use std::path::Path;
use std::time::{Duration, Instant};

use farcall::{Component, ComponentConfig, Host, Registry, Server, ServerConfig};
use farcall_net::{Channel, ClientConfig, Codec, Request, Service};
use http::HeaderValue;
use serde_json::{Value, json};

const ASKS: &str = include_str!("fixtures/asks.wat");

fn registry() -> Registry {
    let bytes = wat::parse_str(ASKS).unwrap();
    let host = Host::new(Default::default());
    let component = Component::from_bytes(&host, Path::new("asks"), &bytes, &ComponentConfig::default()).unwrap();
    Registry::new(vec![component]).unwrap()
}

fn request(function: &str, body: Value) -> Request {
    let mut request = Request::new(format!("/demo.beside.v0_1.Asks/{function}"), body.to_string());
    request.codec = Codec::Json;
    request.deadline = Some(Instant::now() + Duration::from_secs(5));
    request
}

async fn asked(request: Request) -> Value {
    let answer = registry().call(request).await.unwrap();
    serde_json::from_slice::<Value>(&answer.body).unwrap()["result"].take()
}

/// spec
#[tokio::test]
async fn metadata_reaches_the_component_with_binary_values_as_bytes() {
    assert_eq!(asked(request("Metadata", json!({}))).await, json!([]));
    let mut request = request("Metadata", json!({}));
    for (name, value) in [
        ("x-one", "1"),
        ("x-one", "2"),
        ("x-key-bin", "AP8"),
        ("x-lost-bin", "?"),
    ] {
        request.metadata.append(name, HeaderValue::from_static(value));
    }
    let expected = json!([
        {"f0": "x-one", "f1": "MQ=="},
        {"f0": "x-one", "f1": "Mg=="},
        {"f0": "x-key-bin", "f1": "AP8="},
    ]);
    assert_eq!(asked(request).await, expected);
}

/// spec: X-3
#[tokio::test]
async fn the_time_left_is_the_calls_own_and_the_peer_is_who_called() {
    let left = asked(request("Left", json!({}))).await;
    let left: u64 = left.as_str().unwrap().parse().unwrap();
    assert!(left > 0 && left <= 5_000_000_000, "{left}");
    assert_eq!(asked(request("Peer", json!({}))).await, Value::Null);
    let mut request = request("Peer", json!({}));
    request.peer = Some("192.0.2.7:50412".parse().unwrap());
    assert_eq!(asked(request).await, json!("192.0.2.7:50412"));
}

/// spec: X-1
#[tokio::test]
async fn over_a_connection_the_peer_is_its_other_end_and_added_lines_arrive() {
    let listen = ["127.0.0.1:0".to_string()];
    let server = Server::bind(registry(), &listen, &ServerConfig::default())
        .await
        .unwrap();
    let target = server.addresses()[0].to_string().parse().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(server.serve(async move { drop(stopped.await) }));
    let channel = Channel::new(target, ClientConfig::default());
    let answer = channel
        .call(Request::new("/demo.beside.v0_1.Asks/Tag", ""))
        .await
        .unwrap();
    assert_eq!(
        (&answer.headers["x-tag"], &answer.trailers["x-after-bin"]),
        (&"one".parse().unwrap(), &"AP8".parse().unwrap())
    );
    let peer = channel
        .call(Request::new("/demo.beside.v0_1.Asks/Peer", ""))
        .await
        .unwrap();
    let text = String::from_utf8_lossy(&peer.body).into_owned();
    assert!(text.contains("127.0.0.1:"), "{text:?}");
    drop(stop);
    serving.await.unwrap();
}
