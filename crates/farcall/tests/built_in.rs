//! gRPC's own services beside the components, asked with clients that are not ours.

use std::path::Path;

use farcall::{BuiltIn, Component, ComponentConfig, Host, Registry, Server, ServerConfig};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::Code;
use tonic::transport::{Channel, Endpoint};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
use tonic_reflection::pb::v1::{ServerReflectionRequest, ServerReflectionResponse};

const COMPONENT: &str = r#"
(component
  (core module $code (func (export "one") (result i32) i32.const 1))
  (core instance $code (instantiate $code))
  (func $one (result u32) (canon lift (core func $code "one")))
  (instance $number (export "one" (func $one)))
  (export "test:built-in/number@0.1.0" (instance $number)))"#;

struct Served {
    channel: Channel,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<usize>,
}

async fn serve(built_in: BuiltIn) -> Served {
    let host = Host::new(Default::default());
    let bytes = wat::parse_str(COMPONENT).unwrap();
    let component = Component::from_bytes(&host, Path::new("number"), &bytes, &ComponentConfig::default()).unwrap();
    let registry = Registry::new(vec![component]).unwrap().offer(built_in);
    let listen = ["127.0.0.1:0".to_string()];
    let server = Server::bind(registry, &listen, &ServerConfig::default()).await.unwrap();
    let address = server.addresses()[0].to_string();
    let (stop, stopped) = oneshot::channel();
    let serving = tokio::spawn(server.serve(async move { drop(stopped.await) }));
    let channel = Endpoint::from_shared(address).unwrap().connect_lazy();
    Served { channel, stop, serving }
}

fn of(service: &str) -> HealthCheckRequest {
    HealthCheckRequest {
        service: service.to_string(),
    }
}

#[tokio::test]
async fn health_knows_the_server_and_each_interface() {
    let served = serve(BuiltIn::default()).await;
    let mut health = HealthClient::new(served.channel);
    for service in ["", "test.built_in.v0_1.Number"] {
        let answer = health.check(of(service)).await.unwrap().into_inner();
        assert_eq!(answer.status(), ServingStatus::Serving, "{service}");
    }
    let status = health.check(of("test.built_in.v0_1.Numbers")).await.unwrap_err();
    assert_eq!(status.code(), Code::NotFound);
}

#[tokio::test]
async fn who_watches_hears_of_the_drain_and_does_not_hold_it_up() {
    let served = serve(BuiltIn::default()).await;
    let mut health = HealthClient::new(served.channel.clone());
    let mut news = health
        .watch(of("test.built_in.v0_1.Number"))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(news.message().await.unwrap().unwrap().status(), ServingStatus::Serving);
    served.stop.send(()).unwrap();
    assert_eq!(
        news.message().await.unwrap().unwrap().status(),
        ServingStatus::NotServing
    );
    assert_eq!(news.message().await.unwrap_err().code(), Code::Unavailable);
    drop((served.channel, health, news));
    assert_eq!(served.serving.await.unwrap(), 0);
}

async fn ask(channel: Channel, request: MessageRequest) -> Result<ServerReflectionResponse, tonic::Status> {
    let request = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(request),
    };
    let mut client = ServerReflectionClient::new(channel);
    let answers = client.server_reflection_info(tokio_stream::iter([request])).await?;
    Ok(answers.into_inner().message().await?.unwrap())
}

async fn services(channel: Channel) -> Vec<String> {
    let answer = ask(channel, MessageRequest::ListServices(String::new())).await.unwrap();
    let Some(MessageResponse::ListServicesResponse(list)) = answer.message_response else {
        panic!("{answer:?}");
    };
    list.service.into_iter().map(|service| service.name).collect()
}

#[tokio::test]
async fn reflection_lists_what_is_there() {
    let served = serve(BuiltIn::default()).await;
    let services = services(served.channel).await;
    for service in [
        "grpc.health.v1.Health",
        "grpc.reflection.v1.ServerReflection",
        "grpc.reflection.v1alpha.ServerReflection",
    ] {
        assert!(services.iter().any(|name| name == service), "{services:?}");
    }
}

#[tokio::test]
async fn what_is_turned_off_is_not_there() {
    let nothing = BuiltIn {
        interfaces: false,
        health: false,
        reflection: false,
        openapi: false,
    };
    let served = serve(nothing).await;
    let status = HealthClient::new(served.channel.clone())
        .check(of(""))
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::Unimplemented);
    let list = MessageRequest::ListServices(String::new());
    let status = ask(served.channel.clone(), list).await.unwrap_err();
    assert_eq!(status.code(), Code::Unimplemented);
}
