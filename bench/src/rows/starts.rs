//! From the start of `farcall serve` to its `listening on`: the first time, and with the compiled code kept from then.

use std::path::PathBuf;

use anyhow::Result;

use crate::bench::Bench;
use crate::compare::{Side, interleaved, median, micros};
use crate::exchange::Exchange;
use crate::load::{Caller, Shape};
use crate::many;
use crate::report::{Goal, Row};

/// A row for each guest that is there.
pub async fn rows(bench: &Bench) -> Result<Vec<Row>> {
    let guests: [(&str, PathBuf, usize); 3] = [
        ("Rust", bench.root.join("crates/farcall-cli/demo/calc.wasm"), 7),
        ("QuickJS", bench.built("calc-quickjs"), 3),
        ("StarlingMonkey", bench.built("values-callee-js"), 1),
    ];
    let mut rows = Vec::new();
    for (guest, file, rounds) in guests {
        let what = format!("start of a cached component, {guest}");
        if !file.exists() {
            rows.push(Row::skipped(what, format_args!("{} is not built", file.display())));
            continue;
        }
        if bench.quick && rounds < 7 {
            rows.push(Row::skipped(
                what,
                "it compiles for seconds, and this run is a quick one",
            ));
            continue;
        }
        let (mut first, mut second) = (Vec::new(), Vec::new());
        for round in 0..rounds.min(bench.rounds) {
            let cache = bench.path(&format!("cache-{guest}-{round}"));
            first.push(micros(bench.serve_from(&cache, &[&file])?.started_in) / 1e3);
            second.push(micros(bench.serve_from(&cache, &[&file])?.started_in) / 1e3);
        }
        let (first, second) = (median(&first), median(&second));
        rows.push(
            Row::new(what, "100 ms")
                .ratio("of them", second / 100.0, Some(Goal::AtMost(1.0)))
                .figure("second start", "ms", second, None)
                .figure("first start, nothing kept", "ms", first, None),
        );
    }
    Ok(rows)
}

/// The row of a folder of a thousand components: how it starts, and what a call costs beside a server of one.
pub async fn folder(bench: &Bench) -> Result<Vec<Row>> {
    let count = if bench.quick { 10 } else { 1000 };
    let folder = bench.path("folder");
    let one = many::folder(&folder, count)?;
    let cache = bench.path("cache-folder");
    let first = bench.serve_from(&cache, &[&folder])?.started_in;
    let second = bench.serve_from(&cache, &[&folder])?;
    let (second, resident) = (second.started_in, second.resident()?);

    let own = count / 2;
    let call = Exchange::wit(&one, "f0", "(20, 2)", &(22 + own).to_string())?;
    let (server, single) = (bench.serve(&[&folder], &[])?, bench.serve(&[&one], &[])?);
    let idle = single.resident()?;
    let cold = Caller::connect(server.address, 1, &call).await?.round(1, 1).await?;
    let sides = [
        Side {
            name: "one component",
            server: &single,
            exchange: &call,
        },
        Side {
            name: "a folder of components",
            server: &server,
            exchange: &call,
        },
    ];
    let shape = Shape {
        connections: 4,
        streams: 16,
        calls: bench.calls(15_000),
    };
    let measured = interleaved(&sides, shape, bench.rounds).await?;
    let [alone, among] = measured.as_slice() else {
        return Ok(Vec::new());
    };
    let mebibytes = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    let row = Row::new(format!("a call, {count} components served"), "one component served")
        .ratio("CPU a call", among.cpu_of(alone), Some(Goal::AtMost(1.1)))
        .figure("CPU a call, 64 callers", "us", among.cpu(), Some(alone.cpu()))
        .figure("first call of a component", "ms", micros(cold.wall) / 1e3, None)
        .figure("first start", "ms", micros(first) / 1e3, None)
        .figure(
            "second start",
            "ms",
            micros(second) / 1e3,
            Some(micros(single.started_in) / 1e3),
        )
        .figure(
            "memory after the start",
            "MiB",
            mebibytes(resident),
            Some(mebibytes(idle)),
        );
    Ok(vec![row])
}
