//! `cargo xtask demo`: builds the command-line program and runs `farcall demo`. It shows nothing of its own.

use crate::process::{cargo, program, root, run_to_end};
use anyhow::Result;

/// Build, then run.
pub fn run() -> Result<()> {
    run_to_end(cargo().args(["build", "--release", "--package", "farcall-cli"]))?;
    run_to_end(program(root().join("target/release/farcall")).arg("demo"))
}
