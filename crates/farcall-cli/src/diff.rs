//! `farcall diff`: whether callers of the old are safe with the new.

use std::process::ExitCode;

use clap::Args;
use farcall::offered;
use farcall::wit::{Change, diff_interfaces};
use serde_json::json;

use crate::print;

/// Say whether a caller built against OLD is safe with NEW
///
/// Exit code 0: it is; 1: it is not, and why. What is only new is safe. A function is another one when its path or its
/// fingerprint is: parameters, results and all types in them count, by name and in order; names of types do not.
#[derive(Args)]
#[command(after_help = "Examples:
  farcall diff calc-1.wasm calc-2.wasm
  farcall diff http://127.0.0.1:7070 calc.wasm      may this replace what is running?
  farcall diff old.wit new.wit --json")]
pub struct Diff {
    /// http://host:port, a component, a .wit file or a folder of WIT
    old: String,
    /// The same, of what is to replace it
    new: String,
    /// Print JSON: each change, and whether all of them are safe
    #[arg(long)]
    pub json: bool,
}

impl Diff {
    /// Compares, prints.
    pub async fn run(&self) -> anyhow::Result<ExitCode> {
        let (old, new) = (offered(&self.old).await?, offered(&self.new).await?);
        let diff = diff_interfaces(&old, &new);
        let text = match (self.json, diff.changes.is_empty()) {
            (true, _) => {
                let changes: Vec<_> = diff.changes.iter().map(as_json).collect();
                format!("{}\n", json!({ "safe": diff.is_safe(), "changes": changes }))
            }
            (false, true) => "no change that a caller can notice\n".into(),
            (false, false) => diff.to_string(),
        };
        print::out(&text)?;
        Ok(match diff.is_safe() {
            true => ExitCode::SUCCESS,
            false => ExitCode::FAILURE,
        })
    }
}

fn as_json(change: &Change) -> serde_json::Value {
    json!({
        "subject": change.subject(),
        "interface": change.interface.to_string(),
        "function": change.function,
        "kind": change.kind.word(),
        "safe": change.kind.is_safe(),
        "text": change.to_string(),
        "difference": change.difference(),
    })
}
