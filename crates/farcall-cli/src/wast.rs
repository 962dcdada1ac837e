//! `farcall wast`: a WebAssembly test script, every call of it over a connection.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use farcall::{Host, Judgement, ScriptCarrier, ScriptEvent, run_script};

use crate::print;

/// Run a WebAssembly test script with every call made from afar
///
/// Its modules are served on the loopback or on sockets, each `invoke` is a call of a client. What fails and what is left
/// out is told line by line; the last line counts. Exits 1 if anything failed.
#[derive(Args)]
#[command(after_help = "Examples:
  farcall wast i32.wast
  farcall wast i32.wast --carrier device")]
pub struct Wast {
    /// The script
    script: PathBuf,
    /// What calls go over: http, unix or device
    #[arg(long, default_value_t = ScriptCarrier::Http)]
    carrier: ScriptCarrier,
}

impl Wast {
    /// Runs the script.
    pub async fn run(&self) -> anyhow::Result<ExitCode> {
        let shown = self.script.display();
        let text = std::fs::read_to_string(&self.script).with_context(|| format!("cannot read {shown}"))?;
        let mut lines = Ok(());
        let tell = |event: &ScriptEvent| {
            let (ended, why) = match &event.outcome {
                Judgement::Passed => return,
                Judgement::Failed(why) => ("failed", why),
                Judgement::Skipped(why) => ("skipped", why),
            };
            let said = print::out(&format!("{shown}:{}: {} {ended}: {why}\n", event.line, event.directive));
            if lines.is_ok() {
                lines = said;
            }
        };
        let tally = run_script(&Host::default(), &text, self.carrier, tell)
            .await
            .map_err(|error| anyhow::anyhow!("{shown}: {error}"))?;
        lines?;
        print::out(&format!("{tally}\n"))?;
        Ok(match tally.failed {
            0 => ExitCode::SUCCESS,
            _ => ExitCode::FAILURE,
        })
    }
}
