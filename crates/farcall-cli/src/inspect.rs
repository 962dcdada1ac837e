//! `farcall inspect`: the WIT that is there.

use std::path::Path;
use std::process::ExitCode;

use clap::Args;
use farcall::{CallOptions, Client, Inspection, inspect_file, inspect_target};
use serde_json::json;

use crate::print;

/// Show the WIT of a server or of a file
///
/// Paths on the wire, fingerprints and health stand in comments, so that the output is WIT. Nothing is run.
#[derive(Args)]
#[command(after_help = "Examples:
  farcall inspect http://127.0.0.1:7070
  farcall inspect calc.wasm")]
pub struct Inspect {
    /// http://host:port, a component, a .wit file or a folder of WIT
    target: String,
    /// Print JSON: a document a component
    #[arg(long)]
    pub json: bool,
}

impl Inspect {
    /// Looks, prints.
    pub async fn run(&self) -> anyhow::Result<ExitCode> {
        let inspection = look(&self.target).await?;
        if !self.json {
            print::out(&inspection.text())?;
            return Ok(ExitCode::SUCCESS);
        }
        let documents = inspection.documents.iter().map(|document| {
            let functions = document.functions.iter().map(
                |function| json!({ "name": function.name, "path": function.path, "fingerprint": function.fingerprint }),
            );
            json!({ "name": document.name, "wit": document.wit, "functions": functions.collect::<Vec<_>>() })
        });
        let documents: Vec<_> = documents.collect();
        print::out(&format!(
            "{}\n",
            json!({ "health": inspection.health, "documents": documents })
        ))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// What is at a target or in a file.
pub async fn look(target: &str) -> anyhow::Result<Inspection> {
    Ok(match target.contains("://") || target.starts_with("unix:") {
        true => inspect_target(&Client::connect(target)?, &CallOptions::default()).await?,
        false => inspect_file(Path::new(target))?,
    })
}
