//! What a call costs when one component serves one function, a hundred, ten thousand.

use anyhow::Result;

use crate::bench::Bench;
use crate::compare::{Measured, Side, interleaved};
use crate::exchange::Exchange;
use crate::load::Shape;
use crate::many;
use crate::report::{Goal, Row};

/// A row for each policy.
pub async fn rows(bench: &Bench) -> Result<Vec<Row>> {
    let counts = if bench.quick { [1, 10, 100] } else { [1, 100, 9_999] };
    let mut files = Vec::new();
    for count in counts {
        let file = bench.path(&format!("functions-{count}.wasm"));
        std::fs::write(&file, many::component("ops", count, 0)?)?;
        let last = count - 1;
        let call = Exchange::wit(&file, &format!("f{last}"), "(20, 2)", &(22 + last).to_string())?;
        files.push((count, file, call));
    }
    let mut rows = Vec::new();
    for (policy, what) in [
        ("pooled", "9,999 functions served, reused"),
        ("fresh", "9,999 functions served, fresh"),
    ] {
        if !bench.has_policy(policy) {
            rows.push(Row::skipped(
                what,
                format_args!("`farcall serve` has no --policy {policy}"),
            ));
            continue;
        }
        let mut servers = Vec::new();
        for (_, file, _) in &files {
            servers.push(bench.serve(&[file], &["--policy", policy])?);
        }
        let sides: Vec<Side<'_>> = servers
            .iter()
            .zip(&files)
            .map(|(server, (_, _, exchange))| Side {
                name: what,
                server,
                exchange,
            })
            .collect();
        let shape = Shape {
            connections: 4,
            streams: 16,
            calls: bench.calls(15_000),
        };
        let measured = interleaved(&sides, shape, bench.rounds).await?;
        let [one, .., most] = measured.as_slice() else {
            return Ok(rows);
        };
        let mut row =
            Row::new(what, "one function served").ratio("CPU a call", most.cpu_of(one), Some(Goal::AtMost(1.1)));
        for ((count, _, _), measured) in files.iter().zip(&measured) {
            row = row.figure(
                format!("CPU a call, {count} functions"),
                "us",
                Measured::cpu(measured),
                None,
            );
        }
        for ((count, _, _), server) in files.iter().zip(&servers) {
            row = row.figure(
                format!("start, {count} functions"),
                "ms",
                server.started_in.as_secs_f64() * 1e3,
                None,
            );
        }
        rows.push(row);
    }
    Ok(rows)
}
