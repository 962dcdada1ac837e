//! A fresh instance a call, for guests of several languages: each row names its guest.

use std::path::PathBuf;

use anyhow::Result;

use crate::bench::Bench;
use crate::compare::{Side, interleaved, micros};
use crate::exchange::Exchange;
use crate::load::{Caller, Shape};
use crate::report::Row;

/// A row for each guest that is there; Rust's is the reference.
pub async fn rows(bench: &Bench) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    let rust = bench.root.join("crates/farcall-cli/demo/calc.wasm");
    let rust_server = bench.serve(&[&rust], &[])?;
    let rust_call = Exchange::wit(&rust, "add", "(7, 35)", "42")?;
    for guest in guests(bench) {
        let what = format!("fresh instance of a guest in {}", guest.language);
        if !guest.file.exists() {
            rows.push(Row::skipped(
                what,
                format_args!("{} is not built; `cargo xtask guests` does", guest.file.display()),
            ));
            continue;
        }
        if bench.quick && guest.large {
            rows.push(Row::skipped(
                what,
                "it compiles for seconds, and this run is a quick one",
            ));
            continue;
        }
        let server = bench.serve(&[&guest.file], &[])?;
        let idle = server.resident()? as f64;
        let (function, arguments, result) = guest.call;
        let call = Exchange::wit(&guest.file, function, arguments, result)?;
        let first = Caller::connect(server.address, 1, &call).await?.round(1, 1).await?;
        let sides = [
            Side {
                name: "Rust",
                server: &rust_server,
                exchange: &rust_call,
            },
            Side {
                name: guest.language,
                server: &server,
                exchange: &call,
            },
        ];
        let calls = bench.calls(if guest.large { 300 } else { 2000 });
        let measured = interleaved(&sides, Shape::one_at_a_time(calls), bench.rounds).await?;
        let [reference, measured] = measured.as_slice() else {
            continue;
        };
        let peak = server.peak()? as f64 - idle;
        let row = Row::new(what, "a guest in Rust, calc")
            .ratio("CPU a call", measured.cpu_of(reference), None)
            .figure("first call, connection included", "us", micros(first.wall), None)
            .figure("later calls, p50", "us", measured.p50(), Some(reference.p50()))
            .figure("later calls, CPU", "us", measured.cpu(), Some(reference.cpu()))
            .figure("memory while one runs, above idle", "KiB", peak / 1024.0, None)
            .figure(
                "size of the component",
                "KiB",
                std::fs::metadata(&guest.file)?.len() as f64 / 1024.0,
                None,
            );
        rows.push(row);
    }
    Ok(rows)
}

struct Guest {
    language: &'static str,
    file: PathBuf,
    call: (&'static str, &'static str, &'static str),
    large: bool,
}

fn guests(bench: &Bench) -> [Guest; 4] {
    let add = ("add", "(7, 35)", "42");
    let next = ("next-u32", "(41)", "42");
    [
        Guest {
            language: "Rust, calc",
            file: bench.root.join("crates/farcall-cli/demo/calc.wasm"),
            call: add,
            large: false,
        },
        Guest {
            language: "C, values",
            file: bench.fixture("values-callee-c"),
            call: next,
            large: false,
        },
        Guest {
            language: "JavaScript, QuickJS, calc",
            file: bench.built("calc-quickjs"),
            call: add,
            large: true,
        },
        Guest {
            language: "JavaScript, StarlingMonkey, values",
            file: bench.built("values-callee-js"),
            call: next,
            large: true,
        },
    ]
}
