//! `farcall openapi`: what is there, as an OpenAPI document.

use std::process::ExitCode;

use clap::Args;

use crate::inspect::look;
use crate::print;

/// Show the functions of a server or of a file as OpenAPI 3.1
///
/// Each function is a POST of JSON to its path, as `curl` and browsers call it; the WIT's documentation becomes
/// descriptions. A server has the same at /openapi.json.
#[derive(Args)]
#[command(after_help = "Examples:
  farcall openapi calc.wasm > openapi.json
  farcall openapi http://127.0.0.1:7070
  curl http://127.0.0.1:7070/openapi.json")]
pub struct OpenApi {
    /// http://host:port, a component, a .wit file or a folder of WIT
    target: String,
}

impl OpenApi {
    /// Looks and prints.
    pub async fn run(&self) -> anyhow::Result<ExitCode> {
        let document = look(&self.target).await?.openapi()?;
        print::out(&format!("{document:#}\n"))?;
        Ok(ExitCode::SUCCESS)
    }
}
