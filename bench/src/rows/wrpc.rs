//! The same component behind wRPC's own command, over its TCP transport, where each call has an instance of its own.
//!
//! wRPC opens a connection for each call; the caller here does as its client does, without its costs.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::bench::Bench;
use crate::compare::{Side, interleaved};
use crate::exchange::{Exchange, Work};
use crate::load::{Caller, Shape};
use crate::process::{Server, Start};
use crate::report::{Goal, Row};

/// The row, where the run was given wRPC's command.
pub async fn rows(bench: &Bench) -> Result<Vec<Row>> {
    let Some(wrpc) = &bench.wrpc else {
        return Ok(vec![Row::skipped(
            "small call, beside wRPC".to_owned(),
            "needs --wrpc PATH, its `wrpc-wasmtime`; `cargo install wrpc` gives it",
        )]);
    };
    let component = bench.fixture("bench-callee");
    let grpc = Work::Add.wit(&component)?;
    let framed = grpc.wrpc("bench:guest/ops@0.1.0", "add");
    let fresh = bench.serve(&[&component], &[])?;
    let pooled = bench.serve(&[&component], &["--policy", "pooled"])?;
    let theirs = serve(bench, wrpc, &component, &framed).await?;
    let sides = [
        Side {
            name: "wRPC",
            server: &theirs,
            exchange: &framed,
        },
        Side {
            name: "farcall, fresh",
            server: &fresh,
            exchange: &grpc,
        },
        Side {
            name: "farcall, reused",
            server: &pooled,
            exchange: &grpc,
        },
    ];
    // Each call of wRPC takes a port of the system's.
    let shape = Shape {
        connections: 4,
        streams: 16,
        calls: bench.calls(1500),
    };
    let many = interleaved(&sides, shape, bench.rounds).await?;
    let one = interleaved(&sides, Shape::one_at_a_time(bench.calls(500)), bench.rounds).await?;
    let ([theirs, ours @ ..], [theirs_one, ours_one @ ..]) = (many.as_slice(), one.as_slice()) else {
        return Ok(Vec::new());
    };
    let what = ["small call, fresh instance a call", "small call, instance reused"];
    let rows = what
        .into_iter()
        .zip(ours)
        .zip(ours_one)
        .map(|((what, ours), ours_one)| {
            Row::new(what, "wRPC over TCP, one connection a call")
                .ratio(
                    "calls a CPU-second",
                    ours.calls_per_cpu_of(theirs),
                    Some(Goal::AtLeast(10.0)),
                )
                .figure("CPU a call, 64 callers", "us", ours.cpu(), Some(theirs.cpu()))
                .figure(
                    "calls a second, 64 callers",
                    "",
                    ours.calls_per_second(),
                    Some(theirs.calls_per_second()),
                )
                .figure(
                    "latency p50, one at a time",
                    "us",
                    ours_one.p50(),
                    Some(theirs_one.p50()),
                )
                .figure(
                    "latency p99, one at a time",
                    "us",
                    ours_one.p99(),
                    Some(theirs_one.p99()),
                )
        });
    Ok(rows.collect())
}

/// It takes no port 0 and does not say when it is ready: a free port, and calls until one is answered.
async fn serve(bench: &Bench, wrpc: &Path, component: &Path, call: &Exchange) -> Result<Server> {
    let address: SocketAddr = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let start = Start::new(bench.cores.server(), wrpc).with(|command| {
        command
            .args(["tcp", "serve", "--export", &address.to_string()])
            .arg(component)
            // It would write several lines for each call.
            .env("RUST_LOG", "off");
    });
    let server = start.server_at(address)?;
    let end = Instant::now() + READY;
    loop {
        match Caller::connect(address, 1, call).await?.round(1, 1).await {
            Ok(_) => return Ok(server),
            Err(error) if Instant::now() > end => return Err(error).context("wRPC's command does not answer"),
            Err(_) => tokio::time::sleep(POLL).await,
        }
    }
}

const READY: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(50);
