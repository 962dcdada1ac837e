//! The reference: a tonic server whose handlers do natively what the bench's component does.
//!
//! It has no router, interceptor or limit of its own: less than what most tonic servers run.

use std::convert::Infallible;
use std::future::{Future, Ready, ready};
use std::io::Write;
use std::pin::Pin;
use std::task::{Context, Poll};

use anyhow::Result;
use tonic::body::Body;
use tonic::server::{Grpc, NamedService, UnaryService};
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Code, Request, Response, Status};
use tonic_prost::ProstCodec;
use tower_service::Service;

use crate::proto::{AddRequest, AddResponse, Echo, Entries};

/// Serves on a port of the system's choice, says which as `farcall serve` does, and never ends.
pub fn serve() -> Result<()> {
    // Worker threads are tokio's default or TOKIO_WORKER_THREADS, as in `farcall serve`.
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(async {
            let incoming = TcpIncoming::bind("127.0.0.1:0".parse()?).map_err(|error| anyhow::anyhow!("{error}"))?;
            let address = incoming.local_addr()?;
            let mut out = std::io::stdout().lock();
            writeln!(out, "listening on http://{address}")?;
            out.flush()?;
            drop(out);
            let incoming = incoming.with_nodelay(Some(true));
            Server::builder().serve_with_incoming(Native, incoming).await?;
            Ok(())
        })
}

#[derive(Clone)]
struct Native;

impl NamedService for Native {
    const NAME: &'static str = "bench.Native";
}

type Answer = Pin<Box<dyn Future<Output = Result<http::Response<Body>, Infallible>> + Send>>;

impl Service<http::Request<Body>> for Native {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Answer;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Answer {
        match request.uri().path() {
            "/bench.Native/Add" => {
                Box::pin(async move { Ok(Grpc::new(ProstCodec::default()).unary(Add, request).await) })
            }
            "/bench.Native/Echo" => {
                Box::pin(async move { Ok(Grpc::new(ProstCodec::default()).unary(Bytes, request).await) })
            }
            "/bench.Native/Entries" => {
                Box::pin(async move { Ok(Grpc::new(ProstCodec::default()).unary(Records, request).await) })
            }
            _ => Box::pin(ready(Ok(Status::new(Code::Unimplemented, "").into_http()))),
        }
    }
}

struct Add;

impl UnaryService<AddRequest> for Add {
    type Response = AddResponse;
    type Future = Ready<Result<Response<AddResponse>, Status>>;

    fn call(&mut self, request: Request<AddRequest>) -> Self::Future {
        let AddRequest { a, b } = request.into_inner();
        let result = a.wrapping_add(b);
        ready(Ok(Response::new(AddResponse { result })))
    }
}

struct Bytes;

impl UnaryService<Echo> for Bytes {
    type Response = Echo;
    type Future = Ready<Result<Response<Echo>, Status>>;

    fn call(&mut self, request: Request<Echo>) -> Self::Future {
        ready(Ok(Response::new(request.into_inner())))
    }
}

struct Records;

impl UnaryService<Entries> for Records {
    type Response = Entries;
    type Future = Ready<Result<Response<Entries>, Status>>;

    fn call(&mut self, request: Request<Entries>) -> Self::Future {
        ready(Ok(Response::new(request.into_inner())))
    }
}
