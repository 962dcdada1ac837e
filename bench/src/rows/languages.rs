//! The same callee in every language: a call to each, with a fresh instance a call and with one that is kept.
//!
//! What an engine brings with it is in the figures: a guest in Python is CPython too.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::bench::Bench;
use crate::compare::{Measured, Side, interleaved, median, micros};
use crate::exchange::Exchange;
use crate::load::{Caller, Shape};
use crate::process::Server;
use crate::report::Row;

/// A row a language; Rust's is the reference.
pub async fn rows(bench: &Bench) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    let rust = bench.fixture("values-callee-rust");
    for (language, file, large) in languages(bench) {
        let what = format!("next-u32 of a guest in {language}");
        if !file.exists() {
            rows.push(Row::skipped(
                what,
                format_args!("{} is not built; `cargo xtask guests` does", file.display()),
            ));
            continue;
        }
        if bench.quick && large {
            rows.push(Row::skipped(
                what,
                "it compiles for seconds, and this run is a quick one",
            ));
            continue;
        }
        let mut row = Row::new(what, "a guest in Rust");
        for (policy, shown) in [("fresh", POLICY_FRESH), ("pooled", POLICY_POOLED)] {
            let arguments = ["--policy", policy];
            let (first, memory) = first(bench, &file, &arguments).await?;
            let (reference, measured) = later(bench, [&rust, &file], &arguments, language, large).await?;
            if policy == "fresh" {
                row = row.ratio("CPU a call, fresh", measured.cpu_of(&reference), None);
            }
            row = row
                .figure(shown[0], "us", first, None)
                .figure(shown[1], "us", measured.p50(), Some(reference.p50()))
                .figure(shown[2], "us", measured.cpu(), Some(reference.cpu()))
                .figure(shown[3], "KiB", memory, None);
        }
        let size = std::fs::metadata(&file)?.len() as f64 / 1024.0;
        rows.push(row.figure("size of the component", "KiB", size, None));
    }
    Ok(rows)
}

const POLICY_FRESH: [&str; 4] = [
    "fresh: first call, connection included",
    "fresh: later calls, p50",
    "fresh: later calls, CPU",
    "fresh: memory of one instance, above idle",
];
const POLICY_POOLED: [&str; 4] = [
    "pooled: first call, connection included",
    "pooled: later calls, p50",
    "pooled: later calls, CPU",
    "pooled: memory of one instance, above idle",
];

/// The first call of a server, in microseconds, and by how much it raises the server's memory, in KiB: medians over
/// servers. Compiled code is kept from the first of them.
async fn first(bench: &Bench, file: &Path, arguments: &[&str]) -> Result<(f64, f64)> {
    let (mut times, mut memory) = (Vec::new(), Vec::new());
    for _ in 0..bench.rounds.min(5) {
        let (server, call) = served(bench, file, arguments)?;
        let idle = server.resident()?;
        server.forget_peak()?;
        let took = Caller::connect(server.address, 1, &call).await?.round(1, 1).await?;
        times.push(micros(took.wall));
        memory.push(server.peak()?.saturating_sub(idle) as f64 / 1024.0);
    }
    Ok((median(&times), median(&memory)))
}

async fn later(
    bench: &Bench,
    files: [&Path; 2],
    arguments: &[&str],
    language: &'static str,
    large: bool,
) -> Result<(Measured, Measured)> {
    let [(rust, rust_call), (server, call)] =
        [served(bench, files[0], arguments)?, served(bench, files[1], arguments)?];
    let sides = [
        Side {
            name: "Rust",
            server: &rust,
            exchange: &rust_call,
        },
        Side {
            name: language,
            server: &server,
            exchange: &call,
        },
    ];
    let calls = bench.calls(if large { 300 } else { 2000 });
    let mut measured = interleaved(&sides, Shape::one_at_a_time(calls), bench.rounds)
        .await?
        .into_iter();
    Ok((measured.next().unwrap_or_default(), measured.next().unwrap_or_default()))
}

fn served(bench: &Bench, file: &Path, arguments: &[&str]) -> Result<(Server, Exchange)> {
    Ok((
        bench.serve(&[file], arguments)?,
        Exchange::wit(file, "next-u32", "(41)", "42")?,
    ))
}

/// Language, component, whether it brings an engine that takes seconds to compile.
fn languages(bench: &Bench) -> [(&'static str, PathBuf, bool); 6] {
    [
        ("Rust", bench.fixture("values-callee-rust"), false),
        ("C", bench.fixture("values-callee-c"), false),
        ("C++", bench.fixture("values-callee-cpp"), false),
        ("Go", bench.built("values-callee-go"), true),
        ("JavaScript, StarlingMonkey", bench.built("values-callee-js"), true),
        ("Python", bench.built("values-callee-python"), true),
    ]
}
