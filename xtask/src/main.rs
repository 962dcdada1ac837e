//! `cargo xtask`: the one door for builders. Each verb is a module.
//!
//! It holds nothing that the product needs at run time, and depends on no crate of the workspace.

mod bench;
mod demo;
mod foreign;
mod guests;
mod process;
mod test;
mod tidy;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Build, test and check Farcall.
#[derive(Parser)]
#[command(
    name = "cargo xtask",
    after_help = "Examples:\n  \
    cargo xtask demo                    two components call each other across processes\n  \
    cargo xtask test                    everything that this machine can test; says what it skips and why\n  \
    cargo xtask bench --only small      one row of the performance budget beside its reference\n  \
    cargo xtask guests --filter rust    build the Rust test components into target/guests"
)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Build `farcall` and run its demonstration
    Demo,
    /// Format, lint, test and build everything that this machine can
    Test(test::Options),
    /// Build the test components from source into target/guests
    Guests(guests::Options),
    /// Install other people's clients and proxies into target/foreign, as `test` does
    Foreign,
    /// Measure Farcall beside its references; figures as a table and as JSON
    Bench(bench::Options),
    /// Check the habits: docs, sizes, names, dependencies, citations of the spec
    Tidy(tidy::Options),
}

fn main() -> Result<()> {
    match Arguments::parse().verb {
        Verb::Demo => demo::run(),
        Verb::Test(options) => test::run(&options),
        Verb::Guests(options) => guests::run(&options),
        Verb::Foreign => {
            foreign::install();
            Ok(())
        }
        Verb::Bench(options) => bench::run(&options),
        Verb::Tidy(options) => tidy::run(&options),
    }
}
