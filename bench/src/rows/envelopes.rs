//! The forms of one call beside tonic: `+proto`, which the server transcodes, `+wit`, and Connect without trailers.

use anyhow::Result;

use crate::bench::Bench;
use crate::compare::{Side, interleaved};
use crate::exchange::Work;
use crate::load::Shape;
use crate::report::Row;

/// A row for each form and size of message, all of one server.
pub async fn rows(bench: &Bench) -> Result<Vec<Row>> {
    let component = bench.fixture("bench-callee");
    let policy = if bench.has_policy("pooled") { "pooled" } else { "fresh" };
    let ours = bench.serve(&[&component], &["--policy", policy])?;
    let native = bench.native()?;
    let mut rows = Vec::new();
    for (what, work, calls) in [
        ("small call", Work::Add, 20_000),
        ("1,000 records", Work::Entries, 1_000),
        ("1 MiB of bytes", Work::Echo, 400),
    ] {
        let (wit, reference) = (work.wit(&component)?, work.proto());
        let proto = reference.clone().at(&wit.path);
        let connect = wit.connect();
        let forms = [
            ("application/grpc+wit", &wit),
            ("application/grpc+proto", &proto),
            ("application/wit (Connect)", &connect),
        ];
        let mut sides = vec![Side {
            name: "tonic",
            server: &native,
            exchange: &reference,
        }];
        sides.extend(forms.map(|(name, exchange)| Side {
            name,
            server: &ours,
            exchange,
        }));
        let shape = Shape {
            connections: 4,
            streams: if work == Work::Add { 16 } else { 4 },
            calls: bench.calls(calls),
        };
        let measured = interleaved(&sides, shape, bench.rounds).await?;
        let Some((tonic, forms_measured)) = measured.split_first() else {
            continue;
        };
        for ((form, _), measured) in forms.iter().zip(forms_measured) {
            let row = Row::new(format!("{what} as {form}"), "tonic")
                .ratio("calls a CPU-second", measured.calls_per_cpu_of(tonic), None)
                .figure("CPU a call", "us", measured.cpu(), Some(tonic.cpu()))
                .figure(
                    "calls a second",
                    "",
                    measured.calls_per_second(),
                    Some(tonic.calls_per_second()),
                );
            rows.push(row.note(format!("instances: {policy}")));
        }
    }
    Ok(rows)
}
