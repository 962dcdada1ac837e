//! Calls of a component beside the same calls of native handlers: small ones, a mebibyte, a thousand records.

use anyhow::Result;

use crate::bench::Bench;
use crate::compare::{Measured, Side, interleaved};
use crate::exchange::{ECHO_BYTES, Exchange, Work};
use crate::load::{Caller, Shape};
use crate::process::Server;
use crate::report::{Goal, Row};

/// The rows of one kind of work: an instance reused, a fresh one a call.
pub async fn rows(bench: &Bench, work: Work) -> Result<Vec<Row>> {
    let about = About::of(work);
    let component = bench.fixture("bench-callee");
    let (wit, proto) = (work.wit(&component)?, work.proto());
    let native = bench.native()?;
    let fresh = bench.serve(&[&component], &[])?;
    let pooled = match bench.has_policy("pooled") {
        true => Some(bench.serve(&[&component], &["--policy", "pooled"])?),
        false => None,
    };
    let mut sides = vec![
        Side {
            name: "tonic",
            server: &native,
            exchange: &proto,
        },
        Side {
            name: "farcall, fresh",
            server: &fresh,
            exchange: &wit,
        },
    ];
    if let Some(pooled) = &pooled {
        sides.push(Side {
            name: "farcall, reused",
            server: pooled,
            exchange: &wit,
        });
    }
    let shape = Shape {
        calls: bench.calls(about.shape.calls),
        ..about.shape
    };
    let many = interleaved(&sides, shape, bench.rounds).await?;
    let single = Shape::one_at_a_time(bench.calls(about.shape.calls / 10));
    let single = interleaved(&sides, single, bench.rounds).await?;
    let [native_many, fresh_many, rest @ ..] = many.as_slice() else {
        return Ok(Vec::new());
    };
    let [native_one, fresh_one, rest_one @ ..] = single.as_slice() else {
        return Ok(Vec::new());
    };

    let mut rows = Vec::new();
    let what = format!("{}, instance reused", about.what);
    match (&pooled, rest, rest_one) {
        (Some(_), [many], [one]) => {
            rows.push(row(
                &about,
                what,
                about.reused_goal,
                (many, one),
                (native_many, native_one),
            ));
        }
        _ => rows.push(Row::skipped(what, "`farcall serve` has no --policy pooled")),
    }
    let what = format!("{}, fresh instance a call", about.what);
    rows.push(row(
        &about,
        what,
        about.fresh_goal,
        (fresh_many, fresh_one),
        (native_many, native_one),
    ));
    if work == Work::Echo {
        drop((native, fresh, pooled));
        let policies = ["fresh", "pooled"]
            .into_iter()
            .filter(|policy| bench.has_policy(policy));
        for policy in policies {
            rows.push(memory(bench, policy, &wit, &proto).await?);
        }
    }
    Ok(rows)
}

struct About {
    what: &'static str,
    against: &'static str,
    shape: Shape,
    reused_goal: Option<Goal>,
    fresh_goal: Option<Goal>,
}

impl About {
    fn of(work: Work) -> About {
        match work {
            Work::Add => About {
                what: "small call",
                against: "tonic, native handler",
                shape: Shape {
                    connections: 4,
                    streams: 16,
                    calls: 30_000,
                },
                reused_goal: Some(Goal::AtLeast(1.0)),
                fresh_goal: Some(Goal::AtLeast(0.7)),
            },
            Work::Echo => About {
                what: "1 MiB list<u8> echo",
                against: "tonic, bytes",
                shape: Shape {
                    connections: 4,
                    streams: 4,
                    calls: 300,
                },
                reused_goal: Some(Goal::AtLeast(1.0)),
                fresh_goal: None,
            },
            Work::Entries => About {
                what: "1,000 records echo",
                against: "tonic with prost",
                shape: Shape {
                    connections: 4,
                    streams: 4,
                    calls: 1500,
                },
                reused_goal: Some(Goal::AtLeast(1.0)),
                fresh_goal: None,
            },
        }
    }
}

type Both<'a> = (&'a Measured, &'a Measured);

fn row(about: &About, what: String, goal: Option<Goal>, ours: Both<'_>, theirs: Both<'_>) -> Row {
    let callers = about.shape.connections * about.shape.streams;
    Row::new(what, about.against)
        .ratio("calls a CPU-second", ours.0.calls_per_cpu_of(theirs.0), goal)
        .figure(
            format!("CPU a call, {callers} callers"),
            "us",
            ours.0.cpu(),
            Some(theirs.0.cpu()),
        )
        .figure(
            format!("calls a second, {callers} callers"),
            "",
            ours.0.calls_per_second(),
            Some(theirs.0.calls_per_second()),
        )
        .figure(
            format!("latency p99, {callers} callers"),
            "us",
            ours.0.p99(),
            Some(theirs.0.p99()),
        )
        .figure("CPU a call, one at a time", "us", ours.1.cpu(), Some(theirs.1.cpu()))
        .figure("latency p50, one at a time", "us", ours.1.p50(), Some(theirs.1.p50()))
        .figure("latency p99, one at a time", "us", ours.1.p99(), Some(theirs.1.p99()))
}

/// The most memory above idle that echoes take, one at a time, as a multiple of the message.
async fn memory(bench: &Bench, policy: &str, wit: &Exchange, proto: &Exchange) -> Result<Row> {
    let component = bench.fixture("bench-callee");
    let small = (Work::Add.wit(&component)?, Work::Add.proto());
    let ours = bench.serve(&[&component], &["--policy", policy])?;
    let theirs = bench.native()?;
    let [ours_one, ours_many] = peaks(bench, &ours, &small.0, wit).await?;
    let [theirs_one, theirs_many] = peaks(bench, &theirs, &small.1, proto).await?;
    let messages = |bytes: f64| bytes / ECHO_BYTES as f64;
    let what = match policy {
        "fresh" => "1 MiB echo, peak memory, fresh",
        _ => "1 MiB echo, peak memory, reused",
    };
    Ok(Row::new(what, "the message")
        .ratio("its size", messages(ours_one), Some(Goal::AtMost(4.0)))
        .figure(
            "above idle, one at a time",
            "MiB",
            messages(ours_one),
            Some(messages(theirs_one)),
        )
        .figure(
            "above idle, 16 callers",
            "MiB",
            messages(ours_many),
            Some(messages(theirs_many)),
        )
        .note("the second figure is tonic's"))
}

async fn peaks(bench: &Bench, server: &Server, small: &Exchange, large: &Exchange) -> Result<[f64; 2]> {
    Caller::connect(server.address, 1, small).await?.round(1, 100).await?;
    let idle = server.resident()? as f64;
    server.forget_peak()?;
    Caller::connect(server.address, 1, large)
        .await?
        .round(1, bench.calls(100))
        .await?;
    let one = server.peak()? as f64 - idle;
    Caller::connect(server.address, 4, large)
        .await?
        .round(4, bench.calls(300))
        .await?;
    Ok([one, server.peak()? as f64 - idle])
}
