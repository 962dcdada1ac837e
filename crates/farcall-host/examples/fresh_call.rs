//! Measures what a call in a fresh instance costs, for a hand-written guest of one memory; prints microseconds.
//!
//! It asserts nothing: `cargo run --release -p farcall-host --example fresh_call`.

use farcall_host::{CallContext, Closed, Grants, Host, Limits, Program};
use std::sync::Arc;
use std::time::{Duration, Instant};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let text = include_str!("../tests/fixtures/behaviours.wat");
    let with_stream = text.replacen(
        "(component\n",
        "(component (type (func async (param \"s\" (stream u8))))\n",
        1,
    );
    let reach = include_str!("../tests/fixtures/reach.wat");
    for (name, text) in [
        ("synchronous engine", text),
        ("asynchronous engine", &with_stream),
        ("with WASI", reach),
    ] {
        let host = Host::default();
        let component = wat::parse_str(text)?;
        let started = Instant::now();
        let program = Program::load(
            &host,
            "echo",
            &component,
            Grants::default(),
            Limits::default(),
            Arc::new(Closed),
        )?;
        println!("{name}: loaded in {:?}", started.elapsed());
        for size in [16, 1 << 20] {
            let calls = if size > 1000 { 500 } else { 20_000 };
            let mut rounds: Vec<Duration> = Vec::new();
            for _ in 0..7 {
                let request = vec![0; if name == "with WASI" { 0 } else { size }];
                let started = Instant::now();
                for _ in 0..calls {
                    program
                        .call(0, &request, CallContext::within(Duration::from_secs(5)))
                        .await?;
                }
                rounds.push(started.elapsed() / calls);
            }
            rounds.sort();
            println!(
                "{name}: {size} bytes: {:?} a call, median of {}",
                rounds[3],
                rounds.len()
            );
        }
    }
    Ok(())
}
