//! `cargo xtask test`: format, lints, the guests, every test of the workspace, tidy. It stops at nothing that only a guest's
//! toolchain or somebody else's client lacks: such skips are printed with their reason, and are failures under `--require-all`.

use crate::process::{cargo, exists, program, root, run_to_end};
use crate::{bench, foreign, guests, tidy};
use anyhow::{Result, bail};
use clap::Args;
use std::time::Instant;

/// What to test.
#[derive(Args, Debug, Default)]
pub struct Options {
    /// A skip is a failure
    #[arg(long)]
    pub require_all: bool,
    /// Run only tests whose name contains this; no format, lints or tidy then
    #[arg(long, value_name = "TEXT")]
    pub filter: Option<String>,
}

/// Run all steps; fail at the first that fails.
pub fn run(options: &Options) -> Result<()> {
    let start = Instant::now();
    let all = options.filter.is_none();
    if all {
        step(start, "format");
        run_to_end(cargo().args(["fmt", "--all", "--check"]))?;
        step(start, "tidy");
        tidy::run(&tidy::Options::default())?;
    }
    step(start, "guests");
    let mut skipped = guests::build(&guests::Options {
        require_all: options.require_all,
        ..guests::Options::default()
    })?;
    step(start, "other people's clients and proxies");
    skipped.extend(foreign::install());
    if all {
        step(start, "lints");
        run_to_end(cargo().args([
            "clippy",
            "--release",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ]))?;
    }
    step(start, "tests");
    let mut tests = cargo();
    tests
        .args(["test", "--release", "--workspace"])
        .env("FARCALL_GUESTS", root().join("target/guests"));
    if let Some(python) = foreign::interpreter() {
        tests.env("FARCALL_PYTHON", python);
    }
    tests.env("FARCALL_NODE", foreign::packages_of_node());
    if options.require_all {
        tests.env("FARCALL_REQUIRE_ALL", "1");
    }
    if let Some(filter) = &options.filter {
        tests.args(["--", filter]);
    }
    run_to_end(&mut tests)?;
    if all {
        step(start, "packages");
        let publishable = [
            "package",
            "--workspace",
            "--exclude",
            "xtask",
            "--exclude",
            "farcall-bench",
            "--no-verify",
            "--allow-dirty",
            "--quiet",
        ];
        run_to_end(cargo().args(publishable))?;
        step(start, "vectors by another reader");
        if exists("python3") {
            run_to_end(program("python3").arg("spec/vectors/check.py"))?;
        } else {
            skipped.push("spec/vectors/check.py: there is no python3".to_string());
        }
        step(start, "fuzz targets and random WIT");
        let apart = [
            "--manifest-path",
            "fuzz/Cargo.toml",
            "--workspace",
            "--target-dir",
            "target/fuzz",
        ];
        run_to_end(cargo().args(["test", "--release"]).args(apart))?;
        step(start, "bench, quick");
        bench::smoke()?;
    }
    step(start, "done");
    for skip in &skipped {
        println!("skipped: {skip}");
    }
    if options.require_all && !skipped.is_empty() {
        bail!("{} skipped, and --require-all was given", skipped.len());
    }
    Ok(())
}

fn step(start: Instant, name: &str) {
    println!("xtask: {name} ({} s so far)", start.elapsed().as_secs());
}
