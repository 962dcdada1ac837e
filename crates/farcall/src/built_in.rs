//! gRPC's own services on a server's port: health and reflection, each of which can be left out.
//!
//! They speak for themselves (`tonic-health`, `tonic-reflection`); what is here is which services they tell of, and
//! that their streams end when the server does.

use std::convert::Infallible;
use std::error::Error as StdError;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use bytes::Bytes;
use farcall_net::{BoxFuture, Companion, CompanionBody, Incoming};
use http::{HeaderMap, HeaderValue, Request, Response};
use http_body::{Body, Frame};
use tokio::sync::watch;
use tonic::codegen::Service;
use tonic_health::ServingStatus;
use tonic_health::server::{HealthReporter, health_reporter};
use tonic_reflection::server::Builder;

use crate::registry::Registry;

/// What a server offers besides its components' functions. Everything, by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BuiltIn {
    /// Its interfaces as WIT, with fingerprints: `/wasm_rpc.core.v0_1.Interfaces/Get`.
    pub interfaces: bool,
    /// `grpc.health.v1.Health`: the name `""` is the whole server, each interface has its own; NOT_SERVING while the
    /// server drains.
    pub health: bool,
    /// `grpc.reflection.v1` and `v1alpha`: the interfaces as descriptors of protocol buffers.
    pub reflection: bool,
    /// `GET /openapi.json`: the calls in JSON as an OpenAPI document.
    pub openapi: bool,
}

impl Default for BuiltIn {
    fn default() -> Self {
        BuiltIn {
            interfaces: true,
            health: true,
            reflection: true,
            openapi: true,
        }
    }
}

type Answer = Box<dyn Fn(Request<Incoming>) -> BoxFuture<'static, Response<CompanionBody>> + Send + Sync>;

/// Services by the beginning of their paths.
pub(crate) struct Services {
    services: Vec<(String, Answer)>,
    reporter: Option<HealthReporter>,
    names: Vec<String>,
    ended: watch::Sender<bool>,
}

impl Services {
    /// What the registry offers of them.
    pub(crate) fn new(registry: &Arc<Registry>) -> Services {
        let offered = registry.built_in();
        let mut services = Services {
            services: Vec::new(),
            reporter: None,
            names: registry.services(),
            ended: watch::Sender::new(false),
        };
        if offered.health {
            let (reporter, server) = health_reporter();
            services.add("grpc.health.v1.Health", answer(server, services.ended.subscribe()));
            services.reporter = Some(reporter);
        }
        if offered.reflection {
            for version in [Version::V1, Version::V1Alpha] {
                let (registry, ended) = (Arc::clone(registry), services.ended.clone());
                // The descriptors are made when the first caller asks for them.
                let made: OnceLock<Answer> = OnceLock::new();
                let reflection =
                    move |request| made.get_or_init(|| reflection(&registry, version, ended.subscribe()))(request);
                services.add(version.service(), Box::new(reflection));
            }
        }
        services
    }

    /// Says that every service is there. Before, only the server itself is known to health.
    pub(crate) async fn ready(&self) {
        if let Some(reporter) = &self.reporter {
            report(reporter, &self.names, ServingStatus::Serving).await;
        }
    }

    fn add(&mut self, service: &str, answer: Answer) {
        self.services.push((format!("/{service}/"), answer));
    }
}

/// How a service answers, until the server ends.
fn answer<S>(service: S, ended: watch::Receiver<bool>) -> Answer
where
    S: Service<Request<Incoming>, Response = Response<tonic::body::Body>, Error = Infallible>,
    S: Clone + Send + Sync + 'static,
    S::Future: Send + 'static,
{
    Box::new(move |request| {
        let (mut service, ended) = (service.clone(), ended.clone());
        Box::pin(async move {
            let Ok(answer) = service.call(request).await;
            answer.map(|body| -> CompanionBody { Box::pin(UntilEnd::new(body, ended)) })
        })
    })
}

#[derive(Clone, Copy)]
enum Version {
    V1,
    V1Alpha,
}

impl Version {
    fn service(self) -> &'static str {
        match self {
            Version::V1 => "grpc.reflection.v1.ServerReflection",
            Version::V1Alpha => "grpc.reflection.v1alpha.ServerReflection",
        }
    }
}

/// Tells of the components' services and of those here.
fn reflection(registry: &Registry, version: Version, ended: watch::Receiver<bool>) -> Answer {
    let offered = registry.built_in();
    let own = [
        Some(tonic_reflection::pb::v1::FILE_DESCRIPTOR_SET),
        Some(tonic_reflection::pb::v1alpha::FILE_DESCRIPTOR_SET),
        offered.health.then_some(tonic_health::pb::FILE_DESCRIPTOR_SET),
    ];
    let builder = Builder::configure()
        .include_reflection_service(false)
        .register_file_descriptor_set(registry.messages().files());
    let builder = own
        .into_iter()
        .flatten()
        .fold(builder, Builder::register_encoded_file_descriptor_set);
    match version {
        Version::V1 => builder.build_v1().map(|service| answer(service, ended)),
        Version::V1Alpha => builder.build_v1alpha().map(|service| answer(service, ended)),
    }
    .unwrap_or_else(|error| {
        tracing::error!(%error, "reflection has nothing to tell");
        Box::new(|_| Box::pin(async { unimplemented() }))
    })
}

/// An answer that says so; its body is empty.
fn unimplemented() -> Response<CompanionBody> {
    let answer = tonic::Status::unimplemented("not served here").into_http::<tonic::body::Body>();
    answer.map(|body| -> CompanionBody { Box::pin(UntilEnd::new(body, watch::Sender::new(false).subscribe())) })
}

impl Companion for Services {
    fn knows(&self, path: &str) -> bool {
        self.services
            .iter()
            .any(|(prefix, _)| path.starts_with(prefix.as_str()))
    }

    fn answer(&self, request: Request<Incoming>) -> BoxFuture<'static, Response<CompanionBody>> {
        let path = request.uri().path();
        match self
            .services
            .iter()
            .find(|(prefix, _)| path.starts_with(prefix.as_str()))
        {
            Some((_, answer)) => answer(request),
            None => Box::pin(async { unimplemented() }),
        }
    }

    fn drain(&self) {
        let (reporter, names, ended) = (self.reporter.clone(), self.names.clone(), self.ended.clone());
        tokio::spawn(async move {
            if let Some(reporter) = reporter {
                report(&reporter, &names, ServingStatus::NotServing).await;
            }
            // After the last news, so that whoever watches hears it first.
            ended.send_replace(true);
        });
    }
}

async fn report(reporter: &HealthReporter, names: &[String], status: ServingStatus) {
    for name in names.iter().map(String::as_str).chain([""]) {
        reporter.set_service_status(name, status).await;
    }
}

/// An answer that ends when the server does, if it has nothing more to say then.
struct UntilEnd {
    body: Pin<Box<tonic::body::Body>>,
    ended: BoxFuture<'static, ()>,
    done: bool,
}

impl UntilEnd {
    fn new(body: tonic::body::Body, mut ended: watch::Receiver<bool>) -> UntilEnd {
        UntilEnd {
            body: Box::pin(body),
            ended: Box::pin(async move { drop(ended.wait_for(|ended| *ended).await) }),
            done: false,
        }
    }
}

impl Body for UntilEnd {
    type Data = Bytes;
    type Error = Box<dyn StdError + Send + Sync>;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if self.done {
            return Poll::Ready(None);
        }
        match self.body.as_mut().poll_frame(cx) {
            Poll::Pending if self.ended.as_mut().poll(cx).is_ready() => {
                self.done = true;
                let mut trailers = HeaderMap::new();
                trailers.insert("grpc-status", HeaderValue::from_static("14"));
                trailers.insert("grpc-message", HeaderValue::from_static("the server is shutting down"));
                Poll::Ready(Some(Ok(Frame::trailers(trailers))))
            }
            polled => polled.map(|frame| frame.map(|frame| frame.map_err(Into::into))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.done || self.body.is_end_stream()
    }
}
