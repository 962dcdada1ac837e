//! `farcall call`: one call, its result on standard output.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::bail;
use clap::Args;
use farcall::{CallOptions, Client, ClientConfig, ComponentConfig, Grants, Output};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::json;

use crate::failure::Usage;
use crate::host::host;
use crate::{print, stop};

/// Call a function and print its result
///
/// Arguments and results are WAVE; a call may also be written as in WebAssembly scripts. Version and package may be left
/// out while that is unambiguous. A function without a result prints nothing.
#[derive(Args)]
#[command(after_help = "Examples:
  farcall call http://127.0.0.1:7070 'demo:calc/ops@0.1.0.add(1, 2)'
  farcall call http://127.0.0.1:7070 'ops.area(rect({x: 3, y: 4}))' --deadline 5s
  farcall call http://127.0.0.1:7070 '(invoke \"add\" (i32.const 1) (i32.const 2))'
  farcall call calc.wasm 'add(1, 2)'                              in this process, without a server")]
pub struct Call {
    /// Where: http://host:port, unix:/path, several with commas between, or a component's file
    target: String,
    /// What: `interface.function(arguments)`, or `(invoke "function" (i32.const 1))`
    call: String,
    /// How long it may take
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = humantime::parse_duration)]
    deadline: Duration,
    /// Metadata for the callee
    #[arg(long = "header", value_name = "K:V")]
    headers: Vec<String>,
    /// Print JSON: the function, and the result in WAVE
    #[arg(long)]
    pub json: bool,
}

impl Call {
    /// Calls, prints.
    pub async fn run(&self) -> anyhow::Result<ExitCode> {
        let options = CallOptions {
            deadline: Some(self.deadline),
            metadata: self.metadata()?,
        };
        let connection = ClientConfig {
            max_message: MAX_RESPONSE,
            ..ClientConfig::default()
        };
        let output = Output::tagged(std::io::stderr());
        let file = ComponentConfig {
            grants: Grants {
                stdout: output.clone(),
                stderr: output,
                ..Grants::default()
            },
            world_functions: true,
            all_exports: true,
            ..ComponentConfig::default()
        };
        let connect = || Client::with(&self.target, connection, &host(), &file);
        let client = tokio::task::block_in_place(connect)?;
        let outcome = tokio::select! {
            outcome = client.call_text(&self.call, &options) => outcome?,
            () = stop::asked_to() => bail!("interrupted: {} at {} is cancelled, and may have run", self.call, self.target),
        };
        match (self.json, outcome.text()) {
            (true, text) => print::out(&format!(
                "{}\n",
                json!({ "function": outcome.entry.name(), "result": text })
            ))?,
            (false, Some(text)) => print::out(&format!("{text}\n"))?,
            (false, None) => {}
        }
        Ok(ExitCode::SUCCESS)
    }

    fn metadata(&self) -> anyhow::Result<HeaderMap> {
        let mut metadata = HeaderMap::new();
        for header in &self.headers {
            let wrong = |why: &str| Usage(format!("--header {header}: {why}"));
            let (name, value) = header
                .split_once(':')
                .ok_or_else(|| wrong("it looks like NAME:VALUE"))?;
            let name = HeaderName::try_from(name.trim()).map_err(|error| wrong(&error.to_string()))?;
            let value = HeaderValue::try_from(value.trim()).map_err(|error| wrong(&error.to_string()))?;
            metadata.append(name, value);
        }
        Ok(metadata)
    }
}

/// The user chose the server: its own limit is the nearer one.
const MAX_RESPONSE: usize = 256 << 20;
