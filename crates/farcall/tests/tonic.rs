//! A component called with tonic and prost, as code that tonic generates from `farcall proto` does.

use std::path::Path;
use std::time::Duration;

use farcall::{Component, ComponentConfig, Host, Registry, Server, ServerConfig};
use prost::Message;
use tokio::sync::oneshot;
use tonic::client::Grpc;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status};
use tonic_prost::ProstCodec;

const COMPONENT: &str = r#"
(component
  (core module $code
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func (export "crash") unreachable)
    (func (export "spin") (loop (br 0))))
  (core instance $code (instantiate $code))
  (func $add (param "a" s32) (param "b" s32) (result s32) (canon lift (core func $code "add")))
  (func $crash (canon lift (core func $code "crash")))
  (func $spin (canon lift (core func $code "spin")))
  (instance $ops (export "add" (func $add)) (export "crash" (func $crash)) (export "spin" (func $spin)))
  (export "test:tonic/ops@0.1.0" (instance $ops)))"#;

#[derive(Clone, PartialEq, Message)]
struct AddRequest {
    #[prost(int32, tag = "1")]
    a: i32,
    #[prost(int32, tag = "2")]
    b: i32,
}

#[derive(Clone, PartialEq, Message)]
struct AddResponse {
    #[prost(int32, tag = "1")]
    result: i32,
}

#[derive(Clone, PartialEq, Message)]
struct Nothing {}

async fn call<Q, A>(channel: &Channel, path: &'static str, request: Request<Q>) -> Result<A, Status>
where
    Q: Message + Default + Send + Sync + 'static,
    A: Message + Default + Send + Sync + 'static,
{
    let mut client = Grpc::new(channel.clone());
    client.ready().await.expect("the server is there");
    let path = tonic::codegen::http::uri::PathAndQuery::from_static(path);
    let answer = client.unary(request, path, ProstCodec::<Q, A>::default()).await?;
    Ok(answer.into_inner())
}

#[tokio::test]
async fn tonic_calls_a_component_with_prosts_messages() {
    let host = Host::new(Default::default());
    let bytes = wat::parse_str(COMPONENT).unwrap();
    let component = Component::from_bytes(&host, Path::new("ops"), &bytes, &ComponentConfig::default()).unwrap();
    let registry = Registry::new(vec![component]).unwrap();
    let listen = ["127.0.0.1:0".to_string()];
    let server = Server::bind(registry, &listen, &ServerConfig::default()).await.unwrap();
    let address = server.addresses()[0].to_string();
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(server.serve(async move { drop(stopped.await) }));
    let channel = Endpoint::from_shared(address).unwrap().connect_lazy();

    for (a, b, result) in [(40, 2, 42), (0, 0, 0), (i32::MAX, 1, i32::MIN)] {
        let request = Request::new(AddRequest { a, b });
        let answer: AddResponse = call(&channel, "/test.tonic.v0_1.Ops/Add", request).await.unwrap();
        assert_eq!(answer, AddResponse { result });
    }
    let failed = async |path, request| call::<Nothing, Nothing>(&channel, path, request).await.unwrap_err();
    let crashed = failed("/test.tonic.v0_1.Ops/Crash", Request::new(Nothing {})).await;
    assert_eq!(crashed.code(), Code::Internal);
    assert!(!crashed.details().is_empty(), "{crashed}");
    let unknown = failed("/test.tonic.v0_1.Ops/Subtract", Request::new(Nothing {})).await;
    assert_eq!(unknown.code(), Code::Unimplemented);
    let mut request = Request::new(Nothing {});
    request.set_timeout(Duration::from_millis(100));
    let late = failed("/test.tonic.v0_1.Ops/Spin", request).await;
    // tonic's own clock may be the first, and calls it a cancellation.
    assert!(
        matches!(late.code(), Code::DeadlineExceeded | Code::Cancelled),
        "{late}"
    );

    drop(channel);
    drop(stop);
    assert_eq!(serving.await.unwrap(), 0);
}
