//! `cargo xtask bench`: builds the command and the bench with the workspace's features and starts it. It measures nothing itself.

use crate::process::{built, program, root, run_to_end};
use anyhow::Result;
use clap::Args;
use std::ffi::OsString;

/// What the bench takes: `--rounds N`, `--quick`, `--json FILE`, `--only ROW`, `--wrpc PATH`, `--farcall PATH`, `--help`.
#[derive(Args, Debug, Default)]
#[command(disable_help_flag = true)]
pub struct Options {
    /// Options of the bench; `--help` lists them
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "OPTIONS")]
    arguments: Vec<OsString>,
}

/// Build and measure. Fails where an answer was wrong or a row could not be measured, whatever the figures.
pub fn run(options: &Options) -> Result<()> {
    let bench = built("farcall-bench")?;
    run_to_end(program(bench).arg("rows").args(&options.arguments))
}

/// Tiny counts of every row: whether the bench still works. For `cargo xtask test`.
pub fn smoke() -> Result<()> {
    let json = root().join("target/bench/quick.json");
    let arguments = vec!["--quick".into(), "--json".into(), json.into()];
    run(&Options { arguments })
}
