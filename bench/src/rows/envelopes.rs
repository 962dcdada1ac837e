//! The two envelopes of one server beside each other: gRPC with its trailers, Connect without.

use anyhow::Result;

use crate::bench::Bench;
use crate::compare::{Side, interleaved};
use crate::exchange::Work;
use crate::load::{Caller, Shape};
use crate::report::Row;

/// The row; skipped where the server knows no `application/wit`.
pub async fn rows(bench: &Bench) -> Result<Vec<Row>> {
    let what = "small call as application/wit (Connect)";
    let component = bench.fixture("bench-callee");
    let grpc = Work::Add.wit(&component)?;
    let connect = grpc.connect();
    let policy = if bench.has_policy("pooled") { "pooled" } else { "fresh" };
    let server = bench.serve(&[&component], &["--policy", policy])?;
    let probe = Caller::connect(server.address, 1, &connect).await?.round(1, 1).await;
    if let Err(error) = probe {
        let text = format!("{error:#}");
        if text.contains("HTTP status 415") {
            return Ok(vec![Row::skipped(what, "the server knows no application/wit")]);
        }
        return Err(error);
    }
    let sides = [
        Side {
            name: "gRPC",
            server: &server,
            exchange: &grpc,
        },
        Side {
            name: "Connect",
            server: &server,
            exchange: &connect,
        },
    ];
    let shape = Shape {
        connections: 4,
        streams: 16,
        calls: bench.calls(30_000),
    };
    let measured = interleaved(&sides, shape, bench.rounds).await?;
    let [grpc, connect] = measured.as_slice() else {
        return Ok(Vec::new());
    };
    let row = Row::new(what, "the same as application/grpc+wit")
        .ratio("calls a CPU-second", connect.calls_per_cpu_of(grpc), None)
        .figure("CPU a call, 64 callers", "us", connect.cpu(), Some(grpc.cpu()))
        .figure(
            "calls a second, 64 callers",
            "",
            connect.calls_per_second(),
            Some(grpc.calls_per_second()),
        )
        .note(format!("instances: {policy}"));
    Ok(vec![row])
}
