//! gRPC's own services on a server's port: health and reflection, each of which can be left out.
//!
//! They speak for themselves (`tonic-health`, `tonic-reflection`); what is here is which services they tell of, and
//! that their streams end when the server does.

use std::convert::Infallible;
use std::error::Error as StdError;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use farcall_net::{BoxFuture, Companion, CompanionBody, Incoming};
use http::{HeaderMap, HeaderValue, Request, Response};
use http_body::{Body, Frame};
use tokio::sync::watch;
use tonic::codegen::Service;
use tonic::server::NamedService;
use tonic_health::ServingStatus;
use tonic_health::server::{HealthReporter, health_reporter};
use tonic_reflection::server::Builder;

use crate::error::Error;

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
}

impl Default for BuiltIn {
    fn default() -> Self {
        BuiltIn {
            interfaces: true,
            health: true,
            reflection: true,
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
    /// `names` are the services that the server has, `demo.calc.v0_1.Ops`; `files` an encoded `FileDescriptorSet` of them.
    pub(crate) fn new(built_in: BuiltIn, names: Vec<String>, files: &[u8]) -> Result<Services, Error> {
        let mut services = Services {
            services: Vec::new(),
            reporter: None,
            names,
            ended: watch::Sender::new(false),
        };
        if built_in.health {
            let (reporter, server) = health_reporter();
            services.add(server);
            services.reporter = Some(reporter);
        }
        if built_in.reflection {
            let [v1, v1alpha] = [
                tonic_reflection::pb::v1::FILE_DESCRIPTOR_SET,
                tonic_reflection::pb::v1alpha::FILE_DESCRIPTOR_SET,
            ];
            let mut sets = vec![files, v1, v1alpha];
            sets.extend(built_in.health.then_some(tonic_health::pb::FILE_DESCRIPTOR_SET));
            let builder = || {
                let empty = Builder::configure().include_reflection_service(false);
                sets.iter()
                    .fold(empty, |builder, set| builder.register_encoded_file_descriptor_set(set))
            };
            let failed = |error: tonic_reflection::server::Error| Error::Description(error.to_string());
            services.add(builder().build_v1().map_err(failed)?);
            services.add(builder().build_v1alpha().map_err(failed)?);
        }
        Ok(services)
    }

    /// Says that every service is there. Before, only the server itself is known to health.
    pub(crate) async fn ready(&self) {
        if let Some(reporter) = &self.reporter {
            report(reporter, &self.names, ServingStatus::Serving).await;
        }
    }

    fn add<S>(&mut self, service: S)
    where
        S: Service<Request<Incoming>, Response = Response<tonic::body::Body>, Error = Infallible>,
        S: NamedService + Clone + Send + Sync + 'static,
        S::Future: Send + 'static,
    {
        let ended = self.ended.subscribe();
        let answer = move |request| -> BoxFuture<'static, Response<CompanionBody>> {
            let (mut service, ended) = (service.clone(), ended.clone());
            Box::pin(async move {
                let Ok(answer) = service.call(request).await;
                answer.map(|body| -> CompanionBody { Box::pin(UntilEnd::new(body, ended)) })
            })
        };
        self.services.push((format!("/{}/", S::NAME), Box::new(answer)));
    }
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
            None => {
                let body = UntilEnd::new(tonic::body::Body::empty(), self.ended.subscribe());
                Box::pin(async { Response::new(Box::pin(body) as CompanionBody) })
            }
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
