//! `farcall-bench`: the rows of the performance budget, each side by side with its reference in one run.
//!
//! A figure is never a verdict: a run ends well whatever it measured, and badly only where an answer was wrong or a row
//! could not be measured. `cargo xtask bench` builds and starts it.

mod bench;
mod compare;
mod exchange;
mod load;
mod machine;
mod many;
mod native;
mod process;
mod proto;
mod report;
mod rows;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};
use tokio::signal::unix::{SignalKind, signal};

use crate::bench::Bench;
use crate::exchange::Work;
use crate::load::Caller;
use crate::machine::{Cores, Machine};
use crate::report::{Report, Row};

/// Measure Farcall beside its references.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Measure rows and print them
    Rows(Rows),
    /// Only the caller, against a server that runs already: for profiling it
    Load(Load),
    /// Only the native server
    Native,
}

#[derive(Args)]
struct Rows {
    /// Interleaved rounds of each comparison
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=1000))]
    rounds: u32,
    /// Tiny counts: whether the bench works, not what it measures
    #[arg(long)]
    quick: bool,
    /// Where the figures go, as JSON; by default target/bench/DATE.json
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Only rows of this name; may be repeated
    #[arg(long, value_name = "ROW")]
    only: Vec<String>,
    /// wRPC's own command, for the row that compares with it
    #[arg(long, value_name = "PATH")]
    wrpc: Option<PathBuf>,
    /// The command to measure, instead of the one beside this program
    #[arg(long, value_name = "PATH")]
    farcall: Option<PathBuf>,
}

#[derive(Args)]
struct Load {
    /// Where the server listens
    address: SocketAddr,
    /// What to call
    #[arg(value_enum)]
    work: Work,
    /// The server is the native one
    #[arg(long)]
    native: bool,
    /// Connections
    #[arg(long, default_value_t = 4)]
    connections: usize,
    /// Calls at once on each
    #[arg(long, default_value_t = 16)]
    streams: usize,
    /// Calls in all
    #[arg(long, default_value_t = 100_000)]
    calls: u64,
}

fn main() -> Result<ExitCode> {
    match Arguments::parse().verb {
        Verb::Rows(rows) => {
            let cores = Cores::take();
            runtime()?.block_on(measure(rows, cores))
        }
        Verb::Load(load) => runtime()?.block_on(call(load)),
        Verb::Native => native::serve().map(|()| ExitCode::SUCCESS),
    }
}

// One thread: the caller has one core.
fn runtime() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}

async fn measure(arguments: Rows, cores: Cores) -> Result<ExitCode> {
    let machine = Machine::here(&cores);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("."))
        .to_path_buf();
    let farcall = match arguments.farcall {
        Some(path) => path,
        None => std::env::current_exe()?.with_file_name("farcall"),
    };
    let json = arguments.json.unwrap_or_else(|| {
        root.join("target/bench")
            .join(machine.date.replace(':', "-"))
            .with_extension("json")
    });
    let rounds = if arguments.quick { 1 } else { arguments.rounds as usize };
    let bench = Bench::new(cores, rounds, arguments.quick, farcall, root, arguments.wrpc)?;
    let names: Vec<String> = match arguments.only.is_empty() {
        true => rows::NAMES.map(String::from).to_vec(),
        false => arguments.only,
    };
    let mut report = Report {
        machine,
        rounds,
        quick: arguments.quick,
        rows: Vec::new(),
    };
    print!("{}", report.head());
    let stop = stopped();
    let mut stop = std::pin::pin!(stop);
    for name in names {
        eprintln!("bench: {name}");
        let measured = tokio::select! {
            // Servers end with what started them: not by itself where a signal ends this process.
            () = &mut stop => anyhow::bail!("stopped"),
            measured = rows::measure(&bench, &name) => measured,
        };
        for row in measured.unwrap_or_else(|error| vec![Row::failed(&name, &error)]) {
            print!("{row}");
            report.rows.push(row);
        }
        report.write(&json)?;
    }
    eprintln!("bench: written to {}", json.display());
    Ok(if report.complete() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn stopped() {
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut terminated) => drop(terminated.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = terminated => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

async fn call(load: Load) -> Result<ExitCode> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."));
    let exchange = match load.native {
        true => load.work.proto(),
        false => load.work.wit(&root.join("guests/fixtures/bench-callee.wasm"))?,
    };
    let caller = Caller::connect(load.address, load.connections, &exchange).await?;
    let took = caller.round(load.streams, load.calls).await?;
    println!(
        "{} calls in {:.2?}, {:.0} a second, p50 {:.1?}, p99 {:.1?}",
        load.calls,
        took.wall,
        load.calls as f64 / took.wall.as_secs_f64(),
        took.percentile(50),
        took.percentile(99)
    );
    Ok(ExitCode::SUCCESS)
}
