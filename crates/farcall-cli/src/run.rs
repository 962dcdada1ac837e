//! `farcall run`: a command, or one exported function, with its imports linked.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;
use farcall::{CallContext, CallOptions, Client, Component};

use crate::failure::Usage;
use crate::guest::{Guest, Printing};
use crate::host::host;
use crate::{print, stop};

/// Run a component whose imports may be anywhere
///
/// Without --invoke its `wasi:cli/run`, or a plain module's `_start`, is run, and its exit code is this command's. With it, an exported function is
/// called and its result printed; what the guest prints then goes to standard error.
#[derive(Args)]
#[command(after_help = "Examples:
  farcall run app.wasm --link demo:calc/ops=http://127.0.0.1:7070
  farcall run app.wasm --link demo:calc/ops=calc.wasm --invoke 'run()'
  farcall run tool.wasm --dir .::/work -- --verbose input.txt")]
pub struct Run {
    /// The component
    file: PathBuf,
    /// Call this exported function, arguments in WAVE, and print its result
    #[arg(long, value_name = "CALL")]
    invoke: Option<String>,
    #[command(flatten)]
    guest: Guest,
    /// Arguments of the command
    #[arg(last = true)]
    args: Vec<String>,
}

impl Run {
    /// Runs to the end.
    pub async fn run(&self) -> anyhow::Result<ExitCode> {
        let mut settings = self.guest.settings()?;
        if self.invoke.is_none() {
            settings.deadline.get_or_insert(NO_DEADLINE);
        }
        // The result of --invoke stands alone on standard output.
        let printing = if self.invoke.is_some() {
            Printing::Tagged
        } else {
            Printing::Own
        };
        let mut config = printing.over(settings.component());
        config.command = self.invoke.is_none();
        config.world_functions = true;
        config.grants.args = std::iter::once(self.file.display().to_string())
            .chain(self.args.clone())
            .collect();
        if self.invoke.is_some() && !self.args.is_empty() {
            let why = "arguments after -- are for a command; --invoke has its own, as in --invoke 'run(1, \"a\")'";
            return Err(Usage(why.into()).into());
        }
        let host = host();
        let component = tokio::task::block_in_place(|| Component::load(&host, &self.file, &config))?;
        for left in &component.left_out {
            eprintln!(
                "warning: {}: {} is left out: {}",
                self.file.display(),
                left.name,
                left.why
            );
        }
        let work = async {
            match &self.invoke {
                Some(call) => invoke(component, call, config.limits.deadline).await,
                None => command(&component, config.limits.deadline).await,
            }
        };
        tokio::select! {
            ended = work => ended,
            () = stop::asked_to() => bail!("interrupted; the calls under way are cancelled"),
        }
    }
}

async fn invoke(component: Component, call: &str, deadline: Duration) -> anyhow::Result<ExitCode> {
    let options = CallOptions {
        deadline: Some(deadline),
        ..CallOptions::default()
    };
    let outcome = Client::of(component)?.call_text(call, &options).await?;
    if let Some(text) = outcome.text() {
        print::out(&format!("{text}\n"))?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn command(component: &Component, deadline: Duration) -> anyhow::Result<ExitCode> {
    let ended = component.run(CallContext::within(deadline)).await;
    let code = ended.with_context(|| format!("{} did not run to its end", component.path.display()))?;
    Ok(ExitCode::from(u8::try_from(code).unwrap_or(1)))
}

/// A command runs as long as it likes, unless --deadline says otherwise.
const NO_DEADLINE: Duration = Duration::from_secs(365 * 24 * 3600);
