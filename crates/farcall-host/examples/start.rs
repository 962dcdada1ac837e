//! Measures how long a component takes to load: compiled, compiled and kept, and from the cache; prints milliseconds.
//!
//! It asserts nothing: `cargo run --release -p farcall-host --example start -- FILE...`, each a component that exports an
//! interface.

use anyhow::Context;
use farcall_adapter::{Plan, Serve, adapt};
use farcall_host::{Closed, Grants, Host, HostConfig, Limits, Program};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

fn main() -> anyhow::Result<()> {
    let folder = std::env::temp_dir().join(format!("farcall-start-{}", std::process::id()));
    for file in std::env::args().skip(1) {
        let bytes = std::fs::read(&file).with_context(|| file.clone())?;
        let plan = Plan {
            links: Vec::new(),
            serve: Serve::Interfaces,
            world_service: "start".to_owned(),
            ..Plan::default()
        };
        let before = Instant::now();
        let adapted = adapt(&bytes, &plan)?.component;
        println!("{file}: {} bytes, adapted in {:.1?}", bytes.len(), before.elapsed());
        load("compiled", None, &adapted)?;
        load("compiled and kept", Some(&folder), &adapted)?;
        for _ in 0..5 {
            load("from the cache", Some(&folder), &adapted)?;
        }
        let kept: u64 = std::fs::read_dir(&folder)?
            .map(|file| file.and_then(|file| file.metadata()).map_or(0, |found| found.len()))
            .sum();
        println!("  {kept} bytes kept");
        std::fs::remove_dir_all(&folder)?;
    }
    Ok(())
}

/// A process that starts: its engines are new too.
fn load(how: &str, cache: Option<&Path>, component: &[u8]) -> anyhow::Result<()> {
    let before = Instant::now();
    let mut config = HostConfig::default();
    config.cache = cache.map(Path::to_owned);
    let host = Host::new(config);
    let program = Program::load(
        &host,
        "start",
        component,
        Grants::default(),
        Limits::default(),
        Arc::new(Closed),
    )?;
    let took = before.elapsed();
    println!(
        "  {how}: {took:.1?}{}",
        if program.loaded_from_cache() {
            ", without the compiler"
        } else {
            ""
        }
    );
    Ok(())
}
