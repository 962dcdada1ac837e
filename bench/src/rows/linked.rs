//! Calls between two components in one process: linked by the command beside composed by `wac`.
//!
//! One call from outside makes many inside, so that what the outside costs does not count.

use std::path::Path;

use anyhow::Result;
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions};

use crate::bench::Bench;
use crate::compare::{Side, interleaved};
use crate::exchange::Exchange;
use crate::load::Shape;
use crate::report::{Goal, Row};

/// The row.
pub async fn rows(bench: &Bench) -> Result<Vec<Row>> {
    let (caller, callee) = (bench.fixture("bench-caller"), bench.fixture("bench-callee"));
    let composed = bench.path("composed.wasm");
    std::fs::write(&composed, compose(&caller, &callee)?)?;
    let link = format!("{OPS}={}", callee.display());
    let linked = bench.serve(&[&caller], &["--link", &link])?;
    let whole = bench.serve(&[&composed], &[])?;
    let inner: u32 = if bench.quick { 1000 } else { 100_000 };
    let call = Exchange::wit(&caller, "adds", &format!("({inner})"), &inner.to_string())?;
    let sides = [
        Side {
            name: "composed by wac",
            server: &whole,
            exchange: &call,
        },
        Side {
            name: "farcall, linked",
            server: &linked,
            exchange: &call,
        },
    ];
    let measured = interleaved(&sides, Shape::one_at_a_time(bench.calls(6).min(6)), bench.rounds).await?;
    let [composed, linked] = measured.as_slice() else {
        return Ok(Vec::new());
    };
    let nanoseconds = |micros: f64| micros * 1000.0 / f64::from(inner);
    let row = Row::new("call linked in process", "the components composed by wac")
        .ratio("its time", linked.cpu_of(composed), Some(Goal::AtMost(1.1)))
        .figure(
            "CPU a call inside",
            "ns",
            nanoseconds(linked.cpu()),
            Some(nanoseconds(composed.cpu())),
        )
        .figure(
            "time a call inside",
            "ns",
            nanoseconds(linked.p50()),
            Some(nanoseconds(composed.p50())),
        );
    Ok(vec![row])
}

fn compose(caller: &Path, callee: &Path) -> Result<Vec<u8>> {
    let mut graph = CompositionGraph::new();
    let mut add = |name: &str, path: &Path| -> Result<_> {
        let package = Package::from_bytes(name, None, std::fs::read(path)?, graph.types_mut())?;
        let package = graph.register_package(package)?;
        Ok(graph.instantiate(package))
    };
    let (callee, caller) = (add("bench:callee", callee)?, add("bench:caller", caller)?);
    let ops = graph.alias_instance_export(callee, OPS)?;
    graph.set_instantiation_argument(caller, OPS, ops)?;
    let relay = graph.alias_instance_export(caller, RELAY)?;
    graph.export(relay, RELAY)?;
    Ok(graph.encode(EncodeOptions::default())?)
}

const OPS: &str = "bench:guest/ops@0.1.0";
const RELAY: &str = "bench:guest/relay@0.1.0";
