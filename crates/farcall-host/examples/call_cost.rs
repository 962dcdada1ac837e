//! Measures what a call costs under each policy, for hand-written guests of one memory; prints processor time a call.
//!
//! It asserts nothing. `cargo run --release -p farcall-host --example call_cost [WORD...]` runs the rows that hold all words.

use bytes::Bytes;
use farcall_host::{CallContext, Closed, Grants, Host, Instances, Limits, Policy, Program};
use rustix::time::{ClockId, clock_gettime};
use std::sync::Arc;
use std::time::Duration;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let text = include_str!("../tests/fixtures/behaviours.wat");
    let with_stream = text.replacen(
        "(component\n",
        "(component (type (func async (param \"s\" (stream u8))))\n",
        1,
    );
    let reach = include_str!("../tests/fixtures/reach.wat");
    for (guest, text, sizes) in [
        ("synchronous", text, &[16, 1 << 20][..]),
        ("asynchronous", &with_stream, &[16]),
        ("wasi", reach, &[0]),
    ] {
        let host = Host::default();
        let component = wat::parse_str(text)?;
        let (grants, limits) = (Grants::default(), Limits::default());
        let program = Program::load(&host, "echo", &component, grants, limits, Arc::new(Closed))?;
        for policy in [Policy::Fresh, Policy::Pooled, Policy::Shared] {
            for size in sizes {
                let row = format!("{guest} {policy} {size} bytes");
                // The guest never frees: a shared instance would fill with large requests.
                let fills = *size > 1000 && policy != Policy::Fresh;
                if fills || !words.iter().all(|word| row.contains(word)) {
                    continue;
                }
                let instances = Instances::new(program.clone(), policy);
                measure(&row, &instances, *size).await?;
            }
        }
    }
    Ok(())
}

async fn measure(row: &str, instances: &Instances, size: usize) -> anyhow::Result<()> {
    let request = Bytes::from(vec![0; size]);
    let calls = if size > 1000 { 200 } else { 10_000 };
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let before = processor_time();
        for _ in 0..calls {
            let context = CallContext::within(Duration::from_secs(5));
            instances.call(0, request.clone(), context).await?;
        }
        rounds.push((processor_time() - before) / calls);
    }
    rounds.sort();
    println!("{row:32} {:>10.2?} a call, best {:.2?}", rounds[ROUNDS / 2], rounds[0]);
    Ok(())
}

/// Of all threads: the machine may have other work.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs() as u32)
}

const ROUNDS: usize = 9;
