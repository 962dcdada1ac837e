//! Measures a call through a composed skeleton and through a fused one; prints CPU microseconds, the least of several rounds.
//!
//! It asserts nothing: `cargo run --release --workspace --example forms`.

use std::time::{Duration, Instant};

use farcall_adapter::{DISPATCH_INTERFACE, Form, Plan, Serve, adapt};
use wasmtime::component::{Component, ComponentType, InstancePre, Lift, Linker, Lower, TypedFunc};
use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Store};

#[derive(ComponentType, Lift, Lower)]
#[component(record)]
struct Status {
    code: Code,
    message: String,
    details: Vec<u8>,
}

#[derive(ComponentType, Lift, Lower, Clone, Copy)]
#[component(enum)]
#[repr(u8)]
#[rustfmt::skip]
#[expect(dead_code, reason = "only the engine makes them")]
enum Code {
    #[component(name = "cancelled")] Cancelled,
    #[component(name = "unknown")] Unknown,
    #[component(name = "invalid-argument")] InvalidArgument,
    #[component(name = "deadline-exceeded")] DeadlineExceeded,
    #[component(name = "not-found")] NotFound,
    #[component(name = "already-exists")] AlreadyExists,
    #[component(name = "permission-denied")] PermissionDenied,
    #[component(name = "resource-exhausted")] ResourceExhausted,
    #[component(name = "failed-precondition")] FailedPrecondition,
    #[component(name = "aborted")] Aborted,
    #[component(name = "out-of-range")] OutOfRange,
    #[component(name = "unimplemented")] Unimplemented,
    #[component(name = "internal")] Internal,
    #[component(name = "unavailable")] Unavailable,
    #[component(name = "data-loss")] DataLoss,
    #[component(name = "unauthenticated")] Unauthenticated,
}

type Call = TypedFunc<(u32, &'static [u8]), (Result<Vec<u8>, Status>,)>;

fn main() -> wasmtime::Result<()> {
    let mut config = Config::new();
    let mut pool = PoolingAllocationConfig::new();
    pool.max_memories_per_module(4).total_memories(100);
    config
        .concurrency_support(false)
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    let engine = Engine::new(&config)?;
    let fixtures = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../guests/fixtures");
    let values = std::fs::read(fixtures.join("values-callee-rust.wasm"))?;

    let mut points = vec![0xe8, 0x07];
    (0..1000u32).for_each(|i| points.extend([(i & 0x3f) as u8, 0x80 | (i & 0x7f) as u8, 0x01]));
    points.extend([1, 1]);
    let mut lines = vec![0xe8, 0x07];
    (0..1000u32).for_each(|i| {
        lines.extend(b"\x08line-abc");
        lines.extend([(i & 0x3f) as u8, 1, 2, 3]);
        lines.extend(0.5f64.to_le_bytes());
    });
    let mut bytes = vec![0x80, 0x80, 0x40];
    bytes.resize(bytes.len() + (1 << 20), 7);
    let rows = [
        ("two floats", "subtract-f64", vec![0; 16], 10_000),
        ("one string of 5", "echo-string", b"\x05hello".to_vec(), 10_000),
        ("1 MiB list<u8> echo", "echo-bytes", bytes, 40),
        ("1,000 records of two s32", "move-points", points, 500),
        ("1,000 records with a string", "reverse-lines", lines, 300),
    ];
    println!(
        "{:30} {:>10} {:>10} {:>10} {:>10}",
        "microseconds a call", "composed", "fused", "composed", "fused"
    );
    println!(
        "{:30} {:>10} {:>10} {:>10} {:>10}",
        "", "reused", "reused", "fresh", "fresh"
    );
    let sides = [Form::Composed, Form::Auto].map(|form| {
        let plan = Plan {
            serve: Serve::Interfaces,
            form,
            ..Plan::default()
        };
        let adapted = adapt(&values, &plan).expect("the guest is adapted");
        assert_eq!(adapted.fused.is_ok(), form == Form::Auto, "{:?}", adapted.fused);
        let component = Component::new(&engine, &adapted.component).expect("it compiles");
        let mut linker: Linker<()> = Linker::new(&engine);
        linker.define_unknown_imports_as_traps(&component).expect("traps");
        let pre = linker.instantiate_pre(&component).expect("it links");
        (pre, adapted.functions)
    });
    for (name, function, request, calls) in rows {
        let request: &'static [u8] = request.leak();
        let index = sides[0].1.iter().position(|served| served.function.name == function);
        let index = index.expect("the guest has it") as u32;
        let mut rounds: [Vec<Duration>; 4] = Default::default();
        for _ in 0..25 {
            for (side, (pre, _)) in sides.iter().enumerate() {
                rounds[side].push(reused(&engine, pre, index, request, calls)?);
                rounds[2 + side].push(fresh(&engine, pre, index, request, calls.div_ceil(10))?);
            }
        }
        let [a, b, c, d] = rounds.map(|times| {
            let least = times.into_iter().min().unwrap_or_default();
            least.as_nanos() as f64 / 1e3
        });
        println!("{name:30} {a:>10.2} {b:>10.2} {c:>10.2} {d:>10.2}");
    }
    Ok(())
}

fn open(engine: &Engine, pre: &InstancePre<()>) -> wasmtime::Result<(Store<()>, Call)> {
    let mut store = Store::new(engine, ());
    let instance = pre.instantiate(&mut store)?;
    let dispatch = instance
        .get_export_index(&mut store, None, DISPATCH_INTERFACE)
        .expect("a door");
    let call = instance
        .get_export_index(&mut store, Some(&dispatch), "call")
        .expect("a door");
    let call = instance.get_typed_func(&mut store, call)?;
    Ok((store, call))
}

fn reused(
    engine: &Engine,
    pre: &InstancePre<()>,
    index: u32,
    request: &'static [u8],
    calls: u32,
) -> wasmtime::Result<Duration> {
    let (mut store, call) = open(engine, pre)?;
    let once = |store: &mut Store<()>| call.call(store, (index, request));
    once(&mut store)?
        .0
        .unwrap_or_else(|status| panic!("{}", status.message));
    let started = busy();
    for _ in 0..calls {
        _ = once(&mut store)?;
    }
    Ok((busy() - started) / calls)
}

fn fresh(
    engine: &Engine,
    pre: &InstancePre<()>,
    index: u32,
    request: &'static [u8],
    calls: u32,
) -> wasmtime::Result<Duration> {
    let started = busy();
    for _ in 0..calls {
        let (mut store, call) = open(engine, pre)?;
        let _ = call.call(&mut store, (index, request))?;
    }
    Ok((busy() - started) / calls)
}

/// What this thread took of the processor: other work on the machine does not count. Elsewhere than on Linux, the clock.
fn busy() -> Duration {
    static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    let spent = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = spent.and_then(|text| text.split_whitespace().next()?.parse().ok());
    nanoseconds.map_or_else(|| START.elapsed(), Duration::from_nanos)
}
